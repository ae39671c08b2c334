"""What an operator, a publisher or Discord can do wrong: one clear message each, and the rest goes on."""

import sqlite3
from pathlib import Path

from desk_process import PATIENCE, DeskProcess
from feed_server import FeedServer

from simulator import Simulator


async def test_bad_feeds_and_channels_are_told_once_each_and_the_good_one_goes_on(
    tmp_path: Path, sim: Simulator, publisher: FeedServer
) -> None:
    guild = sim.add_guild("The Gazette")
    forum, strict = guild.add_forum("news"), guild.add_forum("strict", tags=["World"], require_tag=True)
    reader = guild.add_member("Alex")
    publisher.publish("/good", ["good"])
    publisher.pages["/html"] = ("text/html", b"<!doctype html><html><body>Not found</body></html>")
    publisher.pages["/empty"] = ("application/rss+xml", b"")
    publisher.pages["/huge"] = ("application/rss+xml", b"<rss>" + b" " * 6_000_000)
    feeds = [
        {"url": publisher.url(path), "channel_id": int(forum.id), "post_last": 1}
        for path in ("/html", "/empty", "/huge", "/gone", "/good")
    ]
    feeds += [
        {"url": publisher.url("/good"), "channel_id": int(channel), "post_last": 1}
        for channel in ("7", strict.id)
    ]
    async with DeskProcess(tmp_path, sim, feeds, interval="1s") as desk:
        await sim.until(lambda: reader.threads(guild.guild), PATIENCE)
        publisher.publish("/good", ["better", "good"])
        await sim.until(lambda: len(reader.threads(guild.guild)) == 2, PATIENCE)
        assert 0 == await desk.stop()
    for told in ("/html: ", "/empty: ", "/huge: ", "/gone: ", "channel 7: ", f"channel {strict.id}: "):
        assert 1 == desk.log.count(told), (told, desk.log)
    assert "requires a tag" in desk.log


async def test_a_wrong_token_ends_it_with_one_line(tmp_path: Path, sim: Simulator) -> None:
    desk = DeskProcess(tmp_path, sim, [])
    desk.config.write_text(desk.config.read_text().replace(sim.token, "wrong"))
    await desk.start()
    assert 2 == await desk.wait()
    lines = [line for line in desk.log.splitlines() if line.startswith("nightdesk: ")]
    assert ["nightdesk: Discord refused the token; set discord.token to the bot's token"] == lines
    assert "Traceback" not in desk.log


async def test_a_wrong_config_ends_it_with_every_mistake_named(tmp_path: Path, sim: Simulator) -> None:
    desk = DeskProcess(tmp_path, sim, [{"url": "ftp://x", "channel_id": 1, "chanel": 2}], intervall="1s")
    await desk.start()
    assert 2 == await desk.wait()
    assert all(
        key in desk.log for key in ("polling.intervall", "feeds.0.chanel", "feeds.0.url", "config.toml")
    )
    assert sim.token not in desk.log


async def test_a_database_of_a_newer_version_ends_it_with_one_line(tmp_path: Path, sim: Simulator) -> None:
    desk = DeskProcess(tmp_path, sim, [])
    connection = sqlite3.connect(desk.database)
    connection.executescript(
        "CREATE TABLE schema_version (version BIGINT PRIMARY KEY); INSERT INTO schema_version VALUES (99)"
    )
    connection.close()
    await desk.start()
    assert 2 == await desk.wait()
    assert "written by a newer Nightdesk" in desk.log
    assert "Traceback" not in desk.log


async def test_a_second_bot_on_the_same_database_ends_with_one_line(tmp_path: Path, sim: Simulator) -> None:
    async with DeskProcess(tmp_path, sim, []) as desk:
        await sim.until(sim.bot_connected, PATIENCE)
        second = DeskProcess(tmp_path, sim, [])
        await second.start()
        assert 2 == await second.wait()
        assert 0 == await desk.stop()
    assert "another Nightdesk is running on this database" in second.log


async def test_it_waits_for_a_discord_that_is_down_at_start(
    tmp_path: Path, sim: Simulator, publisher: FeedServer
) -> None:
    guild = sim.add_guild("The Gazette")
    forum = guild.add_forum("news")
    reader = guild.add_member("Alex")
    publisher.publish("/feed", ["a"])
    await sim.stop()
    feed = {"url": publisher.url("/feed"), "channel_id": int(forum.id), "post_last": 1}
    async with DeskProcess(tmp_path, sim, [feed]) as desk:
        await publisher.asked_for(1)
        await sim.start()
        await sim.until(lambda: reader.threads(guild.guild), PATIENCE)
        assert 0 == await desk.stop()
    assert "cannot log in to Discord" in desk.log


async def test_it_stops_while_discord_is_down(tmp_path: Path, sim: Simulator, publisher: FeedServer) -> None:
    publisher.publish("/feed", ["a"])
    await sim.stop()
    async with DeskProcess(tmp_path, sim, [{"url": publisher.url("/feed"), "channel_id": 1}]) as desk:
        await publisher.asked_for(1)
        assert 0 == await desk.stop()


async def test_it_stops_while_it_waits_to_identify_again(
    tmp_path: Path, sim: Simulator, publisher: FeedServer
) -> None:
    publisher.publish("/feed", ["a"])
    async with DeskProcess(tmp_path, sim, [{"url": publisher.url("/feed"), "channel_id": 1}]) as desk:
        await sim.until(sim.bot_connected, PATIENCE)
        sim.hub.invalidate()
        await publisher.asked_for(len(publisher.asked) + 2)  # Its five seconds of waiting have begun.
        assert 0 == await desk.stop()


async def test_errors_of_discord_lose_and_double_nothing(
    tmp_path: Path, sim: Simulator, publisher: FeedServer
) -> None:
    guild = sim.add_guild("The Gazette")
    forum = guild.add_forum("news")
    reader = guild.add_member("Alex")
    titles = [f"headline {number}" for number in range(8)]
    publisher.publish("/feed", titles)
    for kind in ("500-after", "502", "reset-after"):
        sim.fault(kind, method="POST", route=rf"/channels/{forum.id}/threads")
    feed = {"url": publisher.url("/feed"), "channel_id": int(forum.id), "post_last": 8}
    async with DeskProcess(tmp_path, sim, [feed]) as desk:
        await sim.until(lambda: len(reader.threads(guild.guild)) >= len(titles), PATIENCE)
        assert 0 == await desk.stop()
    assert sorted(f"[News] {title}" for title in titles) == sorted(
        t.name for t in reader.threads(guild.guild)
    )
