"""A guild's subscriptions: made, changed, ended and listed for whoever manages the server.

Decides who may have what where; never fetches a feed and never writes to Discord. Those that the configuration file
owns can be paused here, and only the operator changes or removes them.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.domain import marking
from bot.domain.feeds import FeedOrder, Options, Overflow
from bot.domain.filters import parse_filter
from bot.domain.identity import canonical_link
from bot.domain.subscriptions import MOST, SubscriptionCard
from bot.domain.templates import Templates, check
from bot.domain.wording import Listing, _
from bot.errors import RefusedError
from bot.ports import Channel, ChannelKind, Clock, Forum, SubscriptionName, SubscriptionStore
from bot.services.proposing import Manager

MOST_TAGS = 5  # Discord, "Start Thread in Forum or Media Channel".
NOT_THERE = _("I know no such subscription here. Choose one from the list while you type.")
BY_FILE = _(
    "The bot's configuration file owns this subscription: only the operator of the bot can change or remove it there. "
    "You can pause it."
)
FULL = _("This server has {most} subscriptions, and there can be no more. Remove some first.")
THERE = _("{channel} has this feed already.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What `/news edit` changes; None leaves a thing as it is. `mention_role_id` 0: nobody."""

    channel_id: int | None = None
    tags: tuple[str, ...] | None = None
    mention_role_id: int | None = None
    filter: str | None = None
    name: str | None = None
    templates: Templates | None = None
    at_most: int | None = None
    overflow: Overflow | None = None
    follow_live: bool | None = None

    def of(self, options: Options) -> Options:
        """The options with these changes."""
        given: dict[str, Any] = {
            "tags": self.tags,
            "filter": self.filter,
            "name": self.name,
            "templates": self.templates,
            "at_most": self.at_most,
            "overflow": self.overflow,
            "follow_live": self.follow_live,
        }
        changed = replace(options, **{name: value for name, value in given.items() if value is not None})
        if self.mention_role_id is None:
            return changed
        return replace(changed, mention_role_id=self.mention_role_id or None)


