"""`/news add`: real interactions through the simulator, real feeds over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from feed_server import FeedServer
from live_desk import LiveDesk, live_desk

from bot.domain.feeds import FeedOrder
from bot.domain.subscriptions import MOST, SubscriptionCard
from simulator import Answer, DiscordError, Person, Simulator
from simulator.flags import Permission

TWO_FEEDS = """<!doctype html><html><head><title>The Gazette</title>
<link rel="alternate" type="application/rss+xml" title="All news" href="/feed">
<link rel="alternate" type="application/atom+xml" title="Sports" href="/sports">
</head><body><h1>The Gazette</h1></body></html>"""


@dataclass(frozen=True)
class Stage:
    desk: LiveDesk
    web: FeedServer

    async def add(self, path: str, person: Person | None = None, **options: Any) -> Answer:
        """Use the command in #general about an address of the publisher."""
        person = person or self.desk.guild.owner
        given = {"url": self.web.url(path), "channel": self.desk.forum.id, **options}
        return await person.slash("news add", channel=self.desk.general, options=given)

    async def click(self, answer: Answer, label: str, person: Person | None = None) -> Answer:
        [row] = answer.components
        custom_id = next(each["custom_id"] for each in row["components"] if each["label"] == label)
        return await (person or self.desk.guild.owner).click(answer.message, custom_id)

    async def cards(self) -> list[SubscriptionCard]:
        return await self.desk.store.subscriptions.cards(
            int(self.desk.guild.id), datetime.now(UTC), limit=1000
        )


@pytest.fixture
async def web() -> AsyncIterator[FeedServer]:
    async with FeedServer() as web:
        web.publish("/feed", ["A ferry sails", "Rain ends"])
        web.publish("/sports", ["A goal"])
        web.pages["/"] = ("text/html", TWO_FEEDS.encode())
        yield web


@pytest.fixture
async def stage(tmp_path: Path, web: FeedServer) -> AsyncIterator[Stage]:
    async with live_desk(tmp_path) as desk:
        yield Stage(desk, web)


async def test_a_feed_is_shown_before_it_is_added(stage: Stage) -> None:
    shown = await stage.add("/feed")
    assert shown.ephemeral
    assert f"**The Gazette** would come to <#{stage.desk.forum.id}>." in shown.content
    assert "It has 2 entries now." in shown.content
    assert "named **[News] A ferry sails**" in shown.content
    assert "A ferry sails" == shown.embeds[0]["title"]
    assert [] == await stage.cards()


async def test_a_click_adds_what_was_shown_with_its_options(stage: Stage) -> None:
    forum = stage.desk.guild.add_forum("sea", tags=["Sea"])
    role = stage.desk.guild.add_role("readers")
    shown = await stage.add(
        "/feed", channel=forum.id, post_last=1, tags="Sea", mention=role.id, filter="ferry"
    )
    assert "1 of them passes the filter." in shown.content
    told = await stage.click(shown, "Add")
    assert f"**The Gazette** comes to <#{forum.id}> from now on." == told.content
    [card] = await stage.cards()
    subscription = card.subscription
    assert (int(forum.id), 1, ("Sea",), int(role.id), "ferry", False) == (
        subscription.channel_id,
        subscription.post_last,
        subscription.options.tags,
        subscription.options.mention_role_id,
        subscription.options.filter,
        subscription.by_file,
    )
    assert int(stage.desk.guild.owner.id) == card.created_by
    assert [card.feed_id] == await stage.desk.store.feeds.due(datetime.now(UTC), 10)


async def test_a_cancelled_feed_is_not_added(stage: Stage) -> None:
    shown = await stage.add("/feed")
    assert "Nothing was added." == (await stage.click(shown, "Cancel")).content
    assert "answered already" in (await stage.click(shown, "Add")).content
    assert [] == await stage.cards()


async def test_a_second_click_adds_nothing(stage: Stage) -> None:
    shown = await stage.add("/feed")
    await stage.click(shown, "Add")
    assert "answered already" in (await stage.click(shown, "Add")).content
    assert 1 == len(await stage.cards())


