"""Policies that close topics: real SQLite, a fake Discord, a clock that tests move."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fake_forum import FORUM, GUILD, Person
from newsroom import Newsroom, newsroom
from policed_topics import (
    ADMIN,
    AUTHOR,
    DAY,
    HOUR,
    READER,
    ask,
    is_locked,
    kinds,
    new_thread,
    pass_time,
    read,
    set_policy,
)

from bot.domain.moderating import CLOSED_NOTICE
from bot.domain.shaping import undo
from bot.domain.timers import TimerKind
from bot.errors import RefusedError


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path / "desk.db") as desk:
        desk.forum.staff = {ADMIN.id}
        yield desk


async def test_a_new_thread_is_taken_into_care_where_the_policy_asks_for_it(desk: Newsroom) -> None:
    without = await new_thread(desk)
    await set_policy(desk, idle="2d", max_age="30d")
    thread = await new_thread(desk)
    assert {TimerKind.IDLE, TimerKind.AGE} == await kinds(desk, thread)
    assert {TimerKind.IDLE, TimerKind.AGE} == await kinds(desk, without), "the sweep after a change takes it"


async def test_a_thread_in_a_channel_without_a_policy_is_left_alone(desk: Newsroom) -> None:
    thread = await new_thread(desk)
    assert await desk.store.topics.by_thread(thread.thread_id) is None


async def test_a_silent_topic_is_warned_once_then_closed_with_its_reason(desk: Newsroom) -> None:
    await set_policy(desk, idle="2d")
    thread = await new_thread(desk)
    await pass_time(desk, 47 * HOUR)
    [warning] = read(desk, thread)
    assert "Unless somebody does, this topic closes <t:" in warning
    await pass_time(desk, 2 * HOUR)
    assert is_locked(desk, thread)
    over, notice = read(desk, thread)
    assert ("that is over" in over, f"{CLOSED_NOTICE} Reason: no reply for 2d") == (True, notice)
    assert not desk.forum.messages[thread.thread_id][0].message.buttons


async def test_a_reply_takes_the_warning_back_and_keeps_the_topic_open(desk: Newsroom) -> None:
    await set_policy(desk, idle="2d")
    thread = await new_thread(desk)
    await pass_time(desk, 40 * HOUR)
    desk.forum.add_post(thread.thread_id, "I have the same question")
    await pass_time(desk, 20 * HOUR)
    assert not is_locked(desk, thread)
    assert "it stays open" in read(desk, thread)[0]
    await pass_time(desk, 30 * HOUR)
    assert is_locked(desk, thread)


async def test_a_reply_during_downtime_keeps_the_topic_open(desk: Newsroom) -> None:
    await set_policy(desk, idle="2d")
    thread = await new_thread(desk)
    await pass_time(desk, 40 * HOUR)
    desk.clock.pass_time(9 * DAY)
    desk.forum.add_post(thread.thread_id, "Still interested")
    await desk.ring(HOUR)
    assert not is_locked(desk, thread)


async def test_a_warning_missed_in_downtime_is_given_before_the_close(desk: Newsroom) -> None:
    await set_policy(desk, idle="2d")
    thread = await new_thread(desk)
    await desk.ring(9 * DAY)
    assert (False, 1) == (is_locked(desk, thread), len(read(desk, thread)))
    await pass_time(desk, 13 * HOUR)
    assert is_locked(desk, thread)


async def test_our_own_messages_are_no_activity(desk: Newsroom) -> None:
    await set_policy(desk, idle="2d", warn_before="off")
    thread = await new_thread(desk)
    await pass_time(desk, DAY)
    await desk.moderation.close(ask(thread), "by mistake")
    await desk.moderation.reopen(ask(thread), "")
    await pass_time(desk, 49 * HOUR)
    assert is_locked(desk, thread)


@pytest.mark.parametrize(
    ("activity", "writer", "closed"),
    [
        ("anyone", AUTHOR, False),
        ("non-author", AUTHOR, True),
        ("non-author", READER, False),
        ("author", AUTHOR, False),
        ("author", READER, True),
        ("staff", READER, True),
        ("staff", ADMIN, False),
    ],
)
async def test_only_messages_that_count_keep_a_topic_open(
    desk: Newsroom, activity: str, writer: Person, closed: bool
) -> None:
    await set_policy(desk, idle="2d", warn_before="off", activity=activity)
    thread = await new_thread(desk)
    await pass_time(desk, 40 * HOUR)
    desk.forum.add_post(thread.thread_id, "Hello?", author_id=writer.id)
    await pass_time(desk, 20 * HOUR)
    assert closed is is_locked(desk, thread)


async def test_a_topic_reaches_its_age_however_lively_it_is(desk: Newsroom) -> None:
    await set_policy(desk, max_age="3d")
    thread = await new_thread(desk)
    for _hour in range(72):
        desk.forum.add_post(thread.thread_id, "More")
        await pass_time(desk, HOUR)
    assert is_locked(desk, thread)
    assert f"{CLOSED_NOTICE} Reason: open for 3d" == read(desk, thread)[-1]


async def test_a_topic_that_a_moderator_reopened_starts_anew(desk: Newsroom) -> None:
    await set_policy(desk, idle="2d", max_age="3d", warn_before="off")
    thread = await new_thread(desk)
    await pass_time(desk, 80 * HOUR)
    await desk.moderation.reopen(ask(thread), "")
    assert {TimerKind.IDLE} == await kinds(desk, thread), "the age it had reached closes it no more"
    await pass_time(desk, 47 * HOUR)
    assert not is_locked(desk, thread)
    await pass_time(desk, 2 * HOUR)
    assert is_locked(desk, thread)


async def test_a_topic_that_a_person_unlocked_by_hand_is_left_open(desk: Newsroom) -> None:
    await set_policy(desk, idle="2d", warn_before="off")
    thread = await new_thread(desk)
    await pass_time(desk, 49 * HOUR)
    desk.forum.threads[thread.thread_id].locked = False
    await desk.watching.changed(await desk.forum.sight(thread.thread_id))
    await desk.autoclose.sweep(GUILD)
    await pass_time(desk, 99 * HOUR)
    assert not is_locked(desk, thread)


@pytest.mark.parametrize("person", [AUTHOR, ADMIN])
async def test_keep_open_takes_the_warning_back(desk: Newsroom, person: Person) -> None:
    await set_policy(desk, idle="2d")
    thread = await new_thread(desk)
    await pass_time(desk, 40 * HOUR)
    topic = await desk.store.topics.by_thread(thread.thread_id)
    assert topic is not None
    await desk.autoclose.keep_open(topic.topic_id, GUILD, person)
    assert ["This topic was about to be closed; it stays open."] == read(desk, thread)
    await pass_time(desk, 35 * HOUR)
    assert (False, 1) == (is_locked(desk, thread), len(read(desk, thread)))
    await pass_time(desk, 14 * HOUR)
    assert is_locked(desk, thread)


async def test_keep_open_is_for_the_author_and_staff_only(desk: Newsroom) -> None:
    await set_policy(desk, idle="2d")
    thread = await new_thread(desk)
    topic = await desk.store.topics.by_thread(thread.thread_id)
    assert topic is not None
    for person, guild in [(READER, GUILD), (ADMIN, GUILD + 1)]:
        with pytest.raises(RefusedError):
            await desk.autoclose.keep_open(topic.topic_id, guild, person)


async def test_keep_open_on_a_closed_topic_is_refused(desk: Newsroom) -> None:
    await set_policy(desk, idle="2d")
    thread = await new_thread(desk)
    await desk.moderation.close(ask(thread), "")
    topic = await desk.store.topics.by_thread(thread.thread_id)
    assert topic is not None
    with pytest.raises(RefusedError):
        await desk.autoclose.keep_open(topic.topic_id, GUILD, ADMIN)


async def test_a_moderators_close_ends_the_warning(desk: Newsroom) -> None:
    await set_policy(desk, idle="2d")
    thread = await new_thread(desk)
    await pass_time(desk, 40 * HOUR)
    await desk.moderation.close(ask(thread), "")
    assert ["This topic was about to be closed; that is over.", CLOSED_NOTICE] == read(desk, thread)
    assert set() == await kinds(desk, thread)


async def test_a_lock_by_hand_ends_the_warning(desk: Newsroom) -> None:
    await set_policy(desk, idle="2d")
    thread = await new_thread(desk)
    await pass_time(desk, 40 * HOUR)
    desk.forum.threads[thread.thread_id].locked = True
    await desk.watching.changed(await desk.forum.sight(thread.thread_id))
    assert ["This topic was about to be closed; that is over."] == read(desk, thread)
    assert set() == await kinds(desk, thread)


async def test_a_topic_opened_by_hand_is_in_care_again_once_moderators_closed_and_reopened_it(
    desk: Newsroom,
) -> None:
    await set_policy(desk, idle="2d")
    thread = await new_thread(desk)
    await desk.moderation.close(ask(thread), "")
    desk.forum.threads[thread.thread_id].locked = False
    await desk.watching.changed(await desk.forum.sight(thread.thread_id))
    assert set() == await kinds(desk, thread)
    await desk.moderation.close(ask(thread), "")
    await desk.moderation.reopen(ask(thread), "")
    assert {TimerKind.IDLE} == await kinds(desk, thread)


async def test_an_undone_close_has_its_policy_again(desk: Newsroom) -> None:
    await set_policy(desk, idle="2d")
    thread = await new_thread(desk)
    await desk.moderation.close(ask(thread), "")
    [case] = await desk.store.cases.of_thread(thread.thread_id)
    await desk.moderation.rule(ask(thread), "", lambda story, order: undo(story, order, case))
    assert {TimerKind.IDLE} == await kinds(desk, thread)


async def test_a_policy_that_is_reset_takes_its_warnings_back(desk: Newsroom) -> None:
    await set_policy(desk, idle="2d")
    thread = await new_thread(desk)
    await pass_time(desk, 40 * HOUR)
    await desk.policies.reset(GUILD, FORUM)
    await desk.autoclose.sweep(GUILD, FORUM, renew=True)
    await desk.ring()
    assert ["This topic was about to be closed; it stays open."] == read(desk, thread)
    assert set() == await kinds(desk, thread)


async def test_a_shorter_idle_time_holds_for_topics_in_care_already(desk: Newsroom) -> None:
    await set_policy(desk, idle="30d", warn_before="off")
    thread = await new_thread(desk)
    await pass_time(desk, 2 * DAY)
    await set_policy(desk, idle="1d")
    await desk.ring()
    assert is_locked(desk, thread)


async def test_an_archived_thread_is_woken_for_the_close_and_sleeps_again(desk: Newsroom) -> None:
    await set_policy(desk, idle="9d")
    thread = await new_thread(desk)
    desk.forum.threads[thread.thread_id].archived = True
    await pass_time(desk, 10 * DAY)
    found = desk.forum.threads[thread.thread_id]
    assert (True, True) == (found.locked, found.archived)


async def test_archive_puts_closed_topics_to_sleep_but_no_pinned_ones(desk: Newsroom) -> None:
    await set_policy(desk, archive="yes")
    plain, pinned = desk.forum.add_thread("Plain"), desk.forum.add_thread("Pinned")
    pinned.pinned = True
    for thread in (plain, pinned):
        await desk.moderation.close(ask(thread), "")
    assert [True, False] == [desk.forum.threads[t.thread_id].archived for t in (plain, pinned)]


async def test_the_notice_is_the_policys_in_the_policys_language(desk: Newsroom) -> None:
    await set_policy(desk, locale="de", notice="Feierabend.")
    thread = desk.forum.add_thread("Frage")
    await desk.moderation.close(ask(thread), "gelöst")
    assert ["Feierabend. Grund: gelöst"] == read(desk, thread)
