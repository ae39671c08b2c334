"""The machine's clock, for the composition root to hand in: nobody else reads it."""

from datetime import UTC, datetime


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)
