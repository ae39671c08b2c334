"""Ids for our own records, made without asking the database."""

import secrets
from datetime import UTC, datetime
from threading import Lock

from bot.ports import Clock

EPOCH = datetime(2025, 1, 1, tzinfo=UTC)
CHANCE_BITS = 20


class Ids:
    """Positive numbers of 63 bits, each greater than the last: milliseconds since 2025, 20 bits of chance.

    Unique in a process, in all its threads, even where the clock stands still or goes back. After a restart
    within the same millisecond chance makes a repeat improbable. 43 bits of milliseconds last until the year 2303.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0
        self._lock = Lock()  # Readings are drafted beside the event loop.

    def new(self) -> int:
        since = self._clock.now() - EPOCH
        milliseconds = max(0, since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000)
        fresh = milliseconds << CHANCE_BITS | secrets.randbits(CHANCE_BITS)
        with self._lock:
            self._last = max(self._last + 1, fresh)
            return self._last
