"""The main job through the real thing: `nightdesk run`, unmodified discord.py, the simulator, a local web server."""

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from desk_process import PATIENCE, DeskProcess
from feed_server import FeedServer

from simulator import GuildHandle, Person, Simulator
from simulator.values import Message

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "feeds" / "real"
TEN = 10


def follow_id(starter: Message) -> str:
    buttons = [button for row in starter.components for button in row["components"]]
    return str(next(button["custom_id"] for button in buttons if "custom_id" in button))


def shown(reader: Person, guild: GuildHandle, least: int) -> bool:
    return len(reader.threads(guild.guild)) >= least


async def test_a_feed_becomes_threads_and_a_moderator_closes_one(
    tmp_path: Path, sim: Simulator, publisher: FeedServer
) -> None:
    guild = sim.add_guild("The Gazette")
    forum = guild.add_forum("news", tags=["World"], require_tag=True)
    alex, maria = guild.add_member("Alex"), guild.add_moderator("Maria")
    publisher.publish("/feed", ["second", "first"])
    feed = {"url": publisher.url("/feed"), "channel_id": int(forum.id), "post_last": 2, "tags": ["World"]}
    async with DeskProcess(tmp_path, sim, [feed]) as desk:
        await sim.until(lambda: len(alex.threads(guild.guild)) == 2, PATIENCE)
        second, first = alex.threads(guild.guild)
        assert ["[News] second", "[News] first"] == [second.name, first.name]
        await alex.post(first, "I disagree!")

        answer = await maria.slash("topic close", channel=first, reason="spam")
        assert (True, f"<#{first.id}> is closed.") == (answer.ephemeral, answer.content)
        assert "This topic is now closed to further replies. Reason: spam" == alex.messages(first)[-1].content
        assert not alex.can_reply(first)
        answer = await maria.slash("topic close", channel=first)
        assert "This topic is already closed." == answer.content

        card = str((await maria.slash("topic info", channel=first)).embeds)
        assert all(text in card for text in ("Closed to further replies", "spam", publisher.url("/feed")))

        await maria.slash("topic reopen", channel=second, topic=first.id)
        assert "This topic is open again." == alex.messages(first)[-1].content
        assert alex.can_reply(first)

        starter = alex.messages(second)[0]
        answer = await alex.click(starter, follow_id(starter))
        assert (True, True) == (answer.ephemeral, answer.content.startswith("You follow"))
        assert alex.id in second.members

        await maria.menu("Close this topic", message=starter)
        assert not alex.can_reply(second)
        assert 0 == await desk.stop()
    assert [] == [request for request in sim.requests if request.status == 429]


async def test_a_completion_offers_the_topics_of_the_guild(
    tmp_path: Path, sim: Simulator, publisher: FeedServer
) -> None:
    guild = sim.add_guild("The Gazette")
    general = guild.add_text("general")
    maria = guild.add_moderator("Maria")
    publisher.publish("/feed", ["Rain in Spain", "Sun"])
    feed = {"url": publisher.url("/feed"), "channel_id": int(general.id), "post_last": 2}
    async with DeskProcess(tmp_path, sim, [feed]):
        await sim.until(lambda: len(maria.threads(guild.guild)) == 2, PATIENCE)
        choices: list[dict[str, str]] = []
        while len(choices) < 1:  # The bot confirms a thread a moment after Discord shows it.
            choices = await maria.autocomplete("topic close", channel=general, focused="topic", topic="rain")
        answer = await maria.slash("topic close", channel=general, topic=choices[0]["value"])
        refusal = await maria.slash("topic close", channel=general)
    assert ["[News] Rain in Spain"] == [choice["name"] for choice in choices]
    assert "is closed" in answer.content
    assert "This is no topic" in refusal.content


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"the corpus of real feeds is not at {CORPUS}")
async def test_ten_real_feeds_appear_once_each_also_after_kill_9(
    tmp_path: Path, sim: Simulator, publisher: FeedServer
) -> None:
    sim.hub.limited = False  # Who starts again within five seconds would have to wait to identify.
    guild = sim.add_guild("The Gazette")
    forum, general = guild.add_forum("news"), guild.add_text("general")
    reader = guild.add_member("Alex")
    feeds = []
    for number, file in enumerate(sorted(CORPUS.glob("*.rss.xml"))[:TEN]):
        publisher.pages[f"/{file.name}"] = ("application/xml", file.read_bytes())
        channel = general if number % 3 == 0 else forum
        feeds.append({"url": publisher.url(f"/{file.name}"), "channel_id": int(channel.id), "post_last": 2})
    async with DeskProcess(tmp_path, sim, feeds) as desk:
        for seen in (3, 8, 14):
            await sim.until(partial(shown, reader, guild, seen), PATIENCE)
            await desk.kill()
            await desk.start()
        await sim.until(partial(shown, reader, guild, 2 * TEN), PATIENCE)
        await publisher.asked_for(len(publisher.asked) + 2 * TEN)
        assert 0 == await desk.stop()
    with closing(sqlite3.connect(desk.database)) as connection:
        wanted = [name for (name,) in connection.execute("SELECT name FROM topics")]
    assert 2 * TEN == len(wanted)
    assert sorted(wanted) == sorted(thread.name for thread in reader.threads(guild.guild))
    assert 8 == len([message for message in reader.messages(general) if message.embeds])
