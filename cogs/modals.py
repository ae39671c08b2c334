"""Opening a modal, which must be the first answer: what keeps it from opening is told instead."""

from collections.abc import Coroutine
from typing import Any

import discord

from bot.errors import NightdeskError
from bot.texts import Texts
from cogs.answering import Answer, answer


async def open_modal(
    interaction: discord.Interaction, making: Coroutine[Any, Any, discord.ui.Modal], texts: Texts
) -> None:
    """Show the modal that `making` brings; it has three seconds."""
    try:
        modal = await making
    except NightdeskError as error:
        await answer(interaction, _refused(error), texts)
    else:
        await interaction.response.send_modal(modal)


async def _refused(error: NightdeskError) -> Answer:
    raise error
