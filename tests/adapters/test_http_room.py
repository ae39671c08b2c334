"""Large answers wait for room before they are taken in whole."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.adapters.http import LARGE, HttpFetcher
from bot.adapters.room import Room
from bot.domain.fetching import Fetched, Validators
from bot.errors import HostBusyError

PLACES = 2
SMALL_BODY = b"x" * LARGE
LARGE_BODY = b"x" * (LARGE + 1)


class StoppedClock:
    def now(self) -> datetime:
        return datetime(2026, 7, 1, 12, tzinfo=UTC)


class Desk:
    """Fetches from a real server; each body is held until it is put down."""

    def __init__(self, fetcher: HttpFetcher, base: str) -> None:
        self._fetcher = fetcher
        self._base = base
        self._put_down = asyncio.Event()

    async def fetch(self, path: str) -> Fetched:
        return await self._fetcher.fetch(self._base + path, Validators())

    async def hold(self, path: str) -> asyncio.Task[None]:
        there: asyncio.Future[Fetched] = asyncio.get_running_loop().create_future()

        async def work() -> None:
            there.set_result(await self.fetch(path))
            await self._put_down.wait()

        task = asyncio.create_task(work())
        await there
        return task

    def put_down(self) -> None:
        self._put_down.set()


async def _small(_: web.Request) -> web.Response:
    return web.Response(body=SMALL_BODY)


async def _large(_: web.Request) -> web.Response:
    return web.Response(body=LARGE_BODY)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    app = web.Application()
    app.router.add_get("/small", _small)
    app.router.add_get("/large", _large)
    async with (
        TestServer(app, host="127.0.0.1") as server,
        HttpFetcher(
            StoppedClock(),
            user_agent="Nightdesk/test",
            allow_private_networks=True,
            gap=timedelta(),
            room=Room(PLACES),
            room_limit=timedelta(milliseconds=20),
        ) as fetcher,
    ):
        yield Desk(fetcher, str(server.make_url("")).rstrip("/"))


async def test_more_large_bodies_than_there_is_room_for_are_put_off(desk: Desk) -> None:
    holders = [await desk.hold("/large") for _ in range(PLACES)]
    with pytest.raises(HostBusyError):
        await desk.fetch("/large")
    assert SMALL_BODY == (await desk.fetch("/small")).body
    desk.put_down()
    await asyncio.gather(*holders)
    assert LARGE_BODY == (await desk.fetch("/large")).body


async def test_whoever_reads_several_large_pages_needs_one_place(desk: Desk) -> None:
    pages = [await desk.fetch("/large") for _ in range(PLACES + 1)]
    assert [LARGE_BODY] * (PLACES + 1) == [page.body for page in pages]


async def test_a_task_that_is_cancelled_gives_its_place_back(desk: Desk) -> None:
    for holder in [await desk.hold("/large") for _ in range(PLACES)]:
        holder.cancel()
        await asyncio.wait([holder])
    assert LARGE_BODY == (await desk.fetch("/large")).body
