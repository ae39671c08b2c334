"""The *Follow* button of a starter. Works after a restart, too: what it is about stands in its `custom_id`."""

import re
from typing import Any

import discord

from bot.domain.wording import Phrase
from bot.services.following import Following
from bot.texts import Texts
from cogs.answering import Answer, answer


def follow_button(following: Following, texts: Texts) -> type[discord.ui.DynamicItem[Any]]:
    """The button's class, which is all that discord.py wants to know to answer a click."""

    class FollowButton(
        discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"nightdesk:follow:(?P<topic_id>\d+)"
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
        ) -> "FollowButton":
            assert isinstance(item, discord.ui.Button)
            return cls(item, int(match["topic_id"]))

        async def callback(self, interaction: discord.Interaction) -> None:
            await answer(interaction, self._follow(interaction.user.id), texts)

        async def _follow(self, user_id: int) -> Answer:
            thread_id = await following.follow(self._topic_id, user_id)
            return Phrase(
                "You follow {topic} now: Discord tells you of news in it. Leave the thread to stop.",
                topic=f"<#{thread_id}>",
            )

    return FollowButton
