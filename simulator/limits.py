"""Rate limits as Discord has them, documented and observed, counted by the injected clock.

Sources: topics/rate-limits for headers and bodies; for the numbers that Discord does not document see
docs/simulator.md.
"""

import hashlib
import math
from dataclasses import dataclass

from simulator.snowflakes import Clock
from simulator.values import Json


@dataclass(frozen=True, slots=True)
class Window:
    """So many requests in so many seconds."""

    limit: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Limits:
    """All limits; each can be changed for a test. `renames` and `thread_creates` are not visible in headers."""

    overall: Window = Window(50, 1)
    default: Window = Window(50, 1)
    messages: Window = Window(5, 5)
    channel_edits: Window = Window(10, 15)
    deletes: Window = Window(5, 1)
    reactions: Window = Window(1, 0.25)
    renames: Window = Window(2, 600)
    thread_creates: Window = Window(50, 300)


NO_LIMITS = Limits(*(Window(1_000_000, 1) for _ in range(8)))


@dataclass(frozen=True, slots=True)
class Refused:
    """A 429: after so many seconds it may be tried again. `scope` is "user", "global" or "shared"."""

    retry_after: float
    scope: str
    headers: dict[str, str]

    def body(self) -> Json:
        subject = "The resource is" if self.scope == "shared" else "You are"
        message = f"{subject} being rate limited."
        return {"message": message, "retry_after": self.retry_after, "global": self.scope == "global"}


@dataclass(slots=True)
class _Count:
    used: int = 0
    resets_at: float = 0.0


class Limiter:
    """Counts requests in fixed windows that begin with their first request."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self.limits = limits
        self._clock = clock
        self._counts: dict[str, _Count] = {}

    def take(
        self, route: str, window: Window, major: str, *, exempt: bool
    ) -> tuple[dict[str, str], Refused | None]:
        """Counts one request; returns the headers every answer carries, and the refusal if there is one.

        `exempt` requests (interactions) do not count towards the overall limit.
        """
        if not exempt and (wait := self._count("overall", self.limits.overall)):
            return {}, refused(wait, "global")
        bucket = hashlib.md5(route.encode(), usedforsecurity=False).hexdigest()
        key = f"{bucket}:{major}"
        wait = self._count(key, window)
        count = self._counts[key]
        headers = {
            "X-RateLimit-Bucket": bucket,
            "X-RateLimit-Limit": str(window.limit),
            "X-RateLimit-Remaining": str(max(0, window.limit - count.used)),
            "X-RateLimit-Reset": f"{count.resets_at:.3f}",
            "X-RateLimit-Reset-After": f"{max(0.0, count.resets_at - self._clock()):.3f}",
        }
        return headers, refused(wait, "user", headers) if wait else None

    def take_hidden(self, name: str, window: Window, scope: str) -> Refused | None:
        """Counts towards a limit that no header announces (renames, thread creation)."""
        wait = self._count(name, window)
        return refused(wait, scope) if wait else None

    def _count(self, key: str, window: Window) -> float:
        """0 where the request fits, else the seconds until the window ends."""
        now = self._clock()
        count = self._counts.setdefault(key, _Count())
        if now >= count.resets_at:
            count.used, count.resets_at = 0, now + window.seconds
        if count.used >= window.limit:
            return max(0.001, math.ceil((count.resets_at - now) * 1000) / 1000)
        count.used += 1
        return 0.0


def refused(retry_after: float, scope: str, headers: dict[str, str] | None = None) -> Refused:
    """A 429 as Discord words it (topics/rate-limits, Exceeding a Rate Limit)."""
    shown = dict(headers or {})
    shown["Retry-After"] = str(math.ceil(retry_after))
    shown["X-RateLimit-Scope"] = scope
    if scope == "global":
        shown["X-RateLimit-Global"] = "true"
    return Refused(retry_after, scope, shown)
