"""Waiting for the world to be as expected, woken by every change and never by a clock."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Changes:
    """Wakes everyone who waits whenever something has changed."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[None]] = set()

    def notify(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def until(self, condition: Callable[[], T], seconds: float, what: str = "") -> T:
        """The condition's first true value; raises TimeoutError after so many real seconds."""
        try:
            async with asyncio.timeout(seconds):
                while not (value := condition()):
                    await self._next()
                return value
        except TimeoutError:
            raise TimeoutError(f"not within {seconds} s: {what or condition}") from None

    async def _next(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await waiter
        finally:
            self._waiters.discard(waiter)
