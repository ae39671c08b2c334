"""A kill -9 before or after any effect in the life of a followed live blog: nothing is lost, doubled or out of order.

The desk is killed at the Nth effect, started again on the same database, Discord and pages, and asked to do the rest;
N runs until nothing is left to kill.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from fake_clock import START, FakeClock
from fake_forum import FORUM, TEXT, FakeForum
from killing import Killed, KillSwitch
from live_newsroom import PAGE, LiveNewsroom, Pages, live_newsroom

from bot.domain.entries import Entry
from bot.domain.feeds import Options
from bot.domain.moderating import CLOSED_NOTICE, OPEN_NOTICE
from bot.errors import RefusedError

Chapter = Callable[[LiveNewsroom], Awaitable[None]]


def update(number: int, text: str) -> Entry:
    at = START + timedelta(minutes=number)
    return Entry(guid=f"u{number}", title=f"Update {number}", body=f"<p>{text}</p>", published_at=at)


FIRST, CORRECTED, SECOND, THIRD = update(0, "a"), update(0, "corrected"), update(5, "b"), update(10, "c")


async def settle(room: LiveNewsroom) -> None:
    for _ in range(2):
        await room.desk.publish_until_settled()
        await room.poll(after=timedelta(minutes=31))


def begin(channel_id: int) -> Chapter:
    async def chapter(room: LiveNewsroom) -> None:
        room.write(FIRST)
        with suppress(RefusedError):  # Recorded before the kill: it is followed already.
            await room.live.follow(PAGE, channel_id, Options())
        await settle(room)

    return chapter


async def grow_and_correct(room: LiveNewsroom) -> None:
    room.write(SECOND, CORRECTED)
    await settle(room)


async def end(room: LiveNewsroom) -> None:
    room.write(SECOND, CORRECTED, is_live=False)
    await settle(room)


async def resume(room: LiveNewsroom) -> None:
    room.write(THIRD, SECOND, CORRECTED, is_live=True)
    await settle(room)


async def end_again(room: LiveNewsroom) -> None:
    room.write(THIRD, SECOND, CORRECTED, is_live=False)
    await settle(room)


async def live(path: Path, channel_id: int, fatal: int, *, applied: bool) -> tuple[FakeForum, bool]:
    """One life with one kill; returns the Discord it leaves behind, and whether the kill came."""
    clock = FakeClock()
    forum, pages = FakeForum(clock), Pages()
    switch = KillSwitch(fatal, applied=applied)
    chapters = [begin(channel_id), grow_and_correct, end, resume, end_again]
    while chapters:
        async with live_newsroom(path, clock=clock, forum=forum, pages=pages, switch=switch) as room:
            try:
                while chapters:
                    await chapters[0](room)
                    chapters.pop(0)
            except Killed:
                clock.pass_time(timedelta(minutes=1))
    return forum, switch.dead


def shown(forum: FakeForum, thread_id: int) -> list[str]:
    return [
        embed.description
        for found in forum.messages[thread_id]
        if found.message_id != thread_id
        for embed in found.message.embeds
    ]


@pytest.mark.parametrize(
    ("channel_id", "applied", "stride"),
    [(FORUM, False, 1), (FORUM, True, 1), (TEXT, True, 4)],  # In a text channel only the beginning differs.
    ids=["forum-before", "forum-after", "text-after"],
)
async def test_a_kill_at_any_effect_loses_doubles_and_disorders_nothing(
    tmp_path: Path, channel_id: int, applied: bool, stride: int
) -> None:
    fatal, died = 0, True
    while died:
        fatal += stride
        forum, died = await live(tmp_path / f"{fatal}.db", channel_id, fatal, applied=applied)
        [thread] = forum.threads.values()
        place = thread.thread_id if channel_id == FORUM else TEXT
        [starter] = [m.message for m in forum.messages[place] if m.message_id == thread.thread_id]
        notices = [m.message.content for m in forum.messages[thread.thread_id] if m.message.content]
        assert ["corrected", "b", "c"] == shown(forum, thread.thread_id), fatal
        assert thread.locked, fatal
        assert [
            f"{OPEN_NOTICE} Reason: The live blog goes on.",
            f"{CLOSED_NOTICE} Reason: The live blog has ended.",
        ] == [notice for notice in notices if notice.startswith((OPEN_NOTICE, CLOSED_NOTICE))], fatal
        assert "thank you for joining us" in starter.embeds[0].description, fatal
        assert 3 == starter.embeds[0].description.count("](https://discord.com/channels/"), fatal
    assert fatal > 60
