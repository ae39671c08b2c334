"""What the parts of the `/topic` group share: their services, which topic is meant, and its completion."""

from collections.abc import Sequence

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.topics import State, thread_id_from
from bot.errors import RefusedError
from bot.ports import TopicName
from bot.services.moderation import Ask
from bot.texts import ENGLISH
from cogs.services import Services

Reason = app_commands.Range[str, 1, 400]

TOPIC = "Which topic: choose one, or give a link or id. Default: this thread"
REASON = "Why; members see it in the notice"


class TopicCommands(commands.Cog):
    """A part of the group, to be mixed in: Discord's group is one, its code need not be."""

    services: Services

    async def suggest_topics(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return choices_of(await self.services.moderation.suggest(interaction.guild_id or 0, current))

    async def suggest_reasons(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        """The reasons that the channel's policy has at hand; any other can be typed."""
        place = interaction.channel
        channel_id = place.parent_id if isinstance(place, discord.Thread) else interaction.channel_id
        named = getattr(interaction.namespace, "topic", None)
        try:
            thread_id = thread_id_from(named) if named else interaction.channel_id
        except RefusedError:
            return []
        guild_id = interaction.guild_id or 0
        reasons = await self.services.moderation.reasons(guild_id, thread_id, channel_id or 0)
        fitting = [reason for reason in reasons if current.casefold() in reason.casefold()]
        return [app_commands.Choice(name=reason, value=reason) for reason in fitting]

    async def suggest_tags(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        tags = await self.services.shaping.tags_of(ask(interaction, interaction.namespace.topic))
        fitting = [tag for tag in tags if current.casefold() in tag.casefold()]
        return [app_commands.Choice(name=tag, value=tag) for tag in fitting[:25]]


def choices_of(topics: Sequence[TopicName]) -> list[app_commands.Choice[str]]:
    return [
        app_commands.Choice(name=short(f"{_MARKS[topic.state]}{topic.name}"), value=str(topic.thread_id))
        for topic in topics
    ]


_MARKS = {State.CLOSED: "🔒 "} | dict.fromkeys((State.OPEN, State.PENDING, State.GONE), "")


def ask(interaction: discord.Interaction, topic: str | None) -> Ask:
    if topic is None and not isinstance(interaction.channel, discord.Thread):
        raise RefusedError("This is no topic. Use the command inside one, or fill in `topic`.")
    thread_id = thread_id_from(topic) if topic is not None else interaction.channel_id
    assert interaction.guild_id is not None
    assert thread_id is not None
    return Ask(
        guild_id=interaction.guild_id,
        thread_id=thread_id,
        caller=interaction.user,
        locale=str(interaction.guild_locale or ENGLISH),
    )


def thread_of(message: discord.Message) -> int:
    """A message in a thread means that thread; one in a channel means the thread that hangs from it (same id)."""
    return message.channel.id if isinstance(message.channel, discord.Thread) else message.id


def short(name: str) -> str:
    """Discord allows 100 characters in a choice."""
    return name if len(name) <= 100 else f"{name[:99]}…"
