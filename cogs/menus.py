"""Entries in the menus of messages and people: there as long as their cog is. Decides nothing."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands


class MenuCog(commands.Cog):
    """A cog with one such entry, which discord.py does not collect from classes: set both before it is added."""

    client: commands.AutoShardedBot
    menu: app_commands.ContextMenu

    async def cog_load(self) -> None:
        self.client.tree.add_command(self.menu)

    async def cog_unload(self) -> None:
        self.client.tree.remove_command(self.menu.name, type=self.menu.type)


def menu_for(permissions: discord.Permissions, name: str, callback: Any) -> app_commands.ContextMenu:
    """Shown in guilds only, to those who have the permissions; the service checks again."""
    menu = app_commands.ContextMenu(name=name, callback=callback)
    menu.guild_only = True
    menu.default_permissions = permissions
    return menu
