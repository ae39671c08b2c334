"""When topics are due where a feed brings more than its subscription shows in an hour. Pure.

Never: an entry that is dropped, or a topic that comes before an older one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.feeds import Overflow

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Slots:
    """When each of so many entries gets its own topic, and when the digest of all others is due (None: no others)."""

    own: tuple[datetime, ...]
    digest: datetime | None = None


def slots(
    count: int,
    planned: Sequence[datetime],
    now: datetime,
    *,
    at_most: int,
    overflow: Overflow,
    waiting: datetime | None = None,
) -> Slots:
    """`planned`: when the latest `at_most` topics were or will be due, oldest first.

    `waiting`: when a digest is due that is still to be posted; whatever comes until then joins it.
    """
    if waiting is not None and overflow is Overflow.DIGEST and count:
        return Slots(own=(), digest=waiting)
    each = _each(count, planned, now, max(at_most, 1))
    at_once = sum(at == now for at in each)
    if overflow is Overflow.DELAY or at_once == count:
        return Slots(own=tuple(each))
    # The digest is a topic, too: it takes the last place of this hour, or else the first of the next.
    own = max(at_once - 1, 0)
    return Slots(own=tuple(each[:own]), digest=each[own])


def _each(count: int, planned: Sequence[datetime], now: datetime, at_most: int) -> list[datetime]:
    all_of_them = list(planned)
    for _ in range(count):
        at = max([now, *all_of_them[-1:]])
        if len(all_of_them) >= at_most:
            at = max(at, all_of_them[-at_most] + HOUR)
        all_of_them.append(at)
    return all_of_them[len(planned) :]
