"""The `/topic` group, put together from its parts, and its menus."""

import discord
from discord import app_commands
from discord.ext import commands

from cogs.answering import answer
from cogs.bulk import BulkActions
from cogs.closing import Closing
from cogs.menus import MenuCog, menu_for
from cogs.recommending import Recommending
from cogs.records import RecordCommands
from cogs.services import Services
from cogs.shaping import Shaping
from cogs.timing import Timing
from cogs.topic_commands import thread_of


@app_commands.guild_only()
@app_commands.default_permissions(manage_threads=True)
class TopicCog(
    Closing,
    Shaping,
    BulkActions,
    RecordCommands,
    Recommending,
    Timing,
    MenuCog,
    commands.GroupCog,
    group_name="topic",
    group_description="Close, reopen and look after topics",
):
    def __init__(self, client: commands.AutoShardedBot, services: Services) -> None:
        self.client = client
        self.services = services
        self.menu = menu_for(
            discord.Permissions(manage_threads=True), "Close this topic", self._close_from_menu
        )

    async def _close_from_menu(self, interaction: discord.Interaction, message: discord.Message) -> None:
        work = self.close_topic(interaction, str(thread_of(message)), None)
        await answer(interaction, work, self.services.texts)
