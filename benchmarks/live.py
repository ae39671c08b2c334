"""Live blogs at scale: what following hundreds of them costs, and how soon an update is posted.

    python benchmarks/live.py [--blogs 500] [--gap 120] [--seconds 120]

A publisher in a process of its own serves pages of 250 kB, each with an update every `--gap` seconds. The real pumps,
store, fetcher and parser follow them; Discord answers at once, so what is measured is ours alone (the real one takes 5
messages in 5 seconds for a channel). CPU and memory are those of this process and its parser. Linux only.
"""

import argparse
import asyncio
import os
import sqlite3
import tempfile
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import cast

from contenders import LocalNames
from measuring import BENCHMARKS, Heartbeat, child, cpu_of, memory_of, percentile

from bot.adapters.clock import SystemClock
from bot.adapters.http import HttpFetcher
from bot.adapters.ids import Ids
from bot.adapters.parser import WorkerParser
from bot.app import LIVE_BLOGS_AT_ONCE, STAFF_WAIT
from bot.domain.feeds import Options
from bot.domain.messages import Message
from bot.domain.topics import Sighting
from bot.ports import Channel, ChannelKind, Forum, Posted
from bot.services.pump import Pump
from bot.store import Store
from bot.texts import Texts
from bot.wiring import Wired, wire

CHANNELS = 50
CHANNELS_AT_ONCE = 10
AT_ONCE = 20
POLLED_EVERY = timedelta(seconds=30)
PATIENCE = 600


class InstantForum:
    """A Discord that does everything at once, and counts the messages in threads."""

    def __init__(self) -> None:
        self.sent: list[float] = []
        self._last = 0

    def _new(self) -> int:
        self._last += 1
        return self._last

    async def channel(self, channel_id: int) -> Channel:
        return Channel(channel_id=channel_id, guild_id=1, name="live", kind=ChannelKind.FORUM, tags={})

    async def language(self, guild_id: int) -> str:  # noqa: ARG002 - the port's signature.
        return "en-US"

    async def is_present(self, guild_id: int) -> bool:  # noqa: ARG002 - the port's.
        return True

    async def active(self, guild_id: int) -> list[Sighting]:  # noqa: ARG002 - the port's.
        return []

    async def create_post(
        self,
        channel_id: int,  # noqa: ARG002 - the port's.
        name: str,  # noqa: ARG002 - the port's.
        starter: Message,  # noqa: ARG002 - the port's.
        tag_ids: object,  # noqa: ARG002 - the port's.
    ) -> Posted:
        thread_id = self._new()
        return Posted(thread_id=thread_id, message_id=thread_id)

    async def send(self, channel_id: int, message: Message, nonce: str) -> int:  # noqa: ARG002 - the port's.
        self.sent.append(time.time())
        return self._new()

    async def edit(self, channel_id: int, message_id: int, message: Message) -> None:
        """Done."""


def pumps(store: Store, wired: Wired, clock: SystemClock) -> list[Pump]:
    publishing = Pump(
        "publishing",
        due=store.topics.due_channels,
        next_due_at=store.topics.next_due_at,
        work=wired.publishing.publish_channel,
        clock=clock,
        width=CHANNELS_AT_ONCE,
        longest_wait=timedelta(seconds=1),
    )
    live = Pump(
        "live blogs",
        due=store.live.due,
        next_due_at=store.live.next_due_at,
        work=wired.live_blogs.poll,
        clock=clock,
        width=LIVE_BLOGS_AT_ONCE,
        longest_wait=STAFF_WAIT,
    )
    return [publishing, live]


class Watched:
    """The database from outside, and this process but for the publisher."""

    def __init__(self, path: Path, publisher: int) -> None:
        self._path = path
        self._publisher = publisher

    def cpu(self) -> float:
        return cpu_of(os.getpid()) - cpu_of(self._publisher)

    def memory(self) -> float:
        return memory_of(os.getpid()) - memory_of(self._publisher)

    def ask(self, sql: str, **values: float) -> list[tuple[float, ...]]:
        with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)) as connection:
            return connection.execute(sql, values).fetchall()

    def waiting(self) -> int:
        sql = """
            SELECT COUNT(*) FROM live_topics JOIN live_blogs ON live_blogs.live_blog_id = live_topics.live_blog_id
            WHERE live_topics.revision < live_blogs.revision OR live_blogs.answered_at IS NULL
        """
        return int(self.ask(sql)[0][0])

    def delays(self, since: float) -> list[float]:
        """Seconds from publication to record."""
        sql = "SELECT first_seen_at - published_at FROM updates WHERE published_at > :since"
        return [row[0] / 1000 for row in self.ask(sql, since=since * 1000)]


async def settled(watched: Watched) -> None:
    """Every live blog was read, and its topic shows what it said."""
    async with asyncio.timeout(PATIENCE):
        while await asyncio.to_thread(watched.waiting):  # noqa: ASYNC110 - the database knows.
            await asyncio.sleep(0.5)


async def measure(blogs: int, gap: float, seconds: float) -> None:
    """Print one line for each figure."""
    clock, forum, beat = SystemClock(), InstantForum(), Heartbeat()
    ids = Ids(clock)
    publisher = child(BENCHMARKS / "publisher.py", "--interval", gap)
    fetcher = HttpFetcher(clock, user_agent="Nightdesk", allow_private_networks=True, resolver=LocalNames())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "desk.db"
        async with publisher as process, fetcher, WorkerParser() as parser:
            port, watched = (await process.told())["port"], Watched(path, process.pid)
            store = await Store.open(path, ids)
            wired = wire(
                store, cast("Forum", forum), clock, ids, Texts.load(),
                fetcher=fetcher, parser=parser, live_interval=POLLED_EVERY,
            )  # fmt: skip
            urls = [f"http://live-{blog}.test:{port}/live/{blog}" for blog in range(blogs)]
            for first in range(0, blogs, AT_ONCE):
                await asyncio.gather(
                    *(
                        wired.live_blogs.follow(url, number % CHANNELS + 1, Options())
                        for number, url in enumerate(urls[first : first + AT_ONCE])
                    )
                )
            loops = [asyncio.create_task(pump.run()) for pump in pumps(store, wired, clock)]
            await settled(watched)
            loops.append(asyncio.create_task(beat.beat()))
            before, since = watched.cpu(), time.time()
            forum.sent.clear()
            await asyncio.sleep(seconds)
            cpu, delays, report = watched.cpu() - before, watched.delays(since), beat.report()
            print(
                f"CPU for {blogs} live blogs: {cpu / seconds:.0%} of a core, memory {watched.memory():.0f} MB"
            )
            print(f"updates: {len(delays)} recorded, {len(forum.sent)} messages")
            print(
                f"published -> recorded: p50 {percentile(delays, 0.5):.0f} s, p95 {percentile(delays, 0.95):.0f} s"
            )
            print(
                f"event loop late: p99.9 {report['stall_p999']:.0f} ms, most {report['stall_most']:.0f} ms;"
                f" its own work in one go: {report['busy_most']:.0f} ms at most"
            )
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)
            await store.close()


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--blogs", type=int, default=500)
    parser.add_argument("--gap", type=float, default=120)
    parser.add_argument("--seconds", type=float, default=120)
    given = parser.parse_args()
    asyncio.run(measure(given.blogs, given.gap, given.seconds))


if __name__ == "__main__":
    main()
