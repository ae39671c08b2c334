"""`nightdesk run` as an operator starts it: a process of its own, with a file of settings and a SQLite file."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from simulator import Simulator

PATIENCE = 30.0  # Seconds; a busy machine starts Python slowly.


class DeskProcess:
    """Starts and stops the bot; what it wrote to its log is in `log` after it ended."""

    def __init__(
        self,
        folder: Path,
        sim: Simulator,
        feeds: Sequence[Mapping[str, Any]],
        *,
        live: Mapping[str, object] | None = None,
        **polling: object,
    ) -> None:
        self.config = folder / "config.toml"
        self.database = folder / "desk.db"
        self.log = ""
        self._process: asyncio.subprocess.Process | None = None
        self.config.write_text(_toml(sim, self.database, feeds, {"interval": "1s"} | polling, live or {}))

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            await self.kill()
        if error is not None:
            sys.stderr.write(self.log)

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", "--config", str(self.config),
            stderr=asyncio.subprocess.PIPE, env={k: v for k, v in os.environ.items() if "NIGHTDESK" not in k},
        )  # fmt: skip

    async def kill(self) -> None:
        """`kill -9`: nothing in the process learns of it."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        return await self._end(signal.SIGTERM)

    async def wait(self) -> int:
        """Until it ends by itself; returns the exit code."""
        return await self._end(None)

    async def _end(self, signal_number: int | None) -> int:
        process, self._process = self._process, None
        assert process is not None
        if signal_number is not None and process.returncode is None:
            process.send_signal(signal_number)
        ended = asyncio.create_task(process.communicate())
        await asyncio.wait([ended], timeout=PATIENCE)
        if is_stuck := not ended.done():
            process.kill()
        self.log += (await ended)[1].decode()
        assert not is_stuck, "it does not end"
        assert process.returncode is not None
        return process.returncode


def _toml(
    sim: Simulator,
    database: Path,
    feeds: Sequence[Mapping[str, Any]],
    polling: Mapping[str, object],
    live: Mapping[str, object],
) -> str:
    sections: dict[str, Mapping[str, object]] = {
        "discord": {"token": sim.token, "api_url": sim.api_url, "gateway_url": sim.gateway_url},
        "database": {"url": f"sqlite:///{database}"},
        "polling": {"allow_private_networks": True, **polling},
        "live": live,
    }
    lines = [f"[{name}]\n{_pairs(values)}" for name, values in sections.items()]
    return "\n".join([*lines, *(f"[[feeds]]\n{_pairs(feed)}" for feed in feeds)])


def _pairs(values: Mapping[str, object]) -> str:
    """A JSON text, number or list reads the same in TOML."""
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())
