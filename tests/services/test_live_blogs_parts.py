"""A live blog whose site keeps each update at an address of its own is followed like any other."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fake_clock import START
from live_newsroom import LiveNewsroom, live_newsroom

from bot.domain.live_addresses import data_address, update_address
from bot.errors import FetchError
from bot.services.live_parts import MOST

PAGE = "https://www.aljazeera.com/news/liveblog/2026/5/4/storm-live"
SHELL = data_address(PAGE)
PATH = "/news/liveblog/2026/5/4/storm-live"


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[LiveNewsroom]:
    async with live_newsroom(tmp_path / "desk.db") as room:
        yield room


def part(number: int) -> str:
    return update_address(SHELL, number)


def publish(room: LiveNewsroom, *numbers: int, **more: Any) -> None:
    """The live blog now has these updates, newest first; each is written ten minutes after the one before."""
    meta = [{"id": str(number), "publishedTime": str(_at(number))} for number in numbers]
    article = {
        "postType": "liveblog",
        "link": PATH,
        "title": "Storm live",
        "isLive": True,
        "childrenMeta": meta,
        **more,
    }
    room.pages.answers[SHELL] = json.dumps({"data": {"article": article}}).encode()
    for number in numbers:
        if part(number) not in room.pages.answers:
            write(room, number)


def write(room: LiveNewsroom, number: int, text: str = "") -> None:
    post = {
        "postType": "liveblog-update",
        "id": str(number),
        "link": PATH,
        "title": f"Update {number}",
        "content": f"<p>{text or f'Text {number}'}</p>",
        "date": (START + timedelta(minutes=10 * number)).replace(tzinfo=None).isoformat(),
    }
    room.pages.answers[part(number)] = json.dumps({"data": {"posts": post}}).encode()


def _at(number: int) -> int:
    return int((START + timedelta(minutes=10 * number)).timestamp())


async def test_its_updates_become_messages_oldest_first(room: LiveNewsroom) -> None:
    publish(room, 1)
    await room.follow(url=PAGE)
    publish(room, 3, 2, 1)
    await room.poll()

    assert ["Update 1", "Update 2", "Update 3"] == room.texts()
    assert PAGE not in room.pages.asked


async def test_an_update_is_corrected_where_it_stands(room: LiveNewsroom) -> None:
    publish(room, 2, 1)
    await room.follow(url=PAGE)
    write(room, 2, "Corrected")
    publish(room, 3, 2, 1)
    await room.poll()

    assert ["Text 1", "Corrected", "Text 3"] == [e.description for m in room.messages() for e in m.embeds]


async def test_only_the_newest_are_fetched_again(room: LiveNewsroom) -> None:
    publish(room, *range(9, 0, -1))
    await room.follow(url=PAGE)
    room.pages.asked.clear()
    publish(room, *range(10, 0, -1))
    await room.poll()

    assert [SHELL, *(part(number) for number in (10, 9, 8, 7))] == room.pages.asked


async def test_nothing_is_fetched_while_nothing_is_new(room: LiveNewsroom) -> None:
    publish(room, 2, 1)
    await room.follow(url=PAGE)
    room.pages.asked.clear()
    await room.poll()

    assert [SHELL] == room.pages.asked


async def test_no_poll_fetches_without_bound(room: LiveNewsroom) -> None:
    publish(room, *range(60, 0, -1))
    await room.follow(url=PAGE)
    fetched = [url for url in room.pages.asked if url != SHELL]

    assert MOST == len(fetched)
    assert f"-# Earlier updates are on [the page of the live blog]({PAGE})." == room.messages()[0].content


async def test_an_update_that_cannot_be_read_comes_with_the_next_poll(room: LiveNewsroom) -> None:
    publish(room, 1)
    await room.follow(url=PAGE)
    room.pages.answers[part(2)] = FetchError("busy", status=503)
    publish(room, 2, 1)
    await room.poll()
    assert ["Update 1"] == room.texts()
    write(room, 2)
    await room.poll()

    assert ["Update 1", "Update 2"] == room.texts()


async def test_its_own_flag_ends_it(room: LiveNewsroom) -> None:
    publish(room, 2, 1)
    await room.follow(url=PAGE)
    publish(room, 2, 1, isLive=False)
    await room.poll()

    assert room.has_recap()


async def test_the_newest_update_names_the_live_blog_that_goes_on(room: LiveNewsroom) -> None:
    publish(room, 1)
    await room.follow(url=PAGE)
    link = "/news/liveblog/2026/5/5/storm-live-clean-up"
    write(room, 2, f"This live page is now closed. Our coverage continues <a href='{link}'>here</a>.")
    publish(room, 2, 1)
    await room.poll()

    assert f"https://www.aljazeera.com{link}" == (await room.blog()).successor_url
