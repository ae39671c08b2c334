"""Hostile documents: the worst time and memory of each, and how long the event loop was held up.

    python benchmarks/hostile.py [FOLDER]

FOLDER holds documents as files (../shared/corpus/hostile, if none is given); some large ones are made up. Each is
fetched over HTTP from 127.0.0.1, read as a feed and as a live blog by a fresh parsing process, and then taken in by
polling as the bot runs it. Linux only.
"""

import argparse
import asyncio
import logging
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from aiohttp import web
from measuring import Heartbeat, print_table

from bot.adapters.clock import SystemClock
from bot.adapters.http import HttpFetcher
from bot.adapters.ids import Ids
from bot.adapters.parser import WorkerParser
from bot.domain.feeds import FeedOrder
from bot.domain.fetching import Fetched, Validators
from bot.errors import FetchError, ParseError
from bot.services.polling import Polling
from bot.store import Store

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "hostile"
SHOWN = 12
MB = 1_000_000
KINDS = {".json": "application/json", ".html": "text/html"}
CALM = b"<rss version='2.0'><channel><title>A</title></channel></rss>"
Row = tuple[str, str, float, float]


def made_up() -> Iterator[tuple[str, bytes]]:
    """Close to the limit of 5 MB, each in another way."""
    yield "comments", _rss("<item><title>a</title><description>" + "<!--" * 1_200_000)
    yield (
        "ampersands",
        _rss("<item><title>a</title><description>" + "&amp;" * 950_000 + "</description></item>"),
    )
    yield "items_3000", _rss("".join(map(_item, range(3000))))
    yield "items_10000", _rss("".join(map(_item, range(10_000))))
    yield "nested", _rss("<a>" * 1_500_000)
    yield "attributes", _rss("<item " + "".join(f'a{n}="b" ' for n in range(350_000)) + "/>")
    yield (
        "json_items",
        b'{"items":[' + b",".join(b'{"id":%d,"content_text":"a"}' % n for n in range(150_000)) + b"]}",
    )
    yield "json_brackets", b"[" * 4_900_000
    yield "html_divs", b"<html><body>" + b"<div>" * 900_000
    script = b'<script type="application/ld+json">{"@type":"LiveBlogPosting","liveBlogUpdate":['
    yield "html_ld", b"<html>" + script + b'{"articleBody":"a"},' * 230_000 + b"]}</script>"


def _rss(items: str) -> bytes:
    return f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>".encode()


def _item(number: int) -> str:
    return (
        f"<item><guid>{number}</guid><title>Title {number}</title><link>https://gazette.example/{number}</link>"
        f"<pubDate>Mon, 26 Jan 2026 09:00:00 GMT</pubDate><description>{'word ' * 40}</description></item>"
    )


class Documents:
    """A server on 127.0.0.1."""

    def __init__(self, folder: Path) -> None:
        found = sorted(folder.iterdir()) if folder.is_dir() else []
        self.bodies: Mapping[str, bytes] = {file.name: file.read_bytes() for file in found} | dict(made_up())

    async def send(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        headers = {"Content-Type": KINDS.get(Path(name).suffix, "application/xml")}
        if name.endswith(".gz"):
            headers["Content-Encoding"] = "gzip"
        return web.Response(body=self.bodies[name], headers=headers)


class Peak:
    """The most memory a process had, in MB; it may be killed at any time."""

    def __init__(self, pid: int) -> None:
        self._status = Path(f"/proc/{pid}/status")
        self.before = self.most = self._read("VmRSS")

    def look(self) -> None:
        with suppress(OSError, StopIteration):
            self.most = max(self.most, self._read("VmHWM"))

    async def watch(self) -> None:
        """Until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(0.01)

    def _read(self, key: str) -> float:
        lines = self._status.read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(key)) / 1024


async def read(name: str, fetched: Fetched, how: str) -> Row:
    """By a fresh process; memory beyond what it has at its start."""
    async with WorkerParser(workers=1) as parser:
        await parser.parse(fetched.url, CALM, "")
        (worker,) = parser._workers  # noqa: SLF001  # What it costs is what is measured.
        peak = Peak(worker.pid)
        watching = asyncio.create_task(peak.watch())
        begun = time.perf_counter()
        try:
            await getattr(parser, how)(fetched.url, fetched.body or b"", fetched.content_type)
            end = "read"
        except ParseError as error:
            end = str(error)
        took = time.perf_counter() - begun
        peak.look()
        watching.cancel()
        return name, f"{how}: {end}", took, peak.most - peak.before


async def read_all(fetcher: HttpFetcher, urls: Mapping[str, str]) -> list[Row]:
    rows = []
    for name, url in urls.items():
        begun = time.perf_counter()
        try:
            fetched = await fetcher.fetch(url, Validators())
        except FetchError as error:
            rows.append((name, str(error), time.perf_counter() - begun, 0.0))
            continue
        rows += [await read(name, fetched, how) for how in ("parse", "parse_live")]
    return rows


async def poll_all(fetcher: HttpFetcher, urls: Mapping[str, str], folder: Path) -> Heartbeat:
    """As the bot runs it, all at once."""
    clock, heartbeat = SystemClock(), Heartbeat()
    ids = Ids(clock)
    store = await Store.open(folder / "desk.db", ids)
    async with WorkerParser() as parser:
        polling = Polling(
            store.feeds, fetcher, parser, clock, ids, interval=timedelta(minutes=5), on_wanted=lambda: None
        )
        await parser.parse("https://gazette.example/", CALM, "")
        await store.feeds.own_by_file(
            [FeedOrder(url=url, channel_id=1, post_last=3) for url in urls.values()], clock.now()
        )
        beating = asyncio.create_task(heartbeat.beat())
        due = await store.feeds.due(clock.now(), len(urls))
        await asyncio.gather(*(polling.poll(feed_id) for feed_id in due))
        beating.cancel()
    await store.close()
    return heartbeat


async def measure(folder: Path) -> None:
    documents = Documents(folder)
    app = web.Application()
    app.router.add_get("/{name}", documents.send)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    urls = {name: f"{base}/{name}" for name in documents.bodies}
    async with HttpFetcher(
        SystemClock(), user_agent="benchmark", allow_private_networks=True, gap=timedelta()
    ) as fetcher:
        rows = await read_all(fetcher, urls)
        with tempfile.TemporaryDirectory() as scratch:
            heartbeat = await poll_all(fetcher, urls, Path(scratch))
    await runner.cleanup()
    report(documents, rows, heartbeat)


def report(documents: Documents, rows: list[Row], heartbeat: Heartbeat) -> None:
    print(f"{len(documents.bodies)} documents, {sum(map(len, documents.bodies.values())) / MB:.0f} MB")
    worst = sorted(rows, key=lambda row: row[2], reverse=True)[:SHOWN]
    worst += [row for row in sorted(rows, key=lambda row: row[3], reverse=True)[:SHOWN] if row not in worst]
    cells = [(name, end[:60], f"{seconds:.2f}", f"{memory:.0f}") for name, end, seconds, memory in worst]
    print_table(("slowest and largest", "end", "s", "MB"), cells)
    print({key: round(value, 1) for key, value in heartbeat.report().items()})


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=CORPUS)
    logging.disable()
    asyncio.run(measure(parser.parse_args().folder))


if __name__ == "__main__":
    main()
