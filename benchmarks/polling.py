"""Polling at scale: what thousands of feeds cost, beside the library `reader` and plain loops over feedparser.

    python benchmarks/polling.py [--feeds 6000] [--interval 300] [--others 1000]
    python benchmarks/polling.py --feeds 60000 --primed --others 0

A publisher in a process of its own answers each request after 0.1 s, 85 % of them with "not modified"; sizes are those
of real feeds (see `publisher.py`). The bot polls with all it has but Discord: pump, store, fetcher, parser. It first
reads every feed whole; then the feeds begin to publish, and the bot is measured for the second interval from there. The
others ask `--others` of the same feeds twice, the second time an interval later, and are measured then. `reader` is no
dependency; `pip install reader sgmllib3k` to see it (it needs the latter and does not say so).

`--primed` spares the time of the first reading: the database is filled as it would have left it (see `priming.py`), and
the next interval is measured, in which 15 % of the feeds have one new entry each.

CPU is that of the contender and its children, not the publisher's; memory the most that they held together. "core" is
the share of one processor that polling `--feeds` feeds once an interval takes. Linux only.
"""

import argparse
import asyncio
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import aiohttp
from measuring import BENCHMARKS, Child, Usage, child, percentile, print_table

HEADER = ("", "polls/s", "ms CPU a poll", "core", "MB")
PATIENCE = 3600
LATE = 2.0  # Seconds.


@dataclass(frozen=True)
class Publisher:
    """The publisher's control."""

    port: int
    opened_at: float
    session: aiohttp.ClientSession

    async def counts(self) -> dict[str, int]:
        async with self.session.get(f"http://127.0.0.1:{self.port}/counts") as answer:
            return {"200": 0, "304": 0, **await answer.json()}

    async def start(self) -> None:
        await self._post("start")

    async def skip(self, seconds: float) -> None:
        await self._post(f"skip?seconds={seconds}")

    async def _post(self, path: str) -> None:
        async with self.session.post(f"http://127.0.0.1:{self.port}/{path}") as answer:
            answer.raise_for_status()


@dataclass(frozen=True)
class Figures:
    """Of one contender."""

    name: str
    polls: int
    seconds: float
    cpu: float
    memory: float

    def row(self, polls_a_second: float) -> tuple[str, ...]:
        cost = self.cpu / self.polls
        return (
            self.name,
            f"{self.polls / self.seconds:.1f}",
            f"{cost * 1000:.2f}",
            f"{cost * polls_a_second:.0%}",
            f"{self.memory:.0f}",
        )


@asynccontextmanager
async def publishing(interval: float, latency: float) -> AsyncIterator[Publisher]:
    async with (
        child(BENCHMARKS / "publisher.py", "--interval", interval, "--latency", latency) as process,
        aiohttp.ClientSession() as session,
    ):
        told = await process.told()
        yield Publisher(told["port"], told["opened_at"], session)


@asynccontextmanager
async def watched(process: Child) -> AsyncIterator[Usage]:
    usage = Usage(process.pid)
    usage.mark()
    watching = asyncio.create_task(usage.watch())
    yield usage
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


class Desk:
    """Looks into the bot's database from outside."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def ask(self, sql: str, **values: float) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)) as connection:
            return connection.execute(sql, values).fetchall()

    def is_read(self) -> bool:
        """Whether every feed was read once."""
        return not self.ask("SELECT COUNT(*) FROM feeds WHERE answered_at IS NULL")[0][0]

    def is_on_time(self) -> bool:
        """Whether no feed waits to be asked again; some fell due while others were read first."""
        late = "SELECT COUNT(*) FROM feeds WHERE next_poll_at < :now"
        return not self.ask(late, now=(time.time() - LATE) * 1000)[0][0]

    def delays(self, since: float) -> list[float]:
        """Seconds from publication to record; feeds tell whole seconds."""
        sql = "SELECT first_seen_at - published_at FROM entries WHERE first_seen_at >= :since AND published_at > :start"
        return [row[0] / 1000 for row in self.ask(sql, since=since * 1000, start=(since - 3600) * 1000)]

    def news(self, since: float) -> tuple[int, int, int]:
        """How many entries are new since then, in how many feeds; and how many feeds are quarantined."""
        sql = """
            SELECT COUNT(*), COUNT(DISTINCT feed_id), (SELECT COUNT(*) FROM feeds WHERE quarantined_at IS NOT NULL)
            FROM entries WHERE first_seen_at >= :since
        """
        entries, feeds, quarantined = self.ask(sql, since=since * 1000)[0]
        return entries, feeds, quarantined


async def measure_bot(publisher: Publisher, feeds: int, interval: float) -> list[Figures]:
    """First the reading of all feeds, then one interval."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = ("--port", publisher.port, "--feeds", feeds, "--interval", interval, "--folder", folder)
        async with child(BENCHMARKS / "contenders.py", "bot", *arguments) as bot, watched(bot) as usage:
            desk = Desk(Path(folder) / "desk.db")
            await bot.told()
            usage.mark()
            async with asyncio.timeout(PATIENCE):
                await bot.until(desk.is_read)
            first = Figures("first reading", feeds, usage.seconds(), usage.cpu(), usage.most_memory)
            await bot.until(desk.is_on_time)
            await publisher.start()
            await asyncio.sleep(interval)
            return [await measure_interval(publisher, bot, usage, desk, interval), first]


