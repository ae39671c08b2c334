"""Feeds that correct, rename, repeat and burst, through `nightdesk run` itself."""

import json
import re
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from desk_process import PATIENCE, DeskProcess
from feed_server import FeedServer

from simulator import GuildHandle, Person, Simulator

AT_MOST = 20
BURST = 60
TITLES = [f"Headline {number:02}" for number in range(BURST)]


def rss(
    publisher: FeedServer, items: Sequence[tuple[str, str, str]], at: datetime | None = None
) -> tuple[str, bytes]:
    """A feed of these guids, titles and texts, newest first, published `at` or now."""
    published = format_datetime(at or datetime.now(UTC))
    xml = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><title>{title}</title>"
        f"<link>{publisher.url('/' + guid.partition('?')[0])}</link><description>{text}</description>"
        f"<pubDate>{published}</pubDate></item>"
        for guid, title, text in items
    )
    feed = f"<rss version='2.0'><channel><title>The Gazette</title>{xml}</channel></rss>"
    return "application/rss+xml", feed.encode()


def names(reader: Person, guild: GuildHandle) -> list[str]:
    """Those of the threads, oldest first."""
    return [thread.name for thread in sorted(reader.threads(guild.guild), key=lambda each: int(each.id))]


def bursting(publisher: FeedServer, guild: GuildHandle, overflow: str) -> dict[str, object]:
    publisher.pages["/feed"] = rss(publisher, [("first", "First", "Text")])
    return {
        "url": publisher.url("/feed"),
        "channel_id": int(guild.add_forum("news").id),
        "post_last": 1,
        "at_most": AT_MOST,
        "overflow": overflow,
    }


async def burst(sim: Simulator, publisher: FeedServer, shown: Callable[[], bool]) -> None:
    """The feed brings all titles at once, once its first entry has its topic; until so much is shown."""
    await publisher.asked_for(2)
    news = [(title.replace(" ", "-"), title, "Text") for title in reversed(TITLES)]
    publisher.pages["/feed"] = rss(publisher, news)
    await sim.until(shown, PATIENCE)


async def pass_time_while_dead(desk: DeskProcess, hours: timedelta) -> None:
    """Kill the desk, and start it so much later."""
    await desk.kill()
    with closing(sqlite3.connect(desk.database)) as connection:
        passed = {"ms": int(hours.total_seconds() * 1000)}
        for change in (
            "UPDATE topics SET due_at = due_at - :ms, planned_at = planned_at - :ms",
            "UPDATE wishes SET due_at = due_at - :ms",
        ):
            connection.execute(change, passed)
        connection.commit()
    await desk.start()


async def test_a_correction_edits_the_starter_and_renames_the_thread_in_place(
    tmp_path: Path, sim: Simulator, publisher: FeedServer
) -> None:
    guild = sim.add_guild("The Gazette")
    forum, alex = guild.add_forum("news"), guild.add_member("Alex")
    publisher.pages["/feed"] = rss(
        publisher, [("a", "Rain in Spian", "It rains."), ("b", "Sun", "It shines.")]
    )
    feed = {"url": publisher.url("/feed"), "channel_id": int(forum.id), "post_last": 2}
    async with DeskProcess(tmp_path, sim, [feed]) as desk:
        await sim.until(lambda: len(names(alex, guild)) == 2, PATIENCE)
        thread = next(each for each in alex.threads(guild.guild) if "Spian" in each.name)
        starter = alex.messages(thread)[0].id
        publisher.pages["/feed"] = rss(
            publisher, [("a", "Rain in Spain", "It pours."), ("b", "Sun", "It shines.")]
        )
        await publisher.asked_for(len(publisher.asked) + 2)
        assert "[News] Rain in Spian" == thread.name  # A publisher often saves several times.
        await pass_time_while_dead(desk, timedelta(minutes=3))
        await sim.until(lambda: thread.name == "[News] Rain in Spain", PATIENCE)
        await sim.until(lambda: "It pours" in json.dumps(alex.messages(thread)[0].embeds), PATIENCE)
        await publisher.asked_for(len(publisher.asked) + 2)
        assert 0 == await desk.stop()
    assert [starter] == [message.id for message in alex.messages(thread) if message.embeds]
    assert ["[News] Sun", "[News] Rain in Spain"] == names(alex, guild)


