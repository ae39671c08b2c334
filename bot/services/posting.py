"""One item posted by hand: read from its page, corrected by a person, recorded with who did it, and shown.

A page that the channel has already is posted again only where the person says so.
"""

from dataclasses import dataclass

from bot.domain.cases import Case, Deed
from bot.domain.fetching import Validators
from bot.domain.posting import Item, Order, compose, from_json, item_of_page, to_json
from bot.domain.topics import MessageKind, State, Topic, TopicMessage
from bot.domain.wording import _
from bot.errors import PublisherError, RefusedError
from bot.ports import Caller, Clock, Fetcher, Forum, Ids, Parser, PostStore, TopicName, TopicStore
from bot.services.moderation import actor_of
from bot.services.proposing import Manager, Proposals
from bot.services.publishing import Publishing
from bot.services.subscribing import Subscribing
from bot.texts import Texts

ORIGINAL = _("Original message")
MOST_CHANNELS = 25  # Discord, "String Select".


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """`thread_id` None: recorded, and Discord does not show it yet."""

    thread_id: int | None
    channel_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The channel has the page; `proposal_id` is to be confirmed for it to be posted all the same."""

    topic: TopicName
    proposal_id: int


class Posting:
    def __init__(
        self,
        posts: PostStore,
        topics: TopicStore,
        forum: Forum,
        *,
        publishing: Publishing,
        subscribing: Subscribing,
        proposals: Proposals,
        fetcher: Fetcher,
        parser: Parser,
        clock: Clock,
        ids: Ids,
        texts: Texts,
    ) -> None:
        self._posts = posts
        self._topics = topics
        self._forum = forum
        self._publishing = publishing
        self._subscribing = subscribing
        self._proposals = proposals
        self._fetcher = fetcher
        self._parser = parser
        self._clock = clock
        self._ids = ids
        self._texts = texts

    async def read(self, url: str) -> Item:
        """What a page says of itself. Raises RefusedError telling what is wrong with it."""
        try:
            fetched = await self._fetcher.fetch(url, Validators())
            body = fetched.body or b""
            return item_of_page(await self._parser.parse_article(fetched.url, body, fetched.content_type))
        except PublisherError as error:
            raise RefusedError("I cannot read that page: {problem}", problem=str(error)) from error

    async def check(self, guild_id: int, caller: Caller, channel_id: int, tags: tuple[str, ...] = ()) -> None:
        """Raises RefusedError where the caller cannot see the channel, or it takes no topic with these tags."""
        if channel_id not in self._forum.viewable(guild_id, caller):
            raise RefusedError("You cannot see that channel.")
        await self._subscribing.place(guild_id, channel_id, tags)

    async def channels(self, guild_id: int, caller: Caller, first: int) -> list[int]:
        """Where news goes in the guild, as far as the caller sees it; `first` leads where it is one of them.

        Of a guild without news channels only `first`.
        """
        visible = self._forum.viewable(guild_id, caller)
        known = {each.channel_id for each in await self._subscribing.suggest(guild_id, "", limit=1000)}
        found = sorted(known & set(visible), key=lambda channel_id: (channel_id != first, channel_id))
        return found[:MOST_CHANNELS] or [first]

    async def keep(self, manager: Manager, order: Order) -> int:
        """For later: the id by which `recall` finds it."""
        return await self._proposals.keep(manager, to_json(order))

    async def recall(self, manager: Manager, proposal_id: int) -> Order:
        """Raises RefusedError for anybody else, and when it is over."""
        return from_json(await self._proposals.read(manager, proposal_id))

    async def post(self, guild_id: int, caller: Caller, order: Order, locale: str) -> Posted | Known:
        """Record it and show it. Raises RefusedError where the channel takes no topic."""
        await self.check(guild_id, caller, order.channel_id, order.tags)
        topic_id = self._ids.new()
        there = await self._record(topic_id, guild_id, caller, order, locale, again=False)
        if there is not None:
            manager = Manager(guild_id=guild_id, user_id=caller.id)
            return Known(topic=there, proposal_id=await self.keep(manager, order))
        return await self._show(topic_id, order)

    async def post_again(self, guild_id: int, caller: Caller, proposal_id: int, locale: str) -> Posted:
        """Once, for who was told that the channel has it."""
        payload = await self._proposals.settle(Manager(guild_id=guild_id, user_id=caller.id), proposal_id)
        order = from_json(payload)
        await self.check(guild_id, caller, order.channel_id, order.tags)
        topic_id = self._ids.new()
        await self._record(topic_id, guild_id, caller, order, locale, again=True)
        return await self._show(topic_id, order)

    async def _record(
        self, topic_id: int, guild_id: int, caller: Caller, order: Order, locale: str, *, again: bool
    ) -> TopicName | None:
        now = self._clock.now()
        name, message = compose(order.item, topic_id, self._texts.say(locale, ORIGINAL))
        topic = Topic(
            topic_id=topic_id, guild_id=guild_id, channel_id=order.channel_id, name=name, tags=order.tags
        )
        starter = TopicMessage(
            record_id=self._ids.new(), topic_id=topic_id, kind=MessageKind.STARTER, wanted=message
        )
        case = Case(
            case_id=self._ids.new(),
            guild_id=guild_id,
            topic_id=topic_id,
            deed=Deed.POST,
            actor=actor_of(caller),
            reason="",
            before=State.OPEN,  # What is made cannot be taken back: it can be closed.
            after=State.OPEN,
            at=now,
        )
        return await self._posts.put(topic, starter, order.item, case, now, again=again)

    async def _show(self, topic_id: int, order: Order) -> Posted:
        await self._publishing.publish(topic_id)
        return Posted(thread_id=await self._topics.thread_of(topic_id), channel_id=order.channel_id)
