"""How a command answers: deferred within Discord's three seconds, then one ephemeral text or card.

Decides nothing: refusals carry their own text, and what nobody foresaw goes to the operator's log.
"""

import logging
from collections.abc import Awaitable

import discord

from bot.errors import NightdeskError, RefusedError

log = logging.getLogger(__name__)

Answer = str | discord.Embed
FAULT = "Something went wrong on my side. It is in the operator's log; please try again later."


async def answer(interaction: discord.Interaction, work: Awaitable[Answer]) -> None:
    """Acknowledge, do the work, tell the person what came of it."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    try:
        told = await work
    except (RefusedError, NightdeskError) as error:
        told = str(error)
    except Exception:
        log.exception("an interaction failed: %s", interaction.command or interaction.data)
        told = FAULT
    if isinstance(told, discord.Embed):
        await interaction.edit_original_response(embed=told)
    else:
        await interaction.edit_original_response(content=told)
