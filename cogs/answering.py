"""How a command answers: deferred within Discord's three seconds, then one ephemeral text or card.

Speaks the person's language. Decides nothing: refusals carry their own text, and what nobody foresaw goes to the
operator's log.
"""

import logging
from collections.abc import Coroutine
from typing import Any

import aiohttp
import discord

from bot.domain.wording import Phrase, _
from bot.errors import NightdeskError, OperatorError, RefusedError
from bot.texts import Texts

log = logging.getLogger(__name__)

Answer = Phrase | discord.Embed
FAULT = Phrase(_("Something went wrong on my side. It is in the operator's log; please try again later."))
AS_IT_IS = "{text}"  # What Discord or a publisher says, in their words.


async def _acknowledge(interaction: discord.Interaction) -> bool:
    """False where Discord has given the interaction up already: then nothing is done that nobody would be told of."""
    try:
        await interaction.response.defer(ephemeral=True, thinking=True)
    except (discord.HTTPException, aiohttp.ClientError) as error:
        log.warning("an interaction came too late or was lost: %s", error)
        return False
    return True


async def answer(interaction: discord.Interaction, work: Coroutine[Any, Any, Answer], texts: Texts) -> None:
    """Acknowledge, do the work, tell the person what came of it."""
    if not await _acknowledge(interaction):
        work.close()
        return
    told = await _outcome(interaction, work)
    if isinstance(told, discord.Embed):
        await interaction.edit_original_response(embed=told)
    else:
        content = texts.say(str(interaction.locale), told.template, **told.params)
        await interaction.edit_original_response(content=content)


async def _outcome(interaction: discord.Interaction, work: Coroutine[Any, Any, Answer]) -> Answer:
    try:
        return await work
    except OperatorError as error:
        log.error("an interaction failed: %s", error)  # noqa: TRY400 - the operator needs the line, not our stack.
        return FAULT
    except RefusedError as error:
        return Phrase(error.template, **error.params)
    except NightdeskError as error:
        return Phrase(AS_IT_IS, text=str(error))
    except Exception:
        log.exception("an interaction failed: %s", interaction.command or interaction.data)
        return FAULT
