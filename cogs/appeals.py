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
    """The buttons' class, which is all that discord.py wants to know to answer a click."""

    class AppealButton(
        discord.ui.DynamicItem[discord.ui.Button[Any]],
        template=r"nightdesk:appeal:(?P<appeal_id>\d{1,19}):(?P<decision>reopen|decline)",
    ):
        def __init__(self, item: discord.ui.Button[Any], appeal_id: int, decision: Decision) -> None:
            super().__init__(item)
            self._appeal_id = appeal_id
            self._decision = decision

        @classmethod
        async def from_custom_id(
            cls,
            interaction: discord.Interaction,  # noqa: ARG003 - discord.py's signature.
            item: discord.ui.Item[Any],
            match: re.Match[str],
        ) -> "AppealButton":
            assert isinstance(item, discord.ui.Button)
            return cls(item, int(match["appeal_id"]), Decision(match["decision"]))

        async def callback(self, interaction: discord.Interaction) -> None:
            await answer(interaction, self._decide(interaction), texts)

        async def _decide(self, interaction: discord.Interaction) -> Answer:
            thread_id = await appeals.decide(ask(interaction, "0"), self._appeal_id, self._decision)
            return Phrase(_DECIDED[self._decision], topic=f"<#{thread_id}>")

    return AppealButton