async def measure_primed(publisher: Publisher, feeds: int, interval: float) -> list[Figures]:
    """The interval after the first."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = ("--port", publisher.port, "--feeds", feeds, "--interval", interval, "--folder", folder)
        began = time.perf_counter()
        priming = BENCHMARKS / "priming.py", *arguments, "--opened-at", publisher.opened_at
        async with child(*priming) as primer:
            await primer.told()
        print(f"primed {feeds:,} feeds in {time.perf_counter() - began:.0f} s")
        bot_arguments = BENCHMARKS / "contenders.py", "bot", *arguments, "--primed"
        async with child(*bot_arguments) as bot, watched(bot) as usage:
            starts_at = (await bot.told())["starts_at"]
            await asyncio.sleep(starts_at - time.time())
            await publisher.start()
            desk = Desk(Path(folder) / "desk.db")
            return [await measure_interval(publisher, bot, usage, desk, interval)]


async def measure_interval(
    publisher: Publisher, bot: Child, usage: Usage, desk: Desk, interval: float
) -> Figures:
    """From now on, and tell how it went."""
    await bot.ask("measure")
    before, since = await publisher.counts(), time.time()
    usage.mark()
    await asyncio.sleep(interval)
    after = await publisher.counts()
    polls = {status: after[status] - before[status] for status in ("200", "304")}
    figures = Figures("Nightdesk", sum(polls.values()), usage.seconds(), usage.cpu(), usage.most_memory)
    tell_delays(polls, await bot.ask("report"), desk.delays(since))
    tell_news(*desk.news(since))
    return figures


def tell_news(entries: int, feeds: int, quarantined: int) -> None:
    print(f"{entries:,} entries new, in {feeds:,} feeds; {quarantined} feeds quarantined")


def tell_delays(polls: dict[str, int], told: dict[str, float], delays: Sequence[float]) -> None:
    print(f"answered 304: {polls['304'] / max(sum(polls.values()), 1):.0%} of {sum(polls.values()):,} polls")
    print(
        f"due -> asked: p50 {told['asked_p50']:.2f} s, p99 {told['asked_p99']:.2f} s, most {told['asked_most']:.2f} s"
    )
    print(
        f"published -> recorded: p50 {percentile(delays, 0.5):.0f} s, p99 {percentile(delays, 0.99):.0f} s"
        f" ({len(delays):,} entries)"
    )
    print(
        f"event loop late: p99 {told['stall_p99']:.1f} ms, p99.9 {told['stall_p999']:.1f} ms,"
        f" most {told['stall_most']:.1f} ms; its own work in one go: {told['busy_most']:.1f} ms at most"
    )


async def measure_rounds(
    publisher: Publisher, who: str, feeds: int, interval: float, threads: int
) -> Figures:
    """A round to learn the feeds, then the one that is measured."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = ("--port", publisher.port, "--feeds", feeds, "--interval", interval, "--folder", folder)
        asker = child(BENCHMARKS / "contenders.py", who, *arguments, "--threads", threads)
        async with asker as other, watched(other) as usage:
            await other.told()
            await other.ask("round")
            await publisher.skip(interval)
            before = await publisher.counts()
            usage.mark()
            await other.ask("round")
            name = f"{who}, {threads} threads" if threads > 1 else f"{who}, in sequence"
            seconds, cpu = usage.seconds(), usage.cpu()
            polls = sum((await publisher.counts()).values()) - sum(before.values())
            return Figures(name, polls, seconds, cpu, usage.most_memory)


async def measure(feeds: int, others: int, interval: float, latency: float, *, primed: bool) -> None:
    """Print the delays of the bot and a row for each contender."""
    async with publishing(interval, latency) as publisher:
        figures = await (measure_primed if primed else measure_bot)(publisher, feeds, interval)
        if others:
            figures.append(await measure_rounds(publisher, "feedparser", others, interval, 1))
            figures.append(await measure_rounds(publisher, "feedparser", others, interval, 20))
        if others and find_spec("reader"):
            figures.append(await measure_rounds(publisher, "reader", others, interval, 1))
            figures.append(await measure_rounds(publisher, "reader", others, interval, 20))
    if not find_spec("reader"):
        print("`reader` is not installed, so it is left out: pip install reader sgmllib3k")
    print_table(HEADER, [each.row(feeds / interval) for each in figures])


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=6000)
    parser.add_argument("--interval", type=float, default=300)
    parser.add_argument("--others", type=int, default=1000, help="feeds for the others; 0 leaves them out")
    parser.add_argument("--latency", type=float, default=0.1)
    parser.add_argument("--primed", action="store_true", help="without the first reading")
    given = parser.parse_args()
    others = min(given.others, given.feeds)
    asyncio.run(measure(given.feeds, others, given.interval, given.latency, primed=given.primed))


if __name__ == "__main__":
    main()
