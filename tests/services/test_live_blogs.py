from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fake_clock import START
from live_newsroom import LiveNewsroom, live_newsroom

from bot.domain.entries import Entry
from bot.domain.moderating import CLOSED_NOTICE, OPEN_NOTICE


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[LiveNewsroom]:
    async with live_newsroom(tmp_path / "desk.db") as room:
        yield room


def update(number: int, text: str = "", *, minutes: int | None = None) -> Entry:
    at = START + timedelta(minutes=number * 10 if minutes is None else minutes)
    return Entry(
        guid=f"u{number}",
        title=f"Update {number}",
        body=f"<p>{text or f'Text {number}'}</p>",
        published_at=at,
    )


async def test_updates_become_messages_oldest_first(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    room.write(update(2), update(1), update(0))
    await room.poll()
    assert ["Update 0", "Update 1", "Update 2"] == room.texts()
    assert 3 == len(room.messages())


async def test_an_edit_changes_its_message_in_place(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    room.write(update(1), update(0, "Corrected"))
    await room.poll()
    assert ["Corrected", "Text 1"] == [m.embeds[0].description for m in room.messages()]


async def test_an_ended_live_blog_gets_its_recap_and_is_closed_after_the_grace(room: LiveNewsroom) -> None:
    room.write(update(1), update(0))
    await room.follow()
    room.write(update(1), update(0), standfirst="<p>This live blog is now closed.</p>")
    await room.poll()
    assert "The live blog is now closed; thank you for joining us." in room.starter().embeds[0].description
    assert not room.thread.locked
    await room.poll(after=timedelta(minutes=31))
    assert room.thread.locked
    assert f"{CLOSED_NOTICE} Reason: The live blog has ended." == room.messages()[-1].content


async def test_what_resumes_is_opened_again_and_its_recap_taken_back(room: LiveNewsroom) -> None:
    room.write(update(1), update(0))
    await room.follow()
    usual = room.starter()
    room.write(update(1), update(0), is_live=False)
    await room.poll()
    await room.poll(after=timedelta(minutes=31))
    room.write(update(2), update(1), update(0), is_live=True)
    await room.poll()
    assert not room.thread.locked
    assert usual == room.starter()
    assert ["Update 0", "Update 1"] == room.texts()[:2]
    assert "Update 2" == room.texts()[-1]
    assert OPEN_NOTICE in room.messages()[2].content
