"""What people do in Discord without us: every event in every state, our own doing, attribution, absence."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from fake_clock import FakeClock
from fake_forum import FORUM, GUILD, FakeForum, FakeThread
from newsroom import Newsroom, newsroom
from watched_lives import (
    MARIA,
    about,
    arm,
    asleep,
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

from bot.domain import shaping
from bot.domain.cases import Actor, Deed
from bot.domain.moderating import CLOSED_NOTICE, OPEN_NOTICE
from bot.domain.policies import Policy
from bot.domain.timers import TimerKind
from bot.domain.topics import Sighting, State
from bot.domain.watching import GIVEN_UP, TAKEN_BACK
from bot.domain.wishes import Aspect
from bot.errors import RefusedError, UnavailableError
from bot.services.watching import Watching
from bot.texts import Texts

UNKNOWN = Actor(user_id=None)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path / "desk.db") as room:
        yield room


async def opened_asleep(desk: Newsroom) -> FakeThread:
    return await asleep(desk, await opened(desk))


async def reopening(desk: Newsroom) -> FakeThread:
    thread = await closed(desk)
    desk.forum.fail_next(UnavailableError("503"))
    await desk.moderation.reopen(about(thread), "")
    return thread


async def gone(desk: Newsroom) -> FakeThread:
    thread = await closed(desk)
    await desk.watching.gone(thread.thread_id)
    return thread


LOCK = {"locked": True}
UNLOCK = {"locked": False}
ARCHIVE = {"archived": True}
UNARCHIVE = {"archived": False}
RENAME = {"name": "By hand"}
WAKE_AND_UNLOCK = {"archived": False, "locked": False}
Life = Callable[[Newsroom], Awaitable[FakeThread]]


@pytest.mark.parametrize(
    ("life", "change", "state", "shown", "deed"),
    [
        (opened, LOCK, State.CLOSED, (True, False), Deed.LOCKED_BY_HAND),
        (opened, UNLOCK, State.OPEN, (False, False), None),
        (opened, ARCHIVE, State.OPEN, (False, True), None),
        (opened, UNARCHIVE, State.OPEN, (False, False), None),
        (opened, RENAME, State.OPEN, (False, False), None),
        (closed, LOCK, State.CLOSED, (True, False), None),
        (closed, UNLOCK, State.OPEN, (False, False), Deed.UNLOCKED_BY_HAND),
        (closed, ARCHIVE, State.CLOSED, (True, True), None),
        (closed, UNARCHIVE, State.CLOSED, (True, False), None),
        (closed, RENAME, State.CLOSED, (True, False), None),
        (opened_asleep, LOCK, State.CLOSED, (True, True), Deed.LOCKED_BY_HAND),
        (opened_asleep, UNARCHIVE, State.OPEN, (False, False), None),
        (opened_asleep, RENAME, State.OPEN, (False, True), None),
        (closed_asleep, UNLOCK, State.OPEN, (False, True), Deed.UNLOCKED_BY_HAND),
        (closed_asleep, UNARCHIVE, State.CLOSED, (True, False), None),
        (closed_asleep, WAKE_AND_UNLOCK, State.OPEN, (False, False), Deed.UNLOCKED_BY_HAND),
        (closing, LOCK, State.CLOSED, (True, False), None),
        (closing, UNLOCK, State.CLOSED, (True, False), None),
        (closing, ARCHIVE, State.CLOSED, (True, True), None),
        (closing, RENAME, State.CLOSED, (True, False), None),
        (reopening, UNLOCK, State.OPEN, (False, False), None),
        (reopening, LOCK, State.OPEN, (False, False), None),
        (gone, LOCK, State.GONE, (True, False), None),
        (gone, UNLOCK, State.GONE, (False, False), None),
    ],
)
async def test_a_change_by_hand_is_folded_in_and_stands(  # noqa: PLR0917 - a table.
    desk: Newsroom,
    life: Life,
    change: dict[str, object],
    state: State,
    shown: tuple[bool, bool],
    deed: Deed | None,
) -> None:
    thread = await life(desk)
    before = await deeds(desk, thread)
    by_hand(desk, thread, **change)
    await tell(desk, thread)
    await desk.publish_until_settled()
    topic = await topic_of(desk, thread)
    assert (state, shown) == (topic.state, (now(desk, thread).locked, now(desk, thread).archived))
    assert [*before, *([deed] if deed else [])] == await deeds(desk, thread)


@pytest.mark.parametrize("life", [opened, closed, opened_asleep, closed_asleep, closing, reopening, gone])
async def test_a_deleted_thread_is_gone_for_good(desk: Newsroom, life: Life) -> None:
    thread = await life(desk)
    await arm(desk, thread, *TimerKind)
    del desk.forum.threads[thread.thread_id]
    await desk.watching.gone(thread.thread_id)
    await desk.watching.gone(thread.thread_id)
    await desk.publish_until_settled()
    assert State.GONE is (await topic_of(desk, thread)).state
    assert set() == await live(desk, thread)
    assert 1 == (await deeds(desk, thread)).count(Deed.DELETED)


async def test_a_thread_that_publishing_found_deleted_has_its_case_when_discord_tells(desk: Newsroom) -> None:
    thread = await closed(desk)
    desk.forum.audit_log[thread.thread_id, Deed.DELETED] = MARIA
    await desk.store.topics.vanish((await topic_of(desk, thread)).topic_id)
    await desk.watching.gone(thread.thread_id)
    assert MARIA == (await cases(desk, thread))[-1].actor


async def test_a_lock_by_hand_has_no_notice_of_ours_and_ends_the_plans_to_close(desk: Newsroom) -> None:
    thread = await opened(desk)
    await arm(desk, thread, *TimerKind)
    by_hand(desk, thread, locked=True)
    await tell(desk, thread)
    assert [OPEN_NOTICE] == desk.forum.shown_in(thread.thread_id)
    assert {TimerKind.REOPEN, TimerKind.SLOWMODE, TimerKind.HOURS} == await live(desk, thread)


async def test_an_unlock_by_hand_edits_the_notice_disarms_policies_and_ends_the_reopening(
    desk: Newsroom,
) -> None:
    thread = await closed(desk)
    await arm(desk, thread, TimerKind.REOPEN, TimerKind.SLOWMODE)
    by_hand(desk, thread, locked=False)
    await tell(desk, thread)
    assert [OPEN_NOTICE] == desk.forum.shown_in(thread.thread_id)
    assert {TimerKind.SLOWMODE} == await live(desk, thread)
    assert (await topic_of(desk, thread)).disarmed


async def test_a_person_who_locks_again_what_they_unlocked_arms_policies_again(desk: Newsroom) -> None:
    thread = await closed(desk)
    for locked in (False, True):
        by_hand(desk, thread, locked=locked)
        await tell(desk, thread)
    topic = await topic_of(desk, thread)
    assert (State.CLOSED, False) == (topic.state, topic.disarmed)


async def test_a_name_given_by_hand_is_ours_and_drops_the_one_we_wished_for(desk: Newsroom) -> None:
    thread = await opened(desk)
    desk.forum.fail_next(UnavailableError("slow down"))
    await rename(desk, thread, "Ours")
    by_hand(desk, thread, name="Theirs")
    await tell(desk, thread)
    await desk.publish_until_settled()
    assert ("Theirs", "Theirs") == ((await topic_of(desk, thread)).name, now(desk, thread).name)
    assert "overtaken: somebody changed it by hand" == (await cases(desk, thread))[-1].outcome


async def test_a_pending_name_outlives_news_of_something_else(desk: Newsroom) -> None:
    thread = await opened(desk)
    desk.forum.fail_next(UnavailableError("slow down"))
    await rename(desk, thread, "Ours")
    by_hand(desk, thread, archived=True)
    await tell(desk, thread)
    await desk.publish_until_settled()
    assert "Ours" == now(desk, thread).name


async def rename(desk: Newsroom, thread: FakeThread, name: str) -> None:
    await desk.moderation.rule(
        about(thread),
        "",
        lambda story, order: shaping.shape(story, order, Deed.RENAME, {Aspect.NAME: name}),
    )


@pytest.mark.parametrize(
    ("life", "change", "deed"),
    [(opened, LOCK, Deed.LOCKED_BY_HAND), (closed, UNLOCK, Deed.UNLOCKED_BY_HAND)],
)
@pytest.mark.parametrize("actor", [MARIA, UNKNOWN])
async def test_the_audit_log_says_who_did_it(
    desk: Newsroom, life: Life, change: dict[str, object], deed: Deed, actor: Actor
) -> None:
    thread = await life(desk)
    desk.forum.audit_log[thread.thread_id, deed] = actor
    by_hand(desk, thread, **change)
    await tell(desk, thread)
    assert actor == (await cases(desk, thread))[-1].actor


async def test_a_late_lock_of_our_own_is_no_deed_of_a_person(desk: Newsroom) -> None:
    thread = await opened(desk)
    desk.forum.audit_log[thread.thread_id, Deed.LOCKED_BY_HAND] = None
    by_hand(desk, thread, locked=True)
    await tell(desk, thread)
    assert (State.OPEN, False) == ((await topic_of(desk, thread)).state, now(desk, thread).locked)
    assert [Deed.CLOSE, Deed.REOPEN] == await deeds(desk, thread)


async def test_old_news_changes_nothing(desk: Newsroom) -> None:
    thread = await closed(desk)
    old = await desk.forum.sight(thread.thread_id)
    await desk.moderation.reopen(about(thread), "")
    for hint in (old, await desk.forum.sight(thread.thread_id), old):
        await desk.watching.changed(hint)
    assert (State.OPEN, [Deed.CLOSE, Deed.REOPEN]) == (
        (await topic_of(desk, thread)).state,
        await deeds(desk, thread),
    )


class SlowLooks(FakeForum):
    """Between a look and its answer, somebody else may do something, and time passes."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self._time = clock
        self.meanwhile: list[Callable[[], Awaitable[object]]] = []

    async def sight(self, thread_id: int) -> Sighting:
        seen = await super().sight(thread_id)
        if self.meanwhile:
            self._time.pass_time(timedelta(seconds=1))
            await self.meanwhile.pop()()
        return seen


