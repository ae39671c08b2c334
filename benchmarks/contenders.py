"""Who polls feeds in `benchmarks/polling.py`: the bot itself, the library `reader`, and plain loops over feedparser.

Each runs in a process of its own and is led by lines on standard input; it answers each with a line of JSON.

    python benchmarks/contenders.py bot|reader|feedparser --port P --feeds N --interval S --folder F [--threads T]
"""

import argparse
import asyncio
import gc
import json
import random
import re
import socket
import sqlite3
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import feedparser
from aiohttp.abc import AbstractResolver, ResolveResult
from measuring import Heartbeat, percentile
from publisher import phase

if TYPE_CHECKING:  # The other contenders are measured in this process, too: they load nothing of the bot.
    from bot.domain.feeds import FeedOrder
    from bot.store import Store

FEEDS_ON_A_SITE = 3  # So many names of hosts are needed as in a real list of feeds.
T = TypeVar("T")

CHANNELS = 100
LEAD = timedelta(seconds=2)  # From the last feed that is primed to the first that is asked.
BATCH = 500


def urls(feeds: int, port: int) -> list[str]:
    """In no order: neighbours of a list are not on the same site."""
    found = [f"http://site-{n // FEEDS_ON_A_SITE}.test:{port}/feed/{n}.xml" for n in range(feeds)]
    random.Random(1).shuffle(found)  # noqa: S311 - no secret.
    return found


def number_of(url: str) -> int:
    """The publisher's number of a feed."""
    found = re.search(r"(\d+)\.xml$", url)
    assert found is not None
    return int(found[1])


def orders(feeds: int, port: int) -> "list[FeedOrder]":
    from bot.domain.feeds import FeedOrder

    return [FeedOrder(url=url, channel_id=n % CHANNELS + 1) for n, url in enumerate(urls(feeds, port))]


