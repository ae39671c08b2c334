"""Where hubs reach us (https://www.w3.org/TR/websub/, 5.3 and 7): HTTP in, the service's answers out.

Answers at once and works later. Knows no lease and decides nothing; whoever asks for an address that no hub was told
learns nothing but 404.
"""

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self

from aiohttp import web

from bot.adapters.http import BODY_LIMIT
from bot.errors import ConfigError

DELIVERIES_AT_ONCE = 20
BUSY = {"Retry-After": "60"}
PLAIN = {"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"}
READING = 30.0  # Seconds for a delivery to arrive.


class Subscriber(Protocol):
    """What `bot.services.websub.WebSub` offers a hub."""

    async def answer(self, token: str, question: Mapping[str, str]) -> str | None: ...
    async def expects(self, token: str) -> bool: ...
    async def deliver(self, token: str, body: bytes, content_type: str, signature: str | None) -> None: ...


class WebSubServer:
    """Listens on `host` and `port` from `async with` on; a reverse proxy stands before it."""

    def __init__(self, subscriber: Subscriber, host: str, port: int) -> None:
        self._subscriber = subscriber
        self._host = host
        self._port = port
        self._deliveries: set[asyncio.Task[None]] = set()
        app = web.Application()
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
        if len(self._deliveries) >= DELIVERIES_AT_ONCE:
            raise web.HTTPServiceUnavailable(headers=BUSY)
        async with asyncio.timeout(READING):
            body = await _read(request)
        content_type = request.headers.get("Content-Type", "")
        # Also what is not signed is answered like this: its sender shall not learn whether a guess was right (8).
        signature = request.headers.get("X-Hub-Signature")
        task = asyncio.create_task(self._subscriber.deliver(token, body, content_type, signature))
        self._deliveries.add(task)
        task.add_done_callback(self._deliveries.discard)
        return web.Response(status=202)


async def _read(request: web.Request) -> bytes:
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise web.HTTPRequestEntityTooLarge(max_size=BODY_LIMIT, actual_size=len(body))
    return bytes(body)
