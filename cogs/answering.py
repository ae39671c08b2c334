"""How a command answers: deferred within Discord's three seconds, then one ephemeral text or card.

Speaks the person's language. Decides nothing: refusals carry their own text, and what nobody foresaw goes to the
operator's log.
"""

import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
import discord
from discord import app_commands
from discord.utils import format_dt

from bot.domain.wording import Phrase, _
from bot.errors import NightdeskError, OperatorError, RefusedError
from bot.texts import Texts

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer of several parts. Stop the view first where its buttons are DynamicItems: nobody waits for it here."""

    text: Phrase | None = None
    embed: discord.Embed | None = None
    view: discord.ui.View | None = None
    file: discord.File | None = None


Answer = Phrase | discord.Embed | Reply
FAULT = Phrase(_("Something went wrong on my side. It is in the operator's log; please try again later."))
AS_IT_IS = "{text}"  # What Discord or a publisher says, in their words.


async def _acknowledge(interaction: discord.Interaction, *, in_place: bool) -> bool:
    """False where Discord has given the interaction up already: then nothing is done that nobody would be told of."""
    try:
        await interaction.response.defer(ephemeral=True, thinking=not in_place)
    except (discord.HTTPException, aiohttp.ClientError) as error:
        log.warning("an interaction came too late or was lost: %s", error)
        return False
    return True


async def answer(
    interaction: discord.Interaction,
    work: Coroutine[Any, Any, Answer],
    texts: Texts,
    *,
    in_place: bool = False,
) -> None:
    """Acknowledge, do the work, tell the person what came of it; `in_place` of the message whose button was clicked."""
    if not await _acknowledge(interaction, in_place=in_place):
        work.close()
        return
    reply = _reply(await _outcome(interaction, work))
    text = reply.text
    await interaction.edit_original_response(
        content=texts.say(str(interaction.locale), text.template, **text.params) if text else None,
        embed=reply.embed,
        view=reply.view,
        attachments=[reply.file] if reply.file else [],
        allowed_mentions=discord.AllowedMentions.none(),
    )


def _reply(told: Answer) -> Reply:
    match told:
        case Phrase():
            return Reply(text=told)
        case discord.Embed():
            return Reply(embed=told)
        case _:
            return told


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


def failure_answers(
    texts: Texts,
) -> Callable[[discord.Interaction[Any], app_commands.AppCommandError], Coroutine[Any, Any, None]]:
    """What the tree of commands does with an error of discord.py's: a person's mistake is told, the rest is logged."""

    async def tell(interaction: discord.Interaction[Any], error: app_commands.AppCommandError) -> None:
        phrase = _mistake(interaction, error)
        if phrase is None:
            log.error("an interaction failed: %s", interaction.command or interaction.data, exc_info=error)
        is_told = phrase is not None and interaction.response.is_done()  # By a handler of the cog's own.
        if is_told or interaction.type is discord.InteractionType.autocomplete:
            return
        phrase = phrase or FAULT
        content = texts.say(str(interaction.locale), phrase.template, **phrase.params)
        try:
            if interaction.response.is_done():
                await interaction.followup.send(content, ephemeral=True)
            else:
                await interaction.response.send_message(content, ephemeral=True)
        except (discord.HTTPException, aiohttp.ClientError) as lost:
            log.warning("an interaction came too late or was lost: %s", lost)

    return tell


def _mistake(interaction: discord.Interaction, error: app_commands.AppCommandError) -> Phrase | None:
    match error:
        case app_commands.CommandOnCooldown():
            again = interaction.created_at + timedelta(seconds=error.retry_after + 1)
            return Phrase(_("You did this just now. Try again {moment}."), moment=format_dt(again, "R"))
        case app_commands.CheckFailure():
            return Phrase(_("You may not use this command here."))
        case app_commands.CommandNotFound() | app_commands.CommandSignatureMismatch():
            return Phrase(_("This command has changed. Reload Discord, then try again."))
        case app_commands.TransformerError():
            return Phrase(_("I do not understand `{value}`."), value=str(error.value))
        case _:
            return None
