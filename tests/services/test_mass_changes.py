"""Feeds that rename, repeat or replace their entries: no flood, and nothing is lost."""

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import chain, count
from pathlib import Path

import pytest
from fake_forum import GUILD, TEXT
from json_feed import FeedParser, Story, publish
from newsroom import FEED, Newsroom, newsroom, order

from bot.services.alerting import Alerting
from bot.texts import Texts

LATER = timedelta(minutes=6)
TITLES = ("Ferry", "Bus", "Tram", "Train", "Plane", "Bike", "Boat", "Balloon")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path / "desk.db") as desk:
        desk.read_with(desk.fetcher, FeedParser())
        await desk.subscribe(order())
        yield desk


async def read(desk: Newsroom, *stories: Story) -> None:
    publish(desk.fetcher, FEED, *stories)
    await desk.poll(after=LATER)
    await desk.publish()


def edition(
    guid: str, link: str = "https://gazette.example/{n}", titles: tuple[str, ...] = TITLES
) -> list[Story]:
    return [
        Story(guid=guid.format(n=n), title=title, link=link.format(n=n)) for n, title in enumerate(titles)
    ]


@pytest.mark.parametrize(
    ("guid", "link"),
    [
        ("new-{n}", "https://gazette.example/{n}"),
        ("new-{n}", "https://moved.example/page/{n}"),
        ("https://www.gazette.example/articles/article-number-{n}", "https://gazette.example/x/{n}"),
    ],
)
async def test_entries_under_new_names_are_known_by_link_or_title(
    desk: Newsroom, guid: str, link: str
) -> None:
    await read(desk, *edition("https://gazette.example/articles/article-number-{n}"))
    await read(desk, *edition(guid, link))
    await read(
        desk, Story(guid="late", title="Late", link="https://gazette.example/late"), *edition(guid, link)
    )
    assert ["[News] Late"] == desk.names()


async def test_a_feed_replaced_by_old_entries_is_quarantined_and_told_of_once(
    desk: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    await read(desk, *edition("{n}"))
    for number in range(3):
        titles = tuple(f"{title} {number}" for title in TITLES)
        await read(desk, *edition(f"{number}-{{n}}", f"https://spam.example/{number}/{{n}}", titles))
    assert [] == desk.names()
    assert 1 == caplog.text.count("quarantined")


async def test_a_quarantined_feed_that_is_resumed_posts_only_what_is_new_since(desk: Newsroom) -> None:
    await read(desk, *edition("{n}"))
    other = edition("other-{n}", "https://spam.example/{n}", tuple(f"Other {title}" for title in TITLES))
    await read(desk, *other)
    await read(desk, Story(guid="missed", title="Missed", link="https://gazette.example/missed"), *other)
    [feed_id] = await desk.store.feeds.due(desk.clock.now() + LATER, 2)
    await desk.store.feeds.resume(feed_id, desk.clock.now())
    await read(desk, *other)
    await read(desk, Story(guid="late", title="Late", link="https://gazette.example/late"), *other)
    assert ["[News] Late"] == desk.names()


async def test_a_busy_feed_after_a_long_absence_is_no_mass_change(desk: Newsroom) -> None:
    await read(desk, *edition("{n}"))
    desk.clock.pass_time(timedelta(days=3))
    fresh = edition(
        "fresh-{n}", "https://gazette.example/fresh/{n}", tuple(f"New {title}" for title in TITLES)
    )
    await read(desk, *(story.but(at=desk.clock.now() - timedelta(hours=9)) for story in fresh))
    assert len(TITLES) == len(desk.names())


async def test_one_guid_for_all_posts_each_entry_once(desk: Newsroom) -> None:
    stories = edition("same", titles=TITLES[:2])
    await read(desk, *stories)
    for number, title in enumerate(("One", "Two", "Three")):
        stories.insert(0, Story(guid="same", title=title, link=f"https://gazette.example/new/{number}"))
        await read(desk, *stories[:4])
    assert ["[News] One", "[News] Two", "[News] Three"] == desk.names()


async def test_one_guid_and_one_link_for_all_posts_each_entry_once(desk: Newsroom) -> None:
    stories = edition("same", "https://gazette.example/", TITLES[:2])
    await read(desk, *stories)
    for title in ("One", "Two", "Three"):
        stories.insert(0, Story(guid="same", title=title, link="https://gazette.example/"))
        await read(desk, *stories[:4])
    assert ["[News] One", "[News] Two", "[News] Three"] == desk.names()


async def test_one_guid_with_ever_new_titles_is_one_topic(desk: Newsroom) -> None:
    await read(desk)
    for number in range(8):
        await read(desk, Story(guid="same", title=f"Status {number}", link="https://gazette.example/status"))
    assert ["[News] Status 0"] == desk.names()


async def test_an_article_with_ever_new_guids_is_posted_once(desk: Newsroom) -> None:
    guids = map(str, count())
    old = [Story(guid=f"old-{n}", title=f"Old {n}", link=f"https://gazette.example/{n}") for n in range(3)]
    await read(desk, *old)
    ferry = Story(guid="ferry", at=desk.clock.now())
    for guid in chain(["ferry"], (next(guids) for _ in range(6))):
        await read(desk, ferry.but(guid=guid, link=f"https://gazette.example/ferry?session={guid}"), *old)
    assert ["[News] Ferry runs again"] == desk.names()


async def test_the_staff_of_each_guild_is_told_once(desk: Newsroom) -> None:
    await desk.policies.set(GUILD, 0, {"staff_channel_id": str(TEXT)}, 7)
    alerting = Alerting(desk.store.alerts, desk.policies, desk.forum, desk.clock, texts=Texts.load())
    await read(desk, *edition("{n}"))
    other = edition("other-{n}", "https://spam.example/{n}", tuple(f"Other {title}" for title in TITLES))
    for _ in range(2):
        await read(desk, *other)
        for alert_id in await desk.store.alerts.due(desk.clock.now(), 9):
            await alerting.tell(alert_id)
    [told] = desk.forum.shown_in(TEXT)
    assert "The Gazette" in told
