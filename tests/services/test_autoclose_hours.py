"""Old topics that are woken, weekly hours, and policies after a start."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from fake_forum import FORUM, GUILD, Person
from newsroom import FEED, Newsroom, newsroom, order
from policed_topics import (
    ADMIN,
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

from bot.domain.cases import Deed
from bot.domain.moderating import CLOSED_NOTICE, OPEN_NOTICE
from bot.domain.timers import TimerKind
from bot.domain.topics import State
from bot.errors import UnavailableError


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path / "desk.db") as desk:
        desk.forum.staff = {ADMIN.id}
        yield desk


async def test_an_old_topic_that_a_reply_wakes_is_closed_again(desk: Newsroom) -> None:
    await set_policy(desk, on_necro="close", necro_after="30d")
    thread = await new_thread(desk)
    desk.forum.threads[thread.thread_id].archived = True
    await desk.watching.changed(await desk.forum.sight(thread.thread_id))
    desk.clock.pass_time(40 * DAY)
    desk.forum.add_post(thread.thread_id, "Any news?", author_id=READER.id)
    await desk.watching.changed(await desk.forum.sight(thread.thread_id))
    found = desk.forum.threads[thread.thread_id]
    assert (True, True) == (found.locked, found.archived)
    assert "nobody had written here for 4w 2d" in read(desk, thread)[-1]


@pytest.mark.parametrize(("writer", "silence"), [(ADMIN, 40 * DAY), (READER, 20 * DAY)])
async def test_staff_may_wake_old_topics_and_anybody_younger_ones(
    desk: Newsroom, writer: Person, silence: timedelta
) -> None:
    await set_policy(desk, on_necro="close", necro_after="30d")
    thread = await new_thread(desk)
    desk.forum.threads[thread.thread_id].archived = True
    await desk.watching.changed(await desk.forum.sight(thread.thread_id))
    desk.clock.pass_time(silence)
    desk.forum.add_post(thread.thread_id, "Any news?", author_id=writer.id)
    await desk.watching.changed(await desk.forum.sight(thread.thread_id))
    assert not is_locked(desk, thread)


async def test_weekly_hours_close_and_open_silently_with_one_line(desk: Newsroom) -> None:
    await set_policy(desk, hours="daily 08:00-18:00")
    thread = await new_thread(desk)  # It is nine o'clock.
    await pass_time(desk, 8 * HOUR)
    assert (False, []) == (is_locked(desk, thread), read(desk, thread))
    await pass_time(desk, 2 * HOUR)
    assert is_locked(desk, thread)
    [line] = read(desk, thread)
    assert line.startswith("Closed until <t:")
    await pass_time(desk, 14 * HOUR)
    assert not is_locked(desk, thread)
    [line] = read(desk, thread)
    assert line.startswith("Open until <t:")
    await pass_time(desk, DAY)
    assert 1 == len(read(desk, thread))
    deeds = [case.deed for case in await desk.store.cases.of_thread(thread.thread_id)]
    assert [Deed.CLOSED_BY_HOURS, Deed.OPENED_BY_HOURS] * 2 == deeds
    assert [] == await desk.store.staff.due(GUILD, desk.clock.now(), 10), "a flip is no news to staff"


async def test_hours_do_not_open_what_a_moderator_closed(desk: Newsroom) -> None:
    await set_policy(desk, hours="daily 08:00-18:00")
    thread = await new_thread(desk)
    await pass_time(desk, 10 * HOUR)
    await desk.moderation.close(ask(thread), "for good")
    await pass_time(desk, DAY)
    assert is_locked(desk, thread)
    assert f"{CLOSED_NOTICE} Reason: for good" == read(desk, thread)[-1]


async def test_hours_that_are_reset_open_what_they_closed(desk: Newsroom) -> None:
    await set_policy(desk, hours="daily 08:00-18:00")
    thread = await new_thread(desk)
    await pass_time(desk, 10 * HOUR)
    await set_policy(desk, hours="off")
    await desk.ring()
    assert (False, ["Open: the opening hours have ended."]) == (is_locked(desk, thread), read(desk, thread))


async def test_a_moderator_may_open_a_topic_at_night(desk: Newsroom) -> None:
    await set_policy(desk, hours="daily 08:00-18:00")
    thread = await new_thread(desk)
    await pass_time(desk, 10 * HOUR)
    await desk.moderation.reopen(ask(thread), "")
    assert (False, [OPEN_NOTICE]) == (is_locked(desk, thread), read(desk, thread))


async def test_a_start_takes_into_care_what_was_made_meanwhile_and_leaves_running_timers_alone(
    desk: Newsroom,
) -> None:
    await set_policy(desk, idle="2d")
    old = await new_thread(desk)
    topic = await desk.store.topics.by_thread(old.thread_id)
    assert topic is not None
    [before] = await desk.store.timers.of_topic(topic.topic_id)
    new = desk.forum.add_thread("Made while the desk was away")
    await desk.autoclose.sweep(GUILD)
    assert [before] == await desk.store.timers.of_topic(topic.topic_id)
    assert {TimerKind.IDLE} == await kinds(desk, new)


async def test_topics_of_the_bot_are_closed_like_those_of_people(desk: Newsroom) -> None:
    await set_policy(desk, idle="2d", warn_before="off")
    await desk.subscribe(order(post_last=1))
    desk.fetcher.publish(FEED, "a")
    await desk.poll()
    await desk.publish()
    [thread] = desk.forum.threads.values()
    await desk.autoclose.adopt(GUILD, FORUM, thread.thread_id)
    await pass_time(desk, 49 * HOUR)
    assert is_locked(desk, thread)
    assert 1 == len(desk.names())


async def test_a_bot_without_the_permission_gives_no_false_notice_and_closes_once_it_has_it(
    desk: Newsroom,
) -> None:
    await set_policy(desk, idle="2d", warn_before="off")
    thread = await new_thread(desk)
    desk.forum.bot_missing = ("Manage Threads",)
    await pass_time(desk, 49 * HOUR)
    assert (False, []) == (is_locked(desk, thread), read(desk, thread))
    desk.forum.bot_missing = ()
    await pass_time(desk, 3 * HOUR)
    assert is_locked(desk, thread)


async def test_a_topic_whose_thread_was_deleted_is_left_in_peace(desk: Newsroom) -> None:
    await set_policy(desk, idle="2d")
    thread = await new_thread(desk)
    del desk.forum.threads[thread.thread_id]
    await pass_time(desk, 50 * HOUR)
    assert set() == await kinds(desk, thread)


async def test_an_outage_while_reading_closes_nothing_and_is_waited_out(desk: Newsroom) -> None:
    await set_policy(desk, idle="2d", warn_before="off")
    thread = await new_thread(desk)
    desk.forum.add_post(thread.thread_id, "Hello?")
    desk.clock.pass_time(49 * HOUR)
    desk.forum.fail_next(UnavailableError("down"))
    await desk.ring()
    await pass_time(desk, HOUR)
    assert is_locked(desk, thread)
    topic = await desk.store.topics.by_thread(thread.thread_id)
    assert topic is not None
    assert State.CLOSED is topic.state
