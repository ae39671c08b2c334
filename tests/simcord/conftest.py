"""A desk under SimCord, and a question that a member asks in its forum."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import simcord
from simcord_desk import SimcordDesk, simcord_desk


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[SimcordDesk]:
    async with simcord_desk(tmp_path) as desk:
        yield desk


@pytest.fixture
async def thread(desk: SimcordDesk) -> simcord.ChannelHandle:
    return await desk.start_post(desk.alex, "A question", "Why is the sky blue?")