async def test_a_feed_that_renames_all_its_entries_is_quarantined_and_floods_nobody(
    tmp_path: Path, sim: Simulator, publisher: FeedServer
) -> None:
    guild = sim.add_guild("The Gazette")
    forum, alex = guild.add_forum("news"), guild.add_member("Alex")
    titles = [f"Headline {number}" for number in range(12)]
    publisher.pages["/feed"] = rss(publisher, [(f"old-{t[-2:].strip()}", t, t) for t in titles])
    feed = {"url": publisher.url("/feed"), "channel_id": int(forum.id), "post_last": 3}
    async with DeskProcess(tmp_path, sim, [feed]) as desk:
        await sim.until(lambda: len(names(alex, guild)) == 3, PATIENCE)
        publisher.pages["/feed"] = rss(
            publisher,
            [(f"new-{t[-2:].strip()}", f"{t}, otherwise", f"Other {t}") for t in titles],
            at=datetime.now(UTC) - timedelta(days=2),
        )
        await publisher.asked_for(len(publisher.asked) + 2)
        await desk.kill()
        await desk.start()
        await publisher.asked_for(len(publisher.asked) + 2)
        assert 0 == await desk.stop()
    assert 3 == len(names(alex, guild))
    assert "quarantine" in desk.log


async def test_two_feeds_with_the_same_pages_give_one_thread_for_each(
    tmp_path: Path, sim: Simulator, publisher: FeedServer
) -> None:
    guild = sim.add_guild("The Gazette")
    forum, alex = guild.add_forum("news"), guild.add_member("Alex")
    for path in ("/world", "/sport"):
        items = [(f"both?from={path}", "In both", "Text"), (f"only{path}", f"Only in {path}", "Text")]
        publisher.pages[path] = rss(publisher, items)
    feeds = [
        {"url": publisher.url(path), "channel_id": int(forum.id), "post_last": 5}
        for path in ("/world", "/sport")
    ]
    async with DeskProcess(tmp_path, sim, feeds) as desk:
        await sim.until(lambda: len(names(alex, guild)) >= 3, PATIENCE)
        await publisher.asked_for(len(publisher.asked) + 4)
        assert 0 == await desk.stop()
    assert ["[News] In both", "[News] Only in /sport", "[News] Only in /world"] == sorted(names(alex, guild))


async def test_of_a_burst_some_have_topics_and_one_digest_lists_all_others_in_order(
    tmp_path: Path, publisher: FeedServer
) -> None:
    async with Simulator(limits=False) as sim:
        guild = sim.add_guild("The Gazette")
        alex = guild.add_member("Alex")
        async with DeskProcess(tmp_path, sim, [bursting(publisher, guild, "digest")]) as desk:
            await burst(sim, publisher, lambda: len(names(alex, guild)) > 6)
            await desk.kill()
            await desk.start()
            await sim.until(lambda: len(names(alex, guild)) == 1 + AT_MOST - 1, PATIENCE)
            await publisher.asked_for(len(publisher.asked) + 3)
            assert 0 == await desk.stop()
        *own, digest = sorted(alex.threads(guild.guild), key=lambda each: int(each.id))
        listed = re.findall(r"Headline \d\d", json.dumps([m.embeds for m in alex.messages(digest)]))
    assert ["[News] First", *(f"[News] {title}" for title in TITLES[: AT_MOST - 2])] == [t.name for t in own]
    assert TITLES[AT_MOST - 2 :] == listed


async def test_a_burst_that_is_delayed_comes_hour_by_hour_in_order_and_whole(
    tmp_path: Path, publisher: FeedServer
) -> None:
    async with Simulator(limits=False) as sim:
        guild = sim.add_guild("The Gazette")
        alex = guild.add_member("Alex")
        async with DeskProcess(tmp_path, sim, [bursting(publisher, guild, "delay")]) as desk:
            await burst(sim, publisher, lambda: len(names(alex, guild)) > 6)
            await desk.kill()
            await desk.start()
            await sim.until(lambda: len(names(alex, guild)) >= AT_MOST, PATIENCE)
            await publisher.asked_for(len(publisher.asked) + 2)
            assert AT_MOST == len(names(alex, guild))
            await pass_time_while_dead(desk, timedelta(hours=3))
            await sim.until(lambda: len(names(alex, guild)) >= 1 + BURST, PATIENCE)
            assert 0 == await desk.stop()
    assert ["[News] First", *(f"[News] {title}" for title in TITLES)] == names(alex, guild)
