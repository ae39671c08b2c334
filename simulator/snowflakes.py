"""Discord's ids: milliseconds since 2015 in the high bits, a counter below. Strictly increasing, also within one
millisecond and when the clock steps back, so that ids sort as things happened.
"""

from collections.abc import Callable
from datetime import UTC, datetime

EPOCH_MS = 1_420_070_400_000
"""2015-01-01T00:00:00Z, the first second of Discord's ids."""

Clock = Callable[[], float]
"""Seconds since 1970, UTC."""


class Snowflakes:
    """Makes ids from the injected clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def __call__(self) -> str:
        self._last = max((int(self._clock() * 1000) - EPOCH_MS) << 22, self._last + 1)
        return str(self._last)


def moment_of(snowflake: str) -> float:
    """Seconds since 1970 at which the id was made."""
    return ((int(snowflake) >> 22) + EPOCH_MS) / 1000


def iso(moment: float) -> str:
    """A moment as Discord writes it: ISO 8601, microseconds, UTC offset."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds")
