"""`/follow` and `/unfollow`, for everyone: a command, one service call, an answer. Decides nothing."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.wording import Phrase
from cogs.answering import Answer, answer
from cogs.cooldowns import a_few_a_minute
from cogs.services import Services
from cogs.topic_commands import TOPIC, ask, choices_of


class MembersCog(commands.Cog):
    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(name="follow", description="Follow a topic: Discord tells you of news in it")
    @app_commands.describe(topic=TOPIC)
    @app_commands.guild_only()
    @a_few_a_minute()
    async def follow(self, interaction: discord.Interaction, topic: str | None = None) -> None:
        await answer(interaction, self._follow(interaction, topic), self._services.texts)

    @app_commands.command(name="unfollow", description="Stop following a topic")
    @app_commands.describe(topic=TOPIC)
    @app_commands.guild_only()
    @a_few_a_minute()
    async def unfollow(self, interaction: discord.Interaction, topic: str | None = None) -> None:
        await answer(interaction, self._unfollow(interaction, topic), self._services.texts)

    @follow.autocomplete("topic")
    @unfollow.autocomplete("topic")
    async def _suggest(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        # A completion names no thread of its own: 0 stands for none.
        return choices_of(await self._services.following.suggest(ask(interaction, "0"), current))

    async def _follow(self, interaction: discord.Interaction, topic: str | None) -> Answer:
        asked = ask(interaction, topic)
        await self._services.following.follow_thread(asked)
        return Phrase(
            "You follow {topic} now: Discord tells you of news in it. Leave the thread to stop.",
            topic=f"<#{asked.thread_id}>",
        )

    async def _unfollow(self, interaction: discord.Interaction, topic: str | None) -> Answer:
        asked = ask(interaction, topic)
        await self._services.following.unfollow_thread(asked)
        return Phrase("You do not follow {topic} any more.", topic=f"<#{asked.thread_id}>")