async def test_a_second_close_decided_on_an_outdated_look_gives_no_second_notice(tmp_path: Path) -> None:
    clock = FakeClock()
    forum = SlowLooks(clock)
    async with newsroom(tmp_path / "desk.db", forum=forum, clock=clock) as desk:
        thread = await opened(desk)
        forum.meanwhile.append(lambda: desk.moderation.close(about(thread), "first"))
        with pytest.raises(RefusedError, match="already closed"):
            await desk.moderation.close(about(thread), "")
        assert [OPEN_NOTICE, f"{CLOSED_NOTICE} Reason: first"] == forum.shown_in(thread.thread_id)
        assert [Deed.CLOSE, Deed.REOPEN, Deed.CLOSE] == await deeds(desk, thread)


async def test_news_of_a_thread_that_is_not_ours_costs_nothing(desk: Newsroom) -> None:
    thread = desk.forum.add_thread("Theirs", locked=True)
    await tell(desk, thread)
    assert [] == desk.forum.deeds
    assert None is await desk.store.topics.by_thread(thread.thread_id)


async def test_news_that_cannot_be_proven_now_waits_for_the_next(desk: Newsroom) -> None:
    thread = await closed(desk)
    by_hand(desk, thread, locked=False)
    seen = await desk.forum.sight(thread.thread_id)
    desk.forum.fail_sights(UnavailableError("503"))
    await desk.watching.changed(seen)
    assert State.CLOSED is (await topic_of(desk, thread)).state
    await desk.watching.changed(seen)
    assert State.OPEN is (await topic_of(desk, thread)).state


