"""The discord.py client: intents, caches, the way to Discord. Knows no command and no topic."""

from collections.abc import Awaitable, Callable, Sequence

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.ext import commands

from bot.adapters.limiter import hurry

SetUp = Callable[["NightdeskClient"], Awaitable[None]]


class NightdeskClient(commands.AutoShardedBot):
    """`set_up` is awaited once after login, before the gateway: it adds the cogs."""

    def __init__(
        self,
        *,
        trace: aiohttp.TraceConfig,
        gateway_url: str | None,
        guild_ids: Sequence[int],
        set_up: SetUp,
        ready_timeout: float = 2.0,
    ) -> None:
        super().__init__(
            command_prefix=(),
            help_command=None,
            tree_cls=Tree,
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_contexts=app_commands.AppCommandContext(guild=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
            # Threads and permissions live with the guilds; nothing else is worth its memory.
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_ratelimit_timeout=30.0,
            http_trace=trace,
            guild_ready_timeout=ready_timeout,
        )
        self._gateway_url = yarl.URL(gateway_url) if gateway_url else None
        self._guild_ids = guild_ids
        self._set_up = set_up

    async def setup_hook(self) -> None:
        await self._set_up(self)
        guilds = [discord.Object(guild_id) for guild_id in self._guild_ids]
        for guild in guilds:
            self.tree.copy_global_to(guild=guild)
            await self.tree.sync(guild=guild)
        if not guilds:
            await self.tree.sync()

    async def launch_shard(self, gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        await super().launch_shard(self._gateway_url or gateway, shard_id, initial=initial)


class Tree(app_commands.CommandTree[NightdeskClient]):
    async def interaction_check(self, interaction: discord.Interaction[NightdeskClient]) -> bool:  # noqa: ARG002 - discord.py's signature.
        """Whatever a moderator waits for overtakes the news; discord.py gives each interaction a task of its own."""
        hurry()
        return True


def use_api(api_url: str) -> None:
    """Send every REST call of this process there. discord.py has no per-client setting for it."""
    discord.http.Route.BASE = api_url.rstrip("/")
