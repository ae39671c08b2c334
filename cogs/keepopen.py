"""The *Keep open* button of a warning."""

import re
from typing import Any

import discord

from bot.domain.wording import Phrase, _
from bot.services.autoclose import AutoClose
from bot.texts import Texts
from cogs.answering import Answer
from cogs.buttons import lasting_button


def keep_open_button(autoclose: AutoClose, texts: Texts) -> type[discord.ui.DynamicItem[Any]]:
    async def keep_open(interaction: discord.Interaction, match: re.Match[str]) -> Answer:
        guild_id = interaction.guild_id or 0
        thread_id = await autoclose.keep_open(int(match["topic_id"]), guild_id, interaction.user)
        return Phrase(_("{topic} stays open."), topic=f"<#{thread_id}>")

    return lasting_button(r"nightdesk:keepopen:(?P<topic_id>\d{1,19})", keep_open, texts)
