"""Small writes that come at the same time share a transaction."""

import asyncio

import pytest

from bot.errors import StoreError
from bot.store.group_commit import GroupCommit


class Slow:
    """Writes when it is let, or fails."""

    def __init__(self, error: Exception | None = None) -> None:
        self.written: list[list[int]] = []
        self.go = asyncio.Event()
        self._error = error

    async def write(self, items: list[int]) -> None:
        await self.go.wait()
        self.written.append(list(items))
        if self._error is not None:
            raise self._error


async def test_what_comes_while_one_is_written_is_written_together() -> None:
    slow = Slow()
    group = GroupCommit(slow.write)
    adding = [asyncio.create_task(group.add(0))]
    await asyncio.sleep(0)
    adding += [asyncio.create_task(group.add(number)) for number in (1, 2, 3)]
    await asyncio.sleep(0)
    slow.go.set()
    await asyncio.gather(*adding)
    assert [[0], [1, 2, 3]] == slow.written


async def test_one_alone_is_written_at_once() -> None:
    slow = Slow()
    slow.go.set()
    await GroupCommit(slow.write).add(1)
    assert [[1]] == slow.written


async def test_nobody_is_told_that_a_failed_write_succeeded() -> None:
    slow = Slow(OSError("the disk is full"))
    group = GroupCommit(slow.write)
    adding = [asyncio.create_task(group.add(0))]
    await asyncio.sleep(0)
    adding += [asyncio.create_task(group.add(number)) for number in (1, 2)]
    await asyncio.sleep(0)
    slow.go.set()
    outcomes = await asyncio.gather(*adding, return_exceptions=True)
    assert [OSError, OSError, StoreError] == [type(outcome) for outcome in outcomes]


async def test_a_failed_write_does_not_spoil_the_next() -> None:
    failing = Slow(OSError("the disk is full"))
    failing.go.set()
    group = GroupCommit(failing.write)
    with pytest.raises(OSError, match="full"):
        await group.add(1)
    with pytest.raises(OSError, match="full"):
        await group.add(2)
    assert [[1], [2]] == failing.written