class Subscribing:
    """`on_subscribed` is told that a feed is to be asked."""

    def __init__(
        self,
        subscriptions: SubscriptionStore,
        forum: Forum,
        *,
        clock: Clock,
        on_subscribed: Callable[[], None],
    ) -> None:
        self._subscriptions = subscriptions
        self._forum = forum
        self._clock = clock
        self._on_subscribed = on_subscribed

    async def suggest(self, guild_id: int, text: str, limit: int = 25) -> list[SubscriptionName]:
        """For a completion: those whose name or address has the text."""
        await self._place_known(guild_id)
        wanted = text.casefold()
        found = [
            each
            for each in await self._subscriptions.names(guild_id)
            if wanted in each.name.casefold() or wanted in each.url.casefold()
        ]
        return found[:limit]

    async def some(self, guild_id: int, *, limit: int, offset: int) -> tuple[list[SubscriptionCard], int]:
        """Some of the guild's subscriptions, and how many it has in all."""
        await self._place_known(guild_id)
        cards = await self._subscriptions.cards(guild_id, self._clock.now(), limit=limit, offset=offset)
        return cards, await self._subscriptions.count(guild_id)

    async def all(self, guild_id: int) -> list[SubscriptionCard]:
        await self._place_known(guild_id)
        return await self._subscriptions.cards(guild_id, self._clock.now(), limit=10 * MOST)

    async def card(self, guild_id: int, chosen: str) -> SubscriptionCard:
        """The subscription that was chosen from the list (its id), or typed as its name or address."""
        await self._place_known(guild_id)
        names = await self._subscriptions.names(guild_id)
        typed = chosen.strip()
        found = [each for each in names if typed == str(each.subscription_id)] or [
            each for each in names if typed.casefold() in {each.name.casefold(), each.url.casefold()}
        ]
        card = None
        if len(found) == 1:
            card = await self._subscriptions.card(guild_id, found[0].subscription_id, self._clock.now())
        if card is None:
            raise RefusedError(NOT_THERE)
        return card

    async def remove(self, guild_id: int, chosen: str) -> SubscriptionCard:
        card = await self.editable(guild_id, chosen)
        await self._subscriptions.remove(card.subscription.subscription_id, self._clock.now())
        return card

    async def pause(self, guild_id: int, chosen: str) -> SubscriptionCard:
        card = await self.card(guild_id, chosen)
        if card.subscription.paused:
            raise RefusedError("This subscription is paused already.")
        await self._subscriptions.pause(card.subscription.subscription_id, self._clock.now())
        return card

    async def resume(self, guild_id: int, chosen: str) -> SubscriptionCard:
        """Also ends a quarantine, and asks a feed again that had ended. The card is as it was before."""
        card = await self.card(guild_id, chosen)
        if not (card.subscription.paused or card.quarantined_at or card.next_poll_at is None):
            raise RefusedError("This subscription is not paused.")
        await self._subscriptions.resume(card.subscription.subscription_id, self._clock.now())
        self._on_subscribed()
        return card

    async def editable(self, guild_id: int, chosen: str) -> SubscriptionCard:
        """One that may be edited here."""
        return _ours(await self.card(guild_id, chosen))

    async def edit(self, guild_id: int, chosen: str, changes: Changes) -> SubscriptionCard:
        """The card as it is then. Raises RefusedError where a filter, a template, a tag or the channel will not do."""
        subscription = (await self.editable(guild_id, chosen)).subscription
        options = changes.of(subscription.options)
        if options == subscription.options and changes.channel_id in {None, subscription.channel_id}:
            raise RefusedError("Nothing was changed: fill in what is to be different.")
        options = await asyncio.to_thread(checked, options)
        channel_id = changes.channel_id or subscription.channel_id
        if changes.channel_id is not None or changes.tags is not None:
            await self.place(guild_id, channel_id, options.tags)
        if not await self._subscriptions.edit(subscription.subscription_id, channel_id, options):
            raise RefusedError(THERE, channel=f"<#{channel_id}>")
        return await self.card(guild_id, str(subscription.subscription_id))

    async def place(self, guild_id: int, channel_id: int, tags: Sequence[str] | None = ()) -> Channel:
        """A channel of the guild that can take topics with these tags (None: whichever).

        Raises RefusedError telling who can mend it.
        """
        channel = await self._forum.channel(channel_id)
        if channel.guild_id != guild_id:
            raise RefusedError("That channel is not in this server.")
        if channel.kind is ChannelKind.OTHER:
            raise RefusedError("Choose a forum, a text or an announcement channel.")
        if channel.missing:
            raise RefusedError(
                "In {channel} I lack: {missing}. Whoever manages that channel's permissions can give me these.",
                channel=f"<#{channel_id}>",
                missing=Listing(tuple(channel.missing)),
            )
        if tags is not None:
            _check_tags(channel, tags)
        return channel

    async def require_new(self, guild_id: int, order: FeedOrder) -> list[SubscriptionName]:
        """Where else in the guild this feed is. Raises RefusedError where the channel has it, or nothing more fits."""
        await self._place_known(guild_id)
        if await self._subscriptions.count(guild_id) >= MOST:
            raise RefusedError(FULL, most=MOST)
        names = await self._subscriptions.names(guild_id)
        same = [each for each in names if canonical_link(each.url) == canonical_link(order.url)]
        if any(each.channel_id == order.channel_id for each in same):
            raise RefusedError(THERE, channel=f"<#{order.channel_id}>")
        return same

    async def add(self, manager: Manager, order: FeedOrder) -> SubscriptionCard:
        """Subscribe, after all is checked once more: it may be a while since the preview."""
        await self.place(manager.guild_id, order.channel_id, order.options.tags)
        await self.require_new(manager.guild_id, order)
        now = self._clock.now()
        [added] = await self._subscriptions.add([(order, now)], manager.guild_id, manager.user_id, now)
        if added is None:
            raise RefusedError(THERE, channel=f"<#{order.channel_id}>")
        self._on_subscribed()
        return await self.card(manager.guild_id, str(added))

    async def _place_known(self, guild_id: int) -> None:
        """Learn which of the configuration file's subscriptions are this guild's: the file names channels only."""
        unplaced = await self._subscriptions.unplaced()
        there = self._forum.reach(guild_id) if unplaced else {}
        for channel_id in unplaced:
            if channel_id in there:
                await self._subscriptions.place(channel_id, guild_id)


def checked(options: Options) -> Options:
    """With the filter as it is understood. Raises RefusedError where filter or templates cannot be used. Takes time."""
    check(options.templates)
    return replace(options, filter=parse_filter(options.filter).text)


def _ours(card: SubscriptionCard) -> SubscriptionCard:
    if card.subscription.by_file:
        raise RefusedError(BY_FILE)
    return card


def _check_tags(channel: Channel, tags: Sequence[str]) -> None:
    if tags and channel.kind is not ChannelKind.FORUM:
        raise RefusedError("Only forums have tags.")
    known = {name.casefold() for name in channel.tags}
    there = Listing(tuple(marking.escape(name) for name in channel.tags))
    missing = tuple(marking.escape(tag) for tag in tags if tag.casefold() not in known)
    if missing and not channel.tags:
        raise RefusedError("That forum has no tags.")
    if missing:
        raise RefusedError(
            "That forum has no tag {missing}. It has: {there}.", missing=Listing(missing), there=there
        )
    if len(tags) > MOST_TAGS:
        raise RefusedError("Discord allows {most} tags for a post.", most=MOST_TAGS)
    if channel.requires_tag and not tags:
        raise RefusedError("That forum requires a tag. It has: {there}.", there=there)
