"""What happens in Discord without us: hands events on, decides nothing."""

import discord
from discord.ext import commands

from bot.services.moderation import Moderation


class WatchingCog(commands.Cog):
    def __init__(self, moderation: Moderation) -> None:
        self._moderation = moderation

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        await self._moderation.gone(payload.thread_id)
