"""Random lives of a topic with the simulator as the truth: real interactions, people who act by hand, timers, restarts.

Steps of one pair run at the same time, so that commands, events and timers meet in every order.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings, strategies as st
from live_desk import LiveDesk, live_desk

from bot.adapters.clock import SystemClock
from bot.domain.moderating import CLOSED_NOTICE
from simulator import DiscordError, Simulator
from simulator.values import Thread

Claim = bool | None  # What a success answer says of the lock; None: it says nothing.
Step = Callable[[LiveDesk, Thread], Awaitable[Claim]]
RESTART = "restart"


async def close(desk: LiveDesk, thread: Thread) -> Claim:
    answer = await desk.maria.slash("topic close", channel=desk.general, topic=thread.id, reason="enough")
    return True if answer.content.endswith("is closed.") else None


async def reopen(desk: LiveDesk, thread: Thread) -> Claim:
    answer = await desk.maria.slash("topic reopen", channel=desk.general, topic=thread.id)
    return False if answer.content.endswith("is open again.") else None


async def close_for_a_moment(desk: LiveDesk, thread: Thread) -> Claim:
    options = {"topic": thread.id, "for": "1h"}
    await desk.maria.slash("topic close", channel=desk.general, options=options)
    return await ring(desk)


async def schedule_a_close(desk: LiveDesk, thread: Thread) -> Claim:
    options = {"topic": thread.id, "action": "close", "when": "2h"}
    await desk.maria.slash("topic schedule", channel=desk.general, options=options)
    return await ring(desk)


async def ring(desk: LiveDesk) -> Claim:
    """All timers fall due now."""
    past = SystemClock().now() - timedelta(seconds=1)
    async with desk.store.database.write() as tx:
        await tx.execute(
            "UPDATE timers SET due_at = :at WHERE state = 'pending'", {"at": int(past.timestamp() * 1000)}
        )
    desk.wake()
    return None


async def lock(desk: LiveDesk, thread: Thread) -> Claim:
    await desk.guild.owner.edit_thread(thread, archived=False, locked=True)
    return None


async def unlock(desk: LiveDesk, thread: Thread) -> Claim:
    await desk.guild.owner.edit_thread(thread, archived=False, locked=False)
    return None


async def archive(desk: LiveDesk, thread: Thread) -> Claim:
    await desk.guild.owner.edit_thread(thread, archived=True)
    return None


async def reply(desk: LiveDesk, thread: Thread) -> Claim:
    await desk.alex.post(thread, "One more thing")
    return None


STEPS = st.sampled_from([close, reopen, close_for_a_moment, schedule_a_close, lock, unlock, archive, reply])
LIVES = st.lists(
    st.one_of(st.tuples(STEPS), st.tuples(STEPS, STEPS), st.just(RESTART)), min_size=2, max_size=6
)


@given(LIVES, st.booleans())
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_topic_ends_as_discord_shows_it(life: list[tuple[Step, ...] | str], deleted: bool) -> None:
    asyncio.run(live(life, deleted=deleted))


async def live(life: list[tuple[Step, ...] | str], *, deleted: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with Simulator(limits=False) as sim:
            desk, thread = None, None
            for chapter in chapters(life):
                async with live_desk(Path(folder), sim=sim, after=desk) as desk:
                    thread = thread or await desk.alex.start_thread(desk.forum, "A question", "Why?")
                    for steps in chapter:
                        claims = await asyncio.gather(*(tried(step, desk, thread) for step in steps))
                        await settled(desk)
                        await check(desk, thread, claims)
            if deleted and desk is not None and thread is not None:
                async with live_desk(Path(folder), sim=sim, after=desk) as desk:
                    await tried(schedule_a_close, desk, thread)
                    await desk.maria.delete_thread(thread)
                    await nothing_lives(desk)


def chapters(life: list[tuple[Step, ...] | str]) -> list[list[tuple[Step, ...]]]:
    """What happens between two restarts."""
    told: list[list[tuple[Step, ...]]] = [[]]
    for steps in life:
        if isinstance(steps, str):
            told.append([])
        else:
            told[-1].append(steps)
    return told


async def tried(step: Step, desk: LiveDesk, thread: Thread) -> Claim:
    try:
        return await step(desk, thread)
    except DiscordError:
        return None  # What Discord refuses a person does not happen.


async def rows(desk: LiveDesk, sql: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await desk.store.database.read.all(sql)]


async def settled(desk: LiveDesk) -> None:
    """Until nothing is due any more: no wish, no timer that has fallen due."""
    waiting = """
        SELECT topic_id FROM topics WHERE due_at IS NOT NULL
        UNION ALL SELECT timer_id FROM timers WHERE state = 'leased'
        UNION ALL SELECT timer_id FROM timers WHERE state = 'pending' AND due_at < :now
    """
    async with asyncio.timeout(20):
        while await desk.store.database.read.all(
            waiting, {"now": int(SystemClock().now().timestamp() * 1000)}
        ):
            pass


async def check(desk: LiveDesk, thread: Thread, claims: list[Claim]) -> None:
    assert claims != [not thread.locked]  # One who acts alone is told what Discord shows.
    notices = [m.content for m in desk.alex.messages(thread) if m.content.startswith(CLOSED_NOTICE)]
    closes = await rows(
        desk, "SELECT 1 FROM cases WHERE verb = 'close' AND state_before = 'open' AND outcome = 'done'"
    )
    assert len(notices) <= len(closes)
    async with asyncio.timeout(10):  # News of what people did by hand is on its way.
        while not await agrees(desk, thread):
            pass
    kinds = await rows(desk, "SELECT kind FROM timers WHERE state IN ('pending', 'leased')")
    assert len(kinds) == len(set(kinds))


async def agrees(desk: LiveDesk, thread: Thread) -> bool:
    state = "closed" if thread.locked else "open"
    return all((state, state) == row for row in await rows(desk, "SELECT state, shown FROM topics"))


async def nothing_lives(desk: LiveDesk) -> None:
    """The thread is gone: so is its topic, and no timer is left for it."""
    async with asyncio.timeout(10):
        while await rows(desk, "SELECT 1 FROM topics WHERE state <> 'gone'"):
            pass
    assert [] == await rows(desk, "SELECT 1 FROM timers WHERE state IN ('pending', 'leased')")
