"""A button that works after a restart, too: what it is about stands in its `custom_id`. Decides nothing."""

import re
from collections.abc import Callable, Coroutine
from typing import Any

import discord

from bot.texts import Texts
from cogs.answering import Answer, answer

Work = Callable[[discord.Interaction, re.Match[str]], Coroutine[Any, Any, Answer]]


def lasting_button(
    template: str, work: Work, texts: Texts, *, in_place: bool = False
) -> type[discord.ui.DynamicItem[Any]]:
    """The button's class, which is all that discord.py wants to know to answer a click.

    `template` matches its `custom_id`; `work` is given that match. `in_place`: the clicked message becomes the answer.
    """

    class LastingButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=template):
        def __init__(self, item: discord.ui.Button[Any], match: re.Match[str]) -> None:
            super().__init__(item)
            self._match = match

        @classmethod
        async def from_custom_id(
            cls,
            interaction: discord.Interaction,  # noqa: ARG003 - discord.py's signature.
            item: discord.ui.Item[Any],
            match: re.Match[str],
        ) -> "LastingButton":
            assert isinstance(item, discord.ui.Button)
            return cls(item, match)

        async def callback(self, interaction: discord.Interaction) -> None:
            await answer(interaction, work(interaction, self._match), texts, in_place=in_place)

    return LastingButton
