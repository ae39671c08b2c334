"""The discord.py client: intents, caches, the way to Discord. Knows no command and no topic."""

import logging
from collections.abc import Awaitable, Callable, Sequence

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.ext import commands
from discord.gateway import DiscordWebSocket

from bot.adapters.failures import describe
from bot.adapters.limiter import fast_lane_for_this_task
from bot.adapters.translator import CatalogueTranslator
from bot.texts import Texts

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
        texts: Texts,
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
        self._texts = texts

    async def setup_hook(self) -> None:
        await self._set_up(self)
        await self.tree.set_translator(CatalogueTranslator(self._texts))
        guilds = [discord.Object(guild_id) for guild_id in self._guild_ids]
        for guild in guilds:
            self.tree.copy_global_to(guild=guild)
            await self.tree.sync(guild=guild)
        if not guilds:
            await self.tree.sync()

    async def end_session(self) -> None:
        """After a login that failed: the next one opens connections of its own."""
        await self.http.close()
        self.http.connector = discord.utils.MISSING

    async def launch_shard(self, gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        await super().launch_shard(self._gateway_url or gateway, shard_id, initial=initial)


class Tree(app_commands.CommandTree[NightdeskClient]):
    async def interaction_check(self, interaction: discord.Interaction[NightdeskClient]) -> bool:  # noqa: ARG002 - discord.py's signature.
        """Whatever a moderator waits for overtakes the news; discord.py gives each interaction a task of its own."""
        fast_lane_for_this_task()
        return True


def use_addresses(api_url: str, gateway_url: str | None) -> None:
    """Send this process's REST calls and gateway connections there; discord.py has no setting of a client for it.

    The gateway's address of `GET /gateway/bot` is not enough: a reconnect begins at the default one.
    """
    discord.http.Route.BASE = api_url.rstrip("/")
    if gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)


class OneLineOutages(logging.Filter):
    """discord.py logs an outage with its whole traceback at every try; one line says as much to an operator."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, aiohttp.ClientError | OSError | TimeoutError | discord.ConnectionClosed):
            record.msg, record.args = f"{record.getMessage()} ({describe(error)})", ()
            record.exc_info = record.exc_text = None
        return True


def quieten() -> None:
    """Keep out of the log what no operator can use."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    for name in ("discord.shard", "discord.client", "discord.gateway"):
        logging.getLogger(name).addFilter(OneLineOutages())
