"""Our Discord adapter on unmodified discord.py, connected to a simulator of the same process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord
from discord.gateway import DiscordWebSocket

from bot.adapters.client import NightdeskClient, SetUp, use_addresses
from bot.adapters.forum import DiscordForum
from bot.adapters.limiter import Limiter, trace_config
from bot.texts import Texts
from simulator import Simulator


async def nothing_to_set_up(client: NightdeskClient) -> None:
    """No cogs."""


@asynccontextmanager
async def live_forum(
    sim: Simulator, set_up: SetUp = nothing_to_set_up, *, pace: float = 100_000
) -> AsyncIterator[DiscordForum]:
    """Connected and ready. Requests are hardly paced unless a test asks for it."""
    discords_own = discord.http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    use_addresses(sim.api_url, sim.gateway_url)
    client = NightdeskClient(
        trace=trace_config(Limiter(pace)),
        gateway_url=sim.gateway_url,
        guild_ids=(),
        set_up=set_up,
        texts=Texts.load(),
        ready_timeout=0.05,
    )
    await client.login(sim.token)
    connection = asyncio.create_task(client.connect())
    try:
        await client.wait_until_ready()
        yield DiscordForum(client)
    finally:
        await client.close()
        await connection
        discord.http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = discords_own
