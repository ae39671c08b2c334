"""Where hubs reach us (https://www.w3.org/TR/websub/, 5.3 and 7): HTTP in, the service's answers out.

Answers at once and works later. Knows no lease and decides nothing; whoever asks for an address that no hub was told
learns nothing but 404.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from types import TracebackType
from typing import Protocol, Self

from aiohttp import web

from bot.adapters.http import BODY_LIMIT
from bot.errors import ConfigError

DELIVERIES_AT_ONCE = 20
BUSY = {"Retry-After": "60"}
PLAIN = {"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"}
READING = timedelta(seconds=30)  # For a delivery to arrive.


class Subscriber(Protocol):
    """What `bot.services.websub.WebSub` offers a hub."""

    async def answer(self, token: str, question: Mapping[str, str]) -> str | None: ...
    async def expects(self, token: str) -> bool: ...
    async def deliver(self, token: str, body: bytes, content_type: str, signature: str | None) -> None: ...


class WebSubServer:
    """Listens on `host` and `port` from `async with` on; a reverse proxy stands before it."""

    def __init__(self, subscriber: Subscriber, host: str, port: int, *, reading: timedelta = READING) -> None:
        self._subscriber = subscriber
        self._reading = reading
        self._host = host
        self._port = port
        self._deliveries: set[asyncio.Task[None]] = set()
        self._arriving = 0
        app = web.Application()
        app.on_response_prepare.append(_without_version)
        # A proxy may hand on any part of the public address: only the last part counts.
        app.router.add_get("/{path:(?:.*/)?}{token:[^/]+}", self._answer)
        app.router.add_post("/{path:(?:.*/)?}{token:[^/]+}", self._receive)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)

    async def __aenter__(self) -> Self:
        """Raises ConfigError where it cannot listen."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise ConfigError(
                f"websub.listen: cannot listen on {self._host}:{self._port}: {error.strerror}"
            ) from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()
        for task in self._deliveries:
            task.cancel()  # It is recorded that something came: the feed is polled at the next start.
        await asyncio.gather(*self._deliveries, return_exceptions=True)

    @property
    def port(self) -> int:
        return int(self._runner.addresses[0][1])

    async def _answer(self, request: web.Request) -> web.Response:
        answer = await self._subscriber.answer(request.match_info["token"], request.query)
        if answer is None:
            raise web.HTTPNotFound
        return web.Response(body=answer.encode(errors="replace"), headers=PLAIN)

    async def _receive(self, request: web.Request) -> web.Response:
        token = request.match_info["token"]
        if not await self._subscriber.expects(token):
            raise web.HTTPNotFound
        # One that is still arriving takes as much memory as one that is worked on.
        if len(self._deliveries) + self._arriving >= DELIVERIES_AT_ONCE:
            raise web.HTTPServiceUnavailable(headers=BUSY)
        body = await self._arrived(request)
        content_type = request.headers.get("Content-Type", "")
        # Also what is not signed is answered like this: its sender shall not learn whether a guess was right (8).
        signature = request.headers.get("X-Hub-Signature")
        task = asyncio.create_task(self._subscriber.deliver(token, body, content_type, signature))
        self._deliveries.add(task)
        task.add_done_callback(self._deliveries.discard)
        return web.Response(status=202)

    async def _arrived(self, request: web.Request) -> bytes:
        self._arriving += 1
        try:
            async with asyncio.timeout(self._reading.total_seconds()):
                return await _read(request)
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
        finally:
            self._arriving -= 1


async def _without_version(_request: web.Request, response: web.StreamResponse) -> None:
    """Strangers need not know which library answers them."""
    response.headers.pop("Server", None)


async def _read(request: web.Request) -> bytes:
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise web.HTTPRequestEntityTooLarge(max_size=BODY_LIMIT, actual_size=len(body))
    return bytes(body)
