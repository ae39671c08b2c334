"""Takes turns on publishers' hosts, by the rules of `bot.domain.manners`. Keeps nothing beyond the process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.domain.manners import GAP, Host, answered, take_turn
from bot.errors import HostBusyError

CONNECTIONS_PER_HOST = 2
KEPT = 1000


class _Place:
    """A host with its connections."""

    __slots__ = ("connections", "host")

    def __init__(self) -> None:
        self.host = Host()
        self.connections = asyncio.Semaphore(CONNECTIONS_PER_HOST)


class Hosts:
    def __init__(self, gap: timedelta = timedelta(seconds=GAP)) -> None:
        self._gap = gap.total_seconds()
        self._places: dict[str, _Place] = {}
        self._tidy_at = KEPT

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Wait for one's turn, then have it. Raises HostBusyError where that would take long."""
        place = self._place(name)
        now = asyncio.get_running_loop().time()
        turn = take_turn(place.host, now, self._gap)
        if turn.refused:
            raise HostBusyError(name, timedelta(seconds=turn.wait))
        place.host = turn.host
        if turn.wait:
            await asyncio.sleep(turn.wait)
        async with place.connections:
            yield

    def answered(self, name: str, status: int, retry_after: timedelta | None) -> None:
        place = self._place(name)
        place.host = answered(place.host, status, retry_after, asyncio.get_running_loop().time())

    def _place(self, name: str) -> _Place:
        if name not in self._places and len(self._places) >= self._tidy_at:
            self._tidy()
        return self._places.setdefault(name, _Place())

    def _tidy(self) -> None:
        """Forget hosts that nothing is known of but that they were asked once."""
        now = asyncio.get_running_loop().time()
        self._places = {
            name: place
            for name, place in self._places.items()
            if place.connections.locked() or not place.host.is_at_rest(now)
        }
        self._tidy_at = max(KEPT, 2 * len(self._places))
