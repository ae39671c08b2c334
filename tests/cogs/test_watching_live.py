"""What people do by hand, as it reaches the bot through the gateway: told apart, attributed, and caught up with."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from live_desk import LiveDesk, live_desk

from bot.domain.cases import Case, Deed
from bot.domain.moderating import CLOSED_NOTICE, OPEN_NOTICE
from bot.domain.topics import State, Topic
from simulator import Simulator
from simulator.flags import BOT_PERMISSIONS, Permission
from simulator.values import Thread


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[LiveDesk]:
    async with live_desk(tmp_path) as desk:
        yield desk


@pytest.fixture
async def thread(desk: LiveDesk) -> Thread:
    return await a_closed_topic(desk)


async def a_closed_topic(desk: LiveDesk, name: str = "A question") -> Thread:
    thread = await desk.alex.start_thread(desk.forum, name, "Why is the sky blue?")
    await desk.maria.slash("topic close", channel=thread)
    return thread


async def topic_of(desk: LiveDesk, thread: Thread) -> Topic:
    topic = await desk.store.topics.by_thread(int(thread.id))
    assert topic is not None
    return topic


async def cases(desk: LiveDesk, thread: Thread) -> list[Case]:
    return await desk.store.cases.of_thread(int(thread.id))


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """The bot hears of it in its own time."""
    async with asyncio.timeout(8):
        while not await condition():  # noqa: ASYNC110 - the store sets no event.
            await asyncio.sleep(0.01)


async def until_state(desk: LiveDesk, thread: Thread, state: State) -> Topic:
    async def is_so() -> bool:
        return (await topic_of(desk, thread)).state is state

    await until(is_so)
    return await topic_of(desk, thread)


async def until_told(desk: LiveDesk, thread: Thread, deed: Deed) -> Case:
    async def is_told() -> bool:
        return (await cases(desk, thread))[-1].deed is deed

    await until(is_told)
    return (await cases(desk, thread))[-1]


def read(desk: LiveDesk, thread: Thread) -> list[str]:
    return [m.content for m in desk.alex.messages(thread)][1:]


async def test_a_thread_unlocked_by_hand_is_open_and_its_notice_says_so(
    desk: LiveDesk, thread: Thread
) -> None:
    await desk.maria.edit_thread(thread, locked=False)
    topic = await until_state(desk, thread, State.OPEN)
    case = await until_told(desk, thread, Deed.UNLOCKED_BY_HAND)
    assert (int(desk.maria.id), "Maria") == (case.actor.user_id, case.actor.name)
    assert topic.disarmed
    await desk.sim.until(lambda: [OPEN_NOTICE] == read(desk, thread))


async def test_a_thread_locked_by_hand_is_closed_without_a_notice_of_ours(
    desk: LiveDesk, thread: Thread
) -> None:
    await desk.maria.slash("topic reopen", channel=thread)
    await desk.maria.edit_thread(thread, locked=True)
    await until_told(desk, thread, Deed.LOCKED_BY_HAND)
    answer = await desk.maria.slash("topic close", channel=thread)
    assert "This topic is already closed." == answer.content
    assert [OPEN_NOTICE] == read(desk, thread)


async def test_without_the_audit_log_it_is_unknown_who_did_it(desk: LiveDesk, thread: Thread) -> None:
    desk.guild.set_bot_permissions(BOT_PERMISSIONS & ~Permission.VIEW_AUDIT_LOG)
    await desk.maria.edit_thread(thread, locked=False)
    case = await until_told(desk, thread, Deed.UNLOCKED_BY_HAND)
    assert (None, "") == (case.actor.user_id, case.actor.name)


async def test_our_own_closes_and_reopens_are_nobodys_doing(desk: LiveDesk, thread: Thread) -> None:
    for act in ("reopen", "close", "reopen", "close"):
        await desk.maria.slash(f"topic {act}", channel=thread)
    await desk.maria.edit_thread(thread, name="Heard")  # All that came before was heard, too.

    async def is_heard() -> bool:
        return (await topic_of(desk, thread)).name == "Heard"

    await until(is_heard)
    assert [Deed.CLOSE, Deed.REOPEN] * 2 + [Deed.CLOSE] == [case.deed for case in await cases(desk, thread)]


async def test_a_thread_archived_and_woken_by_hand_stays_as_people_leave_it(
    desk: LiveDesk, thread: Thread
) -> None:
    async def is_asleep() -> bool:
        return (await topic_of(desk, thread)).archived

    async def is_awake() -> bool:
        return not (await topic_of(desk, thread)).archived

    await desk.maria.edit_thread(thread, archived=True)
    await until(is_asleep)
    await desk.maria.edit_thread(thread, archived=False)
    await until(is_awake)
    assert (State.CLOSED, True) == ((await topic_of(desk, thread)).state, thread.locked)
    assert [Deed.CLOSE] == [case.deed for case in await cases(desk, thread)]


async def test_a_thread_deleted_by_hand_is_gone(desk: LiveDesk, thread: Thread) -> None:
    await desk.maria.delete_thread(thread)
    case = await until_told(desk, thread, Deed.DELETED)
    assert ("Maria", State.GONE) == (case.actor.name, (await topic_of(desk, thread)).state)


async def test_a_deleted_forum_takes_its_topics_along(desk: LiveDesk, thread: Thread) -> None:
    second = await a_closed_topic(desk, "Another")
    await desk.guild.owner.delete_channel(desk.forum)
    for each in (thread, second):
        assert "Robin" == (await until_told(desk, each, Deed.DELETED)).actor.name


async def test_a_topic_out_of_reach_stands_still_until_it_is_back(desk: LiveDesk, thread: Thread) -> None:
    async def is_suspended() -> bool:
        return (await topic_of(desk, thread)).suspended_at is not None

    async def is_back() -> bool:
        return not await is_suspended()

    desk.guild.set_bot_permissions(BOT_PERMISSIONS & ~Permission.MANAGE_THREADS)
    await until(is_suspended)
    desk.guild.set_bot_permissions(BOT_PERMISSIONS)
    await until(is_back)


async def test_what_happened_out_of_sight_is_caught_up_with(desk: LiveDesk, thread: Thread) -> None:
    async def is_suspended() -> bool:
        return (await topic_of(desk, thread)).suspended_at is not None

    bot_role = desk.guild.bot_role.id
    await desk.guild.owner.set_overwrite(desk.forum, bot_role, deny=Permission.VIEW_CHANNEL)
    await until(is_suspended)
    await desk.maria.edit_thread(thread, locked=False)
    await desk.guild.owner.set_overwrite(desk.forum, bot_role, allow=Permission.VIEW_CHANNEL)
    topic = await until_state(desk, thread, State.OPEN)
    assert topic.suspended_at is None


async def test_a_bot_that_was_removed_decides_nothing_until_it_is_back(
    desk: LiveDesk, thread: Thread
) -> None:
    async def is_suspended() -> bool:
        return (await topic_of(desk, thread)).suspended_at is not None

    desk.guild.remove_bot()
    await until(is_suspended)
    assert State.CLOSED is (await topic_of(desk, thread)).state
    await desk.maria.edit_thread(thread, locked=False)
    desk.guild.welcome_bot()
    await until_state(desk, thread, State.OPEN)


async def test_a_new_session_catches_up(desk: LiveDesk, thread: Thread) -> None:
    desk.sim.hub.refusing = True
    desk.sim.hub.invalidate()
    await desk.sim.until(lambda: not desk.sim.bot_connected())
    await desk.maria.edit_thread(thread, locked=False)
    desk.sim.hub.refusing = False
    await until_state(desk, thread, State.OPEN)


async def test_a_desk_that_was_off_catches_up_when_it_starts(tmp_path: Path) -> None:
    async with Simulator(limits=False) as sim:
        async with live_desk(tmp_path, sim=sim) as first:
            unlocked, deleted, untouched = [
                await a_closed_topic(first, name) for name in ("unlocked", "deleted", "untouched")
            ]
        await first.maria.edit_thread(unlocked, locked=False)
        await first.maria.delete_thread(deleted)
        async with live_desk(tmp_path, sim=sim, after=first) as second:
            topic = await until_state(second, unlocked, State.OPEN)
            await until_state(second, deleted, State.GONE)
            case = await until_told(second, unlocked, Deed.UNLOCKED_BY_HAND)
            assert ("Maria", True) == (case.actor.name, topic.disarmed)
            assert [CLOSED_NOTICE] == read(second, untouched)
            assert [Deed.CLOSE] == [each.deed for each in await cases(second, untouched)]
