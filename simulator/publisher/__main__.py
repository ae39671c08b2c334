"""`python -m simulator.publisher --port 0 [--ready-json] [--stay-with-parent] [--speed N]`."""

import argparse
import asyncio
import json
import os
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime
from threading import Thread

from aiohttp import web

from .server import Publisher


def main() -> None:
    asyncio.run(_serve(_arguments()))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator.publisher", description=__doc__)
    parser.add_argument("--port", type=int, default=8766, help="0 takes a free one (default: %(default)s)")
    parser.add_argument(
        "--speed", type=_speed, default=1.0, help="how much faster news comes (default: %(default)s)"
    )
    parser.add_argument("--ready-json", action="store_true", help="print one line of JSON when ready")
    parser.add_argument("--stay-with-parent", action="store_true", help="stop when standard input ends")
    return parser.parse_args()


def _speed(text: str) -> float:
    speed = float(text)
    if not 0 < speed < 1_000_000:
        raise argparse.ArgumentTypeError("a speed is a number above 0")
    return speed


async def _serve(arguments: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if arguments.stay_with_parent:
        Thread(target=_watch_input, args=(loop, stop), daemon=True).start()
    publisher = Publisher(datetime.now(UTC), lambda: datetime.now(UTC), arguments.speed)
    runner = web.AppRunner(publisher.app(), access_log=None, shutdown_timeout=0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", arguments.port).start()
        _say(runner.addresses[0][1], as_json=arguments.ready_json)
        await stop.wait()
    finally:
        await runner.cleanup()


def _watch_input(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Waits for the end of standard input, which is the end of the program that started this one."""
    # Read past the buffer: its lock would be held when the interpreter ends.
    while os.read(sys.stdin.fileno(), 4096):
        pass
    with suppress(RuntimeError):  # The loop may be closed already.
        loop.call_soon_threadsafe(stop.set)


def _say(port: int, *, as_json: bool) -> None:
    url = f"http://127.0.0.1:{port}/"
    ready = {"url": url, "feed_url": f"{url}feed.xml", "live_url": f"{url}live/harbour-fire"}
    text = json.dumps(ready) if as_json else f"The Harbour Gazette: {url}\nIts feed: {ready['feed_url']}"
    print(text, flush=True)  # noqa: T201  # A command line program says where it is.


main()
