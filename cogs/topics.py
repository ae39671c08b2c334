"""The `/topic` group, put together from its parts, and its menus."""

import discord
from discord import app_commands
from discord.ext import commands

from cogs.answering import answer
from cogs.bulk import BulkActions
from cogs.closing import Closing
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
    commands.GroupCog,
    group_name="topic",
    group_description="Close, reopen and look after topics",
):
    def __init__(self, client: commands.AutoShardedBot, services: Services) -> None:
        self._client = client
        self.services = services
        self._menu = app_commands.ContextMenu(name="Close this topic", callback=self._close_from_menu)
        self._menu.guild_only = True
        self._menu.default_permissions = discord.Permissions(manage_threads=True)

    async def cog_load(self) -> None:
        self._client.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        self._client.tree.remove_command(self._menu.name, type=self._menu.type)

    async def _close_from_menu(self, interaction: discord.Interaction, message: discord.Message) -> None:
        work = self.close_topic(interaction, str(thread_of(message)), None)
        await answer(interaction, work, self.services.texts)
