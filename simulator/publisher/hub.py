"""The paper's own hub: pushes its feeds to whoever asked (https://www.w3.org/TR/websub/).

Calls nobody but programs on this machine. Keeps its subscribers in memory.
"""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

import aiohttp
from aiohttp import web
from yarl import URL

LONGEST_LEASE = timedelta(days=1)
PATIENCE = aiohttp.ClientTimeout(total=10)

Render = Callable[[str], tuple[bytes, str] | None]


@dataclass(frozen=True, slots=True)
class Subscriber:
    topic: str
    callback: str
    secret: str
    until: datetime


class Hub:
    """`render(topic)` gives a feed's bytes and content type now, or None where the paper has no such feed.

    `subscribed` is set when there was a subscriber.
    """

    def __init__(self, render: Render, clock: Callable[[], datetime]) -> None:
        self._render = render
        self._clock = clock
        self._subscribers: dict[tuple[str, str], Subscriber] = {}
        self._verifying: set[asyncio.Task[None]] = set()
        self.subscribed = asyncio.Event()

    async def accept(self, request: web.Request) -> web.Response:
        """A subscriber's request (WebSub, 5.1): answered at once, verified afterwards."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        mode, topic, callback = (form.get(f"hub.{name}", "") for name in ("mode", "topic", "callback"))
        if mode not in {"subscribe", "unsubscribe"}:
            raise web.HTTPBadRequest(text="hub.mode is subscribe or unsubscribe")
        if self._render(topic) is None:
            raise web.HTTPBadRequest(text="hub.topic is no feed of this paper")
        if not _is_here(callback):
            raise web.HTTPBadRequest(text="hub.callback must be on this machine")
        task = asyncio.create_task(self._verify(mode, topic, callback, form))
        self._verifying.add(task)
        task.add_done_callback(self._verifying.discard)
        return web.Response(status=202)

    async def _verify(self, mode: str, topic: str, callback: str, form: Mapping[str, str]) -> None:
        """Whether it was the callback's owner who asked (WebSub, 5.3)."""
        challenge = secrets.token_urlsafe(16)
        wish = form.get("hub.lease_seconds", "")
        lease = min(timedelta(seconds=int(wish)), LONGEST_LEASE) if wish.isdigit() else LONGEST_LEASE
        question = {"hub.mode": mode, "hub.topic": topic, "hub.challenge": challenge}
        if mode == "subscribe":
            question["hub.lease_seconds"] = str(int(lease.total_seconds()))
        if await self._get(URL(callback).update_query(question)) != challenge:
            return
        if mode == "subscribe":
            until = self._clock() + lease
            self._subscribers[topic, callback] = Subscriber(
                topic, callback, form.get("hub.secret", ""), until
            )
            self.subscribed.set()
        else:
            self._subscribers.pop((topic, callback), None)

    async def _get(self, url: URL) -> str | None:
        try:
            async with aiohttp.ClientSession(timeout=PATIENCE) as session, session.get(url) as response:
                return await response.text() if response.status == 200 else None
        except (aiohttp.ClientError, TimeoutError):
            return None

    def subscribers(self) -> list[Subscriber]:
        """Those whose lease lasts."""
        now = self._clock()
        return [each for each in self._subscribers.values() if each.until > now]

    async def push(self) -> None:
        """Tell every subscriber (WebSub, 7); one that does not answer misses this edition."""
        async with aiohttp.ClientSession(timeout=PATIENCE) as session:
            for subscriber in self.subscribers():
                rendered = self._render(subscriber.topic)
                if rendered is not None:
                    await _deliver(session, subscriber, *rendered)

    async def close(self) -> None:
        for task in self._verifying:
            task.cancel()
        await asyncio.gather(*self._verifying, return_exceptions=True)


async def _deliver(session: aiohttp.ClientSession, to: Subscriber, body: bytes, kind: str) -> None:
    hub = str(URL(to.topic).with_path("/hub"))
    headers = {"Content-Type": kind, "Link": links(hub, to.topic)}
    if to.secret:
        signature = hmac.new(to.secret.encode(), body, hashlib.sha256).hexdigest()
        headers["X-Hub-Signature"] = f"sha256={signature}"
    try:
        async with session.post(to.callback, data=body, headers=headers):
            pass
    except (aiohttp.ClientError, TimeoutError):
        pass


def links(hub: str, topic: str) -> str:
    """The header by which a feed names its hub and itself (WebSub, 4)."""
    return f'<{hub}>; rel="hub", <{topic}>; rel="self"'


def _is_here(callback: str) -> bool:
    try:
        url = URL(callback)
        return url.scheme == "http" and (url.host == "localhost" or ip_address(url.host or "").is_loopback)
    except ValueError:
        return False
