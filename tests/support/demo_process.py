"""`nightdesk demo` as a newcomer starts it."""

import asyncio
import signal
import sys
from types import TracebackType
from typing import Self

PATIENCE = 60.0  # Seconds; three Pythons start.


class DemoProcess:
    """`url` is the address it prints once everything is at work; empty if it could not start."""

    def __init__(self, *arguments: str) -> None:
        self._arguments = arguments
        self._process: asyncio.subprocess.Process | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "demo", "--port", "0", "--no-browser", *self._arguments,
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            first_line = (await self._process.stdout.readline()).decode()
        self.url = first_line.partition(": ")[2].strip()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def stop(self) -> int:
        """SIGINT, as Ctrl+C sends it; returns the exit code."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGINT)
        return await self.wait()

    async def wait(self) -> int:
        """Until it ends by itself; returns the exit code."""
        assert self._process is not None
        async with asyncio.timeout(PATIENCE):
            await self._process.communicate()
        assert self._process.returncode is not None
        return self._process.returncode
