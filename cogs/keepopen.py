"""The *Keep open* button of a warning. Works after a restart, too: what it is about stands in its `custom_id`."""

import re
from typing import Any

import discord

from bot.domain.wording import Phrase, _
from bot.services.autoclose import AutoClose
from bot.texts import Texts
from cogs.answering import Answer, answer


def keep_open_button(autoclose: AutoClose, texts: Texts) -> type[discord.ui.DynamicItem[Any]]:
    """The button's class, which is all that discord.py wants to know to answer a click."""

    class KeepOpenButton(
        discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"nightdesk:keepopen:(?P<topic_id>\d{1,19})"
    ):
        def __init__(self, item: discord.ui.Button[Any], topic_id: int) -> None:
            super().__init__(item)
            self._topic_id = topic_id

        @classmethod
        async def from_custom_id(
            cls,
            interaction: discord.Interaction,  # noqa: ARG003 - discord.py's signature.
            item: discord.ui.Item[Any],
            match: re.Match[str],
        ) -> "KeepOpenButton":
            assert isinstance(item, discord.ui.Button)
            return cls(item, int(match["topic_id"]))

        async def callback(self, interaction: discord.Interaction) -> None:
            await answer(interaction, self._keep_open(interaction), texts)

        async def _keep_open(self, interaction: discord.Interaction) -> Answer:
            guild_id = interaction.guild_id or 0
            thread_id = await autoclose.keep_open(self._topic_id, guild_id, interaction.user)
            return Phrase(_("{topic} stays open."), topic=f"<#{thread_id}>")

    return KeepOpenButton
