"""Asks of feeds at the right moment and place: when each is asked next, where it has moved, whom a failure is told.

Decides nothing by itself (`bot.domain.pacing`, `bot.domain.moving`) and fetches nothing.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.domain.alerts import Alert, for_staff
from bot.domain.feeds import Feed
from bot.domain.fetching import Fetched
from bot.domain.moving import failed, redirected
from bot.domain.pacing import is_silent, next_poll_at, wait_after_failure
from bot.domain.wording import Phrase, _
from bot.errors import FetchError, HostBusyError, PublisherError
from bot.ports import Clock, FeedStore, Ids

log = logging.getLogger(__name__)

CROWD = timedelta(minutes=1)  # Feeds that wait for the same host come back spread over this.


WITHDRAWN = _("The publisher of {feed} has withdrawn it for good. It is not asked any more.")
SILENT = _("The feed {feed} has not worked for a while: {problem} It is asked once a day from now on.")
WORKS_AGAIN = _("The feed {feed} works again.")


class Pacing:
    """`interval` between two polls of a feed; `jitter` gives a number from 0 up to 1."""

    def __init__(
        self, feeds: FeedStore, clock: Clock, ids: Ids, *, interval: timedelta, jitter: Callable[[], float]
    ) -> None:
        self._feeds = feeds
        self._clock = clock
        self._ids = ids
        self._interval = interval
        self._jitter = jitter

    def next_poll_at(self, feed: Feed, max_age: timedelta | None = None) -> datetime:
        """For a feed that has just answered; `max_age` is the freshness of the answer."""
        return next_poll_at(
            feed.feed_id,
            self._interval,
            feed.pace,
            max_age=max_age,
            now=self._clock.now(),
            jitter=self._jitter(),
        )

    async def answered(self, feed: Feed, fetched: Fetched) -> None:
        """To be called after each answer that was taken in."""
        if feed.problem:
            log.info("feed %s works again", feed.url)
        if is_silent(self._interval, feed.failures):
            await self._feeds.tell_staff(self._alerts(feed, WORKS_AGAIN), self._clock.now())
        after = redirected(feed.whereabouts, fetched.moved_to)
        if fetched.pushed or after == feed.whereabouts:
            return
        await self._feeds.record_whereabouts(feed.feed_id, after)
        if after.address != feed.whereabouts.address:
            log.info("feed %s has moved for good and is asked at %s from now on", feed.url, after.address)

    async def failed(self, feed: Feed, error: PublisherError) -> None:
        """Leave a failing feed alone for longer and longer; the operator is told once, not at each failure."""
        now = self._clock.now()
        if isinstance(error, HostBusyError):
            pause = (error.retry_after or timedelta()) + min(self._interval, CROWD) * self._jitter()
            await self._feeds.put_off(feed.feed_id, now + pause)
            return
        asked = error.retry_after if isinstance(error, FetchError) else None
        wait = wait_after_failure(self._interval, feed.failures + 1, asked=asked, jitter=self._jitter())
        before = failed(feed.whereabouts)
        returns = before != feed.whereabouts
        if returns:
            await self._feeds.record_whereabouts(feed.feed_id, before)
        ended = isinstance(error, FetchError) and error.gone and not returns
        self._tell(feed, error, ended=ended)
        next_poll_at = None if ended else now + wait
        alerts = self._failure_alerts(feed, error, ended=ended)
        await self._feeds.record_failure(feed.feed_id, str(error), now, next_poll_at, alerts)

    def _failure_alerts(self, feed: Feed, error: PublisherError, *, ended: bool) -> tuple[Alert, ...]:
        if ended:
            return self._alerts(feed, WITHDRAWN)
        before, after = (is_silent(self._interval, feed.failures + n) for n in (0, 1))
        if after and not before:
            return self._alerts(feed, SILENT, problem=str(error))
        return ()

    def _alerts(self, feed: Feed, template: str, **params: object) -> tuple[Alert, ...]:
        text = Phrase(template, feed=feed.title or feed.url, **params)
        return for_staff(feed.subscriptions, text, self._ids.new)

    def _tell(self, feed: Feed, error: PublisherError, *, ended: bool) -> None:
        if ended:
            log.warning("feed %s: %s; it is not asked again until the next start", feed.url, error)
        elif feed.problem is None:
            log.warning("feed %s: %s; trying again later, less and less often", feed.url, error)
        elif str(error) != feed.problem:
            log.info("feed %s: %s now", feed.url, error)
