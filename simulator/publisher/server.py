"""The paper over HTTP: an edition is made anew for each request from the time that has passed."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from functools import lru_cache

from aiohttp import web
from yarl import URL

from . import feeds, site
from .hub import Hub, links
from .newsroom import Edition, newsroom
from .pictures import picture

_picture = lru_cache(maxsize=64)(picture)

_FEEDS = {
    "/feed.xml": (feeds.rss, "application/rss+xml"),
    "/atom.xml": (feeds.atom, "application/atom+xml"),
    "/feed.json": (feeds.json_feed, "application/feed+json"),
}


WATCH = 0.2  # Seconds between two looks whether there is something to push.


class Publisher:
    """Serves the edition of `clock()`, for a paper that opened at `opened`. Holds no other state but its hub's."""

    def __init__(self, opened: datetime, clock: Callable[[], datetime], speed: float = 1.0) -> None:
        self._opened = opened
        self._clock = clock
        self._speed = speed
        self.hub = Hub(self._render, clock)

    def app(self) -> web.Application:
        app = web.Application()
        for path, (write, kind) in _FEEDS.items():
            app.router.add_get(path, self._feed(write, kind))
        app.router.add_get("/", self._front)
        app.router.add_get("/article/{slug}", self._article)
        app.router.add_get("/live/{slug}", self._live)
        app.router.add_get("/picture/{slug}.png", self._picture)
        app.router.add_post("/hub", self.hub.accept)
        app.cleanup_ctx.append(self._pushing)
        return app

    async def _pushing(self, _: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(self._push_what_is_new())
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await self.hub.close()

    async def _push_what_is_new(self) -> None:
        told = self._edition().articles
        while True:
            await asyncio.sleep(WATCH)
            news = self._edition().articles
            if news != told:
                told = news
                await self.hub.push()

    def _render(self, topic: str) -> tuple[bytes, str] | None:
        try:
            url = URL(topic)
            write, kind = _FEEDS[url.path]
            base = str(url.origin())
        except (KeyError, ValueError):
            return None
        return write(self._edition(), self._opened, base), f"{kind}; charset=utf-8"

    def _edition(self) -> Edition:
        return newsroom(self._clock() - self._opened, self._speed)

    def _feed(
        self, write: Callable[[Edition, datetime, str], bytes], kind: str
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            edition = self._edition()
            base = _base(request)
            body = write(edition, self._opened, base)
            response = _conditional(request, body, f"{kind}; charset=utf-8", self._opened + edition.changed)
            response.headers["Link"] = links(f"{base}/hub", base + request.path)
            return response

        return answer

    async def _front(self, request: web.Request) -> web.Response:
        edition = self._edition()
        body = site.front(edition, self._opened).encode()
        return _conditional(request, body, _HTML, self._opened + edition.changed)

    async def _article(self, request: web.Request) -> web.Response:
        found = next((each for each in self._edition().articles if each.path == request.path), None)
        if found is None:
            raise web.HTTPNotFound
        body = site.article_page(found, self._opened, _base(request)).encode()
        return _conditional(request, body, _HTML, self._opened + found.published)

    async def _live(self, request: web.Request) -> web.Response:
        live = self._edition().live
        if request.match_info["slug"] != live.slug:
            raise web.HTTPNotFound
        body = site.live_page(live, self._opened, _base(request)).encode()
        return _conditional(request, body, _HTML, self._opened + live.modified)

    async def _picture(self, request: web.Request) -> web.Response:
        slug = request.match_info["slug"]
        if slug not in {each.slug for each in self._edition().articles if each.picture}:
            raise web.HTTPNotFound
        return _conditional(request, _picture(slug), "image/png", self._opened)


_HTML = "text/html; charset=utf-8"


def _base(request: web.Request) -> str:
    return str(request.url.origin())


def _conditional(request: web.Request, body: bytes, kind: str, changed: datetime) -> web.Response:
    """The body, or 304 where the reader has it (RFC 9110, section 13.2.2: the entity tag decides, else the date)."""
    changed = changed.replace(microsecond=0)
    tag = hashlib.sha256(body).hexdigest()[:24]
    if _has(request, tag, changed):
        response = web.Response(status=304)
    else:
        response = web.Response(body=body, headers={"Content-Type": kind})
    response.headers["Cache-Control"] = "max-age=0"
    response.etag = tag
    response.last_modified = changed
    return response


def _has(request: web.Request, tag: str, changed: datetime) -> bool:
    if request.if_none_match is not None:
        return any(known.value in {tag, "*"} for known in request.if_none_match)
    since = request.if_modified_since
    return since is not None and changed <= since