class TellingForum(FakeForum):
    """A Discord whose event of each of our changes arrives before its answer, twice, and once more as it was before."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.listeners: list[Callable[[Sighting], Awaitable[None]]] = []
        self.events: list[asyncio.Future[None]] = []

    async def set_flags(
        self, thread_id: int, *, locked: bool | None = None, archived: bool | None = None, reason: str = ""
    ) -> None:
        before = await self.sight(thread_id)
        await super().set_flags(thread_id, locked=locked, archived=archived, reason=reason)
        after = await self.sight(thread_id)
        for listener in self.listeners:
            self.events += [asyncio.ensure_future(listener(hint)) for hint in (after, before, after, before)]
        await asyncio.sleep(0)  # They are handled while our request is still under way.


@pytest.mark.parametrize("archived", [False, True])
@pytest.mark.parametrize("lost", [False, True])
async def test_our_own_changes_are_nobodys_doing_by_hand(tmp_path: Path, archived: bool, lost: bool) -> None:
    clock = FakeClock()
    forum = TellingForum(clock)
    async with newsroom(tmp_path / "desk.db", forum=forum, clock=clock) as desk:
        forum.listeners.append(desk.watching.changed)
        thread = forum.add_thread("A question", archived=archived)
        for act in (desk.moderation.close, desk.moderation.reopen, desk.moderation.close):
            if lost:
                forum.lose_answer_of("send")
            await act(about(thread), "")
            await desk.publish_until_settled()
            await asyncio.gather(*forum.events)
        assert [Deed.CLOSE, Deed.REOPEN, Deed.CLOSE] == await deeds(desk, thread)
        assert [OPEN_NOTICE, CLOSED_NOTICE] == forum.shown_in(thread.thread_id)
        assert [] == [deed for deed in forum.deeds if deed.startswith("culprit")]


async def test_a_reply_that_wakes_an_open_topic_is_told_and_nothing_else(desk: Newsroom) -> None:
    woken: list[int] = []
    watching = await watch(desk, Policy(), woken)
    sleeping, awake, shut = await opened_asleep(desk), await opened(desk), await closed_asleep(desk)
    for thread in (sleeping, awake, shut):
        by_hand(desk, thread, archived=False, name="woken")
        await watching.changed(await desk.forum.sight(thread.thread_id))
    assert [(await topic_of(desk, sleeping)).topic_id] == woken


async def watch(desk: Newsroom, policy: Policy, woken: list[int] | None = None) -> Watching:
    async def policy_of(guild_id: int, channel_id: int) -> Policy:
        assert (GUILD, FORUM) == (guild_id, channel_id)
        return policy

    async def on_woken(topic_id: int) -> None:
        (woken if woken is not None else []).append(topic_id)

    return Watching(
        desk.store.topics,
        desk.store.watched,
        desk.forum,
        desk.publishing,
        clock=desk.clock,
        ids=desk.ids,
        texts=Texts.load(),
        policy_of=policy_of,
        on_woken=on_woken,
    )


async def test_an_enforced_close_is_shown_again_three_times_an_hour_and_then_left(desk: Newsroom) -> None:
    thread = await closed(desk)
    watching = await watch(desk, Policy(enforce=True))
    states = []
    for _ in range(4):
        by_hand(desk, thread, locked=False)
        await watching.changed(await desk.forum.sight(thread.thread_id))
        states.append(now(desk, thread).locked)
    assert [True, True, True, False] == states
    assert [TAKEN_BACK] * 3 + [GIVEN_UP] == [case.reason for case in (await cases(desk, thread))[1:]]
    assert [OPEN_NOTICE] == desk.forum.shown_in(thread.thread_id)


async def test_enforcing_starts_anew_after_an_hour(desk: Newsroom) -> None:
    thread = await closed(desk)
    watching = await watch(desk, Policy(enforce=True))
    for _ in range(6):
        desk.clock.pass_time(timedelta(minutes=25))
        by_hand(desk, thread, locked=False)
        await watching.changed(await desk.forum.sight(thread.thread_id))
    assert now(desk, thread).locked
    assert [CLOSED_NOTICE] == desk.forum.shown_in(thread.thread_id)


async def test_an_enforced_close_sleeps_again_when_it_is_unarchived(desk: Newsroom) -> None:
    thread = await closed_asleep(desk)
    watching = await watch(desk, Policy(enforce=True))
    by_hand(desk, thread, archived=False)
    await watching.changed(await desk.forum.sight(thread.thread_id))
    await desk.publish_until_settled()
    assert (True, True) == (now(desk, thread).locked, now(desk, thread).archived)
    assert Deed.UNARCHIVED_BY_HAND is (await deeds(desk, thread))[-1]
