"""Room among a server's active threads: made in time, and when Discord refuses one more."""

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from fake_forum import GUILD, TEXT
from newsroom import FEED, Newsroom, newsroom, order

from bot.domain.budget import Budget
from bot.errors import UnavailableError
from bot.services.budget import HOUR, ThreadBudget
from bot.services.publishing import Publishing

SMALL = Budget(full=4, room=2, some=2, quiet=timedelta(minutes=15))
LATER = timedelta(hours=1)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path / "desk.db") as desk:
        yield desk


@pytest.fixture
def budget(desk: Newsroom) -> ThreadBudget:
    """Used by publishing, too."""
    store = desk.store
    budget = ThreadBudget(
        store.topics,
        store.watched,
        store.budget,
        desk.forum,
        desk.clock,
        on_wanted=lambda: None,
        budget=SMALL,
    )
    desk.publishing = Publishing(store.topics, desk.forum, desk.clock, room=budget)
    return budget


async def post(desk: Newsroom, *titles: str, channel_id: int = 100) -> None:
    """One after the other, an hour apart."""
    await desk.subscribe(order(channel_id=channel_id, post_last=5))
    for number in range(1, len(titles) + 1):
        desk.fetcher.publish(FEED, *reversed(titles[:number]))
        await desk.poll(after=LATER)
        await desk.publish_until_settled()


def awake(desk: Newsroom) -> list[str]:
    return [
        thread.name.removeprefix("[News] ") for thread in desk.forum.threads.values() if not thread.archived
    ]


async def test_with_room_left_everything_stays_awake(desk: Newsroom, budget: ThreadBudget) -> None:
    await post(desk, "a", "b", "c", "d")
    await budget.look(GUILD)
    await desk.publish_until_settled()
    assert ["a", "b", "c", "d"] == awake(desk)


async def test_near_the_limit_the_oldest_of_ours_sleep_and_peoples_threads_do_not(
    desk: Newsroom, budget: ThreadBudget
) -> None:
    await post(desk, "a", "b", "c")
    desk.forum.add_thread("people's")
    desk.forum.add_thread("people's")
    desk.clock.pass_time(LATER)
    await budget.look(GUILD)
    await desk.publish_until_settled()
    assert ["people's", "people's"] == awake(desk)


@pytest.mark.parametrize(
    ("state", "unfollowed_at", "asleep"),
    [("followed", None, ["b", "c"]), ("followed", 1, ["a", "b", "c"]), ("ended", None, ["a", "b", "c"])],
)
async def test_a_live_blog_that_is_followed_stays_awake(
    desk: Newsroom, budget: ThreadBudget, state: str, unfollowed_at: int | None, asleep: list[str]
) -> None:
    await post(desk, "a", "b", "c")
    for _ in range(2):
        desk.forum.add_thread("people's")
    topic = await desk.store.topics.by_thread(next(iter(desk.forum.threads)))
    assert topic is not None
    values = {"topic_id": topic.topic_id, "state": state, "at": unfollowed_at}
    async with desk.store.database.write() as tx:
        await tx.execute(
            "INSERT INTO live_blogs (live_blog_id, url, link, state, created_at) VALUES (1, 'u', 'u', :state, 1)",
            values,
        )
        await tx.execute(
            "INSERT INTO live_topics (topic_id, live_blog_id, unfollowed_at) VALUES (:topic_id, 1, :at)",
            values,
        )
    desk.clock.pass_time(LATER)
    await budget.look(GUILD)
    await desk.publish_until_settled()
    assert asleep == [name for name in ("a", "b", "c") if name not in awake(desk)]


async def test_a_topic_with_a_reply_is_quiet_only_since_then(desk: Newsroom, budget: ThreadBudget) -> None:
    await post(desk, "a", "b", "c", "d")
    oldest = next(iter(desk.forum.threads))
    desk.forum.add_post(oldest, "I saw it, too")
    desk.forum.add_thread("people's")
    await budget.look(GUILD)
    await desk.publish_until_settled()
    assert ["a", "d", "people's"] == awake(desk)  # "d" was made just now.


async def test_a_create_near_the_limit_looks_first(desk: Newsroom, budget: ThreadBudget) -> None:
    del budget
    for _ in range(3):
        desk.forum.add_thread("people's")
    await post(desk, "a", "b", "c", "d")
    assert ["people's"] * 3 == awake(desk)[:3]
    assert "d" in awake(desk)
    assert len(awake(desk)) <= SMALL.full + 1


@pytest.mark.parametrize("channel_id", [100, TEXT])
async def test_at_discords_limit_room_is_made_and_the_topic_comes(
    desk: Newsroom, budget: ThreadBudget, channel_id: int
) -> None:
    del budget
    desk.forum.most_active = 3
    desk.forum.add_thread("people's")
    await post(desk, "a", "b", "c", channel_id=channel_id)
    assert ["people's", "c"] == awake(desk)
    assert ["people's", "[News] a", "[News] b", "[News] c"] == desk.names()


async def test_where_none_of_ours_is_left_the_operator_is_told_once_and_the_topic_waits(
    desk: Newsroom, budget: ThreadBudget, caplog: pytest.LogCaptureFixture
) -> None:
    del budget
    desk.forum.most_active = 2
    crowd = [desk.forum.add_thread("people's") for _ in range(2)]
    await desk.subscribe(order(post_last=1))
    desk.fetcher.publish(FEED, "a")
    await desk.poll()
    with caplog.at_level(logging.ERROR):
        for _ in range(4):
            await desk.publish(after=LATER)
    assert 1 == sum("no quiet topic of ours is left" in message for message in caplog.messages)
    assert ["people's", "people's"] == awake(desk)
    crowd[0].archived = True
    await desk.publish(after=LATER)
    assert ["people's", "a"] == awake(desk)


async def test_a_server_is_looked_at_once_an_hour(desk: Newsroom, budget: ThreadBudget) -> None:
    await post(desk, "a")
    now = desk.clock.now()
    assert [] == await budget.due(now, 10)
    assert [GUILD] == await budget.due(now + HOUR, 10)
    at = await budget.next_due_at(now)
    assert at is not None
    assert now < at <= now + HOUR


async def test_a_count_that_fails_is_made_again_later(desk: Newsroom, budget: ThreadBudget) -> None:
    await post(desk, "a", "b", "c", "d", "e")
    desk.clock.pass_time(LATER)
    desk.forum.fail_sights(UnavailableError("down"))
    await budget.look(GUILD)
    assert 5 == len(awake(desk))
    await budget.look(GUILD)
    await desk.publish_until_settled()
    assert ["d", "e"] == awake(desk)
