"""What benchmarks share: processor time and memory of processes, stalls, children, tables. Linux only."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TICK = 0.01
BENCHMARKS = Path(__file__).resolve().parent


def family(pid: int) -> list[int]:
    """The process and all that descend from it."""
    found = [pid]
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                for child in (thread / "children").read_text().split():
                    found += family(int(child))
    return found


def cpu_of(pid: int) -> float:
    """Seconds of processor time used by the process, its children and those it outlived."""
    total = 0
    for each in family(pid):
        with suppress(OSError):
            fields = Path(f"/proc/{each}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
            # utime, stime, and the same of children that ended and were waited for.
            total += sum(int(number) for number in fields[11:15])
    return total / os.sysconf("SC_CLK_TCK")


def memory_of(pid: int) -> float:
    """MB of memory, of the process and its children; what several share counts once."""
    total = 0
    for each in family(pid):
        with suppress(OSError):
            lines = Path(f"/proc/{each}/smaps_rollup").read_text(encoding="utf-8").splitlines()
            total += next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return total / 1024


@dataclass
class Usage:
    """Watches a process: `cpu()` since the last `mark()`, and the most memory since then."""

    pid: int
    most_memory: float = 0.0
    cpu_before: float = 0.0
    marked_at: float = 0.0

    def mark(self) -> None:
        self.cpu_before, self.most_memory, self.marked_at = cpu_of(self.pid), 0.0, time.perf_counter()

    def cpu(self) -> float:
        return cpu_of(self.pid) - self.cpu_before

    def seconds(self) -> float:
        return time.perf_counter() - self.marked_at

    async def watch(self) -> None:
        """Until cancelled."""
        while True:
            self.most_memory = max(self.most_memory, memory_of(self.pid))
            await asyncio.sleep(1)


@dataclass
class Heartbeat:
    """How long an event loop kept somebody waiting who asked for `TICK` seconds.

    `busy` is what the loop's thread worked meanwhile: on a busy machine other programs cause stalls, too.
    """

    stalls: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)

    def forget(self) -> None:
        self.stalls.clear()
        self.busy.clear()

    async def beat(self) -> None:
        """Until cancelled."""
        while True:
            before, worked = time.perf_counter(), time.thread_time()
            await asyncio.sleep(TICK)
            self.stalls.append(time.perf_counter() - before - TICK)
            self.busy.append(time.thread_time() - worked)

    def report(self) -> dict[str, float]:
        """Milliseconds."""
        return {
            "stall_p99": percentile(self.stalls, 0.99) * 1000,
            "stall_p999": percentile(self.stalls, 0.999) * 1000,
            "busy_most": max(self.busy, default=0) * 1000,
            "stall_most": max(self.stalls, default=0) * 1000,
        }


class Child:
    """A process that takes lines and answers in lines of JSON."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.pid = process.pid

    async def told(self) -> dict[str, Any]:
        """Its next line. Raises EOFError where it ended instead."""
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise EOFError("the child ended (see above)")
        answer = json.loads(line)
        assert isinstance(answer, dict)
        return answer

    def tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")

    async def ask(self, line: str) -> dict[str, Any]:
        self.tell(line)
        return await self.told()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Look five times a second, in a thread. Raises EOFError where it ended meanwhile."""
        while not await asyncio.to_thread(condition):
            if self._process.returncode is not None:
                raise EOFError("the child ended (see above)")
            await asyncio.sleep(0.2)


@asynccontextmanager
async def child(*arguments: object) -> AsyncIterator[Child]:
    """`python` with these arguments: a script of `BENCHMARKS`, or `-m` and a module. It ends with the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *map(str, arguments),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Child(process)
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


def percentile(values: Iterable[float], share: float) -> float:
    """NaN where there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """The first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        first, *others = (
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join((first, *others)))
