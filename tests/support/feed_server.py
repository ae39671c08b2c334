"""A publisher on 127.0.0.1 whose pages tests set."""

import asyncio
from collections.abc import Sequence
from html import escape
from types import TracebackType
from typing import Self
from urllib.parse import quote

from aiohttp import web

PATIENCE = 60.0  # Seconds; for who waits for a program that does not ask.


class FeedServer:
    """Serves `pages[path] = (content type, body)` and counts what was asked."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, bytes]] = {}
        self.asked: list[str] = []
        self._runner: web.AppRunner | None = None
        self._port = 0
        self._changed = asyncio.Event()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._port}{path}"

    def publish(self, path: str, titles: Sequence[str]) -> None:
        """An RSS feed with these headlines, newest first."""
        items = "".join(
            f"<item><guid>{escape(t)}</guid><title>{escape(t)}</title><link>{self.url('/' + quote(t))}</link>"
            f"<description>About {escape(t)}</description></item>"
            for t in titles
        )
        rss = f"<rss version='2.0'><channel><title>The Gazette</title>{items}</channel></rss>"
        self.pages[path] = ("application/rss+xml", rss.encode())

    async def asked_for(self, count: int) -> None:
        """Until so many requests have come in all."""
        async with asyncio.timeout(PATIENCE):
            while len(self.asked) < count:
                self._changed.clear()
                await self._changed.wait()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        self._changed.set()
        if request.path not in self.pages:
            raise web.HTTPNotFound
        content_type, body = self.pages[request.path]
        return web.Response(body=body, headers={"Content-Type": content_type})
