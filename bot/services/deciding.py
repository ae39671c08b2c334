"""What becomes of a reading of a feed, and why: asks the store what it knows, and the domain what follows.

Changes nothing, so that a preview can ask, too. Whatever takes time runs off the event loop.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot.domain.deciding import Decision, Memory, Refuse, decide
from bot.domain.entries import Entry, ParsedFeed
from bot.domain.feeds import Feed, Identified, Overflow, Subscription
from bot.domain.filters import Filter, parse_filter, refusal
from bot.domain.identity import identify, page
from bot.domain.listing import WaitingDigest
from bot.domain.matching import SeenEntry, is_mass, match, rematch, seen_entries, with_spare_names
from bot.domain.wording import Phrase
from bot.errors import RefusedError
from bot.ports import Clock, ReadingStore
from bot.services.aside import Aside

log = logging.getLogger(__name__)

ABOUT_TO_BE_POSTED = timedelta(minutes=1)
PAST = 500  # Of the feed's latest entries, among which a renamed one is looked for.


class Deciding:
    def __init__(self, readings: ReadingStore, clock: Clock, aside: Aside | None = None) -> None:
        self._readings = readings
        self._clock = clock
        self._aside = aside or Aside()
        self._told: set[str] = set()

    async def decide(self, feed: Feed, parsed: ParsedFeed) -> Decision:
        """For every entry and subscription, what becomes of it. `feed_id` 0: a feed that is not known yet."""
        found = await self._see(feed, parsed)
        refuse = await self._aside.run(self._refusals, feed, parsed.language)
        memory = replace(await self._memory(feed, found), refuse=refuse)
        return await self._aside.run(decide, feed, found, memory, self._clock.now())

    def _refusals(self, feed: Feed, language: str) -> Mapping[int, Refuse]:
        """A filter that this version cannot read lets everything pass: news is not lost for it. Takes time."""
        now = self._clock.now()
        refuse: dict[int, Refuse] = {}
        for subscription in feed.subscriptions:
            try:
                wanted = parse_filter(subscription.options.filter)
            except RefusedError as error:
                self._tell_once(f"feed {feed.url}, channel {subscription.channel_id}: no filter: {error}")
            else:
                refuse[subscription.subscription_id] = partial(_refuse, wanted, language, now)
        return refuse

    def _tell_once(self, problem: str) -> None:
        if problem not in self._told:
            self._told.add(problem)
            log.warning("%s", problem)

    async def _see(self, feed: Feed, parsed: ParsedFeed) -> tuple[SeenEntry, ...]:
        reading = await self._aside.run(identify, parsed.entries)
        known = await self._readings.known(feed.feed_id, _names(reading))
        doubted = await self._aside.run(with_spare_names, reading, known)
        if doubted != reading:
            reading, known = doubted, await self._readings.known(feed.feed_id, _names(doubted))
        assigned = await self._aside.run(match, reading, known)
        if feed.answered_at is not None and len(assigned) < len(reading):
            renamed = is_mass(len(reading), len(reading) - len(assigned))
            # What still stands in the feed was recorded lately.
            past = await self._readings.past(feed.feed_id, PAST if renamed else 2 * len(reading))
            assigned = await self._aside.run(rematch, reading, assigned, past)
        return await self._aside.run(seen_entries, reading, known, assigned, self._clock.now())

    async def _memory(self, feed: Feed, found: Sequence[SeenEntry]) -> Memory:
        links = await self._aside.run(_pages, found)
        changed = [seen.known.entry_id for seen in found if seen.known and seen.is_changed]
        wanting = [s for s in feed.subscriptions if not s.seeded or any(seen.known is None for seen in found)]
        return Memory(
            links=await self._readings.links([s.channel_id for s in wanting], links),
            planned={
                s.subscription_id: await self._readings.planned(s.subscription_id, s.options.at_most)
                for s in wanting
            },
            standing=await self._readings.standing(changed),
            waiting=await self._waiting([s for s in wanting if s.options.overflow is Overflow.DIGEST]),
        )

    async def _waiting(self, subscriptions: Iterable[Subscription]) -> Mapping[int, WaitingDigest]:
        """Not those that are about to be posted: they are as good as posted."""
        soon = self._clock.now() + ABOUT_TO_BE_POSTED
        ids = [s.subscription_id for s in subscriptions]
        found = [(each, await self._readings.waiting_digest(each, soon)) for each in ids]
        return {each: digest for each, digest in found if digest is not None}


def _refuse(wanted: Filter, language: str, now: datetime, entry: Entry) -> Phrase | None:
    return refusal(wanted, entry, language=language, now=now)


def _pages(found: Sequence[SeenEntry]) -> set[str]:
    return {link for seen in found if (link := page(seen.entry.link))}


def _names(reading: Iterable[Identified]) -> list[str]:
    return [name for _, names in reading for name in names]
