"""The pump: what is due gets worked on, a bounded number at once, without asking more often than it must."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from fake_clock import FakeClock

from bot.services.pump import Pump

NONE = timedelta()


class Workplace:
    """Keys that are due until they are worked on, and who works on what."""

    def __init__(self, *keys: int) -> None:
        self.waiting = list(keys)
        self.begun: list[int] = []
        self.looks = 0
        self.may_finish = asyncio.Event()

    async def due(self, _now: datetime, limit: int) -> list[int]:
        self.looks += 1
        return self.waiting[:limit]

    async def next_due_at(self, _now: datetime) -> datetime | None:
        return None

    async def work(self, key: int) -> None:
        self.begun.append(key)
        await self.may_finish.wait()
        self.waiting.remove(key)


@asynccontextmanager
async def pumping(place: Workplace, *, width: int, rest: timedelta = NONE) -> AsyncIterator[Pump]:
    pump = Pump(
        "keys",
        due=place.due,
        next_due_at=place.next_due_at,
        work=place.work,
        clock=FakeClock(),
        width=width,
        rest=rest,
    )
    running = asyncio.create_task(pump.run())
    try:
        yield pump
    finally:
        place.may_finish.set()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def passes() -> None:
    """Everything that can go on without waiting goes on."""
    for _ in range(50):
        await asyncio.sleep(0)


async def test_no_more_keys_than_its_width_are_worked_on_at_once() -> None:
    place = Workplace(1, 2, 3)
    async with pumping(place, width=2):
        await passes()
        assert [1, 2] == place.begun


async def test_the_next_key_begins_when_one_is_finished() -> None:
    place = Workplace(1, 2, 3)
    async with pumping(place, width=2):
        await passes()
        place.may_finish.set()
        await passes()
        assert [1, 2, 3] == place.begun


async def test_it_does_not_look_for_more_while_all_hands_are_full() -> None:
    place = Workplace(1, 2, 3)
    async with pumping(place, width=2) as pump:
        await passes()
        looks = place.looks
        pump.poke()
        await passes()
        assert looks == place.looks


async def test_a_key_is_never_worked_on_twice_at_once() -> None:
    place = Workplace(1)
    async with pumping(place, width=2) as pump:
        await passes()
        pump.poke()
        await passes()
        assert [1] == place.begun


async def test_it_does_not_look_again_while_it_rests() -> None:
    place = Workplace()
    async with pumping(place, width=2, rest=timedelta(hours=1)) as pump:
        await passes()
        looks = place.looks
        for _ in range(5):
            pump.poke()
            await passes()
        assert looks == place.looks
