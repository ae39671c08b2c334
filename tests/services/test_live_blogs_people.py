from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from live_newsroom import HOUR, LiveNewsroom, live_newsroom, update
from policed_topics import set_policy

from bot.domain.live_blogs import LiveState


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[LiveNewsroom]:
    async with live_newsroom(tmp_path / "desk.db") as room:
        yield room


async def test_into_a_topic_that_people_closed_nothing_is_posted_until_they_open_it(
    room: LiveNewsroom,
) -> None:
    room.write(update(0))
    await room.follow()
    await room.desk.moderation.close(room.ask(), "enough")
    room.write(*(update(n) for n in range(8, -1, -1)))
    await room.poll()
    assert 1 == len([m for m in room.messages() if m.embeds])
    await room.desk.moderation.reopen(room.ask(), "")
    await room.poll()
    assert [1, 8] == [len(m.embeds) for m in room.messages() if m.embeds]


async def test_what_people_closed_is_not_opened_when_it_resumes(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    await room.desk.moderation.close(room.ask(), "enough")
    room.write(update(0), is_live=False)
    await room.poll()
    room.write(update(1), update(0), is_live=True)
    await room.poll()
    assert room.thread.locked
    assert ["Update 0"] == [embed.title for m in room.messages() for embed in m.embeds]


async def test_what_a_person_closed_after_us_stays_closed(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    room.write(update(0), is_live=False)
    await room.poll()
    await room.poll(after=timedelta(minutes=31))
    await room.desk.moderation.close(room.ask(), "and it shall stay so")
    room.write(update(1), update(0), is_live=True)
    await room.poll()
    assert room.thread.locked


async def test_what_people_keep_open_by_hand_is_not_closed(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    await room.desk.moderation.close(room.ask(), "")
    room.thread.locked = False
    await room.desk.watching.changed(await room.forum.sight(room.thread.thread_id))
    room.write(update(0), is_live=False)
    await room.poll()
    await room.poll(after=HOUR)
    assert not room.thread.locked


async def test_a_name_that_people_gave_stays(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    room.thread.name = "Fire!"
    await room.desk.watching.changed(await room.forum.sight(room.thread.thread_id))
    room.write(update(1), update(0), title="Harbour fire live: all safe")
    await room.poll()
    assert "Fire!" == room.thread.name


async def test_a_deleted_thread_ends_the_following(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    thread_id = room.thread.thread_id
    del room.forum.threads[thread_id]
    await room.desk.watching.gone(thread_id)
    room.write(update(1), update(0))
    await room.poll()
    assert {} == room.forum.threads
    assert LiveState.DONE is (await room.blog()).state


async def test_what_people_opened_after_the_end_is_not_closed_with_it(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    await room.desk.moderation.close(room.ask(), "enough")
    room.write(update(0), is_live=False)
    await room.poll()
    await room.desk.moderation.reopen(room.ask(), "")
    await room.poll()
    await room.poll(after=HOUR)
    assert not room.thread.locked
    assert room.has_recap()


async def test_a_thread_that_sleeps_is_woken_by_news_and_not_by_corrections(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    await _fall_asleep(room)
    room.write(update(0, "Corrected"))
    await room.poll()
    assert room.thread.archived
    assert "Corrected" == room.messages()[0].embeds[0].description
    room.write(update(1), update(0, "Corrected"))
    await room.poll()
    assert not room.thread.archived


async def test_a_live_blog_keeps_its_topic_open_however_little_people_say(room: LiveNewsroom) -> None:
    room.write(update(0), is_live=True)
    await room.follow()
    await set_policy(room.desk, idle="2h", warn_before="off", on_source_closed="ignore")
    for _hour in range(7):
        await room.poll(after=HOUR)
    assert not room.thread.locked
    room.write(update(0), is_live=False)
    for _hour in range(4):
        await room.poll(after=HOUR)
    assert room.thread.locked, "once the live blog is over, silence counts"


async def _fall_asleep(room: LiveNewsroom) -> None:
    room.thread.archived = True
    await room.desk.watching.changed(await room.forum.sight(room.thread.thread_id))
