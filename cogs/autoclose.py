"""Hands threads that come up to the policies that close topics; decides nothing."""

import discord
from discord.ext import commands

from bot.services.autoclose import AutoClose


class AutoCloseCog(commands.Cog):
    def __init__(self, autoclose: AutoClose) -> None:
        self._autoclose = autoclose

    @commands.Cog.listener()
    async def on_thread_create(self, thread: discord.Thread) -> None:
        await self._autoclose.adopt(thread.guild.id, thread.parent_id, thread.id)

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """At each start of a session, and after an outage: what was made meanwhile is taken into care."""
        await self._autoclose.sweep(guild.id)
