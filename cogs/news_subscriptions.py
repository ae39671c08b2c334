"""`/news list`, `remove`, `pause`, `resume`, `edit`: a command, one service call, an answer. Decides nothing."""

from typing import Any

import discord
from discord import app_commands

from bot.domain.feeds import Overflow
from bot.domain.live_blogs import LiveCard
from bot.domain.subscriptions import Health, SubscriptionCard
from bot.domain.text import cut
from bot.domain.wording import Phrase, _
from bot.errors import RefusedError
from bot.services.subscribing import Changes
from cogs.answering import Answer, Reply, answer
from cogs.modals import open_modal
from cogs.news_cards import card_lines, live_lines, live_named, named, place_of
from cogs.news_commands import (
    FEED,
    FILTER,
    TAGS,
    NewsCommands,
    Place,
    Typed,
    manager_of,
    mentionable,
    tags_from,
)
from cogs.news_templates import TemplatesModal
from cogs.paging import Kind, paged
from cogs.services import Services

OFF = "off"
_CARD = 800
SUBSCRIPTIONS = Kind(r"nightdesk:subscriptions:(?P<page>\d{1,6})", lambda _: None)


class Subscriptions(NewsCommands):
    """Mixed into the `/news` group."""

    @app_commands.command(name="list", description="Show the server's subscriptions and how they fare")
    async def show_list(self, interaction: discord.Interaction) -> None:
        await answer(
            interaction, subscriptions_page(self.services, interaction, None, 0), self.services.texts
        )

    @app_commands.command(
        name="remove", description="End a subscription, or stop following a live blog; what was posted stays"
    )
    @app_commands.describe(feed="Which subscription or live blog: choose one from the list")
    async def remove(self, interaction: discord.Interaction, feed: str) -> None:
        async def work() -> Answer:
            card = await self.services.overview.remove(manager_of(interaction).guild_id, feed)
            if isinstance(card, LiveCard):
                return Phrase(_UNFOLLOWED, title=f"**{live_named(card)}**", place=place_of(card))
            return _told(_("{feed} does not come to {channel} any more. What it posted stays."), card)

        await answer(interaction, work(), self.services.texts)

    @app_commands.command(name="pause", description="Post nothing of a subscription for now")
    @app_commands.describe(feed=FEED)
    async def pause(self, interaction: discord.Interaction, feed: str) -> None:
        async def work() -> Answer:
            card = await self.services.subscribing.pause(manager_of(interaction).guild_id, feed)
            return _told(_("{feed} is paused in {channel}. What comes meanwhile is not posted later."), card)

        await answer(interaction, work(), self.services.texts)

    @app_commands.command(name="resume", description="Post a subscription again, also one held back or ended")
    @app_commands.describe(feed=FEED)
    async def resume(self, interaction: discord.Interaction, feed: str) -> None:
        async def work() -> Answer:
            card = await self.services.subscribing.resume(manager_of(interaction).guild_id, feed)
            return _told(_RESUMED.get(card.health, _RESUMED[Health.PAUSED]), card)

        await answer(interaction, work(), self.services.texts)

    @app_commands.command(name="edit", description="Change how a subscription is posted")
    @app_commands.describe(
        feed=FEED,
        channel="Post in this channel from now on",
        tags=f"{TAGS}; off",
        mention="A role to mention in each topic; @everyone: nobody",
        filter=f"{FILTER}; off",
        name="What the publisher is called here; off: what it calls itself",
        at_most="Topics in an hour, at most",
        overflow="What becomes of entries beyond that",
        follow_live="Whether entries whose page is a live blog are followed",
        templates="Change the templates for names, starters and updates",
    )
    @app_commands.choices(
        overflow=[
            app_commands.Choice(name="Post them later, each by itself", value=Overflow.DELAY.value),
            app_commands.Choice(name="List them in one topic", value=Overflow.DIGEST.value),
        ]
    )
    async def edit(  # noqa: PLR0917 - the options of the command, in the order in which Discord shows them.
        self,
        interaction: discord.Interaction,
        feed: str,
        channel: Place | None = None,
        tags: Typed | None = None,
        mention: discord.Role | None = None,
        filter: Typed | None = None,  # noqa: A002 - the option's name.
        name: app_commands.Range[str, 1, 80] | None = None,
        at_most: app_commands.Range[int, 1, 100] | None = None,
        overflow: str | None = None,
        follow_live: bool | None = None,  # noqa: FBT001 - an option of the command.
        templates: bool = False,  # noqa: FBT001, FBT002 - an option of the command.
    ) -> None:
        given: dict[str, Any] = {
            "channel_id": channel.id if channel else None,
            "tags": tags_from(_unless_off(tags)) if tags is not None else None,
            "filter": _unless_off(filter),
            "name": _unless_off(name),
            "at_most": at_most,
            "overflow": Overflow(overflow) if overflow else None,
            "follow_live": follow_live,
        }
        if templates:
            alone = mention is None and all(value is None for value in given.values())
            return await open_modal(
                interaction, self._ask_for_templates(interaction, feed, alone=alone), self.services.texts
            )
        return await answer(interaction, self._edit(interaction, feed, mention, given), self.services.texts)

    @remove.autocomplete("feed")
    async def _suggest_removable(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await self.suggest_removable(interaction, current)

    @pause.autocomplete("feed")
    @resume.autocomplete("feed")
    @edit.autocomplete("feed")
    async def _suggest_feed(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await self.suggest_subscriptions(interaction, current)

    @edit.autocomplete("tags")
    async def _suggest_tags(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await self.suggest_forum_tags(interaction, current)

    async def _edit(
        self, interaction: discord.Interaction, feed: str, mention: discord.Role | None, given: dict[str, Any]
    ) -> Answer:
        guild_id = manager_of(interaction).guild_id
        if mention is not None:
            given["mention_role_id"] = 0 if mention.is_default() else mentionable(interaction, mention)
        card = await self.services.subscribing.edit(guild_id, feed, Changes(**given))
        return self._changed(interaction, card)

    def _changed(self, interaction: discord.Interaction, card: SubscriptionCard) -> Answer:
        speaker = self.services.texts.speaker(str(interaction.locale))
        return Reply(
            text=Phrase(_("This holds from now on.")),
            embed=discord.Embed(description=cut(card_lines(card, speaker), _CARD)),
        )

    async def _ask_for_templates(
        self, interaction: discord.Interaction, feed: str, *, alone: bool
    ) -> discord.ui.Modal:
        guild_id = manager_of(interaction).guild_id
        if not alone:
            raise RefusedError("Change the templates by themselves, without other options.")
        card = await self.services.subscribing.editable(guild_id, feed)
        subscription = card.subscription
        return TemplatesModal(
            self.services, interaction, subscription.subscription_id, subscription.options.templates
        )


_UNFOLLOWED = _(
    "The live blog {title} is not followed in {place} any more. The thread and its messages stay as they are."
)
_RESUMED = {
    Health.PAUSED: _("{feed} is posted in {channel} again."),
    Health.QUARANTINED: _("{feed} is trusted again: what is new in it from now on is posted in {channel}."),
    Health.ENDED: _("{feed} is asked once more; `/news list` shows in a minute whether it answers."),
}


async def subscriptions_page(
    services: Services, interaction: discord.Interaction, _what: None, number: int
) -> Answer:
    """A page of the guild's subscriptions and live blogs, for whoever manages it."""
    speaker = services.texts.speaker(str(interaction.locale))
    page = await services.overview.page(manager_of(interaction).guild_id, number)
    title = speaker.say_n("{count} subscription", "{count} subscriptions", page.all_subscriptions)
    if page.all_live_blogs:
        live = speaker.say_n("{count} live blog", "{count} live blogs", page.all_live_blogs)
        title = f"{title} · {live}"
    lines = [card_lines(card, speaker) for card in page.subscriptions]
    lines += [live_lines(card, speaker) for card in page.live_blogs]
    return paged(
        [cut(text, _CARD) for text in lines],
        page,
        title=title,
        nothing=speaker.say("There are none. `/news add` makes one."),
        custom_id=lambda number: f"nightdesk:subscriptions:{number}",
        speaker=speaker,
    )


def _told(template: str, card: SubscriptionCard) -> Phrase:
    return Phrase(template, feed=f"**{named(card)}**", channel=f"<#{card.subscription.channel_id}>")


def _unless_off(text: str | None) -> str | None:
    return "" if text is not None and text.strip().casefold() == OFF else text
