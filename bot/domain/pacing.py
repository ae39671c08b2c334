"""When a feed or a live blog is asked next. Pure: no clock, no chance; `jitter` is a number from 0 up to 1 passed in.

Never sooner than the publisher asked for, never later than a day. Rules: docs/decisions/0015.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zlib import crc32

from bot.domain.entries import Entry

LONGEST = timedelta(days=1)
SLOWEST = timedelta(hours=1)  # However rare its news: a feed that asks for nothing else.
LONGEST_MAX_AGE = timedelta(hours=1)  # A cache's time to live is often an accident; `ttl` is a wish.
SAFETY = timedelta(hours=1)  # For a feed whose hub pushes its news to us.
POLLS_BETWEEN_ENTRIES = 12
SLOWDOWN = 12
LATE = 0.25  # Of the interval; a feed asked later than that has lost its beat.
MEANT = timedelta(minutes=1)  # Who configures less than this means it.
NEWEST = 10
DRIFT = 0.05
STEADY = 0.5  # The jitter that changes no wait after a failure.
SPREAD_OF_FAILURES = 0.2

BUSY = timedelta(seconds=20)
QUIET = timedelta(minutes=5)
AFTER_THE_END = timedelta(minutes=15)
POLLS_IN_A_SILENCE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What the next poll of a feed depends on, beside its last answer.

    `due_at`: when it was to be asked; None: never yet. `ttl` is its own wish, `period` the time between its entries.
    `pushed_until`: so long a hub, which proved to work, tells us of its news.
    """

    due_at: datetime | None = None
    ttl: timedelta | None = None
    period: timedelta | None = None
    pushed_until: datetime | None = None


def next_poll_at(
    feed_id: int, interval: timedelta, pace: Pace, *, max_age: timedelta | None, now: datetime, jitter: float
) -> datetime:
    """When a feed that has just answered, with this freshness, is asked next."""
    return now + next_wait(
        feed_id,
        interval,
        asked=least_wait(max_age, pace.ttl),
        period=pace.period,
        jitter=jitter,
        pushed=pace.pushed_until is not None and pace.pushed_until > now,
        on_beat=pace.due_at is not None and now - pace.due_at < interval * LATE,
    )


def next_wait(
    feed_id: int,
    interval: timedelta,
    *,
    asked: timedelta,
    period: timedelta | None,
    jitter: float,
    pushed: bool = False,
    on_beat: bool = True,
) -> timedelta:
    """How long a feed that answered is left alone.

    `interval` as configured; `asked` by the publisher (`least_wait`); `period` between its entries, where known;
    `pushed`: its hub tells us of news. A feed that is not `on_beat` (new, or overdue after downtime) first takes its
    own slot, so that feeds which were asked at once do not beat as one from then on.
    """
    own = max(_slowed(interval, period), SAFETY if pushed else interval)
    slot = crc32(feed_id.to_bytes(8, "big", signed=True)) / 2**32
    wait = own if on_beat else _slot(own, slot)
    if wait < asked:
        wait = asked if on_beat else asked + interval * slot
    return min(wait * (1 + DRIFT * jitter), max(LONGEST, interval))


def _slot(own: timedelta, slot: float) -> timedelta:
    """Anywhere within the next interval, but not right away again."""
    wait = own * slot
    return wait + own if wait < min(MEANT, own) / 10 else wait


def _slowed(interval: timedelta, period: timedelta | None) -> timedelta:
    """A feed that brings one entry a week need not be asked every five minutes."""
    if period is None or interval < MEANT:
        return interval
    return max(interval, min(period / POLLS_BETWEEN_ENTRIES, interval * SLOWDOWN, SLOWEST))


def least_wait(max_age: timedelta | None, ttl: timedelta | None) -> timedelta:
    """What the publisher asked for: the answer's own freshness (RFC 9111) and the feed's `ttl` or `sy:` period."""
    return min(max(min(max_age or timedelta(), LONGEST_MAX_AGE), ttl or timedelta()), LONGEST)


def period(entries: Iterable[Entry], now: datetime) -> timedelta | None:
    """How far a feed's newest entries lie apart: the mean, the silence since the newest counted as one gap more.

    None where fewer than two of them have a (past) date.
    """
    moments = sorted(
        (e.published_at for e in entries if e.published_at and e.published_at <= now), reverse=True
    )
    newest = moments[:NEWEST]
    if len(newest) < 2:
        return None
    gaps = [later - earlier for later, earlier in pairwise([now, *newest])]
    silence, between = gaps[0], gaps[1:]
    usual = sum(between, timedelta()) / len(between)
    return usual if silence <= usual else (sum(between, silence)) / len(gaps)


def wait_after_failure(
    interval: timedelta, failures: int, *, asked: timedelta | None, jitter: float
) -> timedelta:
    """How long to leave a failing feed alone: doubled at each failure up to a day, ± 20 %, never less than it asked.

    `failures` in a row, the last one included.
    """
    spread = 1 + SPREAD_OF_FAILURES * (2 * jitter - 1)
    wait = min(_patience(interval, failures) * spread, max(LONGEST, interval))
    return max(wait, asked or timedelta())


def _patience(interval: timedelta, failures: int) -> timedelta:
    return min(interval * (1 << min(max(failures - 1, 0), 20)), max(LONGEST, interval))


def is_silent(interval: timedelta, failures: int) -> bool:
    """Whether a feed has failed so often that it is asked but once a day (or once in a longer interval)."""
    return failures > 0 and _patience(interval, failures) == max(LONGEST, interval)


def live_wait(
    silence: timedelta | None,
    *,
    ended: bool = False,
    asked: timedelta = timedelta(),
    jitter: float,
    fastest: timedelta = BUSY,
) -> timedelta:
    """How long a live blog's page is left alone after an answer.

    `silence` since its newest update (None: it has none yet). While it goes on 20 s to 5 minutes, a tenth of the
    silence; after the end slowly, because updates may resume. `asked` is the answer's max-age: pages are cached for
    minutes by accident, so it counts up to a minute only.
    """
    if ended:
        wait = max(AFTER_THE_END, fastest)
    else:
        wait = min(max((silence or timedelta()) / POLLS_IN_A_SILENCE, fastest), max(QUIET, fastest))
    return max(wait, min(asked, MEANT)) * (1 + DRIFT * jitter)