async def test_a_page_with_several_feeds_lets_one_choose(stage: Stage) -> None:
    asked = await stage.add("/")
    [menu] = asked.components[0]["components"]
    assert ["All news", "Sports"] == [each["label"] for each in menu["options"]]
    chosen = await stage.desk.guild.owner.select(asked.message, menu["custom_id"], "1")
    assert "named **[News] A goal**" in chosen.content
    await stage.click(chosen, "Add")
    assert [stage.web.url("/sports")] == [card.url for card in await stage.cards()]


async def test_the_only_feed_of_a_page_is_shown_at_once(stage: Stage) -> None:
    page = '<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head></html>'
    stage.web.pages["/front"] = ("text/html", page.encode())
    assert "named **[News] A ferry sails**" in (await stage.add("/front")).content


async def test_a_feed_that_no_page_names_is_found_by_a_guess(stage: Stage) -> None:
    stage.web.pages["/"] = ("text/html", b"<html><body>News</body></html>")
    assert "named **[News] A ferry sails**" in (await stage.add("/")).content
    assert len(stage.web.asked) <= 6


async def test_a_page_that_leads_nowhere_is_told(stage: Stage) -> None:
    stage.web.pages = {"/": ("text/html", b"<html><body>News</body></html>")}
    told = await stage.add("/")
    assert "That address is no feed and leads to none that I can find: " in told.content
    assert [] == told.components


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("ftp://gazette.example/feed", "That is no address of a page or feed."),
        ("news, please", "That is no address of a page or feed."),
        ("http://127.0.0.1:9/feed", "I cannot read that address: 127.0.0.1 cannot be reached"),
    ],
)
async def test_an_address_that_is_none_is_refused(stage: Stage, url: str, told: str) -> None:
    answer = await stage.add("/feed", url=url)
    assert told in answer.content


async def test_a_missing_page_is_told_in_words(stage: Stage) -> None:
    assert "has nothing at this address (404 Not Found)" in (await stage.add("/nowhere")).content


async def test_a_private_address_is_refused(tmp_path: Path, web: FeedServer) -> None:
    async with live_desk(tmp_path, private_networks=False) as desk:
        told = await Stage(desk, web).add("/feed")
    assert "That address leads into a private network." in told.content
    assert [] == web.asked


async def test_what_the_channel_has_already_is_refused(stage: Stage) -> None:
    await stage.click(await stage.add("/feed"), "Add")
    assert f"<#{stage.desk.forum.id}> has this feed already." == (await stage.add("/feed")).content
    again = await stage.add("/feed", channel=stage.desk.general.id)
    assert f"It comes to <#{stage.desk.forum.id}> already, too." in again.content


async def test_a_removed_feed_can_come_back(stage: Stage) -> None:
    await stage.click(await stage.add("/feed"), "Add")
    [card] = await stage.cards()
    await stage.desk.store.subscriptions.remove(card.subscription.subscription_id, datetime.now(UTC))
    await stage.click(await stage.add("/feed", post_last=2), "Add")
    assert [(2, False)] == [(c.subscription.post_last, c.subscription.seeded) for c in await stage.cards()]


async def test_without_a_channel_the_feed_comes_to_where_the_command_is_used(stage: Stage) -> None:
    thread = await stage.desk.alex.start_thread(stage.desk.forum, "A question", "Why?")
    url = stage.web.url("/feed")
    here = await stage.desk.guild.owner.slash("news add", channel=stage.desk.general, url=url)
    assert f"would come to <#{stage.desk.general.id}>." in here.content
    parent = await stage.desk.guild.owner.slash("news add", channel=thread, url=url)
    assert f"would come to <#{stage.desk.forum.id}>." in parent.content