def batched(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


class LocalNames(AbstractResolver):
    """Every name is this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        address = ResolveResult(
            hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST
        )
        return [address]

    async def close(self) -> None:
        """Nothing is held."""


def every_name_is_local() -> None:
    """The same for libraries that ask the system."""
    real = socket.getaddrinfo

    def local(host: Any, *arguments: Any, **named: Any) -> Any:
        return real("127.0.0.1" if str(host).endswith(".test") else host, *arguments, **named)

    socket.getaddrinfo = local


def say(**values: object) -> None:
    print(json.dumps(values), flush=True)


class Bot:
    """The real pump, polling, store, fetcher and parser, as `bot.app` makes them, without Discord."""

    def __init__(self, given: argparse.Namespace) -> None:
        self._given = given
        self._heartbeat = Heartbeat()
        self._due: dict[str, float] = {}
        self._lags: list[float] = []

    async def run(self) -> None:
        from bot.adapters.clock import SystemClock
        from bot.adapters.http import HttpFetcher
        from bot.adapters.ids import Ids
        from bot.adapters.parser import WorkerParser
        from bot.app import FEEDS_AT_ONCE, FEEDS_REST
        from bot.domain.fetching import Fetched, Validators
        from bot.services.polling import Polling
        from bot.services.pump import Pump
        from bot.store import Store

        given, clock, noted = self._given, SystemClock(), self._asked
        ids = Ids(clock)

        class Fetcher(HttpFetcher):
            async def fetch(self, url: str, validators: Validators) -> Fetched:
                noted(url)
                return await super().fetch(url, validators)

        store = await Store.open(given.folder / "desk.db", ids)
        async with (
            Fetcher(
                clock, user_agent="Nightdesk", allow_private_networks=True, resolver=LocalNames()
            ) as fetcher,
            WorkerParser() as parser,
        ):
            polling = Polling(
                store.feeds,
                fetcher,
                parser,
                clock,
                ids,
                interval=timedelta(seconds=given.interval),
                on_wanted=lambda: None,
                jitter=random.random,
            )
            pump = Pump(
                "polling",
                due=store.feeds.due,
                next_due_at=store.feeds.next_due_at,
                work=polling.poll,
                clock=clock,
                width=FEEDS_AT_ONCE,
                rest=FEEDS_REST,
            )
            await store.feeds.own_by_file(orders(given.feeds, given.port), clock.now())
            starts_at = clock.now() + LEAD
            if given.primed:
                await self._spread(store, starts_at)
            gc.collect()
            gc.freeze()
            loops = [asyncio.create_task(pump.run()), asyncio.create_task(self._heartbeat.beat())]
            await self._obey(starts_at)
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)
        await store.close()

    async def _spread(self, store: "Store", starts_at: datetime) -> None:
        """As if each feed had been asked in the interval before, and had nothing new: when its stretches begin."""
        for some in batched(await asyncio.to_thread(self._feeds)):
            due = {
                feed_id: starts_at + timedelta(seconds=phase(number_of(url)) * self._given.interval)
                for feed_id, url in some
            }
            interval = timedelta(seconds=self._given.interval)
            await asyncio.gather(
                *(store.feeds.record_unchanged(feed_id, at - interval, at) for feed_id, at in due.items())
            )

    def _feeds(self) -> list[tuple[int, str]]:
        with closing(sqlite3.connect(self._given.folder / "desk.db")) as connection:
            return connection.execute("SELECT feed_id, url FROM feeds").fetchall()

    async def _obey(self, starts_at: datetime) -> None:
        say(starts_at=starts_at.timestamp())
        while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
            if line == "measure":
                self._due = await asyncio.to_thread(self._when_due)
                self._lags.clear()
                self._heartbeat.forget()
                say(ready=True)
            elif line == "report":
                report = self._heartbeat.report()
                say(
                    asked_p50=percentile(self._lags, 0.5),
                    asked_p99=percentile(self._lags, 0.99),
                    asked_most=max(self._lags, default=0.0),
                    **report,
                )

    def _when_due(self) -> dict[str, float]:
        """Of every feed, but those that are being asked just now."""
        with closing(sqlite3.connect(self._given.folder / "desk.db")) as connection:
            rows = connection.execute(
                "SELECT url, next_poll_at / 1000.0 FROM feeds WHERE next_poll_at > ?", [time.time() * 1000]
            )
            return dict(rows.fetchall())

    def _asked(self, url: str) -> None:
        due = self._due.pop(url, None)
        if due is not None:
            self._lags.append(time.time() - due)


class Rounds:
    """Whoever asks all feeds once when told to."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.urls = urls(given.feeds, given.port)
        self.threads = given.threads

    def obey(self) -> None:
        say(ready=True)
        for line in sys.stdin:
            if line.strip() == "round":
                say(new=self.round())

    def round(self) -> int:
        """Ask all once; returns how many entries are new."""
        raise NotImplementedError


class PlainLoop(Rounds):
    """What one writes first: feedparser fetches and parses, what was seen is in memory."""

    def __init__(self, given: argparse.Namespace) -> None:
        super().__init__(given)
        self._etags: dict[str, str] = {}
        self._seen: set[str] = set()

    def round(self) -> int:
        if self.threads == 1:
            return sum(map(self._ask, self.urls))
        with ThreadPoolExecutor(self.threads) as pool:
            return sum(pool.map(self._ask, self.urls))

    def _ask(self, url: str) -> int:
        answer = feedparser.parse(url, etag=self._etags.get(url))
        if answer.get("etag"):
            self._etags[url] = answer.etag
        new = {entry.id for entry in answer.entries} - self._seen
        self._seen |= new
        return len(new)


class Reader(Rounds):
    """https://pypi.org/project/reader: feeds and entries in SQLite."""

    def __init__(self, given: argparse.Namespace) -> None:
        super().__init__(given)

        # No dependency, so nothing here may need it to be there.
        self._reader = import_module("reader").make_reader(str(given.folder / "reader.db"))
        for url in self.urls:
            self._reader.add_feed(url)

    def round(self) -> int:
        return sum(_new(self._reader.update_feeds_iter(workers=self.threads, scheduled=False)))


def _new(results: Iterable[Any]) -> Iterator[int]:
    for result in results:
        if isinstance(result.value, Exception):
            raise result.value
        yield result.value.new if result.value else 0


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("who", choices=("bot", "reader", "feedparser"))
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--feeds", type=int, required=True)
    parser.add_argument("--interval", type=float, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--primed", action="store_true", help="`priming.py` was there before")
    given = parser.parse_args()
    if given.who == "bot":
        asyncio.run(Bot(given).run())
        return
    every_name_is_local()
    (Reader if given.who == "reader" else PlainLoop)(given).obey()


if __name__ == "__main__":
    main()
