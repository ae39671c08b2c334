"""Things that fall due by the injected clock: a missed deadline, an idle thread, a silent gateway session.

The event loop only wakes the timers; whether something is due is asked of the injected clock alone. A test that moves
its clock calls `run_due`.
"""

import asyncio
import heapq
import itertools
from collections.abc import Callable

from simulator.snowflakes import Clock


class Timers:
    """A heap of moments. Callbacks re-check for themselves that what they are about still holds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._wake: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._arm()

    def stop(self) -> None:
        self._loop = None
        if self._wake:
            self._wake.cancel()
        self._wake = None

    def at(self, moment: float, callback: Callable[[], None]) -> None:
        """Calls back once, when the clock has reached the moment (seconds since 1970)."""
        heapq.heappush(self._heap, (moment, next(self._order), callback))
        if self._heap[0][0] == moment:
            self._arm()

    def run_due(self) -> None:
        """Runs what the clock says is due."""
        while self._heap and self._heap[0][0] <= self._clock():
            heapq.heappop(self._heap)[2]()
        self._arm()

    def _arm(self) -> None:
        if self._wake:
            self._wake.cancel()
        self._wake = None
        if self._loop and self._heap:
            # At least 10 ms, so that a clock that stands still does not make the loop spin.
            delay = max(self._heap[0][0] - self._clock(), 0.01)
            self._wake = self._loop.call_later(delay, self.run_due)
