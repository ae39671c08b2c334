from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from fake_clock import START
from fake_forum import FORUM, GUILD, FakeThread, Person
from newsroom import Newsroom, newsroom

from bot.domain.cases import Actor
from bot.domain.moderating import CLOSED_NOTICE, OPEN_NOTICE
from bot.domain.timers import LEASE, Timer, TimerKind
from bot.domain.topics import Sighting, State, Topic
from bot.domain.ringing import MOST_ATTEMPTS, Rule
from bot.errors import MissingAccessError, UnavailableError
from bot.services.moderation import Ask

HOUR = timedelta(hours=1)
MARIA = Actor(user_id=7, name="Maria")
POLICY = Actor(user_id=None, name="")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path / "desk.db") as desk:
        yield desk


@pytest.fixture
def thread(desk: Newsroom) -> FakeThread:
    return desk.forum.add_thread("made by people")


def about(thread: FakeThread) -> Ask:
    return Ask(guild_id=GUILD, thread_id=thread.thread_id, caller=Person())


def now(desk: Newsroom, thread: FakeThread) -> FakeThread:
    return desk.forum.threads[thread.thread_id]


async def known(desk: Newsroom, thread: FakeThread) -> Topic:
    """The thread under our care."""
    if await desk.store.topics.by_thread(thread.thread_id) is None:
        await desk.moderation.close(about(thread), "")
        await desk.moderation.reopen(about(thread), "")
        desk.forum.messages.clear()
        desk.forum.deeds.clear()
    topic = await desk.store.topics.by_thread(thread.thread_id)
    assert topic is not None
    return topic


async def arm(
    desk: Newsroom,
    thread: FakeThread,
    kind: TimerKind,
    *,
    owner: Actor = MARIA,
    recurrence: str = "",
    **payload: object,
) -> Timer:
    """A timer that is due in an hour."""
    topic = await known(desk, thread)
    timer = Timer(
        timer_id=desk.ids.new(),
        topic_id=topic.topic_id,
        guild_id=GUILD,
        kind=kind,
        due_at=desk.clock.now() + HOUR,
        owner=owner,
        reason="as planned",
        recurrence=recurrence,
        payload=payload,
    )
    return await desk.store.timers.arm(timer)


async def timers(desk: Newsroom) -> list[tuple[str, str]]:
    rows = await desk.store.database.read.all("SELECT kind, state FROM timers ORDER BY timer_id")
    return [(row["kind"], row["state"]) for row in rows]


async def latest_case(desk: Newsroom) -> tuple[object, ...]:
    row = await desk.store.database.read.one(
        "SELECT verb, actor_id, reason, outcome FROM cases ORDER BY case_id DESC LIMIT 1"
    )
    return tuple(row) if row else ()


async def test_a_close_timer_locks_gives_notice_and_ends(desk: Newsroom, thread: FakeThread) -> None:
    await arm(desk, thread, TimerKind.CLOSE)
    await desk.ring(after=HOUR)
    assert now(desk, thread).locked
    assert [f"{CLOSED_NOTICE} Reason: as planned"] == desk.forum.shown_in(thread.thread_id)
    assert [("close", "done")] == await timers(desk)
    assert ("close", 7, "as planned", "done") == await latest_case(desk)
