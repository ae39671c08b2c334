"""The simulator on its own: `python -m simulator --port 8765`. See docs/simulator.md."""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Callable

from simulator.guilds import demo_guild
from simulator.handle import HOST, Simulator


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator", description="A local Discord on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=8765, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--no-limits", action="store_true", help="no rate limits")
    parser.add_argument("--token", help="the bot's token (default: a random one)")
    parser.add_argument("--world", choices=["demo", "empty"], default="demo", help="default: %(default)s")
    parser.add_argument("--ready-json", action="store_true", help="print one JSON line once it listens")
    parser.add_argument("--stay-with-parent", action="store_true", help="stop when stdin ends")
    return parser.parse_args()


def _announce(simulator: Simulator, *, as_json: bool) -> None:
    """Says where everything is; as one JSON line for programs."""
    found = {
        "page_url": simulator.page_url,
        "api_url": simulator.api_url,
        "gateway_url": simulator.gateway_url,
        "control_url": simulator.control_url,
        "token": simulator.token,
    }
    if as_json:
        places = [each for guild in simulator.world.guilds.values() for each in guild.channels.values()]
        line = json.dumps(found | {"channels": {each.name: each.id for each in places}})
    else:
        line = "\n".join(f"{key.removesuffix('_url'):<8} {value}" for key, value in found.items())
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _call_when_stdin_ends(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    """Watches from a thread, because stdin may be a file or /dev/null, which an event loop cannot wait for."""

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        with contextlib.suppress(RuntimeError):  # The loop may be gone already.
            loop.call_soon_threadsafe(callback)

    threading.Thread(target=watch, daemon=True).start()


async def _run(arguments: argparse.Namespace) -> int:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    simulator = Simulator(limits=not arguments.no_limits, port=arguments.port, token=arguments.token)
    if arguments.world == "demo":
        demo_guild(simulator.world)
    try:
        await simulator.start()
    except OSError:
        text = f"simulator: port {arguments.port} on {HOST} is in use; choose another with --port"
        sys.stderr.write(f"{text}\n")
        return 2
    _announce(simulator, as_json=arguments.ready_json)
    if arguments.stay_with_parent:
        _call_when_stdin_ends(loop, stopped.set)
    await stopped.wait()
    await simulator.stop()
    return 0


def main() -> None:
    """Exit codes: 0 stopped by a signal or with its parent, 2 the port is taken."""
    sys.exit(asyncio.run(_run(_arguments())))


if __name__ == "__main__":
    main()
