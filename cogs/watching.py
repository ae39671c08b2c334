"""What happens in Discord without us: hands events on, decides nothing."""

from collections.abc import Callable

import discord
from discord.ext import commands

from bot.domain.topics import Sighting
from bot.services.watching import Watching

SeenIn = Callable[[discord.RawThreadUpdateEvent | discord.Thread], Sighting]


class WatchingCog(commands.Cog):
    """`seen_in` reads what an event shows of a thread."""

    def __init__(self, watching: Watching, seen_in: SeenIn) -> None:
        self._watching = watching
        self._seen_in = seen_in

    @commands.Cog.listener()
    async def on_raw_thread_update(self, payload: discord.RawThreadUpdateEvent) -> None:
        await self._watching.changed(self._seen_in(payload))

    @commands.Cog.listener()
    async def on_thread_join(self, thread: discord.Thread) -> None:
        """Also how discord.py tells of threads that came into sight."""
        await self._watching.changed(self._seen_in(thread))

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        await self._watching.gone(payload.thread_id)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        await self._watching.channel_gone(channel.guild.id, channel.id)

    @commands.Cog.listener()
    async def on_guild_channel_update(
        self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        if before.overwrites != after.overwrites:
            await self._watching.permissions_changed(after.guild.id)

    @commands.Cog.listener()
    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        if before.permissions != after.permissions:
            await self._watching.permissions_changed(after.guild.id)

    @commands.Cog.listener()
    async def on_guild_role_delete(self, role: discord.Role) -> None:
        await self._watching.permissions_changed(role.guild.id)

    @commands.Cog.listener()
    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """Of members, only the bot itself is known."""
        if before.roles != after.roles:
            await self._watching.permissions_changed(after.guild.id)

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """At each start of a session, and after an outage of the guild."""
        await self._watching.sweep(guild.id)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self._watching.sweep(guild.id)

    @commands.Cog.listener()
    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        await self._watching.away(guild.id)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self._watching.away(guild.id)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        await self._watching.absentees()
