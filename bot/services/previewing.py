"""`/news preview` and `/news test`: what would become of a feed, stage by stage, and one entry posted on trial.

A preview records nothing. A test is a topic of its own, marked as one: no entry counts as posted by it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.domain import marking
from bot.domain.deciding import Decision, Fate, Verdict
from bot.domain.entries import Entry, ParsedFeed
from bot.domain.feeds import Feed, FeedOrder, Subscription
from bot.domain.messages import Message
from bot.domain.rendering import thread_name
from bot.domain.subscriptions import SubscriptionCard
from bot.domain.text import clean, cut
from bot.domain.topics import MessageKind, Topic, TopicMessage
from bot.domain.wording import _
from bot.errors import RefusedError
from bot.ports import Clock, FeedStore, Forum, Ids, SubscriptionStore, TopicStore
from bot.services.deciding import Deciding
from bot.services.finding import Finding, Look
from bot.services.offering import look_of, newest_of
from bot.services.publishing import Publishing
from bot.services.subscribing import Subscribing
from bot.texts import Texts

SHOWN = 5  # Entries whose verdict is told one by one.
PREFIX = "[Test] "
NAME = 100
NOTE = _("This is a test: it shows how an entry of {feed} looks. The entry itself is not counted as posted.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What each stage brought. `verdicts` are of the newest entries, newest first; `fates` counts all of them.

    `subscribed`: it is a subscription's feed; otherwise the verdicts are those of a first poll.
    """

    look: Look
    subscribed: bool
    verdicts: tuple[Verdict, ...] = ()
    fates: Mapping[Fate, int] = field(default_factory=dict)
    quarantined: bool = False
    name: str = ""
    message: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """Where a test stands; `thread_id` None: recorded, and Discord does not show it yet."""

    channel_id: int
    thread_id: int | None


class Previewing:
    def __init__(
        self,
        finding: Finding,
        deciding: Deciding,
        subscribing: Subscribing,
        *,
        feeds: FeedStore,
        subscriptions: SubscriptionStore,
        topics: TopicStore,
        forum: Forum,
        publishing: Publishing,
        texts: Texts,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._finding = finding
        self._deciding = deciding
        self._subscribing = subscribing
        self._feeds = feeds
        self._subscriptions = subscriptions
        self._topics = topics
        self._forum = forum
        self._publishing = publishing
        self._texts = texts
        self._clock = clock
        self._ids = ids

    async def examine_address(self, typed: str, channel_id: int) -> Examination:
        """As if the channel had just subscribed to it."""
        look = await self._finding.look(typed)
        subscription = Subscription(subscription_id=0, channel_id=channel_id, by_file=False)
        feed = Feed(feed_id=0, url=look.url, subscriptions=(subscription,))
        return await self._examine(look, feed, subscription, subscribed=False)

    async def examine(self, guild_id: int, chosen: str) -> Examination:
        """As it is for that subscription."""
        card = await self._subscribing.card(guild_id, chosen)
        feed = replace(await self._feeds.get(card.feed_id), subscriptions=(card.subscription,))
        look = await self._finding.look(feed.address)
        return await self._examine(look, feed, card.subscription, subscribed=True)

    async def _examine(
        self, look: Look, feed: Feed, subscription: Subscription, *, subscribed: bool
    ) -> Examination:
        if look.feed is None:
            look = replace(look, candidates=await self._finding.offers(look))
            return Examination(look=look, subscribed=subscribed)
        decision = await self._deciding.decide(feed, look.feed)
        newest = newest_of(look.feed.entries)
        order = _order(feed.url, subscription)
        name, message = await look_of(newest, order, look.feed) if newest else ("", None)
        return Examination(
            look=look,
            subscribed=subscribed,
            verdicts=_newest(decision),
            fates=Counter(verdict.fate for verdict in decision.verdicts),
            quarantined=decision.quarantined or feed.quarantined_at is not None,
            name=name,
            message=message,
        )

    async def test(self, guild_id: int, chosen: str) -> Tested:
        """Post the newest entry on trial. Raises RefusedError where there is none, or the channel takes no topic."""
        card = await self._subscribing.card(guild_id, chosen)
        subscription = card.subscription
        await self._subscribing.place(guild_id, subscription.channel_id, subscription.options.tags)
        feed = await self._feeds.get(card.feed_id)
        parsed = (await self._finding.look(feed.address)).feed
        newest = newest_of(parsed.entries) if parsed else None
        if parsed is None or newest is None:
            raise RefusedError("There is no entry in it that could be posted.")
        topic, starter = await self._trial(guild_id, card, parsed, newest)
        await self._subscriptions.want_test(topic, starter, self._clock.now())
        await self._publishing.publish(topic.topic_id)
        thread_id = await self._topics.thread_of(topic.topic_id)
        return Tested(channel_id=topic.channel_id, thread_id=thread_id)

    async def _trial(
        self, guild_id: int, card: SubscriptionCard, parsed: ParsedFeed, entry: Entry
    ) -> tuple[Topic, TopicMessage]:
        subscription, topic_id = card.subscription, self._ids.new()
        name, message = await look_of(entry, _order(card.url, subscription), parsed, topic_id)
        note = self._texts.say(
            await self._forum.language(guild_id), NOTE, feed=marking.escape(cut(clean(card.name), NAME))
        )
        topic = Topic(
            topic_id=topic_id,
            guild_id=guild_id,
            channel_id=subscription.channel_id,
            name=thread_name(name, PREFIX),
            tags=subscription.options.tags,
        )
        starter = TopicMessage(
            record_id=self._ids.new(),
            topic_id=topic_id,
            kind=MessageKind.STARTER,
            wanted=replace(message, content=f"-# {note}"),
        )
        return topic, starter


def _order(url: str, subscription: Subscription) -> FeedOrder:
    return FeedOrder(url=url, channel_id=subscription.channel_id, options=subscription.options)


def _newest(decision: Decision) -> tuple[Verdict, ...]:
    return tuple(reversed(decision.verdicts[-SHOWN:]))
