"""What the parts of the `/news` group share: their services, who may use them, and completions."""

from collections.abc import Iterable

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.text import clean
from bot.errors import NightdeskError, RefusedError
from bot.services.overview import LIVE
from bot.services.proposing import Manager
from cogs.services import Services
from cogs.topic_commands import short

Place = discord.ForumChannel | discord.TextChannel
Typed = app_commands.Range[str, 1, 1000]
Address = app_commands.Range[str, 1, 2000]

FEED = "Which subscription: choose one from the list"
CHANNEL = "The forum or channel. Default: this one"
TAGS = "Tags of the forum, separated by commas"
MENTION = "A role to mention in each topic"
FILTER = 'Which entries come: ferry "cable car" -strike category:sea language:en age:2d'


class NewsCommands(commands.Cog):
    """A part of the group, to be mixed in: Discord's group is one, its code need not be."""

    services: Services

    async def suggest_subscriptions(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        if not interaction.permissions.manage_guild:
            return []
        found = await self.services.subscribing.suggest(interaction.guild_id or 0, current)
        return [
            app_commands.Choice(
                name=short(f"{each.name[:70]} → #{_channel_name(interaction, each.channel_id)}"),
                value=str(each.subscription_id),
            )
            for each in found
        ]

    async def suggest_removable(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        """Subscriptions, and live blogs that are followed."""
        found = await self.suggest_subscriptions(interaction, current)
        if not interaction.permissions.manage_guild:
            return []
        speaker = self.services.texts.speaker(str(interaction.locale))
        live = [
            app_commands.Choice(
                name=short(
                    speaker.say(
                        "live: {title} → #{channel}",
                        title=clean(each.name)[:60],
                        channel=_channel_name(interaction, each.channel_id),
                    )
                ),
                value=f"{LIVE}{each.topic_id}",
            )
            for each in await self.services.overview.suggest_live(interaction.guild_id or 0, current)
        ]
        room = 25 - min(len(live), 10)
        return [*found[:room], *live][:25]

    async def suggest_forum_tags(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        """What is typed, with each tag that could come next."""
        done, _, beginning = current.rpartition(",")
        chosen = [tag.strip() for tag in done.split(",") if tag.strip()]
        fitting = [
            tag
            for tag in await self._tags_there(interaction)
            if beginning.strip().casefold() in tag.casefold() and tag not in chosen
        ]
        lists = [", ".join((*chosen, tag)) for tag in fitting]
        return [app_commands.Choice(name=short(tags), value=tags[:100]) for tags in lists[:25]]

    async def _tags_there(self, interaction: discord.Interaction) -> Iterable[str]:
        """Of the channel that is named, or else of that of the subscription, or else of this one."""
        guild_id, typed = interaction.guild_id or 0, interaction.namespace
        try:
            if getattr(typed, "channel", None) is not None:
                channel_id = typed.channel.id
            elif getattr(typed, "feed", None):
                channel_id = (
                    await self.services.subscribing.card(guild_id, typed.feed)
                ).subscription.channel_id
            else:
                channel_id = channel_of(interaction, None)
            channel = await self.services.subscribing.place(guild_id, channel_id, None)
        except NightdeskError:
            return ()
        return channel.tags


def _channel_name(interaction: discord.Interaction, channel_id: int) -> str:
    channel = interaction.guild.get_channel(channel_id) if interaction.guild else None
    return channel.name if channel else str(channel_id)


def manager_of(interaction: discord.Interaction) -> Manager:
    """Who asks. Raises RefusedError for who may not manage the server, whatever Discord was told to offer them."""
    if not interaction.permissions.manage_guild:
        raise RefusedError("You need *Manage Server* to do this.")
    assert interaction.guild_id is not None
    return Manager(guild_id=interaction.guild_id, user_id=interaction.user.id)


def channel_of(interaction: discord.Interaction, channel: Place | None) -> int:
    """The channel that was named; otherwise the one in which the command was used, or a thread's parent."""
    if channel is not None:
        return channel.id
    here = interaction.channel
    assert interaction.channel_id is not None
    return here.parent_id if isinstance(here, discord.Thread) else interaction.channel_id


def mentionable(interaction: discord.Interaction, role: discord.Role) -> int:
    """The role's id. Raises RefusedError where this person could not mention it by hand."""
    if role.is_default() or not (role.mentionable or interaction.permissions.mention_everyone):
        raise RefusedError("You may not mention that role yourself, so I do not do it for you.")
    return role.id


def tags_from(text: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag.strip() for tag in (text or "").split(",") if tag.strip()))
