"""`/appeal`, for everyone, and the staff's buttons, which work after a restart, too. Decides nothing."""

import re
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.appeals import LONGEST, Decision
from bot.domain.wording import Phrase, _
from bot.services.appeals import Appeals
from bot.texts import Texts
from cogs.answering import Answer, answer
from cogs.buttons import lasting_button
from cogs.cooldowns import a_few_a_minute
from cogs.services import Services
from cogs.topic_commands import TOPIC, ask, choices_of

Text = app_commands.Range[str, 1, LONGEST]

_DECIDED = {
    Decision.REOPEN: _("{topic} is open again; whoever appealed is told."),
    Decision.DECLINE: _("{topic} stays closed; whoever appealed is told."),
}


class AppealsCog(commands.Cog):
    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(name="appeal", description="Ask the staff to open a closed topic again")
    @app_commands.describe(text="Why it should be open", topic=TOPIC)
    @app_commands.guild_only()
    @a_few_a_minute()
    async def appeal(self, interaction: discord.Interaction, text: Text, topic: str | None = None) -> None:
        await answer(interaction, self._appeal(interaction, text, topic), self._services.texts)

    @appeal.autocomplete("topic")
    async def _suggest(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        # A completion names no thread of its own: 0 stands for none.
        return choices_of(await self._services.appeals.suggest(ask(interaction, "0"), current))

    async def _appeal(self, interaction: discord.Interaction, text: str, topic: str | None) -> Answer:
        asked = ask(interaction, topic)
        delivered = await self._services.appeals.file(asked, text, str(interaction.locale))
        told = f"<#{asked.thread_id}>"
        if delivered:
            return Phrase("The staff has your appeal about {topic}. I tell you what they decide.", topic=told)
        return Phrase(
            "Your appeal about {topic} is recorded; the staff gets it as soon as I can.", topic=told
        )


def appeal_button(appeals: Appeals, texts: Texts) -> type[discord.ui.DynamicItem[Any]]:
    """The buttons under an appeal in the staff's channel."""

    async def decide(interaction: discord.Interaction, match: re.Match[str]) -> Answer:
        decision = Decision(match["decision"])
        thread_id = await appeals.decide(ask(interaction, "0"), int(match["appeal_id"]), decision)
        return Phrase(_DECIDED[decision], topic=f"<#{thread_id}>")

    template = r"nightdesk:appeal:(?P<appeal_id>\d{1,19}):(?P<decision>reopen|decline)"
    return lasting_button(template, decide, texts)
