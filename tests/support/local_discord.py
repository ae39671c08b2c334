"""What tests need around a simulator: a clock, bare HTTP, a real discord.py client, a furnished guild."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
from discord import app_commands

from simulator import Channel, GuildHandle, Person, Simulator


class Clock:
    """Seconds since 1970 that pass only when a test says so."""

    def __init__(self) -> None:
        self.now = 1_750_000_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


class Rest:
    """Bare HTTP with the bot's token: `(status, JSON)` of each call, headers of the last one."""

    def __init__(self, sim: Simulator, session: aiohttp.ClientSession) -> None:
        self._sim = sim
        self._session = session
        self.headers: dict[str, str] = {}

    async def __call__(
        self, method: str, path: str, body: Any = None, token: str | None = None
    ) -> tuple[int, Any]:
        headers = {"Authorization": f"Bot {token or self._sim.token}"}
        url = self._sim.api_url + path
        async with self._session.request(method, url, json=body, headers=headers) as response:
            self.headers = dict(response.headers)
            return response.status, await response.json() if response.status != 204 else None


class Bot(discord.AutoShardedClient):
    """discord.py as it is on the index, with a command tree."""

    def __init__(self, **options: Any) -> None:
        intents = options.pop("intents", discord.Intents(guilds=True))
        super().__init__(intents=intents, guild_ready_timeout=0.01, **options)
        contexts = app_commands.AppCommandContext(guild=True)
        self.tree = app_commands.CommandTree(self, allowed_contexts=contexts)

    async def before_identify_hook(self, _shard_id: int | None, *, initial: bool = False) -> None:
        """Sharded clients wait five real seconds here; the hook is there to be overridden."""


class Gazette:
    """A guild with one channel of each kind, a member and a moderator."""

    def __init__(self, sim: Simulator) -> None:
        self.guild: GuildHandle = sim.add_guild("Gazette")
        self.forum: Channel = self.guild.add_forum("news", tags=["World", "Sport"])
        self.text: Channel = self.guild.add_text("general")
        self.announcements: Channel = self.guild.add_announcement("announcements")
        self.alice: Person = self.guild.add_member("Alice")
        self.maria: Person = self.guild.add_moderator("Maria")


@asynccontextmanager
async def running(bot: Bot, token: str) -> AsyncIterator[Bot]:
    task = asyncio.create_task(bot.start(token))
    ready = asyncio.create_task(bot.wait_until_ready())
    try:
        await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED, timeout=10)
        if task.done():
            task.result()
        yield bot
    finally:
        ready.cancel()
        await bot.close()
        await asyncio.wait({task}, timeout=5)
        task.cancel()


Connect = Callable[..., Awaitable[Bot]]
"""Starts a bot against a simulator; it is closed after the test."""
