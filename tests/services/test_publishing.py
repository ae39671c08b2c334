from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fake_forum import FORUM, TEXT
from newsroom import FEED, Newsroom, newsroom, order

from bot.errors import AmbiguousError, GoneError, MissingAccessError, RejectedError, UnavailableError
from bot.ports import ChannelKind


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path / "desk.db") as desk:
        yield desk


async def wanted(desk: Newsroom, *titles: str, channel_id: int = FORUM, tags: tuple[str, ...] = ()) -> None:
    """Entries that deserve a topic, recorded and not yet shown."""
    await desk.subscribe(order(channel_id=channel_id, post_last=len(titles), tags=tags))
    desk.fetcher.publish(FEED, *reversed(titles))
    await desk.poll()


async def test_a_text_channel_gets_a_message_and_a_thread_hung_from_it(desk: Newsroom) -> None:
    await wanted(desk, "a", channel_id=TEXT)
    await desk.publish()
    assert ["a"] == desk.forum.shown_in(TEXT)
    assert ["[News] a"] == desk.names()


async def test_a_lost_answer_is_looked_up_and_not_repeated(desk: Newsroom) -> None:
    await wanted(desk, "a")
    desk.forum.lose_answer_of("create_post")
    await desk.publish_until_settled()
    assert ["[News] a"] == desk.names()
    assert 1 == desk.forum.deeds.count("create_post")


async def test_a_request_that_was_not_applied_is_repeated(desk: Newsroom) -> None:
    await wanted(desk, "a")
    desk.forum.fail_next(AmbiguousError("502"))
    await desk.publish_until_settled()
    assert ["[News] a"] == desk.names()


async def test_a_lost_request_is_not_looked_up_before_discord_can_have_settled_it(desk: Newsroom) -> None:
    await wanted(desk, "a")
    desk.forum.fail_next(AmbiguousError("502"))
    await desk.publish()
    await desk.publish(after=timedelta(seconds=1))
    assert ["create_post"] == desk.forum.deeds


async def test_an_outage_of_discord_holds_the_channel_and_keeps_its_order(desk: Newsroom) -> None:
    await wanted(desk, "a", "b", "c")
    desk.forum.fail_next(UnavailableError("503"))
    await desk.publish()
    assert [] == desk.names()
    await desk.publish_until_settled()
    assert ["[News] a", "[News] b", "[News] c"] == desk.names()


async def test_a_rate_limit_is_waited_out_as_long_as_discord_asks(desk: Newsroom) -> None:
    await wanted(desk, "a")
    desk.forum.fail_next(UnavailableError("429", retry_after=timedelta(minutes=5)))
    await desk.publish()
    assert desk.clock.now() + timedelta(minutes=5) == await desk.store.topics.next_due_at(desk.clock.now())


async def test_an_entry_that_discord_refuses_stops_no_other(desk: Newsroom) -> None:
    await wanted(desk, "bad", "good")
    desk.forum.fail_next(RejectedError("Invalid Form Body", code=50035))
    await desk.publish_until_settled()
    assert ["[News] good"] == desk.names()


async def test_an_unknown_channel_is_told_once_and_stops_no_other(
    desk: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    await desk.subscribe(order(channel_id=404, post_last=2), order(post_last=2))
    desk.fetcher.publish(FEED, "b", "a")
    await desk.poll()
    for _ in range(3):
        await desk.publish(after=timedelta(hours=2))
    assert ["[News] a", "[News] b"] == desk.names()
    assert 1 == caplog.text.count("channel 404")


async def test_a_channel_that_is_mended_gets_what_was_waiting(
    desk: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    forum = desk.forum.channels[FORUM]
    desk.forum.channels[FORUM] = replace(forum, missing=("Send Messages",))
    await wanted(desk, "a")
    await desk.publish()
    desk.forum.channels[FORUM] = forum
    await desk.publish_until_settled()
    assert ["[News] a"] == desk.names()
    assert "in #news the bot lacks: Send Messages" in caplog.text
    assert "posting works again" in caplog.text


async def test_a_forum_that_requires_a_tag_names_its_tags_to_the_operator(
    desk: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    desk.forum.channels[FORUM] = replace(desk.forum.channels[FORUM], requires_tag=True)
    await wanted(desk, "a")
    await desk.publish()
    assert "requires a tag; set `tags` of the feed to one of: World" in caplog.text


async def test_a_configured_tag_is_found_whatever_its_case(desk: Newsroom) -> None:
    await wanted(desk, "a", tags=("world",))
    await desk.publish()
    assert [(11,)] == [thread.tag_ids for thread in desk.forum.threads.values()]


async def test_an_unknown_tag_is_told_to_the_operator(
    desk: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    await wanted(desk, "a", tags=("Sport",))
    await desk.publish()
    assert "has no tag Sport (it has: World)" in caplog.text


async def test_a_channel_of_another_kind_is_told_at_start(
    desk: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    desk.forum.channels[9] = replace(
        desk.forum.channels[TEXT], channel_id=9, kind=ChannelKind.OTHER, name="voice"
    )
    await desk.publishing.check_channel(9)
    assert "#voice is no forum, text or announcement channel" in caplog.text


async def test_a_deleted_thread_is_never_made_again(desk: Newsroom) -> None:
    await wanted(desk, "a")
    await desk.publish()
    thread_id = next(iter(desk.forum.threads))
    desk.forum.threads.clear()
    await desk.moderation.gone(thread_id)
    await desk.poll(after=timedelta(minutes=6))
    await desk.publish_until_settled()
    assert [] == desk.names()


async def test_a_fault_of_our_own_stops_no_other_topic(
    desk: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    await wanted(desk, "a", "b")
    async with desk.store.database.write() as tx:
        await tx.execute(
            "UPDATE messages SET wanted = '?' WHERE record_id = (SELECT MIN(record_id) FROM messages)"
        )
    await desk.publish()
    assert ["[News] b"] == desk.names()
    assert "our own fault" in caplog.text


@pytest.mark.parametrize("error", [GoneError("x"), MissingAccessError("x"), UnavailableError("x")])
async def test_a_refused_request_leaves_no_mark_of_an_attempt(
    desk: Newsroom, error: GoneError | MissingAccessError | UnavailableError
) -> None:
    await wanted(desk, "a")
    desk.forum.fail_next(error)
    await desk.publish()
    rows = await desk.store.database.read.all("SELECT attempted_at FROM messages")
    assert [None] == [row["attempted_at"] for row in rows]
