"""The *Follow* button of a starter."""

import re
from typing import Any

import discord

from bot.domain.wording import Phrase
from bot.services.following import Following
from bot.texts import Texts
from cogs.answering import Answer
from cogs.buttons import lasting_button


def follow_button(following: Following, texts: Texts) -> type[discord.ui.DynamicItem[Any]]:
    async def follow(interaction: discord.Interaction, match: re.Match[str]) -> Answer:
        thread_id = await following.follow(int(match["topic_id"]), interaction.user.id)
        return Phrase(
            "You follow {topic} now: Discord tells you of news in it. Leave the thread to stop.",
            topic=f"<#{thread_id}>",
        )

    return lasting_button(r"nightdesk:follow:(?P<topic_id>\d+)", follow, texts)
