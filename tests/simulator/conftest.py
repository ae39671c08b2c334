"""A simulator for each test, and real, unmodified discord.py clients that are led to it."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack

import aiohttp
import discord
import pytest
import yarl
from local_discord import Bot, Clock, Connect, Gazette, Rest, running

from simulator import Simulator


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with Simulator(limits=False) as simulator:
        yield simulator


@pytest.fixture
def gazette(sim: Simulator) -> Gazette:
    return Gazette(sim)


@pytest.fixture
async def rest(sim: Simulator) -> AsyncIterator[Rest]:
    async with aiohttp.ClientSession() as session:
        yield Rest(sim, session)


@pytest.fixture
def redirect() -> Iterator[Callable[[Simulator], None]]:
    """Leads discord.py to a simulator, and back when the test is over."""
    route, gateway = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY

    def lead(simulator: Simulator) -> None:
        discord.http.Route.BASE = simulator.api_url
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(simulator.gateway_url)

    yield lead
    discord.http.Route.BASE = route
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = gateway


@pytest.fixture
async def connect(redirect: Callable[[Simulator], None]) -> AsyncIterator[Connect]:
    """Starts a bot against a simulator and waits until it is ready; closes it after the test."""
    async with AsyncExitStack() as stack:

        async def start(simulator: Simulator, bot: Bot | None = None, *, token: str | None = None) -> Bot:
            redirect(simulator)
            return await stack.enter_async_context(running(bot or Bot(), token or simulator.token))

        yield start