async def test_a_channel_where_the_bot_may_not_post_is_refused(stage: Stage) -> None:
    bot = stage.desk.sim.world.application.bot
    await stage.desk.guild.owner.set_overwrite(stage.desk.forum, bot, deny=Permission.SEND_MESSAGES)
    told = await stage.add("/feed")
    assert f"In <#{stage.desk.forum.id}> I lack: Send Messages" in told.content
    assert [] == stage.web.asked


async def test_a_permission_that_goes_before_the_click_is_told_and_the_click_repeated(stage: Stage) -> None:
    shown = await stage.add("/feed")
    bot = stage.desk.sim.world.application.bot
    await stage.desk.guild.owner.set_overwrite(stage.desk.forum, bot, deny=Permission.SEND_MESSAGES)
    assert "I lack" in (await stage.click(shown, "Add")).content
    await stage.desk.guild.owner.set_overwrite(stage.desk.forum, bot)
    assert "from now on" in (await stage.click(shown, "Add")).content


async def test_a_filter_that_means_nothing_is_refused(stage: Stage) -> None:
    told = await stage.add("/feed", filter="/(/")
    assert [] == told.components
    assert [] == stage.web.asked


async def test_only_who_asked_may_answer(stage: Stage) -> None:
    shown = await stage.add("/feed")
    kim = stage.desk.guild.add_member("Kim")
    editors = stage.desk.guild.add_role("editors", Permission.MANAGE_GUILD)
    await stage.desk.guild.owner.set_roles(stage.desk.guild, kim, [editors])
    with pytest.raises(DiscordError):  # Nobody else even sees the answer.
        await stage.click(shown, "Add", kim)
    assert shown.message is not None
    shown.message.ephemeral_to = None
    assert "Only who used the command can answer this." == (await stage.click(shown, "Add", kim)).content
    assert [] == await stage.cards()


async def test_who_may_not_manage_the_server_any_more_adds_nothing(stage: Stage) -> None:
    kim = stage.desk.guild.add_member("Kim")
    editors = stage.desk.guild.add_role("editors", Permission.MANAGE_GUILD)
    await stage.desk.guild.owner.set_roles(stage.desk.guild, kim, [editors])
    shown = await stage.add("/feed", kim)
    await stage.desk.guild.owner.set_roles(stage.desk.guild, kim, [])
    assert "You need *Manage Server* to do this." == (await stage.click(shown, "Add", kim)).content
    assert [] == await stage.cards()


async def test_the_buttons_work_after_a_restart(tmp_path: Path, web: FeedServer) -> None:
    async with Simulator(limits=False) as sim:
        async with live_desk(tmp_path, sim=sim) as before:
            asked = await Stage(before, web).add("/")
        async with live_desk(tmp_path, sim=sim, after=before) as between:
            [menu] = asked.components[0]["components"]
            shown = await between.guild.owner.select(asked.message, menu["custom_id"], "0")
        async with live_desk(tmp_path, sim=sim, after=before) as after:
            stage = Stage(after, web)
            assert "from now on" in (await stage.click(shown, "Add")).content
            assert [web.url("/feed")] == [card.url for card in await stage.cards()]


async def test_a_full_server_takes_no_more(stage: Stage) -> None:
    now = datetime.now(UTC)
    orders = [
        (FeedOrder(url=f"https://a.example/{n}", channel_id=int(stage.desk.forum.id)), now)
        for n in range(MOST)
    ]
    await stage.desk.store.subscriptions.add(orders, int(stage.desk.guild.id), 1, now)
    assert f"This server has {MOST} subscriptions" in (await stage.add("/feed")).content


async def test_a_name_that_a_feed_gives_itself_is_shown_harmless(stage: Stage) -> None:
    rss = "<rss version='2.0'><channel><title>**@everyone** &lt;@1&gt;</title></channel></rss>"
    stage.web.pages["/feed"] = ("application/rss+xml", rss.encode())
    shown = await stage.add("/feed")
    assert "\\*\\*@\u200beveryone\\*\\*" in shown.content
    assert shown.message is not None
    assert (False, []) == (shown.message.mention_everyone, list(shown.message.mentions))
    assert "It has 0 entries now." in shown.content


