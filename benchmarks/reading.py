"""Parsing and rendering: feeds, MB and entries a second, over real feeds.

    python benchmarks/reading.py [FOLDER]

FOLDER holds feeds as files (../shared/corpus/feeds/real, if none is given; where that is absent, feeds are made up).
Compares feedparser as it comes, the parser of Nightdesk in this process, and the same in its worker process, where one
event loop hands over document after document; then renders every entry as what Discord gets. One processor each.
"""

import argparse
import asyncio
import io
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import feedparser
from measuring import percentile, print_table
from publisher import CORPUS, Publisher

from bot.adapters.parser import WorkerParser
from bot.domain.entries import ParsedFeed
from bot.domain.presenting import present
from bot.domain.templates import Templates
from bot.errors import ParseError
from bot.parsing import parse

MADE_UP = 200
URL = "https://gazette.example/feed"


@dataclass
class Stopwatch:
    """Seconds for each document."""

    laps: list[float]

    @contextmanager
    def lap(self) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.laps.append(time.perf_counter() - begun)

    def row(self, name: str, size: int, entries: int) -> tuple[str, ...]:
        total = sum(self.laps)
        return (
            name,
            f"{len(self.laps) / total:.0f}",
            f"{size / 1e6 / total:.1f}",
            f"{entries / total:.0f}",
            f"{percentile(self.laps, 0.5) * 1000:.2f}",
            f"{percentile(self.laps, 0.99) * 1000:.1f}",
        )


def documents(folder: Path) -> Sequence[bytes]:
    if not folder.is_dir():
        print(f"{folder} is not there: reading feeds that are made up")
        publisher = Publisher(interval=300, changing=0.15, latency=0)
        return [publisher.body(feed, ()).encode() for feed in range(MADE_UP)]
    files = sorted(file for file in folder.iterdir() if not file.name.endswith(".truth.json"))
    return [file.read_bytes() for file in files]


def with_feedparser(body: bytes) -> int:
    return len(feedparser.parse(io.BytesIO(body)).entries)


def with_ours(body: bytes) -> int:
    return len(readable(body).entries)


def readable(body: bytes) -> ParsedFeed:
    try:
        return parse(URL, body)
    except ParseError:
        return ParsedFeed()


def each(name: str, bodies: Sequence[bytes], read: Callable[[bytes], int]) -> tuple[str, ...]:
    """A row for reading all documents, one after the other."""
    watch, entries = Stopwatch([]), 0
    read(bodies[0])  # What is loaded once is not counted.
    for body in bodies:
        with watch.lap():
            entries += read(body)
    return watch.row(name, sum(map(len, bodies)), entries)


async def in_a_worker(bodies: Sequence[bytes]) -> tuple[str, ...]:
    watch, entries = Stopwatch([]), 0
    async with WorkerParser(workers=1) as parser:
        await parser.parse(URL, b"<rss version='2.0'><channel><title>A</title></channel></rss>", "")
        for body in bodies:
            with watch.lap(), suppress(ParseError):
                entries += len((await parser.parse(URL, body, "")).entries)
    return watch.row("Nightdesk, in its worker", sum(map(len, bodies)), entries)


def rendering(bodies: Sequence[bytes]) -> tuple[str, ...]:
    """One lap is one feed with all its entries."""
    feeds = [feed for feed in map(readable, bodies) if feed.entries]
    watch = Stopwatch([])
    for feed in feeds:
        with watch.lap():
            for number, entry in enumerate(feed.entries):
                present(entry, Templates(), publisher=feed.title, publisher_link=feed.link, topic_id=number)
    return watch.row("rendering", sum(map(len, bodies)), sum(len(feed.entries) for feed in feeds))


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=CORPUS)
    bodies = documents(parser.parse_args().folder)
    print(f"{len(bodies)} feeds, {sum(map(len, bodies)) / 1e6:.1f} MB")
    rows = [
        each("feedparser as it comes", bodies, with_feedparser),
        each("Nightdesk, in place", bodies, with_ours),
        asyncio.run(in_a_worker(bodies)),
        rendering(bodies),
    ]
    print_table(("", "feeds/s", "MB/s", "entries/s", "median ms", "p99 ms"), rows)


if __name__ == "__main__":
    main()
