"""What commands are called in other languages, for discord.py to send along when it registers them.

English names stay the commands' identity; the text of a command's answer is none of this module's business.
"""

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation as Location

from bot.texts import Texts

_CONTEXTS = {
    Location.group_name: "command",
    Location.group_description: "description",
    Location.command_name: "command",
    Location.command_description: "description",
    Location.parameter_name: "option",
    Location.parameter_description: "description",
    Location.choice_name: "choice",
    Location.other: "other",
}


def msgctxt(context: app_commands.TranslationContextTypes) -> str:
    """The catalogues' context of a text, so that a short word can be a command here and an option there."""
    if isinstance(context.data, app_commands.ContextMenu):
        return "menu"
    return _CONTEXTS[context.location]


class CatalogueTranslator(app_commands.Translator):
    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        return self._texts.name(str(locale), msgctxt(context), string.message)
