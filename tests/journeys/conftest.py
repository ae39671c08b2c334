from collections.abc import AsyncIterator

import pytest
from feed_server import FeedServer

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
