"""The whole product on one machine: a local Discord and a local newspaper as child processes, and the real bot.

The children stand behind their documented entry points (`python -m simulator`, `python -m simulator.publisher`);
this module imports nothing of them.
"""

import asyncio
import json
import socket
import sys
import tempfile
import webbrowser
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from bot import app, log
from bot.config import Settings, load
from bot.errors import OperatorError

READY_WITHIN = 20.0  # Seconds.
FIRST_ENTRIES = 3
USUAL_PORT = 8765


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """`port` None: the usual one, or a free one. `data` None: the database goes with the demo."""

    port: int | None
    browser: bool
    exit_after: float | None
    data: Path | None
    speed: float = 1.0

    async def run(self, stop_on_signal: Callable[[], asyncio.Event]) -> None:
        """Until stopped by a signal or after `exit_after` seconds. Raises OperatorError where it cannot start."""
        stop = stop_on_signal()
        log.configure("text", "warning", [])
        async with AsyncExitStack() as stack:
            folder = self.data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nightdesk-")))
            discord = await stack.enter_async_context(_child("simulator", "--port", str(_port(self.port))))
            newspaper = await stack.enter_async_context(_newspaper(self.speed))
            settings = _settings(discord, newspaper, folder, self.speed)
            self._tell(discord["page_url"], settings)
            if self.exit_after is not None:
                asyncio.get_running_loop().call_later(self.exit_after, stop.set)
            await app.run(settings, stop)

    def _tell(self, page_url: str, settings: Settings) -> None:
        typer.echo(f"Nightdesk is at work: {page_url}")
        typer.echo(f"Its database: {settings.database.path}  (look inside with the sqlite3 shell)")
        typer.echo("Stop with Ctrl+C.")
        if self.browser:
            webbrowser.open(page_url)


def _port(wanted: int | None) -> int:
    """The one that was asked for; else the usual one if it is free; else 0, which means any."""
    if wanted is not None:
        return wanted
    with socket.socket() as probe:
        return 0 if probe.connect_ex(("127.0.0.1", USUAL_PORT)) == 0 else USUAL_PORT


@asynccontextmanager
async def _child(module: str, *arguments: str) -> AsyncIterator[dict[str, Any]]:
    """A component that is ready, as it describes itself; it ends with us, however we end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, "--ready-json", "--stay-with-parent",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        async with asyncio.timeout(READY_WITHIN):
            line = await process.stdout.readline()
        if not line:
            raise OperatorError(f"the demo's {module} did not start (see above)")
        yield json.loads(line)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _newspaper(speed: float) -> AbstractAsyncContextManager[dict[str, Any]]:
    return _child("simulator.publisher", "--port", "0", "--speed", str(speed))


def _settings(
    discord: dict[str, Any], newspaper: dict[str, Any], folder: Path, speed: float = 1.0
) -> Settings:
    """The demo's settings, by the same way as an operator's: through the environment."""
    feed = {
        "url": newspaper["feed_url"],
        "channel_id": int(discord["channels"]["news"]),
        "post_last": FIRST_ENTRIES,
        "tags": ["World"],
    }
    return load(
        None,
        {
            "NIGHTDESK_DISCORD__TOKEN": discord["token"],
            "NIGHTDESK_DISCORD__API_URL": discord["api_url"],
            "NIGHTDESK_DISCORD__GATEWAY_URL": discord["gateway_url"],
            "NIGHTDESK_DATABASE__URL": f"sqlite:///{folder.absolute() / 'nightdesk.db'}",
            "NIGHTDESK_POLLING__INTERVAL": _hurried(5, speed),
            "NIGHTDESK_POLLING__ALLOW_PRIVATE_NETWORKS": "true",
            "NIGHTDESK_LIVE__INTERVAL": _hurried(5, speed),
            "NIGHTDESK_LIVE__GRACE": _hurried(10, speed),
            "NIGHTDESK_LOG__LEVEL": "warning",
            "NIGHTDESK_FEEDS": json.dumps([feed]),
        },
    )


def _hurried(seconds: float, speed: float) -> str:
    return f"{max(1, round(seconds / speed))}s"
