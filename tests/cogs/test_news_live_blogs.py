"""Live blogs in `/news list` and `/news remove`: real interactions through the simulator."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from feed_server import FeedServer
from live_desk import LiveDesk, live_desk

from bot.domain.feeds import FeedOrder
from bot.domain.live_blogs import LiveBlog, LiveCard, LiveState
from bot.domain.live_recordings import LiveRecording
from simulator import DiscordError, Person
from simulator.values import Thread


def page(title: str) -> bytes:
    now = datetime.now(UTC).isoformat()
    update = {"@type": "BlogPosting", "@id": "u1", "headline": "It grows", "datePublished": now}
    blog = {
        "@context": "https://schema.org",
        "@type": "LiveBlogPosting",
        "headline": title,
        "datePublished": now,
        "liveBlogUpdate": [{**update, "articleBody": "More."}],
    }
    script = f'<script type="application/ld+json">{json.dumps(blog)}</script>'
    return f"<!doctype html><html><head><title>{title}</title>{script}</head></html>".encode()


@dataclass(frozen=True)
class Stage:
    desk: LiveDesk
    web: FeedServer

    async def follow(self, title: str = "Storm: live", path: str = "/live") -> str:
        """What a person is told who follows a page."""
        self.web.pages[path] = ("text/html", page(title))
        owner = self.desk.guild.owner
        given = {"url": self.web.url(path), "channel": self.desk.forum.id}
        shown = await owner.slash("news add", channel=self.desk.general, options=given)
        if not shown.components:
            return shown.content
        [row] = shown.components
        yes = row["components"][0]["custom_id"]
        return (await owner.click(shown.message, yes)).content

    async def news(self, what: str, person: Person | None = None, **options: object) -> str:
        answer = await (person or self.desk.guild.owner).slash(
            f"news {what}", channel=self.desk.general, options=options
        )
        assert answer.ephemeral
        return answer.content + "".join(
            f"{each.get('title')}\n{each.get('description')}" for each in answer.embeds
        )

    async def suggested(self, text: str) -> list[dict[str, Any]]:
        return await self.desk.guild.owner.autocomplete(
            "news remove", channel=self.desk.general, focused="feed", feed=text
        )

    async def cards(self) -> list[LiveCard]:
        return await self.desk.store.live.cards(int(self.desk.guild.id))

    async def read(self, **fields: Any) -> None:
        """The page was polled, and is so now."""
        row = await self.desk.store.database.read.one("SELECT live_blog_id FROM live_blogs")
        assert row is not None
        blog: LiveBlog = await self.desk.store.live.get(row["live_blog_id"])
        now = datetime.now(UTC)
        after = replace(blog, **{"state": LiveState.FOLLOWED, "title": "Storm: live", **fields})
        await self.desk.store.live.record(
            LiveRecording(blog=after, at=now, next_poll_at=now + timedelta(minutes=1))
        )

    @property
    def thread(self) -> Thread:
        [thread] = self.desk.alex.threads(self.desk.guild)
        return thread


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with FeedServer() as web, live_desk(tmp_path) as desk:
        yield Stage(desk, web)


async def test_the_list_tells_of_a_live_blog_that_is_followed(stage: Stage) -> None:
    await stage.follow()
    await stage.read()
    told = await stage.news("list")
    assert told.startswith("0 subscriptions · 1 live blog\n")
    assert f"Live blog: **Storm: live** → <#{stage.thread.id}>" in told
    assert "-# is followed" in told
    assert "0 updates posted" in told


async def test_one_that_was_just_added_is_listed_before_its_first_poll(stage: Stage) -> None:
    await stage.follow()
    assert "waits for its first poll" in await stage.news("list")


async def test_a_failing_page_is_told_with_its_problem(stage: Stage) -> None:
    await stage.follow()
    await stage.read()
    await stage.read(failures=3, problem="*no answer* within 20 s")
    told = await stage.news("list")
    assert "fails; it worked <t:" in told
    assert "\\*no answer\\* within 20 s" in told


async def test_one_that_ended_is_told_so(stage: Stage) -> None:
    await stage.follow()
    await stage.read(state=LiveState.ENDED, ended_at=datetime.now(UTC))
    assert "it ended <t:" in await stage.news("list")


async def test_live_blogs_come_behind_all_subscriptions(stage: Stage) -> None:
    now = datetime.now(UTC)
    orders = [
        (FeedOrder(url=f"https://a.example/{n}", channel_id=int(stage.desk.forum.id)), now) for n in range(4)
    ]
    await stage.desk.store.subscriptions.add(orders, int(stage.desk.guild.id), 1, now)
    await stage.follow("Storm: live", "/storm")
    await stage.follow("Fire: live", "/fire")
    owner = stage.desk.guild.owner
    first = await owner.slash("news list", channel=stage.desk.general)
    assert "4 subscriptions · 2 live blogs" == first.embeds[0]["title"]
    assert 1 == str(first.embeds[0]["description"]).count("Live blog:")
    [more] = first.components[0]["components"]
    await owner.click(first.message, more["custom_id"])
    await stage.desk.sim.until(lambda: "Back" == first.components[0]["components"][0]["label"])
    assert ["Back"] == [each["label"] for each in first.components[0]["components"]]
    assert "/fire" in first.embeds[0]["description"]
    assert "/storm" not in first.embeds[0]["description"]


async def test_a_live_blog_is_suggested_and_removed(stage: Stage) -> None:
    await stage.follow()
    await stage.read()
    [card] = await stage.cards()
    [choice] = await stage.suggested("sto")
    assert ("live: Storm: live → #news", f"live:{card.topic_id}") == (choice["name"], choice["value"])
    told = await stage.news("remove", feed=choice["value"])
    assert (
        f"The live blog **Storm: live** is not followed in <#{stage.thread.id}> any more. "
        "The thread and its messages stay as they are." == told
    )
    assert [] == await stage.cards()
    assert [] == await stage.suggested("sto")
    assert (False, False) == (stage.thread.locked, stage.thread.archived)
    assert "I know no such subscription here" in await stage.news("remove", feed=choice["value"])


@pytest.mark.parametrize("path", ["/live", "/live?utm_source=x"])
async def test_its_address_can_be_typed(stage: Stage, path: str) -> None:
    await stage.follow()
    assert "is not followed in" in await stage.news("remove", feed=stage.web.url(path))


async def test_what_was_removed_can_be_followed_again(stage: Stage) -> None:
    await stage.follow()
    assert "is followed already" in await stage.follow()
    [card] = await stage.cards()
    await stage.news("remove", feed=f"live:{card.topic_id}")
    assert "The live blog is followed in" in await stage.follow()
    assert 2 == len(stage.desk.alex.threads(stage.desk.guild))
    assert 1 == len(await stage.cards())


async def test_another_servers_live_blog_is_neither_listed_nor_removed(stage: Stage) -> None:
    await stage.follow()
    [card] = await stage.cards()
    other = stage.desk.sim.add_guild("The Tribune")
    general = other.add_text("general")
    listed = await other.owner.slash("news list", channel=general)
    assert "There are none." in str(listed.embeds[0]["description"])
    for typed in (f"live:{card.topic_id}", stage.web.url("/live")):
        told = await other.owner.slash("news remove", channel=general, options={"feed": typed})
        assert "I know no such subscription here" in told.content
    assert [card] == await stage.cards()


async def test_who_does_not_manage_the_server_ends_nothing(stage: Stage) -> None:
    await stage.follow()
    [card] = await stage.cards()
    with pytest.raises(DiscordError):
        await stage.news("remove", stage.desk.maria, feed=f"live:{card.topic_id}")
    [command] = [each for each in stage.desk.sim.world.commands.values() if each.form["name"] == "news"]
    command.form["default_member_permissions"] = None  # An admin's doing, in Server Settings > Integrations.
    for what, typed in (("remove", {"feed": f"live:{card.topic_id}"}), ("list", {})):
        told = await stage.news(what, stage.desk.maria, **typed)
        assert "You need *Manage Server* to do this." == told
    offered = await stage.desk.maria.autocomplete(
        "news remove", channel=stage.desk.general, focused="feed", feed=""
    )
    assert [] == offered
    assert [card] == await stage.cards()
