"""Channels that are deleted, guilds that are away, and what a sweep finds afterwards."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fake_clock import FakeClock
from fake_forum import FORUM, GUILD, TEXT, FakeForum
from newsroom import FEED, Newsroom, newsroom, order
from watched_lives import (
    MARIA,
    arm,
    by_hand,
    cases,
    closed,
    closed_asleep,
    closing,
    deeds,
    live,
    now,
    opened,
    tell,
    topic_of,
)

from bot.domain.cases import Deed
from bot.domain.timers import TimerKind
from bot.domain.topics import Sighting, State
from bot.errors import UnavailableError
from bot.services.watching import LOOKS


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path / "desk.db") as room:
        yield room


async def test_a_deleted_channel_takes_its_topics_along_and_no_others(desk: Newsroom) -> None:
    asleep_there, there = await closed_asleep(desk), await opened(desk)
    elsewhere = await closed(desk)
    by_hand(desk, elsewhere, channel_id=TEXT)
    await tell(desk, elsewhere)
    await arm(desk, there, TimerKind.CLOSE)
    desk.forum.audit_log[FORUM, Deed.DELETED] = MARIA
    await desk.watching.channel_gone(GUILD, FORUM)
    states = [(await topic_of(desk, thread)).state for thread in (asleep_there, there, elsewhere)]
    assert [State.GONE, State.GONE, State.CLOSED] == states
    assert set() == await live(desk, there)
    last = [(await cases(desk, thread))[-1] for thread in (asleep_there, there)]
    assert [(Deed.DELETED, MARIA)] * 2 == [(case.deed, case.actor) for case in last]
    assert 1 == len({case.batch_id for case in last})


async def test_the_operator_is_told_of_what_waits_for_a_deleted_channel(desk: Newsroom) -> None:
    await desk.subscribe(order(post_last=1))
    desk.fetcher.publish(FEED, "a")
    await desk.poll()
    del desk.forum.channels[FORUM]
    await desk.watching.channel_gone(GUILD, FORUM)
    [row] = await desk.store.database.read.all("SELECT channel_id, problem FROM channel_problems")
    assert (FORUM, "does not exist") == (row["channel_id"], row["problem"])


async def test_nothing_is_decided_about_a_guild_that_is_away(desk: Newsroom) -> None:
    thread = await closed(desk)
    await arm(desk, thread, TimerKind.REOPEN)
    before = await topic_of(desk, thread)
    seen = replace(await desk.forum.sight(thread.thread_id), locked=False)
    desk.forum.away.add(GUILD)
    await desk.watching.changed(seen)
    await desk.watching.gone(thread.thread_id)
    await desk.watching.channel_gone(GUILD, FORUM)
    assert before == await topic_of(desk, thread)
    await desk.watching.sweep(GUILD)
    assert replace(before, suspended_at=desk.clock.now()) == await topic_of(desk, thread)
    assert {TimerKind.REOPEN} == await live(desk, thread)


async def test_a_timer_stands_still_while_its_guild_is_away_and_rings_after(desk: Newsroom) -> None:
    thread = await closed(desk)
    await arm(desk, thread, TimerKind.REOPEN)
    desk.forum.away.add(GUILD)
    await desk.watching.away(GUILD)
    await desk.ring(after=timedelta(days=2))
    assert now(desk, thread).locked
    desk.forum.away.clear()
    await desk.watching.sweep(GUILD)
    await desk.ring(after=timedelta(hours=1))
    assert not now(desk, thread).locked


async def test_a_guild_that_did_not_come_back_is_suspended(desk: Newsroom) -> None:
    thread = await closed(desk)
    desk.forum.away.add(GUILD)
    await desk.watching.absentees()
    assert (await topic_of(desk, thread)).suspended_at is not None


async def test_a_channel_out_of_reach_is_suspended_and_caught_up_with_when_it_is_back(
    desk: Newsroom,
) -> None:
    thread, sleeper = await closed(desk), await closed_asleep(desk)
    await arm(desk, sleeper, TimerKind.REOPEN)
    desk.forum.out_of_reach.add(FORUM)
    await desk.watching.permissions_changed(GUILD)
    assert None not in [(await topic_of(desk, t)).suspended_at for t in (thread, sleeper)]
    by_hand(desk, thread, locked=False)
    desk.forum.out_of_reach.clear()
    await desk.watching.permissions_changed(GUILD)
    topic = await topic_of(desk, thread)
    assert (None, State.OPEN) == (topic.suspended_at, topic.state)
    assert None is (await topic_of(desk, sleeper)).suspended_at


async def test_a_sweep_finds_what_happened_meanwhile(desk: Newsroom) -> None:
    locked, unlocked, slept, deleted = (
        await opened(desk),
        await closed(desk),
        await opened(desk),
        await closed(desk),
    )
    woken = await closed_asleep(desk)
    desk.forum.audit_log[deleted.thread_id, Deed.DELETED] = MARIA
    by_hand(desk, locked, locked=True)
    by_hand(desk, unlocked, locked=False)
    by_hand(desk, slept, archived=True)
    by_hand(desk, woken, archived=False)
    del desk.forum.threads[deleted.thread_id]
    await desk.watching.sweep(GUILD)
    topics = [await topic_of(desk, thread) for thread in (locked, unlocked, slept, deleted, woken)]
    assert [
        (State.CLOSED, False),
        (State.OPEN, False),
        (State.OPEN, True),
        (State.GONE, False),
        (State.CLOSED, False),
    ] == [(topic.state, topic.archived) for topic in topics]
    assert MARIA == (await cases(desk, deleted))[-1].actor


async def test_a_sweep_in_which_nothing_happened_makes_no_single_look(desk: Newsroom) -> None:
    threads = [await closed(desk) for _ in range(3)]
    await desk.watching.sweep(GUILD)
    before = desk.forum.deeds[:]
    await desk.watching.sweep(GUILD)
    assert before == desk.forum.deeds
    assert [[Deed.CLOSE]] * 3 == [await deeds(desk, thread) for thread in threads]


class CountingForum(FakeForum):
    sights = 0
    listing = False

    async def active(self, guild_id: int) -> list[Sighting]:
        self.listing = True
        try:
            return await super().active(guild_id)
        finally:
            self.listing = False

    async def sight(self, thread_id: int) -> Sighting:
        self.sights += not self.listing
        return await super().sight(thread_id)


@pytest.mark.parametrize("change", [{"archived": True}, {"locked": True}])
async def test_a_sweep_looks_at_a_bounded_number_of_threads(
    tmp_path: Path, change: dict[str, object]
) -> None:
    clock = FakeClock()
    forum = CountingForum(clock)
    async with newsroom(tmp_path / "desk.db", forum=forum, clock=clock) as desk:
        threads = [await opened(desk) for _ in range(LOOKS + 20)]
        for thread in threads:
            by_hand(desk, thread, **change)
        forum.sights = 0
        forum.deeds.clear()
        await desk.watching.sweep(GUILD)
        await desk.publish_until_settled()
        assert LOOKS >= forum.sights
        assert LOOKS >= len(forum.deeds)
        topics = [await topic_of(desk, thread) for thread in threads]
        assert {(now(desk, t).archived, now(desk, t).locked) for t in threads} == {
            (topic.archived, topic.state is State.CLOSED) for topic in topics
        }


async def test_a_sweep_finds_a_channel_that_was_deleted_meanwhile(desk: Newsroom) -> None:
    thread, sleeper = await closed(desk), await closed_asleep(desk)
    del desk.forum.channels[FORUM]
    desk.forum.threads.clear()
    await desk.watching.sweep(GUILD)
    assert [State.GONE] * 2 == [(await topic_of(desk, t)).state for t in (thread, sleeper)]


async def test_an_outage_during_a_sweep_decides_nothing(desk: Newsroom) -> None:
    thread = await closed(desk)
    by_hand(desk, thread, archived=True)
    desk.forum.fail_sights(UnavailableError("503"))
    await desk.watching.sweep(GUILD)
    assert (State.CLOSED, False) == (
        (await topic_of(desk, thread)).state,
        (await topic_of(desk, thread)).archived,
    )


async def test_a_thread_deleted_while_its_close_is_under_way_is_gone_with_one_case_for_each(
    desk: Newsroom,
) -> None:
    thread = await closing(desk)
    del desk.forum.threads[thread.thread_id]
    await desk.publish_until_settled()
    await desk.watching.gone(thread.thread_id)
    assert [Deed.CLOSE, Deed.REOPEN, Deed.CLOSE, Deed.DELETED] == await deeds(desk, thread)
    assert "the thread is gone" == (await cases(desk, thread))[2].outcome
