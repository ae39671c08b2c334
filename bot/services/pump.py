"""Keeps work flowing: whatever is due is worked on, one task for a key at a time, a bounded number at once.

The pump never raises for one key's failure and never spins: between rounds it waits until something is due, something
is finished, or somebody pokes it. The longest wait is the safety net against clock jumps and lost pokes.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.errors import OperatorError
from bot.ports import Clock

LONGEST_WAIT = timedelta(seconds=30)
GRACE = timedelta(seconds=4)
REST_AFTER_A_FAULT = timedelta(seconds=5)

Due = Callable[[datetime, int], Awaitable[list[int]]]
NextDueAt = Callable[[datetime], Awaitable[datetime | None]]
Work = Callable[[int], Awaitable[None]]

log = logging.getLogger(__name__)


class Pump:
    """`due(now, limit)` names the keys to work on, `next_due_at(now)` the moment of the next, `work(key)` does it.

    `longest_wait`: until it looks again where nobody pokes it. `rest`: between two looks, for keys that fall due one
    right after the other and may wait for each other.
    """

    def __init__(
        self,
        name: str,
        *,
        due: Due,
        next_due_at: NextDueAt,
        work: Work,
        clock: Clock,
        width: int,
        longest_wait: timedelta = LONGEST_WAIT,
        rest: timedelta = timedelta(),
    ) -> None:
        self._name = name
        self._due = due
        self._next_due_at = next_due_at
        self._work = work
        self._clock = clock
        self._width = width
        self._longest_wait = longest_wait
        self._rest = rest.total_seconds()
        self._running: dict[int, asyncio.Task[None]] = {}
        self._poked = asyncio.Event()

    def poke(self) -> None:
        """Look again now: something was recorded."""
        self._poked.set()

    async def run(self) -> None:
        """Until cancelled; then what is under way has a moment to finish before it is cancelled, too."""
        try:
            while True:
                longest = await self._round()
                await asyncio.sleep(self._rest)
                await self._wait(longest)
        finally:
            await self._stop()

    async def _round(self) -> timedelta:
        """Start what is due; returns how long there is nothing to do."""
        self._poked.clear()
        if len(self._running) == self._width:
            return self._longest_wait  # Whoever is finished first pokes.
        try:
            now = self._clock.now()
            for key in await self._due(now, self._width + len(self._running)):
                if key not in self._running and len(self._running) < self._width:
                    self._start(key)
            at = await self._next_due_at(now)
        except Exception as error:  # noqa: BLE001 - nothing may stop the pump; it tells.
            self._tell(error)
            return REST_AFTER_A_FAULT
        return min(self._longest_wait, at - now) if at else self._longest_wait

    def _start(self, key: int) -> None:
        task = asyncio.create_task(self._guarded(key), name=f"{self._name}:{key}")
        self._running[key] = task
        task.add_done_callback(lambda _: self._finish(key))

    def _finish(self, key: int) -> None:
        del self._running[key]
        self.poke()

    async def _guarded(self, key: int) -> None:
        try:
            await self._work(key)
        except Exception as error:  # noqa: BLE001 - nothing may stop the pump; it tells.
            self._tell(error)
            await asyncio.sleep(REST_AFTER_A_FAULT.total_seconds())

    def _tell(self, error: Exception) -> None:
        if isinstance(error, OperatorError):
            log.error("%s: %s; trying again in %d s", self._name, error, REST_AFTER_A_FAULT.seconds)
        else:
            log.error("%s: our own fault; the rest goes on", self._name, exc_info=error)

    async def _stop(self) -> None:
        tasks = list(self._running.values())
        if tasks:
            await asyncio.wait(tasks, timeout=GRACE.total_seconds())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _wait(self, longest: timedelta) -> None:
        try:
            async with asyncio.timeout(max(longest.total_seconds(), 0)):
                await self._poked.wait()
        except TimeoutError:
            pass
