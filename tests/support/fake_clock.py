"""A clock that stands until a test moves it."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 26, 9, 0, tzinfo=UTC)


class FakeClock:
    def __init__(self, now: datetime = START) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def pass_time(self, by: timedelta) -> None:
        self._now += by


class CountingIds:
    """1, 2, 3, …"""

    def __init__(self, last: int = 0) -> None:
        self._last = last

    def new(self) -> int:
        self._last += 1
        return self._last
