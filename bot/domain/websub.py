"""Leases at hubs that push a feed's news to us: https://www.w3.org/TR/websub/ ("WebSub" below). Pure: no clock, no I/O.

Rule: every transition of a lease is here. A function that answers None changes nothing: what came was not asked for.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

ASKED_FOR = timedelta(days=10)  # A hub may give less, and usually does not give more.
SHORTEST, LONGEST = timedelta(seconds=10), timedelta(days=30)
UNSAID = timedelta(days=1)  # For a hub that does not say how long its lease is.
RENEWAL = 0.8  # Of a lease; the rest is for trying again.
PATIENCE = timedelta(minutes=10)  # For the hub to verify what we asked.
LONGEST_BACKOFF = timedelta(days=1)
AFTER_DENIAL = timedelta(days=7)
FAREWELLS = 3
ALGORITHMS = frozenset({"sha1", "sha256", "sha384", "sha512"})


class LeaseState(StrEnum):
    WANTED = "wanted"
    ASKED = "asked"  # The hub has not verified yet that it was us who asked.
    ACTIVE = "active"  # … also while it is renewed.
    DENIED = "denied"
    OVER = "over"  # Nobody follows the feed any more.


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A feed at a hub. `token` is the secret part of the `callback`'s address, `secret` signs what the hub delivers.

    `topic_url` is what the hub calls the feed. `pushed_at` is the last delivery; None: it has proven nothing yet.
    `due_at`: when the hub is to be asked (again). `attempts` in a row that brought nothing.
    """

    feed_id: int
    hub_url: str
    topic_url: str
    token: str
    callback: str
    secret: str
    state: LeaseState = LeaseState.WANTED
    lease_until: datetime | None = None
    pushed_at: datetime | None = None
    due_at: datetime | None = None
    attempts: int = 0
    problem: str | None = None

    @property
    def mode(self) -> str:
        """What we ask of the hub (WebSub, 5.1)."""
        return "unsubscribe" if self.state is LeaseState.OVER else "subscribe"


def found(lease: Lease | None, hubs: Sequence[str], topic_url: str, *, fresh: Lease) -> Lease | None:
    """A feed names these hubs: the lease to begin (`fresh`, for the first of them), or None where nothing changes."""
    if not hubs:
        return None
    if (
        lease is None
        or lease.state is LeaseState.OVER
        or lease.hub_url not in hubs
        or lease.topic_url != topic_url
    ):
        return replace(fresh, hub_url=hubs[0], topic_url=topic_url)
    return None


def asking(lease: Lease, now: datetime) -> Lease:
    """To be recorded before the hub is asked: a hub that never answers is asked again, later and later."""
    lease = _without_ended_lease(lease, now)
    wait = min(PATIENCE * (1 << min(lease.attempts, 10)), LONGEST_BACKOFF)
    gives_up = lease.state is LeaseState.OVER and lease.attempts + 1 >= FAREWELLS
    return replace(
        lease,
        state=LeaseState.ASKED if lease.state in {LeaseState.WANTED, LeaseState.DENIED} else lease.state,
        attempts=lease.attempts + 1,
        due_at=None if gives_up else now + wait,
    )


def _without_ended_lease(lease: Lease, now: datetime) -> Lease:
    if lease.state is LeaseState.ACTIVE and (lease.lease_until is None or lease.lease_until <= now):
        return replace(lease, state=LeaseState.ASKED, lease_until=None, pushed_at=None)
    return lease


def verified(lease: Lease, mode: str, topic_url: str, seconds: int | None, now: datetime) -> Lease | None:
    """The hub asks whether it was us (WebSub, 5.3). `seconds` is the lease it gives."""
    if (
        topic_url != lease.topic_url
        or mode != lease.mode
        or lease.state in {LeaseState.WANTED, LeaseState.DENIED}
    ):
        return None
    if lease.state is LeaseState.OVER:
        return replace(lease, due_at=None, attempts=0, problem=None, lease_until=None, pushed_at=None)
    given = UNSAID if seconds is None else timedelta(seconds=min(max(seconds, 0), 10**9))
    given = min(max(given, SHORTEST), LONGEST)
    return replace(
        lease,
        state=LeaseState.ACTIVE,
        lease_until=now + given,
        due_at=now + given * RENEWAL,
        attempts=0,
        problem=None,
    )


def denied(lease: Lease, topic_url: str, reason: str, now: datetime) -> Lease | None:
    """The hub will not, or not any more (WebSub, 5.2). Saying so again and again changes nothing."""
    if topic_url != lease.topic_url or lease.state in {LeaseState.OVER, LeaseState.DENIED}:
        return None
    return replace(
        lease,
        state=LeaseState.DENIED,
        lease_until=None,
        pushed_at=None,
        due_at=now + AFTER_DENIAL,
        problem=reason[:200],
    )


def failed(lease: Lease, problem: str) -> Lease:
    """The hub could not be asked; `asking` has set when to try again."""
    return replace(lease, problem=problem)


def delivered(lease: Lease, now: datetime) -> Lease | None:
    """A signed delivery proves that the hub works, and that it believes in the lease."""
    return replace(lease, pushed_at=now) if lease.state is LeaseState.ACTIVE else None


def missed(lease: Lease) -> Lease | None:
    """A poll brought news that the hub had not: until its next delivery it counts for nothing."""
    return replace(lease, pushed_at=None) if lease.pushed_at else None


def ended(lease: Lease, now: datetime) -> Lease | None:
    """Nobody follows the feed any more."""
    if lease.state is LeaseState.OVER:
        return None
    return replace(lease, state=LeaseState.OVER, due_at=now, attempts=0, pushed_at=None)


def is_signed(secret: str, signature: str | None, body: bytes) -> bool:
    """Whether `X-Hub-Signature` ("method=hex") is the body's, compared in constant time (WebSub, 7.1)."""
    method, _, given = (signature or "").partition("=")
    if method.lower() not in ALGORITHMS or not given.isascii():
        return False
    expected = hmac.new(secret.encode(), body, getattr(hashlib, method.lower())).hexdigest()
    return hmac.compare_digest(expected, given.strip().lower())
