"""All that a guild gets: its subscriptions, and behind them the live blogs that it follows; listed, and ended.

Never touches a thread or a message: what was posted stays as it is.
"""

from dataclasses import dataclass

from bot.domain.identity import canonical_link
from bot.domain.live_blogs import LiveCard
from bot.domain.subscriptions import SubscriptionCard
from bot.errors import RefusedError
from bot.ports import Clock, LiveStore
from bot.services.subscribing import NOT_THERE, Subscribing

ON_A_PAGE = 5
LIVE = "live:"  # Before the id of a topic, where a completion offers a live blog.


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewPage:
    """Some of what a guild gets; pages count from 0."""

    subscriptions: tuple[SubscriptionCard, ...]
    live_blogs: tuple[LiveCard, ...]
    number: int
    has_next: bool
    all_subscriptions: int
    all_live_blogs: int


class Overview:
    def __init__(self, subscribing: Subscribing, live: LiveStore, clock: Clock) -> None:
        self._subscribing = subscribing
        self._live = live
        self._clock = clock

    async def page(self, guild_id: int, number: int) -> OverviewPage:
        begin, end = number * ON_A_PAGE, (number + 1) * ON_A_PAGE
        cards, count = await self._subscribing.some(guild_id, limit=ON_A_PAGE, offset=begin)
        live = await self._live.cards(guild_id)
        return OverviewPage(
            subscriptions=tuple(cards),
            live_blogs=tuple(live[max(begin - count, 0) : max(end - count, 0)]),
            number=number,
            has_next=count + len(live) > end,
            all_subscriptions=count,
            all_live_blogs=len(live),
        )

    async def suggest_live(self, guild_id: int, text: str, limit: int = 25) -> list[LiveCard]:
        """For a completion: those whose name or address has the text."""
        wanted = text.casefold()
        found = [
            each
            for each in await self._live.cards(guild_id)
            if wanted in each.name.casefold() or wanted in each.url.casefold()
        ]
        return found[:limit]

    async def remove(self, guild_id: int, chosen: str) -> SubscriptionCard | LiveCard:
        """End a subscription or the following of a live blog: chosen from the list, or typed as its name or address.

        The card is as it was before.
        """
        card = await self._live_card(guild_id, chosen.strip())
        if card is None:
            return await self._subscribing.remove(guild_id, chosen)
        if not await self._live.unfollow(card.topic_id, self._clock.now()):
            raise RefusedError(NOT_THERE)
        return card

    async def _live_card(self, guild_id: int, chosen: str) -> LiveCard | None:
        """A subscription of the same name goes first: it can be typed, a live blog chosen from the list."""
        cards = await self._live.cards(guild_id)
        if chosen.startswith(LIVE):
            found = [each for each in cards if chosen == f"{LIVE}{each.topic_id}"]
            if not found:
                raise RefusedError(NOT_THERE)
            return found[0]
        if not chosen or await self._subscribing.suggest(guild_id, chosen, limit=1):
            return None
        same = {chosen.casefold(), canonical_link(chosen).casefold()}
        found = [each for each in cards if same & {each.name.casefold(), canonical_link(each.url).casefold()}]
        return found[0] if len(found) == 1 else None
