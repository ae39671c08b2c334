"""A button (or a menu to select from) that works after a restart, too: what it is about stands in its `custom_id`.

Decides nothing.
"""

import re
from collections.abc import Callable, Coroutine
from typing import Any

import discord

from bot.texts import Texts
from cogs.answering import Answer, answer

Act = Callable[[discord.Interaction, re.Match[str]], Coroutine[Any, Any, None]]
Work = Callable[[discord.Interaction, re.Match[str]], Coroutine[Any, Any, Answer]]


def lasting_button(
    template: str, work: Work, texts: Texts, *, in_place: bool = False
) -> type[discord.ui.DynamicItem[Any]]:
    """The button's class, which is all that discord.py wants to know to answer a click.

    `template` matches its `custom_id`; `work` is given that match. `in_place`: the clicked message becomes the answer.
    """

    async def act(interaction: discord.Interaction, match: re.Match[str]) -> None:
        await answer(interaction, work(interaction, match), texts, in_place=in_place)

    return lasting(template, act)


def lasting(template: str, act: Act) -> type[discord.ui.DynamicItem[Any]]:
    """As `lasting_button`, for what answers in its own way, by a modal for one."""

    class Lasting(discord.ui.DynamicItem[Any], template=template):
        def __init__(self, item: discord.ui.Item[Any], match: re.Match[str]) -> None:
            super().__init__(item)
            self._match = match

        @classmethod
        async def from_custom_id(
            cls,
            interaction: discord.Interaction,  # noqa: ARG003 - discord.py's signature.
            item: discord.ui.Item[Any],
            match: re.Match[str],
        ) -> "Lasting":
            return cls(item, match)

        async def callback(self, interaction: discord.Interaction) -> None:
            await act(interaction, self._match)

    return Lasting


def chosen_in(interaction: discord.Interaction) -> str:
    """What was selected, in a menu of which one is to be selected."""
    data: Any = interaction.data
    return str(data["values"][0])
