"""`/news add`: from an address over a choice and a preview to a subscription, or to a live blog that is followed.

Nothing is subscribed to before somebody has seen what would come and said yes.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from bot.domain.entries import Entry, ParsedFeed
from bot.domain.feeds import FeedOrder, Options
from bot.domain.filters import parse_filter, refusal
from bot.domain.live import LiveReading
from bot.domain.live_blogs import over_at_first_sight
from bot.domain.messages import Message
from bot.domain.presenting import present
from bot.domain.subscriptions import Candidate, Offer, SubscriptionCard, offer_from_json, offer_to_json
from bot.domain.urls import site
from bot.errors import PublisherError, RefusedError
from bot.ports import Clock, TopicStore
from bot.services.finding import Finding, Look, unreadable
from bot.services.proposing import Manager, Proposals
from bot.services.publishing import Publishing
from bot.services.subscribing import Subscribing, checked

OLDEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A page that leads to several; `proposal_id` is answered with the number of one of them."""

    proposal_id: int
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A live blog's topic; `thread_id` None: Discord does not show it yet."""

    channel_id: int
    thread_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would come, and how the newest of it would look.

    `passing` of `entries` pass the filter. `elsewhere`: channels of the guild that have the feed already. `live`: a
    live blog, which is followed.
    """

    proposal_id: int
    order: FeedOrder
    title: str
    language: str = ""
    entries: int = 0
    passing: int = 0
    live: bool = False
    elsewhere: tuple[int, ...] = ()
    name: str = ""
    message: Message | None = None


class Follower(Protocol):
    async def follow(self, url: str, channel_id: int, options: Options, guild_id: int | None = None) -> int:
        """A topic for a live blog; returns its id. Raises RefusedError, or PublisherError for the page."""


class Offering:
    def __init__(
        self,
        finding: Finding,
        subscribing: Subscribing,
        proposals: Proposals,
        *,
        live_blogs: Follower,
        publishing: Publishing,
        topics: TopicStore,
        clock: Clock,
    ) -> None:
        self._finding = finding
        self._subscribing = subscribing
        self._proposals = proposals
        self._live_blogs = live_blogs
        self._publishing = publishing
        self._topics = topics
        self._clock = clock

    async def offer(self, manager: Manager, typed: str, order: FeedOrder) -> Choice | Preview:
        """`order` has everything but the address. Raises RefusedError where it cannot come to that channel."""
        order = replace(order, options=await asyncio.to_thread(checked, order.options))
        await self._subscribing.place(manager.guild_id, order.channel_id, order.options.tags)
        look = await self._finding.find(typed)
        if len(look.candidates) == 1:
            return await self._preview(manager, await self._finding.look(look.candidates[0].url), order)
        if not look.candidates:
            return await self._preview(manager, look, order)
        offer = Offer(order=order, candidates=look.candidates)
        proposal_id = await self._proposals.keep(manager, offer_to_json(offer))
        return Choice(proposal_id=proposal_id, candidates=look.candidates)

    async def choose(self, manager: Manager, proposal_id: int, number: int) -> Preview:
        """One of the candidates, looked at. The others stay to be chosen."""
        offer = offer_from_json(await self._proposals.read(manager, proposal_id))
        if not 0 <= number < len(offer.candidates):
            raise RefusedError("That is not among what I found.")
        return await self._preview(
            manager, await self._finding.look(offer.candidates[number].url), offer.order
        )

    async def accept(self, manager: Manager, proposal_id: int) -> SubscriptionCard | Followed:
        """The new subscription, or the topic of the live blog that is followed."""
        async with self._proposals.answering(manager, proposal_id) as payload:
            offer = offer_from_json(payload)
            if offer.live:
                return await self._follow(manager, offer.order)
            card = await self._subscribing.add(manager, offer.order)
            return replace(card, title=card.title or offer.title)

    async def cancel(self, manager: Manager, proposal_id: int) -> None:
        await self._proposals.settle(manager, proposal_id)

    async def _follow(self, manager: Manager, order: FeedOrder) -> Followed:
        await self._subscribing.place(manager.guild_id, order.channel_id, order.options.tags)
        try:
            topic_id = await self._live_blogs.follow(
                order.url, order.channel_id, order.options, manager.guild_id
            )
        except PublisherError as error:
            raise unreadable(error) from error
        await self._publishing.publish(topic_id)
        return Followed(channel_id=order.channel_id, thread_id=await self._topics.thread_of(topic_id))

    async def _preview(self, manager: Manager, look: Look, order: FeedOrder) -> Preview:
        order = replace(order, url=look.url)
        if look.live:
            return await self._preview_of_live(manager, look.live, order)
        if look.feed is None:
            raise RefusedError("That address is no feed: {problem}", problem=look.problem)
        same = await self._subscribing.require_new(manager.guild_id, order)
        entries = look.feed.entries
        passing = await asyncio.to_thread(self._passing, entries, order, look.feed.language)
        newest = newest_of(passing or entries)
        name, message = await look_of(newest, order, look.feed) if newest else ("", None)
        offer = Offer(order=order, title=look.feed.title)
        return Preview(
            proposal_id=await self._proposals.keep(manager, offer_to_json(offer)),
            order=order,
            title=look.feed.title or look.url,
            language=look.feed.language,
            entries=len(entries),
            passing=len(passing),
            elsewhere=tuple(each.channel_id for each in same),
            name=name,
            message=message,
        )

    async def _preview_of_live(self, manager: Manager, live: LiveReading, order: FeedOrder) -> Preview:
        if await asyncio.to_thread(over_at_first_sight, live, self._clock.now()):
            raise RefusedError("That live blog is over.")
        offer = Offer(order=order, live=True)
        entry = Entry(
            link=order.url,
            title=live.title,
            body=live.standfirst,
            image=live.image,
            published_at=live.published_at,
        )
        feed = ParsedFeed(title=live.publisher, link=order.url)
        name, message = await look_of(entry, order, feed)
        return Preview(
            proposal_id=await self._proposals.keep(manager, offer_to_json(offer)),
            order=order,
            title=live.title or order.url,
            language=live.language,
            entries=len(live.updates),
            passing=len(live.updates),
            live=True,
            name=name,
            message=message,
        )

    def _passing(self, entries: Sequence[Entry], order: FeedOrder, language: str) -> list[Entry]:
        wanted, now = parse_filter(order.options.filter), self._clock.now()
        return [each for each in entries if refusal(wanted, each, language=language, now=now) is None]


def newest_of(entries: Sequence[Entry]) -> Entry | None:
    """By date where every entry has one, else the first of the document."""
    dated = [each for each in entries if each.published_at]
    if len(dated) == len(entries):
        return max(dated, key=lambda each: each.published_at or OLDEST, default=None)
    return entries[0]


async def look_of(entry: Entry, order: FeedOrder, feed: ParsedFeed, topic_id: int = 0) -> tuple[str, Message]:
    """The thread's name and starter, to be looked at: nobody is mentioned."""
    options = order.options
    return await asyncio.to_thread(
        present,
        entry,
        options.templates,
        publisher=options.name or feed.title or site(order.url),
        publisher_link=feed.link,
        topic_id=topic_id,
    )
