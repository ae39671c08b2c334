"""A kill -9 before or after any effect of a ring: the timer takes effect once, with one notice and one case.

Every call to the stores and to Discord is an effect. The desk is killed at the Nth, started again on the same database
and the same Discord when the claim has run out, and rings what is due; N runs until nothing is left to kill.
"""

from datetime import timedelta
from pathlib import Path

import pytest
from fake_clock import FakeClock
from fake_forum import GUILD, FakeForum, Person
from killing import Killable, Killed, KillSwitch
from newsroom import Newsroom, newsroom

from bot.domain.cases import Actor
from bot.domain.moderating import CLOSED_NOTICE, OPEN_NOTICE
from bot.domain.timers import LEASE, Timer, TimerKind
from bot.ports import Forum, TimerStore, TopicStore
from bot.services.moderation import Ask, Moderation
from bot.services.publishing import Publishing
from bot.services.timing import Timing
from bot.texts import Texts

HOUR = timedelta(hours=1)
NEXT = {
    TimerKind.CLOSE: [OPEN_NOTICE, CLOSED_NOTICE],
    TimerKind.REOPEN: [f"{OPEN_NOTICE} Reason: as planned"],
}


def killable_timing(desk: Newsroom, switch: KillSwitch) -> Timing:
    topics: TopicStore = Killable(desk.store.topics, switch)
    timers: TimerStore = Killable(desk.store.timers, switch)
    forum: Forum = Killable(desk.forum, switch)
    publishing = Publishing(topics, forum, desk.clock)
    moderation = Moderation(
        topics,
        forum,
        publishing,
        desk.clock,
        desk.ids,
        texts=Texts.load(),
        policies=desk.policies,
        watched=desk.store.watched,
    )
    return Timing(
        timers,
        topics,
        forum,
        publishing,
        moderation,
        policies=desk.policies,
        clock=desk.clock,
        ids=desk.ids,
        jitter=lambda: 0.0,
    )


async def prepare(desk: Newsroom, kind: TimerKind, recurrence: str) -> None:
    """A thread under our care, in the state that the timer is to end, and the timer, due in an hour."""
    ask = Ask(guild_id=GUILD, thread_id=desk.forum.add_thread("made by people").thread_id, caller=Person())
    await desk.moderation.close(ask, "")
    if kind is TimerKind.CLOSE:
        await desk.moderation.reopen(ask, "")
    topic = await desk.store.topics.by_thread(ask.thread_id)
    assert topic is not None
    await desk.store.timers.arm(
        Timer(
            timer_id=desk.ids.new(),
            topic_id=topic.topic_id,
            guild_id=GUILD,
            kind=kind,
            due_at=desk.clock.now() + HOUR,
            owner=Actor(user_id=7, name="Maria"),
            reason="as planned" if kind is TimerKind.REOPEN else "",
            recurrence=recurrence,
        )
    )


async def ring_with_a_kill(
    path: Path, kind: TimerKind, recurrence: str, switch: KillSwitch
) -> tuple[FakeForum, list[tuple[object, ...]], list[tuple[object, ...]]]:
    """The Discord that is left, the cases of the ring, and the timers."""
    clock = FakeClock()
    async with newsroom(path, clock=clock) as desk:
        await prepare(desk, kind, recurrence)
        forum = desk.forum
        clock.pass_time(HOUR)
        try:
            timing = killable_timing(desk, switch)
            for timer_id in await desk.store.timers.due(clock.now(), 9):
                await timing.ring(timer_id)
        except Killed:
            pass
    async with newsroom(path, clock=clock, forum=forum) as desk:
        await desk.ring(after=LEASE)
        await desk.publish_until_settled()
        cases = await desk.store.database.read.all("SELECT verb, outcome FROM cases ORDER BY case_id")
        timers = await desk.store.database.read.all("SELECT kind, state FROM timers ORDER BY timer_id")
    return forum, [tuple(row) for row in cases], [tuple(row) for row in timers]


@pytest.mark.parametrize("applied", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("recurrence", ["", "daily 10:00:00 UTC"], ids=["once", "daily"])
@pytest.mark.parametrize("kind", list(NEXT))
async def test_a_kill_at_any_effect_of_a_ring_loses_and_doubles_nothing(
    tmp_path: Path, kind: TimerKind, recurrence: str, applied: bool
) -> None:
    fatal, died = 0, True
    while died:
        fatal += 1
        switch = KillSwitch(fatal, applied=applied)
        forum, cases, timers = await ring_with_a_kill(tmp_path / f"{fatal}.db", kind, recurrence, switch)
        died = switch.dead
        [thread] = forum.threads.values()
        assert (kind is TimerKind.CLOSE) is thread.locked, fatal
        assert NEXT[kind] == forum.shown_in(thread.thread_id), fatal
        before = 2 if kind is TimerKind.CLOSE else 1
        assert [(kind, "done")] == cases[before:], fatal
        assert [(kind, "done"), *([(kind, "pending")] if recurrence else [])] == timers, fatal
    assert fatal > 10
