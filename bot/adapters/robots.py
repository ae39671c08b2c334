"""Asks sites whether they want bots on their pages (RFC 9309), before pages that are made for people are polled.

Feeds are made to be polled, and are not asked for. A robots.txt that cannot be had or read forbids nothing.
"""

import logging
from datetime import datetime, timedelta
from typing import Protocol

from yarl import URL

from bot.domain.fetching import Fetched, Validators
from bot.errors import FetchError, HostBusyError, PublisherError
from bot.ports import Clock, Fetcher

log = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=1)  # RFC 9309, 2.4
KEPT = 500
LONGEST = 500 * 1024  # RFC 9309, 2.5
ROOM = 10_000_000  # Bytes of all that are kept: a publisher can have any number of hosts.


class RobotsReader(Protocol):
    async def allows(self, robots: bytes, url: str, user_agent: str) -> bool:
        """What a robots.txt says of an address. Raises ParseError where that takes too long."""


class RobotsFetcher:
    """Implements `ports.Fetcher` for pages: raises FetchError for one that its site wants no bot to read."""

    def __init__(self, fetcher: Fetcher, reader: RobotsReader, clock: Clock, *, user_agent: str) -> None:
        self._fetcher = fetcher
        self._reader = reader
        self._clock = clock
        self._user_agent = user_agent.partition("/")[0]
        self._robots: dict[str, tuple[bytes, datetime]] = {}

    async def fetch(self, url: str, validators: Validators) -> Fetched:
        if not await self._is_welcome(url):
            raise FetchError(f"{URL(url).host} wants no bots on this page (robots.txt).")
        return await self._fetcher.fetch(url, validators)

    async def _is_welcome(self, url: str) -> bool:
        try:
            origin = str(URL(url).origin())
        except ValueError:
            return True  # Fetching it will tell what is wrong with it.
        robots = await self._robots_of(origin)
        try:
            return not robots or await self._reader.allows(robots, url, self._user_agent)
        except PublisherError as error:
            log.info("%s/robots.txt is not usable: %s", origin, error)
            return True

    async def _robots_of(self, origin: str) -> bytes:
        now = self._clock.now()
        robots, until = self._robots.get(origin, (b"", now))
        if until > now:
            return robots
        robots = await self._fetched(origin)
        self._make_room(origin, len(robots))
        self._robots[origin] = robots, now + KEPT_FOR
        return robots

    def _make_room(self, origin: str, size: int) -> None:
        self._robots.pop(origin, None)
        while len(self._robots) >= KEPT or sum(len(each) for each, _ in self._robots.values()) + size > ROOM:
            self._robots.pop(next(iter(self._robots)))

    async def _fetched(self, origin: str) -> bytes:
        try:
            fetched = await self._fetcher.fetch(f"{origin}/robots.txt", Validators())
        except HostBusyError:
            raise
        except PublisherError:
            return b""
        return (fetched.body or b"")[:LONGEST]
