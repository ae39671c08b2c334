from collections.abc import AsyncIterator

import pytest
from feed_server import FeedServer
from live_story import Story

from simulator import Simulator


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    """With Discord's limits."""
    async with Simulator() as sim:
        yield sim


@pytest.fixture
async def publisher() -> AsyncIterator[FeedServer]:
    async with FeedServer() as server:
        yield server


@pytest.fixture
def story(sim: Simulator, publisher: FeedServer) -> Story:
    sim.hub.limited = False  # Who starts again within five seconds would have to wait to identify.
    guild = sim.add_guild("The Gazette")
    guild.add_forum("news")
    return Story(sim, publisher, guild, guild.add_member("Alex"))
