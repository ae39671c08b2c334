"""`/privacy export` and `delete`: for everybody, about themselves. Decides nothing and holds no SQL."""

import re
from io import BytesIO
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.wording import Phrase, _
from bot.errors import RefusedError
from bot.services.privacy import Privacy
from bot.texts import Texts
from cogs.answering import Answer, Reply, answer
from cogs.buttons import lasting_button
from cogs.services import Services


@app_commands.guild_only()
class PrivacyCog(
    commands.GroupCog,
    group_name="privacy",
    group_description="What is stored about you, and how to have it deleted",
):
    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(name="export", description="Get all that is stored about you as a file")
    @app_commands.checks.cooldown(1, 60.0)
    async def export(self, interaction: discord.Interaction) -> None:
        await answer(interaction, self._export(interaction.user.id), self._services.texts)

    @app_commands.command(
        name="delete", description="Have what is stored about you deleted or made anonymous"
    )
    @app_commands.checks.cooldown(1, 60.0)
    async def delete(self, interaction: discord.Interaction) -> None:
        await answer(interaction, self._propose(interaction), self._services.texts)

    async def _export(self, user_id: int) -> Answer:
        content = await self._services.privacy.export(user_id)
        return Reply(
            text=Phrase(_("This is all that is stored about you, in every server where I am.")),
            file=discord.File(BytesIO(content), filename="nightdesk-about-you.json"),
        )

    async def _propose(self, interaction: discord.Interaction) -> Answer:
        view = discord.ui.View(timeout=None)
        label = self._services.texts.say(str(interaction.locale), "Delete for good")
        custom_id = f"nightdesk:privacy:delete:{interaction.user.id}"
        view.add_item(discord.ui.Button(label=label, custom_id=custom_id, style=discord.ButtonStyle.danger))
        view.stop()  # A DynamicItem answers, also after a restart.
        return Reply(
            text=Phrase(
                _(
                    "Your time zone and your appeals will be deleted. What you did to topics stays on record with its "
                    "number, as done by a deleted user. This cannot be taken back."
                )
            ),
            view=view,
        )


def delete_button(privacy: Privacy, texts: Texts) -> type[discord.ui.DynamicItem[Any]]:
    """The class of the button that confirms; who clicks must be whom it is about."""

    async def delete(interaction: discord.Interaction, match: re.Match[str]) -> Answer:
        user_id = int(match["user_id"])
        if interaction.user.id != user_id:
            raise RefusedError("This button is somebody else's.")
        await privacy.delete(user_id)
        return Phrase(_("It is done: nothing of it names you any more."))

    return lasting_button(r"nightdesk:privacy:delete:(?P<user_id>\d{1,19})", delete, texts, in_place=True)
