"""The limiter paces every request, lets moderators overtake, and survives whoever gives up waiting."""

import asyncio
import math
from bisect import bisect_left
from heapq import heappop, heappush
from itertools import count, pairwise

from hypothesis import given, settings, strategies as st

from bot.adapters.limiter import Lane, Limiter


class VirtualTime:
    """A clock that moves only when nobody has anything else to do."""

    def __init__(self) -> None:
        self.time = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = count()

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.get_running_loop().create_future()
        heappush(self._sleepers, (self.time + seconds, next(self._numbers), woken))
        await woken

    async def run(self) -> None:
        """Until all sleepers have had their sleep."""
        await self._settle()
        while self._sleepers:
            self.time, _, woken = heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
            await self._settle()

    async def _settle(self) -> None:
        for _ in range(10):
            await asyncio.sleep(0)


class Road:
    """Callers who arrive at their moments, and the record of when each of them passed."""

    def __init__(self, rate: float) -> None:
        self.clock = VirtualTime()
        self.limiter = Limiter(rate, now=self.clock.now, sleep=self.clock.sleep)
        self.passed: list[tuple[float, str]] = []

    def arrive(self, name: str, *, at: float = 0.0, lane: Lane = Lane.NORMAL) -> asyncio.Task[None]:
        return asyncio.create_task(self._arrive(name, at, lane))

    async def _arrive(self, name: str, at: float, lane: Lane) -> None:
        if at:
            await self.clock.sleep(at)
        await self.limiter.wait(lane)
        self.passed.append((self.clock.now(), name))

    @property
    def names(self) -> str:
        return "".join(name for _, name in self.passed)


async def test_who_comes_alone_does_not_wait() -> None:
    road = Road(rate=10)
    road.arrive("a")
    road.arrive("b", at=5)
    await road.clock.run()
    assert [(0.0, "a"), (5.0, "b")] == road.passed


async def test_many_pass_in_order_evenly_spaced() -> None:
    road = Road(rate=4)
    for name in "abcd":
        road.arrive(name)
    await road.clock.run()
    assert [(0.0, "a"), (0.25, "b"), (0.5, "c"), (0.75, "d")] == road.passed


async def test_a_pause_is_not_made_up_for_by_a_burst() -> None:
    road = Road(rate=4)
    for name in "abc":
        road.arrive(name, at=100)
    await road.clock.run()
    assert [100.0, 100.25, 100.5] == [at for at, _ in road.passed]


async def test_a_moderator_passes_before_all_who_wait_and_in_order_among_moderators() -> None:
    road = Road(rate=4)
    for name in "abcde":
        road.arrive(name)
    road.arrive("1", at=0.3, lane=Lane.FAST)
    road.arrive("2", at=0.31, lane=Lane.FAST)
    await road.clock.run()
    assert "ab12cde" == road.names


async def test_who_gives_up_takes_nobodys_turn() -> None:
    road = Road(rate=4)
    tasks = {name: road.arrive(name) for name in "abcd"}
    road.arrive("e", at=0.1)
    await asyncio.sleep(0)
    tasks["b"].cancel()
    tasks["d"].cancel()
    await road.clock.run()
    assert [(0.0, "a"), (0.25, "c"), (0.5, "e")] == road.passed


async def test_it_works_on_after_everybody_gave_up() -> None:
    road = Road(rate=4)
    tasks = [road.arrive(name) for name in "abc"]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await road.clock.run()
    road.arrive("d")
    await road.clock.run()
    assert "d" == road.names[-1]


arrivals = st.lists(
    st.tuples(
        st.floats(0, 3, allow_subnormal=False),
        st.sampled_from(Lane),
        st.none() | st.floats(0, 3, allow_subnormal=False),
    ),
    max_size=120,
)


@given(arrivals, st.sampled_from([1.0, 7.5, 48.0, 50.0]))
@settings(max_examples=60, deadline=None)
def test_no_second_sees_more_than_the_rate_whoever_comes_or_gives_up(
    crowd: list[tuple[float, Lane, float | None]], rate: float
) -> None:
    async def scenario() -> Road:
        road = Road(rate)
        for at, lane, patience in crowd:
            task = road.arrive("x", at=at, lane=lane)
            if patience is not None:
                asyncio.create_task(give_up(road, task, at + patience))  # noqa: RUF006 - run() waits for its sleep.
        await road.clock.run()
        return road

    async def give_up(road: Road, task: asyncio.Task[None], at: float) -> None:
        await road.clock.sleep(at)
        task.cancel()

    moments = [at for at, _ in asyncio.run(scenario()).passed]
    assert moments == sorted(moments)
    # 1e-9: the sum of many spacings is not exact.
    windows = [bisect_left(moments, at + 1 - 1e-9) - number for number, at in enumerate(moments)]
    assert max(windows, default=0) <= math.ceil(rate)
    assert [] == [(a, b) for a, b in pairwise(moments) if b - a < 1 / rate - 1e-9]
    assert sum(patience is None for _, _, patience in crowd) <= len(moments)
