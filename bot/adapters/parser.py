"""Parsing in processes of their own: no document blocks the event loop, takes more than its share, or ends the bot.

Never parses in this process. A worker that is killed, crashes or runs into its limits is replaced; its document is a
ParseError, because only its publisher can mend it.
"""

import asyncio
import io
import os
import pickle
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bot.adapters.parse_frames import READY, REQUEST, RESULT, Result
from bot.domain.discovery import Discovered, FeedKind, FeedOffer
from bot.domain.entries import Entry, Image, ParsedFeed
from bot.domain.feeds import Options, Overflow
from bot.domain.live import LiveReading, UpdateAddress
from bot.domain.outlines import Outline, OutlineList, Rejected
from bot.domain.templates import Templates
from bot.domain.wording import Phrase
from bot.errors import ParseError

WORKERS = 2
TIME_LIMIT = timedelta(seconds=2)  # Of processor time for a document.
MEMORY_LIMIT = 100_000_000  # Bytes beyond what the process has at its start.
START_LIMIT = 60.0  # Seconds; a busy machine starts Python slowly.
PATIENCE = 10  # Times the time limit, by the clock on the wall.
HOME = Path(__file__).parents[2]
LARGE = 100_000  # Bytes of a result that would hold up the event loop.

CRASHED = "This document crashes the reader."
_VALUES = {
    (kind.__module__, kind.__qualname__): kind
    for kind in (
        *(ParsedFeed, LiveReading, UpdateAddress, Entry, Image, Discovered, FeedOffer, FeedKind),
        *(OutlineList, Outline, Rejected, Phrase, Options, Overflow, Templates),
        *(datetime, timedelta, type(UTC)),
    )
}


class WorkerParser:
    """Implements `ports.Parser`. Workers start when they are first needed; close it once."""

    def __init__(
        self,
        *,
        workers: int = WORKERS,
        time_limit: timedelta = TIME_LIMIT,
        memory_limit: int = MEMORY_LIMIT,
    ) -> None:
        self._time_limit = time_limit
        self._memory_limit = memory_limit
        self._workers: set[_Worker] = set()
        # The one used last goes first: where one is enough, no second is started.
        self._free: asyncio.LifoQueue[_Worker | None] = asyncio.LifoQueue()
        for _ in range(workers):
            self._free.put_nowait(None)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        for worker in [*self._workers]:
            await self._end(worker)

    async def parse(self, url: str, body: bytes, content_type: str) -> ParsedFeed:
        found = await self._ask("parse", url, body, content_type)
        assert isinstance(found, ParsedFeed)
        return found

    async def parse_live(self, url: str, body: bytes, content_type: str) -> LiveReading | None:
        found = await self._ask("parse_live", url, body, content_type)
        assert found is None or isinstance(found, LiveReading)
        return found

    async def parse_article(self, url: str, body: bytes, content_type: str) -> ParsedFeed:
        found = await self._ask("parse_article", url, body, content_type)
        assert isinstance(found, ParsedFeed)
        return found

    async def discover(self, url: str, body: bytes, content_type: str) -> Discovered:
        found = await self._ask("discover", url, body, content_type)
        assert isinstance(found, Discovered)
        return found

    async def read_outlines(self, body: bytes) -> OutlineList:
        found = await self._ask("read_opml", body)
        assert isinstance(found, OutlineList)
        return found

    async def write_outlines(self, title: str, folders: Sequence[tuple[str, Sequence[Outline]]]) -> bytes:
        return bytes(await self._ask("write_opml", title, folders))

    async def allows(self, robots: bytes, url: str, user_agent: str) -> bool:
        return bool(await self._ask("allows", robots, url, user_agent))

    async def _ask(self, *job: Any) -> Any:
        worker = await self._free.get()
        try:
            if worker is None or not worker.fit:  # The system may have killed it meanwhile.
                worker = await self._replaced(worker)
            kind, value = await self._answer(worker, job)
        finally:
            fit = worker is not None and worker.fit
            self._free.put_nowait(worker if fit else None)
            if worker is not None and not fit:
                await self._end(worker)
        if kind == "unreadable":
            raise ParseError(value)
        if kind == "fault":
            raise RuntimeError(f"parsing failed: {value}")
        return value

    async def _replaced(self, old: "_Worker | None") -> "_Worker":
        if old is not None:
            await self._end(old)
        worker = await _Worker.start(self._time_limit, self._memory_limit)
        self._workers.add(worker)
        return worker

    async def _end(self, worker: "_Worker") -> None:
        self._workers.discard(worker)
        await worker.end()

    async def _answer(self, worker: "_Worker", job: tuple[Any, ...]) -> Result:
        try:
            async with asyncio.timeout(self._time_limit.total_seconds() * PATIENCE):
                return await worker.answer(job)
        except TimeoutError:
            pass
        except (ConnectionError, asyncio.IncompleteReadError):
            if await worker.died_by() != getattr(signal, "SIGPROF", None):
                raise ParseError(CRASHED) from None
        raise ParseError(f"This document takes more than {self._time_limit.total_seconds():g} s to read.")


class _Worker:
    """One process. It is `fit` for another job unless the last one was cut short or made it too large."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._jobs = process.stdin
        self._results = process.stdout
        self._whole = True

    @property
    def fit(self) -> bool:
        return self._whole and self._process.returncode is None

    @property
    def pid(self) -> int:
        return self._process.pid

    @classmethod
    async def start(cls, time_limit: timedelta, memory_limit: int) -> Self:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot.adapters.parse_worker", str(time_limit.total_seconds()), str(memory_limit),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 20,
            # `-m` looks in the working directory first, and there may be somebody else's "bot".
            cwd=HOME,
            # Documents are hostile: the token is not to be found where they are read.
            env={name: value for name, value in os.environ.items() if not name.startswith("NIGHTDESK_")},
        )  # fmt: skip
        worker = cls(process)
        try:
            async with asyncio.timeout(START_LIMIT):
                await worker._results.readexactly(len(READY))
        except BaseException:
            await worker.end()
            raise
        return worker

    async def answer(self, job: tuple[Any, ...]) -> Result:
        """Raises ConnectionError or IncompleteReadError where the process dies over it."""
        self._whole = False
        kind, *arguments = job
        request = pickle.dumps((kind, tuple(arguments)), protocol=pickle.HIGHEST_PROTOCOL)
        self._jobs.write(REQUEST.pack(len(request)) + request)
        await self._jobs.drain()
        length, last = RESULT.unpack(await self._results.readexactly(RESULT.size))
        data = await self._results.readexactly(length)
        result = await asyncio.to_thread(_loads, data) if length > LARGE else _loads(data)
        self._whole = not last
        return result

    async def died_by(self) -> int:
        """The number of the signal that ended it, or 0."""
        return -min(await self._process.wait(), 0)

    async def end(self) -> None:
        self._whole = False
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.communicate()  # Not `wait`: that never ends over a result nobody reads.


class _Values(pickle.Unpickler):
    """Our own values and nothing else: a worker that a document took over cannot make this process run anything."""

    def find_class(self, module: str, name: str) -> Any:
        try:
            return _VALUES[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module}.{name} is no value of a document") from None


def _loads(data: bytes) -> Result:
    result: Result = _Values(io.BytesIO(data)).load()
    return result
