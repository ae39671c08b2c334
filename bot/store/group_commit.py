"""Many small writes in one transaction, where they come at the same time. Nobody waits for others to come."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from bot.errors import StoreError

T = TypeVar("T")


@dataclass(slots=True)
class _Batch(Generic[T]):
    items: list[T] = field(default_factory=list)
    is_written: bool = False


class GroupCommit(Generic[T]):
    """`write(items)` stores all of them in one transaction, or none.

    The first to come writes at once; what comes while it writes is written together by the next.
    """

    def __init__(self, write: Callable[[list[T]], Awaitable[None]]) -> None:
        self._write = write
        self._lock = asyncio.Lock()
        self._open = _Batch[T]()

    async def add(self, item: T) -> None:
        """Returns when the item is stored. Raises StoreError where it was not."""
        batch = self._open
        batch.items.append(item)
        async with self._lock:
            if batch is self._open:
                self._open = _Batch()
                await self._write(batch.items)
                batch.is_written = True
        if not batch.is_written:
            raise StoreError("the transaction that this was part of failed")