def live_page(url: str, *, title: str = "Storm: live", age: timedelta = timedelta()) -> bytes:
    now = (datetime.now(UTC) - age).isoformat()
    update = {
        "@type": "BlogPosting",
        "@id": "u1",
        "headline": "It grows",
        "datePublished": now,
        "articleBody": "More.",
    }
    blog = {
        "@context": "https://schema.org",
        "@type": "LiveBlogPosting",
        "url": url,
        "headline": title,
        "datePublished": now,
        "liveBlogUpdate": [update],
    }
    script = f'<script type="application/ld+json">{json.dumps(blog)}</script>'
    return f"<!doctype html><html><head><title>{title}</title>{script}</head><body></body></html>".encode()


async def test_a_live_blog_is_followed(stage: Stage) -> None:
    stage.web.pages["/live"] = ("text/html", live_page(stage.web.url("/live")))
    shown = await stage.add("/live")
    assert f"**Storm: live** is a live blog: <#{stage.desk.forum.id}> would follow it." in shown.content
    assert "It shows 1 update now." in shown.content
    told = await stage.click(shown, "Follow it")
    [thread] = stage.desk.alex.threads(stage.desk.guild)
    assert f"The live blog is followed in <#{thread.id}>." == told.content
    assert "[News] Storm: live" == thread.name
    assert [] == await stage.cards()


async def test_of_two_clicks_one_follows_a_live_blog(stage: Stage) -> None:
    stage.web.pages["/live"] = ("text/html", live_page(stage.web.url("/live")))
    shown = await stage.add("/live")
    told = await asyncio.gather(*(stage.click(shown, "Follow it") for _ in range(2)))
    assert 1 == sum("is followed in" in answer.content for answer in told)
    assert 1 == len(stage.desk.alex.threads(stage.desk.guild))


async def test_a_live_blog_that_is_over_is_not_followed(stage: Stage) -> None:
    stage.web.pages["/live"] = (
        "text/html",
        live_page(stage.web.url("/live"), title="Storm: as it happened", age=timedelta(days=3)),
    )
    told = await stage.add("/live")
    assert ("That live blog is over.", []) == (told.content, told.components)


async def test_a_live_blog_that_offers_feeds_too_lets_one_choose(stage: Stage) -> None:
    page = live_page(stage.web.url("/live")).replace(
        b"</head>", b'<link rel="alternate" type="application/rss+xml" title="All news" href="/feed"></head>'
    )
    stage.web.pages["/live"] = ("text/html", page)
    asked = await stage.add("/live")
    [menu] = asked.components[0]["components"]
    assert ["Live blog: Storm: live", "All news"] == [each["label"] for each in menu["options"]]
    shown = await stage.desk.guild.owner.select(asked.message, menu["custom_id"], "0")
    assert "is a live blog" in shown.content


async def test_a_front_page_offers_the_live_blogs_that_go_on_beside_its_feeds(stage: Stage) -> None:
    front = TWO_FEEDS.replace(
        "</body>",
        '<a href="/live/storm">Live: Storm</a><a href="/live/fire">Fire</a><a href="/live/radio">On air</a></body>',
    )
    stage.web.pages["/front"] = ("text/html", front.encode())
    stage.web.pages["/live/storm"] = ("text/html", live_page(stage.web.url("/live/storm")))
    stage.web.pages["/live/fire"] = (
        "text/html",
        live_page(stage.web.url("/live/fire"), title="Fire: live", age=timedelta(days=3)),
    )
    asked = await stage.add("/front")
    [menu] = asked.components[0]["components"]
    assert ["Live blog: Storm: live", "All news", "Sports"] == [each["label"] for each in menu["options"]]
    shown = await stage.desk.guild.owner.select(asked.message, menu["custom_id"], "0")
    told = await stage.click(shown, "Follow it")
    assert "The live blog is followed in" in told.content
