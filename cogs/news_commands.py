"""What the parts of the `/news` group share: their services, and who may use them."""

import discord
from discord.ext import commands

from bot.errors import RefusedError
from cogs.services import Services


class NewsCommands(commands.Cog):
    """A part of the group, to be mixed in: Discord's group is one, its code need not be."""

    services: Services


def manager_of(interaction: discord.Interaction) -> int:
    """The guild. Raises RefusedError for who may not manage it, whatever Discord was told to offer them."""
    if not interaction.permissions.manage_guild:
        raise RefusedError("You need *Manage Server* to do this.")
    assert interaction.guild_id is not None
    return interaction.guild_id
