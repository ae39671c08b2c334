"""Timers in trouble: outages, lost permissions and authors, faults of our own, downtime, and clocks that change."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from armed_topics import HOUR, about, arm, known, latest_case, now, timers
from fake_forum import FORUM, GUILD, FakeThread
from newsroom import Newsroom, newsroom

from bot.domain.cases import Actor
from bot.domain.moderating import CLOSED_NOTICE, OPEN_NOTICE, Ruling
from bot.domain.ringing import LONGEST_OUTAGE_RETRY, MOST_ATTEMPTS
from bot.domain.timers import TimerKind
from bot.errors import UnavailableError

POLICY = Actor(user_id=None, name="")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path / "desk.db") as desk:
        yield desk


@pytest.fixture
def thread(desk: Newsroom) -> FakeThread:
    return desk.forum.add_thread("made by people")


async def test_a_guild_that_is_away_costs_no_attempt(desk: Newsroom, thread: FakeThread) -> None:
    timer = await arm(desk, thread, TimerKind.CLOSE)
    desk.forum.away.add(GUILD)
    for _ in range(3 * MOST_ATTEMPTS):
        await desk.ring(after=HOUR)
    waiting = await desk.store.timers.get(timer.timer_id)
    assert waiting is not None
    assert 0 == waiting.attempts
    desk.forum.away.clear()
    await desk.ring(after=HOUR)
    assert now(desk, thread).locked


async def test_a_timer_that_stood_still_rings_at_once_when_its_topic_is_back(
    desk: Newsroom, thread: FakeThread
) -> None:
    await arm(desk, thread, TimerKind.CLOSE)
    desk.forum.out_of_reach.add(FORUM)
    await desk.watching.permissions_changed(GUILD)
    await desk.ring(after=HOUR)
    assert not now(desk, thread).locked
    desk.forum.out_of_reach.clear()
    await desk.watching.permissions_changed(GUILD)
    await desk.ring()
    assert now(desk, thread).locked


async def test_what_is_not_due_yet_does_not_ring_early_when_its_topic_is_back(
    desk: Newsroom, thread: FakeThread
) -> None:
    await arm(desk, thread, TimerKind.CLOSE)
    desk.forum.out_of_reach.add(FORUM)
    await desk.watching.permissions_changed(GUILD)
    desk.forum.out_of_reach.clear()
    await desk.watching.permissions_changed(GUILD)
    await desk.ring(after=HOUR - timedelta(minutes=1))
    assert (False, [("close", "pending")]) == (now(desk, thread).locked, await timers(desk))


async def test_a_suspended_topics_timers_stand_still(desk: Newsroom, thread: FakeThread) -> None:
    await arm(desk, thread, TimerKind.CLOSE)
    topic = await known(desk, thread)

    async def suspend(at: datetime | None) -> None:
        await desk.store.topics.change(
            topic,
            lambda story: Ruling(story=replace(story, topic=replace(story.topic, suspended_at=at))),
            desk.clock.now(),
        )

    await suspend(desk.clock.now())
    await desk.ring(after=HOUR)
    assert not now(desk, thread).locked
    await suspend(None)
    await desk.ring(after=HOUR)
    assert now(desk, thread).locked


async def test_an_outage_is_waited_out_however_long_it_takes(desk: Newsroom, thread: FakeThread) -> None:
    await arm(desk, thread, TimerKind.CLOSE)
    desk.forum.fail_sights(UnavailableError("Discord answered 503"), times=40)
    desk.clock.pass_time(HOUR)
    waits = []
    while not now(desk, thread).locked:
        await desk.ring()
        at = await desk.store.timers.next_due_at(desk.clock.now())
        if at is not None:
            waits.append(at - desk.clock.now())
            desk.clock.pass_time(at - desk.clock.now())
    assert [timedelta(seconds=seconds) for seconds in (5, 10, 20)] == waits[:3]
    assert sorted(waits) == waits
    assert LONGEST_OUTAGE_RETRY == waits[-1]


async def test_an_outage_leaves_attempts_for_what_comes_after_it(desk: Newsroom, thread: FakeThread) -> None:
    await arm(desk, thread, TimerKind.CLOSE)
    desk.forum.fail_sights(UnavailableError("503"), times=20)
    desk.clock.pass_time(HOUR)
    for _ in range(20):
        await desk.ring(after=LONGEST_OUTAGE_RETRY)
    desk.forum.bot_missing = ("Manage Threads",)
    await desk.ring(after=LONGEST_OUTAGE_RETRY)
    desk.forum.bot_missing = ()
    await desk.ring(after=5 * HOUR)
    assert now(desk, thread).locked


async def test_discords_own_wish_for_a_wait_is_kept(desk: Newsroom, thread: FakeThread) -> None:
    await arm(desk, thread, TimerKind.CLOSE)
    desk.forum.fail_sights(UnavailableError("429", retry_after=9 * HOUR))
    await desk.ring(after=HOUR)
    assert desk.clock.now() + 9 * HOUR == await desk.store.timers.next_due_at(desk.clock.now())


async def test_an_outage_after_the_effect_was_recorded_is_publishings_to_mend(
    desk: Newsroom, thread: FakeThread
) -> None:
    await arm(desk, thread, TimerKind.CLOSE)
    desk.forum.fail_next(UnavailableError("503"))
    await desk.ring(after=HOUR)
    assert [("close", "done")] == await timers(desk)
    await desk.publish_until_settled()
    assert [f"{CLOSED_NOTICE} Reason: as planned"] == desk.forum.shown_in(thread.thread_id)


@pytest.mark.parametrize("left", [False, True], ids=["lost the right", "left"])
async def test_an_author_who_may_not_do_it_any_more_is_told_to_staff(
    desk: Newsroom, thread: FakeThread, left: bool
) -> None:
    await arm(desk, thread, TimerKind.CLOSE)
    if left:
        desk.forum.left.add((GUILD, 7))
    desk.forum.caller_missing = ("Manage Threads",)
    await desk.ring(after=HOUR)
    assert not now(desk, thread).locked
    assert [("close", "failed")] == await timers(desk)
    told = "left the server" if left else "lacks Manage Threads now"
    assert ("close", 7, "as planned", f"not done: Maria, who asked for it, {told}") == await latest_case(desk)


async def test_a_policy_lets_timers_of_lost_authors_run(desk: Newsroom, thread: FakeThread) -> None:
    await desk.policies.set(GUILD, FORUM, {"on_author_lost": "run"}, 1)
    await arm(desk, thread, TimerKind.CLOSE)
    desk.forum.left.add((GUILD, 7))
    desk.forum.caller_missing = ("Manage Threads",)
    await desk.ring(after=HOUR)
    assert now(desk, thread).locked


async def test_a_timer_of_the_policy_needs_no_author(desk: Newsroom, thread: FakeThread) -> None:
    await arm(desk, thread, TimerKind.CLOSE, owner=POLICY)
    desk.forum.caller_missing = ("Manage Threads",)
    await desk.ring(after=HOUR)
    assert now(desk, thread).locked


async def test_a_needless_timer_of_a_lost_author_bothers_nobody(desk: Newsroom, thread: FakeThread) -> None:
    await arm(desk, thread, TimerKind.CLOSE)
    now(desk, thread).locked = True
    desk.forum.left.add((GUILD, 7))
    desk.forum.caller_missing = ("Manage Threads",)
    await desk.ring(after=HOUR)
    assert [("close", "cancelled")] == await timers(desk)
    assert "locked by hand" == (await latest_case(desk))[0]


async def test_a_bot_that_lacks_the_permission_tries_again_and_then_tells(
    desk: Newsroom, thread: FakeThread
) -> None:
    await arm(desk, thread, TimerKind.CLOSE)
    desk.forum.bot_missing = ("Manage Threads",)
    for _ in range(MOST_ATTEMPTS):
        assert [("close", "failed")] != await timers(desk)
        await desk.ring(after=5 * HOUR)
    assert [("close", "failed")] == await timers(desk)
    case = await latest_case(desk)
    assert "not done: I lack Manage Threads in that channel" == case[-1]
    assert [] == desk.forum.deeds


async def test_a_permission_given_back_lets_a_waiting_timer_ring(desk: Newsroom, thread: FakeThread) -> None:
    await arm(desk, thread, TimerKind.CLOSE)
    desk.forum.bot_missing = ("Manage Threads",)
    await desk.ring(after=HOUR)
    desk.forum.bot_missing = ()
    await desk.ring(after=HOUR)
    assert now(desk, thread).locked


async def test_a_timer_that_trips_over_itself_is_given_up_and_told_while_others_ring(
    desk: Newsroom, thread: FakeThread, caplog: pytest.LogCaptureFixture
) -> None:
    other = desk.forum.add_thread("another")
    await arm(desk, thread, TimerKind.SLOWMODE)  # Without its payload.
    await arm(desk, other, TimerKind.CLOSE)
    await desk.ring(after=HOUR)
    assert now(desk, other).locked
    for _ in range(MOST_ATTEMPTS):
        await desk.ring(after=HOUR)
    assert [("slowmode", "failed"), ("close", "done")] == await timers(desk)
    verb, *_, outcome = await latest_case(desk)
    assert ("slowmode", True) == (verb, str(outcome).startswith("not done, by a fault of mine: KeyError"))
    assert "KeyError" in caplog.text


async def test_a_close_and_a_reopen_that_are_both_late_take_effect_in_their_order(
    desk: Newsroom, thread: FakeThread
) -> None:
    await arm(desk, thread, TimerKind.CLOSE)
    desk.clock.pass_time(timedelta(minutes=5))
    await arm(desk, thread, TimerKind.REOPEN)
    desk.forum.fail_sights(UnavailableError("503"))
    desk.clock.pass_time(timedelta(days=3))
    for _ in range(4):
        await desk.ring(after=timedelta(minutes=1))
    assert [("close", "done"), ("reopen", "done")] == await timers(desk)
    assert not now(desk, thread).locked
    assert [f"{OPEN_NOTICE} Reason: as planned"] == desk.forum.shown_in(thread.thread_id)


async def test_timers_survive_days_without_the_desk_and_are_told_in_one_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "restart.db"
    async with newsroom(path) as desk:
        threads = [desk.forum.add_thread(name) for name in "abc"]
        for thread in threads:
            await arm(desk, thread, TimerKind.CLOSE)
        forum, clock = desk.forum, desk.clock
    clock.pass_time(timedelta(days=9))
    async with newsroom(path, clock=clock, forum=forum) as desk:
        await desk.timing.tell_overdue()
        await desk.ring()
        assert [True] * 3 == [thread.locked for thread in forum.threads.values()]
        await desk.timing.tell_overdue()
    [line] = [record.message for record in caplog.records if "while I was away" in record.message]
    assert "3 timers fell due while I was away: 3 close (at once)" == line


async def test_a_repeating_timer_keeps_its_local_time_when_the_clocks_change(
    desk: Newsroom, thread: FakeThread
) -> None:
    desk.clock.pass_time(
        datetime(2026, 3, 27, 16, tzinfo=UTC) - desk.clock.now()
    )  # A Friday, before 29 March.
    await arm(desk, thread, TimerKind.CLOSE, recurrence="daily 18:00:00 Europe/Berlin")
    moments = []
    for _ in range(4):
        topic = await known(desk, thread)
        [timer] = await desk.store.timers.of_topic(topic.topic_id)
        moments.append(timer.due_at)
        await desk.ring(after=timer.due_at - desk.clock.now())
        assert now(desk, thread).locked
        await desk.moderation.reopen(about(thread), "")
    assert [17, 17, 16, 16] == [moment.hour for moment in moments]
    assert [27, 28, 29, 30] == [moment.day for moment in moments]
    assert 4 == len(desk.forum.shown_in(thread.thread_id))


async def test_a_repeating_timer_that_was_late_for_days_rings_once(
    desk: Newsroom, thread: FakeThread
) -> None:
    await arm(desk, thread, TimerKind.CLOSE, recurrence="weekly monday 10:00:00 UTC")
    await desk.ring(after=timedelta(days=30))
    await desk.ring()
    topic = await known(desk, thread)
    [timer] = await desk.store.timers.of_topic(topic.topic_id)
    assert datetime(2026, 3, 2, 10, tzinfo=UTC) == timer.due_at
    assert 1 == len(desk.forum.shown_in(thread.thread_id))


async def test_a_repeating_timer_of_a_lost_author_stops(desk: Newsroom, thread: FakeThread) -> None:
    await arm(desk, thread, TimerKind.CLOSE, recurrence="daily 10:00:00 UTC")
    desk.forum.left.add((GUILD, 7))
    await desk.ring(after=HOUR)
    assert [("close", "failed")] == await timers(desk)
