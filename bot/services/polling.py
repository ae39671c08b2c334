"""Records: fetches each due feed once, decides what it leads to, and stores all of it in one transaction.

Never writes to Discord: what a reading leads to is a wish in the store, and publishing shows it.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bot.domain.entries import ParsedFeed
from bot.domain.feeds import Decision, EntryRecord, Feed, Identified, Recording, Subscription, backoff, decide
from bot.domain.fetching import Fetched
from bot.domain.identity import identify
from bot.domain.presenting import present
from bot.domain.topics import MessageKind, Topic, TopicMessage
from bot.errors import FetchError, PublisherError, StoreError
from bot.ports import Clock, FeedStore, Fetcher, Ids, Parser

log = logging.getLogger(__name__)

NOT_MODIFIED = 304


class Polling:
    """`interval` between two polls of a feed; `on_wanted` is told that topics were recorded."""

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
    ) -> None:
        self._feeds = feeds
        self._fetcher = fetcher
        self._parser = parser
        self._clock = clock
        self._ids = ids
        self._interval = interval
        self._on_wanted = on_wanted

    async def poll(self, feed_id: int) -> None:
        """Ask one feed. Whatever goes wrong with it is the feed's problem alone."""
        feed = await self._feeds.get(feed_id)
        try:
            fetched = await self._fetcher.fetch(feed.url, feed.conditional)
            await self._take_answer(feed, fetched)
        except PublisherError as error:
            await self._put_off(feed, error)
        except StoreError:
            raise
        except Exception as fault:
            log.exception("feed %s: our own fault; the others go on", feed.url)
            await self._put_off(feed, PublisherError(f"internal fault: {fault!r}"))
        else:
            if feed.problem:
                log.info("feed %s works again", feed.url)

    async def _take_answer(self, feed: Feed, fetched: Fetched) -> None:
        if fetched.status == NOT_MODIFIED:
            await self._feeds.record_unchanged(feed.feed_id, self._clock.now(), self._next())
        elif fetched.body is None:
            raise FetchError("the answer is empty", status=fetched.status)
        else:
            parsed = await self._parser.parse(fetched.url, fetched.body, fetched.content_type)
            await self._take_in(feed, fetched, parsed)

    async def _take_in(self, feed: Feed, fetched: Fetched, parsed: ParsedFeed) -> None:
        reading = await asyncio.to_thread(identify, parsed.entries)
        known = await self._feeds.known(feed.feed_id, [key for _, keys in reading for key in keys])
        decision = decide(feed, reading, known)
        recording = await asyncio.to_thread(self._recording, feed, fetched, parsed, decision, dict(known))
        await self._feeds.record_reading(recording)
        if recording.topics:
            log.info("feed %s: %d topics wanted", feed.url, len(recording.topics))
            self._on_wanted()

    def _recording(
        self, feed: Feed, fetched: Fetched, parsed: ParsedFeed, decision: Decision, entry_ids: dict[str, int]
    ) -> Recording:
        """Everything that is to be stored, rendered and with its ids. Runs off the event loop."""
        entries = []
        for entry, keys in decision.new:
            entries.append(EntryRecord(entry_id=self._ids.new(), keys=keys, entry=entry))
            entry_ids |= dict.fromkeys(keys, entries[-1].entry_id)
        topics = [
            self._topic(feed, parsed, subscription, item, entry_ids)
            for subscription, items in decision.wanted
            for item in items
        ]
        return Recording(
            feed_id=feed.feed_id,
            parsed=parsed,
            validators=fetched.validators,
            at=self._clock.now(),
            next_poll_at=self._next(),
            entries=tuple(entries),
            aliases=decision.aliases,
            topics=tuple(topics),
            seeded=tuple(s.subscription_id for s in feed.subscriptions if not s.seeded),
        )

    def _topic(
        self,
        feed: Feed,
        parsed: ParsedFeed,
        subscription: Subscription,
        item: Identified,
        entry_ids: dict[str, int],
    ) -> tuple[Topic, TopicMessage]:
        entry, keys = item
        options = subscription.options
        topic_id = self._ids.new()
        name, message = present(
            entry,
            options.templates,
            publisher=options.name or parsed.title or urlsplit(feed.url).netloc,
            publisher_link=parsed.link,
            topic_id=topic_id,
            mention_role_id=options.mention_role_id,
        )
        topic = Topic(
            topic_id=topic_id,
            channel_id=subscription.channel_id,
            name=name,
            entry_id=next(entry_ids[key] for key in keys if key in entry_ids),
            subscription_id=subscription.subscription_id,
            tags=options.tags,
        )
        first = TopicMessage(
            record_id=self._ids.new(), topic_id=topic.topic_id, kind=MessageKind.STARTER, wanted=message
        )
        return topic, first

    async def _put_off(self, feed: Feed, error: PublisherError) -> None:
        """Leave a failing feed alone for longer and longer; the operator is told once of each problem."""
        now = self._clock.now()
        asked = error.retry_after if isinstance(error, FetchError) else None
        ended = isinstance(error, FetchError) and error.gone
        next_poll_at = None if ended else now + backoff(self._interval, feed.failures + 1, asked)
        if str(error) != feed.problem:
            log.warning("feed %s: %s; %s", feed.url, error, _outlook(ended=ended))
        await self._feeds.record_failure(feed.feed_id, str(error), now, next_poll_at)

    def _next(self) -> datetime:
        return self._clock.now() + self._interval


def _outlook(*, ended: bool) -> str:
    return (
        "it is not asked again until the next start" if ended else "trying again later, less and less often"
    )
