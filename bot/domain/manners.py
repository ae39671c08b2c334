"""How one publisher's host is treated: requests keep a distance, and a host that asks for a pause gets it. Pure.

Moments and spans are seconds on a clock that never goes back; they are passed in.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

GAP = 0.25  # Seconds between the beginnings of two requests.
LONGEST_QUEUE = (
    5.0  # Seconds; who would wait longer comes again later and leaves their place to other hosts' feeds.
)
LONGEST_REST = timedelta(minutes=15)  # One address of a large host must not silence all others for a day.
REST = timedelta(minutes=1)  # Where it asks for fewer requests and does not say when.


@dataclass(frozen=True, slots=True)
class Host:
    """`free_at`: when the next request may begin. Until `rests_until` it is not asked at all."""

    free_at: float = 0.0
    rests_until: float = 0.0

    def is_at_rest(self, now: float) -> bool:
        return now >= max(self.free_at, self.rests_until)


@dataclass(frozen=True, slots=True)
class Turn:
    """What becomes of a request: it begins in `wait` seconds, or (`refused`) is to be asked for again after them."""

    host: Host
    wait: float
    refused: bool = False


def take_turn(host: Host, now: float, gap: float = GAP) -> Turn:
    if now < host.rests_until:
        return Turn(host, host.rests_until - now, refused=True)
    wait = max(host.free_at - now, 0.0)
    if wait > LONGEST_QUEUE:
        return Turn(host, wait, refused=True)
    return Turn(replace(host, free_at=now + wait + gap), wait)


def answered(host: Host, status: int, retry_after: timedelta | None, now: float) -> Host:
    """429 asks the client for a pause, 503 with Retry-After tells of one: RFC 6585, 4; RFC 9110, 15.6.4."""
    if status != 429 and not (status == 503 and retry_after):
        return host
    rest = min(REST if retry_after is None else retry_after, LONGEST_REST)
    return replace(host, rests_until=max(host.rests_until, now + rest.total_seconds()))
