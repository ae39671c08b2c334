"""`/news preview` and `/news test`: real interactions through the simulator, real feeds over HTTP."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from feed_server import FeedServer
from live_desk import LiveDesk, live_desk

from bot.domain.feeds import FeedOrder, Options
from bot.domain.templates import Templates
from simulator import Answer, DiscordError, Person
from simulator.flags import Permission
from simulator.values import Thread


@dataclass(frozen=True)
class Stage:
    desk: LiveDesk
    web: FeedServer

    async def subscribe(self, path: str = "/feed", **options: Any) -> str:
        now = datetime.now(UTC)
        order = FeedOrder(
            url=self.web.url(path), channel_id=int(self.desk.forum.id), options=Options(**options)
        )
        owner = self.desk.guild.owner
        [added] = await self.desk.store.subscriptions.add(
            [(order, now)], int(self.desk.guild.id), int(owner.id), now
        )
        return str(added)

    async def ask(self, command: str, person: Person | None = None, **options: Any) -> Answer:
        person = person or self.desk.guild.owner
        return await person.slash(f"news {command}", channel=self.desk.general, options=options)

    def threads(self) -> list[Thread]:
        return self.desk.alex.threads(self.desk.guild)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with FeedServer() as web, live_desk(tmp_path) as desk:
        web.publish("/feed", ["A ferry sails", "Rain ends"])
        yield Stage(desk, web)


async def test_each_stage_of_an_address_is_explained(stage: Stage) -> None:
    shown = await stage.ask("preview", url=stage.web.url("/feed"))
    lines = shown.content.splitlines()
    assert ["**1. Fetched**", "**2. Parsed**", "**3. New, or why not**", "**4. Rendered**"] == [
        line for line in lines if line.startswith("**")
    ]
    size = len(stage.web.pages["/feed"][1])
    assert f"-# answer 200, {size} bytes, in 0.0 s" in lines
    assert "-# Content-Type: `application/rss+xml`" in lines
    assert "-# **The Gazette** · 2 entries" in lines
    assert "-# seeded: 2" in lines
    assert any(line.startswith("- A ferry sails: It was there at the first poll") for line in lines)
    assert "-# a thread named **[News] A ferry sails** that begins so:" in lines
    assert "A ferry sails" == shown.embeds[0]["title"]


async def test_a_subscriptions_filter_and_templates_are_those_of_the_preview(stage: Stage) -> None:
    feed = await stage.subscribe(filter="-ferry", templates=Templates(name="{{ title }} today"))
    shown = await stage.ask("preview", feed=feed)
    assert "filtered: 1 · seeded: 1" in shown.content
    assert "- Rain ends: It was there at the first poll" in shown.content
    assert "- A ferry sails: " in shown.content
    assert "**[News] A ferry sails today**" in shown.content


async def test_a_preview_changes_nothing(stage: Stage) -> None:
    feed = await stage.subscribe()
    for _ in range(2):
        await stage.ask("preview", feed=feed)
    [card] = await stage.desk.store.subscriptions.cards(int(stage.desk.guild.id), datetime.now(UTC), limit=9)
    assert (None, False, []) == (card.answered_at, card.subscription.seeded, stage.threads())


async def test_what_is_no_feed_is_explained_as_far_as_it_came(stage: Stage) -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="/feed">'
    stage.web.pages["/"] = ("text/html", f"<html><head>{link}</head><body>News</body></html>".encode())
    shown = await stage.ask("preview", url=stage.web.url("/"))
    assert "**2. Parsed**\n-# This is an HTML page, not a feed." in shown.content
    assert f"-# it offers `{stage.web.url('/feed')}`" in shown.content
    assert "**3." not in shown.content
    assert "has nothing at this address" in (await stage.ask("preview", url=stage.web.url("/no"))).content


async def test_a_preview_needs_an_address_or_a_subscription(stage: Stage) -> None:
    assert "Fill in `url` or `feed`, one of them." == (await stage.ask("preview")).content
    both = await stage.ask("preview", url=stage.web.url("/feed"), feed="x")
    assert "Fill in `url` or `feed`, one of them." == both.content


async def test_a_test_stands_in_the_channel_marked_as_one(stage: Stage) -> None:
    role = stage.desk.guild.add_role("readers")
    feed = await stage.subscribe(mention_role_id=int(role.id), name="The **Gazette**")
    told = await stage.ask("test", feed=feed)
    [thread] = stage.threads()
    assert f"The test stands here: <#{thread.id}>" == told.content
    assert "[Test] [News] A ferry sails" == thread.name
    [starter] = stage.desk.alex.messages(thread)
    assert "-# This is a test: it shows how an entry of The \\*\\*Gazette\\*\\* looks." in starter.content
    assert ("A ferry sails", []) == (starter.embeds[0]["title"], list(starter.mention_roles))


async def test_a_tested_entry_gets_its_topic_all_the_same(stage: Stage) -> None:
    feed = await stage.subscribe()
    await stage.ask("test", feed=feed)
    shown = await stage.ask("preview", feed=feed)
    assert "seeded: 2" in shown.content
    [card] = await stage.desk.store.subscriptions.cards(int(stage.desk.guild.id), datetime.now(UTC), limit=9)
    assert 0 == card.topics


async def test_a_test_where_the_bot_may_not_post_is_refused(stage: Stage) -> None:
    feed = await stage.subscribe()
    bot = stage.desk.sim.world.application.bot
    await stage.desk.guild.owner.set_overwrite(stage.desk.forum, bot, deny=Permission.SEND_MESSAGES)
    assert "I lack: Send Messages" in (await stage.ask("test", feed=feed)).content
    assert [] == stage.threads()


async def test_a_test_of_an_empty_feed_is_refused(stage: Stage) -> None:
    stage.web.publish("/feed", [])
    told = await stage.ask("test", feed=await stage.subscribe())
    assert "There is no entry in it that could be posted." == told.content


async def test_a_test_that_discord_delays_is_posted_later(stage: Stage) -> None:
    feed = await stage.subscribe()
    stage.desk.sim.fault("503", method="POST", route=r"/channels/\d+/threads", count=20)
    told = await stage.ask("test", feed=feed)
    assert f"I keep trying to post it in <#{stage.desk.forum.id}>." in told.content


async def test_another_guilds_subscription_is_not_known(stage: Stage) -> None:
    feed = await stage.subscribe()
    await stage.desk.store.subscriptions.place(int(stage.desk.forum.id), 42)
    for command in ("preview", "test"):
        assert "I know no such subscription here." in (await stage.ask(command, feed=feed)).content


async def test_who_does_not_manage_the_server_is_refused(stage: Stage) -> None:
    feed = await stage.subscribe()
    with pytest.raises(DiscordError):
        await stage.ask("test", stage.desk.maria, feed=feed)
    [command] = [each for each in stage.desk.sim.world.commands.values() if each.form["name"] == "news"]
    command.form["default_member_permissions"] = None  # An admin's doing, in Server Settings > Integrations.
    for name in ("preview", "test"):
        told = await stage.ask(name, stage.desk.maria, feed=feed)
        assert "You need *Manage Server* to do this." == told.content
