"""Room for large bodies, so that many large answers at once cannot take all memory. Knows nothing of HTTP.

A place belongs to the task that took it until the task ends: whoever has fetched a body holds it that long, waiting
for its turn to be read.
"""

import asyncio
from typing import Any

PLACES = 16


class Room:
    def __init__(self, places: int = PLACES) -> None:
        self._places = asyncio.Semaphore(places)
        self._inside: set[asyncio.Task[Any]] = set()

    async def enter(self) -> None:
        """Wait for a place, unless this task has one."""
        task = asyncio.current_task()
        assert task is not None
        if task in self._inside:
            return
        await self._places.acquire()
        self._inside.add(task)
        task.add_done_callback(self._leave)

    def _leave(self, task: asyncio.Task[Any]) -> None:
        self._inside.discard(task)
        self._places.release()
