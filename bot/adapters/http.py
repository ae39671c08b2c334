"""Fetches feeds and pages over HTTP: conditional, bounded in time and size, and only from public addresses.

Never parses a body and never retries: whether and when to ask again is the poller's to decide. Whatever a server
does (or does not do) ends as a Fetched or a FetchError, within the time limit.
"""

import asyncio
import socket
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import TracebackType
from typing import Self

import aiohttp
from aiohappyeyeballs import AddrInfoType
from aiohttp.abc import AbstractResolver
from yarl import URL

from bot.adapters import http_failures, http_headers
from bot.adapters.guard import guarded_socket
from bot.adapters.hosts import CONNECTIONS_PER_HOST, Hosts
from bot.adapters.room import Room
from bot.domain.fetching import Fetched, Validators
from bot.domain.manners import GAP
from bot.errors import FetchError, HostBusyError
from bot.ports import Clock

TIMEOUT = timedelta(seconds=20)
BODY_LIMIT = 5_000_000
LARGE = 500_000  # Bytes: more than nearly all feeds have.
ROOM_LIMIT = timedelta(seconds=15)  # For a place; less than a fetch may take in all.
KEEP_ALIVE = 1.0  # Seconds; enough for a redirect within a host.
HEADER_LIMIT = 16 * 1024
REDIRECT_LIMIT = 5
PERMANENT = frozenset({301, 308})
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml,"
    " application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.9, text/html;q=0.8, */*;q=0.5"
)


class HttpFetcher:
    """Made inside a running event loop, used by many at once, closed once."""

    def __init__(
        self,
        clock: Clock,
        *,
        user_agent: str,
        allow_private_networks: bool = False,
        timeout: timedelta = TIMEOUT,
        resolver: AbstractResolver | None = None,
        guard: Callable[[AddrInfoType], socket.socket] = guarded_socket,
        gap: timedelta = timedelta(seconds=GAP),
        room: Room | None = None,
        room_limit: timedelta = ROOM_LIMIT,
    ) -> None:
        self._clock = clock
        self._timeout = timeout
        self._hosts = Hosts(gap)
        self._room = room or Room()
        self._room_limit = room_limit
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,  # Who asks for so much at once has to bound it.
                limit_per_host=CONNECTIONS_PER_HOST,
                # Hosts are many and each is asked seldom: kept longer, thousands of connections would lie idle.
                keepalive_timeout=KEEP_ALIVE,
                resolver=resolver,
                socket_factory=None if allow_private_networks else guard,
            ),
            # aiohttp adds the Accept-Encoding that it can undo.
            headers={"User-Agent": user_agent, "Accept": ACCEPT},
            timeout=aiohttp.ClientTimeout(total=timeout.total_seconds()),
            cookie_jar=aiohttp.DummyCookieJar(),
            max_line_size=HEADER_LIMIT,
            max_field_size=HEADER_LIMIT,
            # A proxy from the environment would connect where the guard does not see it.
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._session.close()

    async def fetch(self, url: str, validators: Validators) -> Fetched:
        """See `bot.ports.Fetcher`. `body` is also None for an empty answer: servers send one by mistake."""
        try:
            # Waiting for a turn is not the server's fault, so it must not count as the server's time.
            async with self._hosts.turn(_host(url)):
                return await self._get(url, validators)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise http_failures.from_exception(error, url, self._timeout) from error

    async def post(self, url: str, form: Mapping[str, str]) -> None:
        """See `bot.ports.HubCaller`. No redirect is followed: a form with a secret goes where it was meant to go."""
        try:
            async with (
                self._hosts.turn(_host(url)),
                self._session.post(url, data=form, allow_redirects=False) as response,
            ):
                if not 200 <= response.status < 300:
                    raise self._failure(response, permanent=False)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise http_failures.from_exception(error, url, self._timeout) from error

    async def _get(self, url: str, validators: Validators) -> Fetched:
        async with self._session.get(
            url,
            headers=http_headers.conditions(validators),
            # aiohttp gives up *at* this number.
            max_redirects=REDIRECT_LIMIT + 1,
        ) as response:
            moved = bool(response.history) and all(hop.status in PERMANENT for hop in response.history)
            conditional = validators != Validators()
            if response.status not in {200, 203, 204} and not (response.status == 304 and conditional):
                raise self._failure(response, permanent=moved or not response.history)
            body = await self._read(response)
            return Fetched(
                url=str(response.url),
                status=response.status,
                body=body or None,
                content_type=http_headers.content_type(response.headers),
                validators=http_headers.validators(response.headers) if body else validators,
                moved_to=str(response.url) if moved else None,
                max_age=http_headers.max_age(response.headers),
                links=http_headers.links(response.headers.getall("Link", ()), str(response.url)),
            )

    def _failure(self, response: aiohttp.ClientResponse, *, permanent: bool) -> FetchError:
        host = response.url.host or ""
        pause = http_headers.retry_after(response.headers, self._clock.now())
        self._hosts.answered(host, response.status, pause)
        return http_failures.from_answer(host, response.status, pause, permanent=permanent)

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        """Stops at the limit: what a few compressed bytes grow into is counted as it grows. Blank is empty."""
        body = bytearray()
        if (response.content_length or 0) > BODY_LIMIT:
            raise http_failures.too_large(response.url.host or "", BODY_LIMIT)
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > BODY_LIMIT:
                raise http_failures.too_large(response.url.host or "", BODY_LIMIT)
            if len(body) > LARGE:
                await self._enter_room(response.url.host or "")
        return b"" if body.isspace() else bytes(body)

    async def _enter_room(self, host: str) -> None:
        """Raises HostBusyError where there is none for long: that is not the server's fault."""
        try:
            async with asyncio.timeout(self._room_limit.total_seconds()):
                await self._room.enter()
        except TimeoutError:
            raise HostBusyError(host, ROOM_LIMIT) from None


def _host(url: str) -> str:
    return URL(url).host or ""
