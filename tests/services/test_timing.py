from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from armed_topics import HOUR, about, arm, known, latest_case, now, timers
from fake_clock import START
from fake_forum import FakeThread
from newsroom import Newsroom, newsroom

from bot.domain.cases import Actor, Deed
from bot.domain.moderating import CLOSED_NOTICE, OPEN_NOTICE, Ruling
from bot.domain.ringing import Rule, close
from bot.domain.timers import LEASE, Timer, TimerKind
from bot.domain.topics import Sighting, State, Topic
from bot.domain.wishes import Aspect, Wish


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path / "desk.db") as desk:
        yield desk


@pytest.fixture
def thread(desk: Newsroom) -> FakeThread:
    return desk.forum.add_thread("made by people")


async def test_a_close_timer_locks_gives_notice_and_ends(desk: Newsroom, thread: FakeThread) -> None:
    await arm(desk, thread, TimerKind.CLOSE)
    await desk.ring(after=HOUR)
    assert now(desk, thread).locked
    assert [f"{CLOSED_NOTICE} Reason: as planned"] == desk.forum.shown_in(thread.thread_id)
    assert [("close", "done")] == await timers(desk)
    assert ("close", 7, "as planned", "done") == await latest_case(desk)


async def test_a_reopen_timer_unlocks_and_edits_the_notice(desk: Newsroom, thread: FakeThread) -> None:
    await arm(desk, thread, TimerKind.REOPEN)
    await desk.moderation.close(about(thread), "")
    await desk.ring(after=HOUR)
    assert not now(desk, thread).locked
    assert [f"{OPEN_NOTICE} Reason: as planned"] == desk.forum.shown_in(thread.thread_id)


async def test_a_notice_speaks_the_language_of_the_timer(desk: Newsroom, thread: FakeThread) -> None:
    await arm(desk, thread, TimerKind.CLOSE, locale="de")
    await desk.ring(after=HOUR)
    [notice] = desk.forum.shown_in(thread.thread_id)
    assert CLOSED_NOTICE not in notice


async def test_a_timer_does_not_ring_before_its_time(desk: Newsroom, thread: FakeThread) -> None:
    timer = await arm(desk, thread, TimerKind.CLOSE)
    await desk.timing.ring(timer.timer_id)
    assert not now(desk, thread).locked


async def test_the_old_slow_mode_comes_back(desk: Newsroom, thread: FakeThread) -> None:
    await arm(desk, thread, TimerKind.SLOWMODE, was=5, set=60)
    now(desk, thread).slowmode = 60
    await desk.ring(after=HOUR)
    assert 5 == now(desk, thread).slowmode
    assert ("slowmode", 7, "as planned", "done") == await latest_case(desk)


async def test_a_slow_mode_that_somebody_changed_since_stays(desk: Newsroom, thread: FakeThread) -> None:
    await arm(desk, thread, TimerKind.SLOWMODE, was=5, set=60)
    now(desk, thread).slowmode = 30
    await desk.ring(after=HOUR)
    assert 30 == now(desk, thread).slowmode
    assert [("slowmode", "done")] == await timers(desk)


async def test_a_slow_mode_that_was_never_shown_is_taken_back_all_the_same(
    desk: Newsroom, thread: FakeThread
) -> None:
    timer = await arm(desk, thread, TimerKind.SLOWMODE, was=0, set=60)
    wish = Wish(aspect=Aspect.SLOWMODE, value=60, due_at=desk.clock.now() + 9 * HOUR)
    topic = await known(desk, thread)
    await desk.store.topics.change(
        topic, lambda story: Ruling(story=replace(story, wishes=(wish,))), desk.clock.now()
    )
    desk.clock.pass_time(HOUR)
    await desk.timing.ring(timer.timer_id)
    desk.clock.pass_time(9 * HOUR)
    await desk.publish_until_settled()
    assert 0 == now(desk, thread).slowmode


@pytest.mark.parametrize(("kind", "locked"), [(TimerKind.CLOSE, True), (TimerKind.REOPEN, False)])
async def test_what_people_did_by_hand_meanwhile_makes_a_timer_needless(
    desk: Newsroom, thread: FakeThread, kind: TimerKind, locked: bool
) -> None:
    await arm(desk, thread, kind)
    if not locked:
        await desk.moderation.close(about(thread), "")
    now(desk, thread).locked = locked
    deed = Deed.LOCKED_BY_HAND if locked else Deed.UNLOCKED_BY_HAND
    desk.forum.audit_log[thread.thread_id, deed] = Actor(user_id=9, name="Kim")
    await desk.ring(after=HOUR)
    assert locked is now(desk, thread).locked
    assert CLOSED_NOTICE not in desk.forum.shown_in(thread.thread_id)
    assert (deed, 9, "", "done") == await latest_case(desk)
    assert [(kind, "cancelled")] == await timers(desk)


async def test_a_thread_deleted_meanwhile_leaves_no_timer(desk: Newsroom, thread: FakeThread) -> None:
    await arm(desk, thread, TimerKind.CLOSE)
    await arm(desk, thread, TimerKind.SLOWMODE, was=0, set=60)
    topic = await known(desk, thread)
    desk.forum.threads.clear()
    await desk.ring(after=HOUR)
    assert [] == await desk.store.timers.of_topic(topic.topic_id)
    assert State.GONE is (await desk.store.topics.story(topic.topic_id)).topic.state


