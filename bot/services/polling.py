"""Records: fetches each due feed once, decides what it leads to, and stores all of it in one transaction.

Never writes to Discord: what a reading leads to is a wish in the store, and publishing shows it.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from weakref import WeakValueDictionary

from bot.domain.entries import ParsedFeed
from bot.domain.feeds import Feed
from bot.domain.fetching import Fetched, Validators
from bot.domain.pacing import STEADY, period
from bot.domain.recordings import Recording
from bot.errors import FetchError, PublisherError, StoreError
from bot.ports import Clock, FeedStore, Fetcher, Hubs, Ids, Parser
from bot.services.aside import Aside
from bot.services.deciding import Deciding
from bot.services.drafting import Drafting
from bot.services.pacing import Pacing

log = logging.getLogger(__name__)

NOT_MODIFIED = 304


class Polling:
    """`interval` between two polls of a feed; `on_wanted` is told that topics were recorded.

    `jitter` gives a number from 0 up to 1. `hubs` learns which feeds have their news pushed.
    """

    def __init__(
        self,
        feeds: FeedStore,
        fetcher: Fetcher,
        parser: Parser,
        clock: Clock,
        ids: Ids,
        *,
        interval: timedelta,
        on_wanted: Callable[[], None],
        jitter: Callable[[], float] = lambda: STEADY,
        hubs: Hubs | None = None,
    ) -> None:
        self._feeds = feeds
        self._fetcher = fetcher
        self._parser = parser
        self._clock = clock
        self._ids = ids
        self._hubs = hubs
        self._pacing = Pacing(feeds, clock, ids, interval=interval, jitter=jitter)
        self._on_wanted = on_wanted
        self._aside = Aside()
        self._deciding = Deciding(feeds, clock, self._aside)
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def poll(self, feed_id: int) -> None:
        """Ask one feed. Whatever goes wrong with it is the feed's problem alone."""
        async with self._alone(feed_id):
            feed = await self._feeds.get(feed_id)
            try:
                fetched = await self._fetcher.fetch(feed.address, feed.conditional)
                await self._take_answer(feed, fetched)
            except PublisherError as error:
                await self._pacing.failed(feed, error)
            except StoreError:
                raise
            except Exception as fault:
                log.exception("feed %s: our own fault; the others go on", feed.url)
                await self._pacing.failed(feed, PublisherError(f"internal fault: {fault!r}"))
            else:
                await self._pacing.answered(feed, fetched)

    async def take(self, feed_id: int, delivered: Fetched) -> None:
        """Take in what a hub delivered, as if the feed had been asked. Raises PublisherError: then ask it."""
        async with self._alone(feed_id):
            feed = await self._feeds.get(feed_id)
            # The delivery is no answer of the publisher's server: what that server said stays valid.
            await self._take_answer(feed, replace(delivered, validators=feed.validators))
            await self._pacing.answered(feed, delivered)

    def _alone(self, feed_id: int) -> asyncio.Lock:
        """For `async with`: what comes of one reading is known to the next."""
        return self._locks.setdefault(feed_id, asyncio.Lock())

    async def _take_answer(self, feed: Feed, fetched: Fetched) -> None:
        if fetched.status == NOT_MODIFIED:
            return await self._note_unchanged(feed, fetched)
        if not fetched.body or not fetched.body.strip():
            if feed.answered_at is None:
                raise FetchError("the answer is empty", status=fetched.status)
            return await self._note_unchanged(feed, fetched)
        body_hash = await self._aside.run(hash_of, fetched.body)
        if body_hash == feed.body_hash and not feed.is_whole_needed:
            return await self._note_unchanged(feed, fetched)
        parsed = await self._parser.parse(fetched.url, fetched.body, fetched.content_type)
        return await self._take_in(feed, fetched, parsed, body_hash)

    async def _note_unchanged(self, feed: Feed, fetched: Fetched) -> None:
        await self._feeds.record_unchanged(
            feed.feed_id,
            self._clock.now(),
            self._pacing.next_poll_at(feed, fetched.max_age),
            was_conditional=feed.conditional != Validators(),
        )

    async def _take_in(self, feed: Feed, fetched: Fetched, parsed: ParsedFeed, body_hash: str) -> None:
        decision = await self._deciding.decide(feed, parsed)
        drafting = Drafting(feed=feed, parsed=parsed, decision=decision, ids=self._ids, at=self._clock.now())
        draft = await self._aside.run(drafting.draft)
        own = period(parsed.entries, self._clock.now())
        paced = replace(feed, pace=replace(feed.pace, ttl=parsed.ttl, period=own or feed.pace.period))
        recording = Recording(
            feed_id=feed.feed_id,
            parsed=parsed,
            validators=fetched.validators,
            body_hash=body_hash,
            was_conditional=feed.conditional != Validators(),
            at=self._clock.now(),
            next_poll_at=self._pacing.next_poll_at(paced, fetched.max_age),
            period=own,
            new=draft.new,
            changed=draft.changed,
            aliases=draft.aliases,
            postings=draft.postings,
            corrections=draft.corrections,
            seeded=draft.seeded,
            quarantined=decision.quarantined,
            alerts=draft.alerts,
        )
        await self._feeds.record(recording)
        self._tell(feed, recording)
        if self._hubs:
            await self._hubs.noticed(feed, fetched, parsed, is_news=bool(recording.new))

    def _tell(self, feed: Feed, recording: Recording) -> None:
        if recording.quarantined:
            log.warning(
                "feed %s: quarantined: %d entries look new and are probably not; `/news resume` trusts it again",
                feed.url,
                len(recording.new),
            )
        if recording.postings or recording.corrections:
            counts = len(recording.postings), len(recording.corrections)
            log.info("feed %s: %d topics wanted, %d to be corrected", feed.url, *counts)
            self._on_wanted()


def hash_of(body: bytes) -> str:
    """Of an answer's body: the same bytes are no news."""
    return hashlib.sha256(body).hexdigest()[:32]
