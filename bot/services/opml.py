"""Subscription lists as OPML files: taken over from feed readers and other servers, and handed out.

Fetches nothing: what is taken over is first asked by polling, one feed after the other, and posts nothing of what is
there already.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Container
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.domain.feeds import FeedOrder
from bot.domain.identity import canonical_link
from bot.domain.outlines import Outline, Rejected
from bot.domain.subscriptions import MOST
from bot.domain.wording import Phrase
from bot.errors import ForumError, RefusedError
from bot.ports import Channel, ChannelKind, Clock, Forum, Parser, SubscriptionStore
from bot.services.proposing import Manager
from bot.services.subscribing import FULL, MOST_TAGS, Subscribing, checked

APART = timedelta(seconds=2)  # Between the first polls of two feeds.
LONGEST_URL = 2_000

MayMention = Callable[[int], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a list's feeds. `unmentioned` were added without the role that the list names for them."""

    added: int = 0
    known: int = 0
    unmentioned: int = 0
    rejected: tuple[Rejected, ...] = ()


@dataclass(slots=True)
class _Import:
    """A list on its way in. `there` are the guild's channels; `taken` are channels with the addresses they have.

    `room`: so many more may come.
    """

    manager: Manager
    channel_id: int
    may_mention: MayMention
    there: Container[int]
    taken: set[tuple[int, str]]
    room: int
    wanted: list[tuple[FeedOrder, Outline]] = field(default_factory=list)
    known: int = 0
    rejected: list[Rejected] = field(default_factory=list)


class SubscriptionLists:
    def __init__(
        self,
        subscribing: Subscribing,
        subscriptions: SubscriptionStore,
        forum: Forum,
        clock: Clock,
        parser: Parser,
        *,
        on_subscribed: Callable[[], None],
    ) -> None:
        self._subscribing = subscribing
        self._subscriptions = subscriptions
        self._forum = forum
        self._clock = clock
        self._parser = parser
        self._on_subscribed = on_subscribed

    async def take_over(
        self, manager: Manager, body: bytes, channel_id: int, may_mention: MayMention
    ) -> Imported:
        """Feeds that name a channel of this guild go there, all others into `channel_id`.

        Raises ParseError for what is no OPML, RefusedError where the channel takes no topic.
        """
        found = await self._parser.read_outlines(body)
        await self._subscribing.place(manager.guild_id, channel_id, None)
        names = await self._subscribing.suggest(manager.guild_id, "", limit=10 * MOST)
        coming = _Import(
            manager,
            channel_id,
            may_mention,
            there=self._forum.reach(manager.guild_id),
            taken={(each.channel_id, canonical_link(each.url)) for each in names},
            room=MOST - len(names),
            rejected=list(found.rejected),
        )
        for outline in found.outlines:
            await self._judge(coming, outline)
        await self._add(coming)
        return Imported(
            added=len(coming.wanted),
            known=coming.known,
            unmentioned=sum(_is_unmentioned(*each) for each in coming.wanted),
            rejected=tuple(coming.rejected),
        )

    async def hand_out(self, guild_id: int, title: str) -> tuple[bytes, int]:
        """The guild's subscriptions as a file, in a folder for each channel; and how many they are."""
        folders: dict[int, list[Outline]] = defaultdict(list)
        cards = await self._subscribing.all(guild_id)
        for card in cards:
            subscription = card.subscription
            folders[subscription.channel_id].append(
                Outline(
                    url=card.url,
                    title=card.title,
                    channel_id=subscription.channel_id,
                    options=subscription.options,
                    paused=subscription.paused,
                )
            )
        named = [(await self._name(channel_id), outlines) for channel_id, outlines in folders.items()]
        return await self._parser.write_outlines(title, named), len(cards)

    async def _judge(self, coming: _Import, outline: Outline) -> None:
        """Into what is wanted, or among what is known or rejected."""
        try:
            order = await self._order(coming, outline)
        except RefusedError as error:
            why = Phrase(error.template, **error.params)
            coming.rejected.append(Rejected(name=outline.title or outline.url, why=why))
            return
        place = (order.channel_id, canonical_link(order.url))
        if place in coming.taken:
            coming.known += 1
        elif len(coming.wanted) >= coming.room:
            coming.rejected.append(Rejected(name=outline.title or outline.url, why=Phrase(FULL, most=MOST)))
        else:
            coming.taken.add(place)
            coming.wanted.append((order, outline))

    async def _order(self, coming: _Import, outline: Outline) -> FeedOrder:
        if len(outline.url) > LONGEST_URL:
            raise RefusedError("its address is too long")
        channel = await self._channel(coming, outline)
        options = replace(
            await asyncio.to_thread(checked, outline.options),
            tags=_tags(outline, channel),
            mention_role_id=_mention(outline, coming.may_mention),
        )
        await self._subscribing.place(coming.manager.guild_id, channel.channel_id, options.tags)
        return FeedOrder(url=outline.url, channel_id=channel.channel_id, options=options)

    async def _channel(self, coming: _Import, outline: Outline) -> Channel:
        """The one that the list names, if it is this guild's: Discord is not asked about any other."""
        named = outline.channel_id if outline.channel_id in coming.there else None
        return await self._forum.channel(named or coming.channel_id)

    async def _add(self, coming: _Import) -> None:
        now = self._clock.now()
        orders = [(order, now + number * APART) for number, (order, _outline) in enumerate(coming.wanted)]
        manager = coming.manager
        added = await self._subscriptions.add(orders, manager.guild_id, manager.user_id, now)
        for subscription_id, (_order, outline) in zip(added, coming.wanted, strict=True):
            if outline.paused and subscription_id is not None:
                await self._subscriptions.pause(subscription_id, now)
        self._on_subscribed()

    async def _name(self, channel_id: int) -> str:
        try:
            return f"#{(await self._forum.channel(channel_id)).name}"
        except ForumError:
            return str(channel_id)


def _tags(outline: Outline, channel: Channel) -> tuple[str, ...]:
    """Those that the forum has, of the list's own tags, or else of its folders and categories."""
    if channel.kind is not ChannelKind.FORUM:
        return ()
    there = {name.casefold(): name for name in channel.tags}
    wanted = outline.options.tags or outline.labels
    return tuple(dict.fromkeys(there[tag.casefold()] for tag in wanted if tag.casefold() in there))[
        :MOST_TAGS
    ]


def _mention(outline: Outline, may_mention: MayMention) -> int | None:
    role_id = outline.options.mention_role_id
    return role_id if role_id is not None and may_mention(role_id) else None


def _is_unmentioned(order: FeedOrder, outline: Outline) -> bool:
    return order.options.mention_role_id != outline.options.mention_role_id