async def test_a_close_by_a_moderator_ends_a_planned_close(desk: Newsroom, thread: FakeThread) -> None:
    await arm(desk, thread, TimerKind.CLOSE)
    await desk.moderation.close(about(thread), "")
    await desk.moderation.reopen(about(thread), "")
    await desk.ring(after=HOUR)
    assert not now(desk, thread).locked
    assert [("close", "cancelled")] == await timers(desk)


async def test_a_reopen_by_a_moderator_ends_a_planned_reopen(desk: Newsroom, thread: FakeThread) -> None:
    await arm(desk, thread, TimerKind.REOPEN)
    await desk.moderation.close(about(thread), "")
    await desk.moderation.reopen(about(thread), "")
    await desk.moderation.close(about(thread), "")
    await desk.ring(after=HOUR)
    assert now(desk, thread).locked


async def test_a_close_by_a_moderator_leaves_a_repeating_close_for_its_next_time(
    desk: Newsroom, thread: FakeThread
) -> None:
    await arm(desk, thread, TimerKind.CLOSE, recurrence="daily 10:00:00 UTC")
    await desk.moderation.close(about(thread), "")
    await desk.ring(after=HOUR)
    topic = await known(desk, thread)
    [timer] = await desk.store.timers.of_topic(topic.topic_id)
    assert START + timedelta(days=1, hours=1) == timer.due_at
    assert [CLOSED_NOTICE] == desk.forum.shown_in(thread.thread_id)


async def test_timers_of_two_kinds_do_not_touch_each_other(desk: Newsroom, thread: FakeThread) -> None:
    await arm(desk, thread, TimerKind.SLOWMODE, was=0, set=60)
    desk.clock.pass_time(timedelta(minutes=1))
    await arm(desk, thread, TimerKind.CLOSE)
    desk.clock.pass_time(timedelta(minutes=-1))
    now(desk, thread).slowmode = 60
    await desk.ring(after=HOUR)
    assert [("slowmode", "done"), ("close", "pending")] == await timers(desk)
    assert (0, False) == (now(desk, thread).slowmode, now(desk, thread).locked)
    await desk.ring(after=HOUR)
    assert now(desk, thread).locked


class Meddling:
    """A kind of timer to which something happens between its claim and its effect."""

    def __init__(self, meddle: Callable[[Timer], Awaitable[object]]) -> None:
        self._meddle = meddle

    async def __call__(self, timer: Timer, topic: Topic, seen: Sighting) -> Rule:  # noqa: ARG002 - a Handler.
        await self._meddle(timer)
        return close


async def test_a_timer_moved_while_it_rings_has_no_effect(desk: Newsroom, thread: FakeThread) -> None:
    """python-discord/bot#977: the timer from before must not end what was armed anew."""

    async def move(timer: Timer) -> None:
        await desk.store.timers.arm(replace(timer, timer_id=desk.ids.new(), due_at=timer.due_at + HOUR))

    desk.with_handlers({TimerKind.AGE: Meddling(move)})
    await arm(desk, thread, TimerKind.AGE)
    await desk.ring(after=HOUR)
    assert not now(desk, thread).locked
    assert [("age", "pending")] == await timers(desk)


async def test_a_timer_cancelled_while_it_rings_has_no_effect(desk: Newsroom, thread: FakeThread) -> None:
    desk.with_handlers(
        {TimerKind.AGE: Meddling(lambda timer: desk.store.timers.cancel(timer.topic_id, [TimerKind.AGE]))}
    )
    await arm(desk, thread, TimerKind.AGE)
    await desk.ring(after=HOUR)
    assert not now(desk, thread).locked
    assert [("age", "cancelled")] == await timers(desk)


async def test_a_claim_that_a_crash_left_behind_runs_out(desk: Newsroom, thread: FakeThread) -> None:
    timer = await arm(desk, thread, TimerKind.CLOSE)
    desk.clock.pass_time(HOUR)
    await desk.store.timers.claim(timer.timer_id, desk.clock.now())
    await desk.ring()
    assert not now(desk, thread).locked
    assert desk.clock.now() + LEASE == await desk.store.timers.next_due_at(desk.clock.now())
    await desk.ring(after=LEASE)
    assert now(desk, thread).locked


async def test_two_claims_of_one_timer_take_effect_once(desk: Newsroom, thread: FakeThread) -> None:
    async def hurry(timer: Timer) -> None:  # noqa: ARG001 - what Meddling calls.
        """The claim runs out while the first ring still works, and a second one overtakes it."""
        desk.clock.pass_time(LEASE)
        desk.with_handlers({})
        await desk.ring()

    desk.with_handlers({TimerKind.CLOSE: Meddling(hurry)})
    await arm(desk, thread, TimerKind.CLOSE)
    await desk.ring(after=HOUR)
    assert [f"{CLOSED_NOTICE} Reason: as planned"] == desk.forum.shown_in(thread.thread_id)
    assert [("close", "done")] == await timers(desk)
