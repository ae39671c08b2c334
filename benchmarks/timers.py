"""Timers at scale: how exactly they ring, and what a tick costs.

    python benchmarks/timers.py [--topics 1000000] [--timers 100000] [--due 10000] [--seconds 60]

Real SQLite, the real services and the real pump; Discord answers at once, so what is measured is ours alone (the real
one allows 50 requests a second). Prints the cost of one tick at 1,000, 100,000 and `--topics` topics, then arms `--due`
timers spread over `--seconds`, rings them, and prints how late each close reached Discord, and the memory used.
"""

import argparse
import asyncio
import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from bot.adapters.clock import SystemClock
from bot.adapters.ids import Ids
from bot.domain.messages import Message
from bot.domain.topics import Sighting
from bot.ports import Access, Caller, Forum
from bot.services.moderation import Moderation
from bot.services.policies import Policies
from bot.services.publishing import Publishing
from bot.services.pump import Pump
from bot.services.timing import Timing
from bot.store import Store
from bot.store.moments import to_ms
from bot.texts import Texts

GUILDS = 100
FIRST_DUE = timedelta(seconds=5)
WIDTH = 20
TICKS = 50


class InstantForum:
    """A Discord that does everything at once, and notes when each thread was closed."""

    def __init__(self) -> None:
        self.closed_at: dict[int, float] = {}

    async def is_present(self, guild_id: int) -> bool:  # noqa: ARG002 - the port's signature.
        return True

    async def sight(self, thread_id: int) -> Sighting:
        return Sighting(
            thread_id=thread_id,
            guild_id=thread_id % GUILDS + 1,
            channel_id=thread_id % GUILDS + 1,
            name="A topic",
            locked=thread_id in self.closed_at,
            archived=False,
        )

    async def access(self, sighting: Sighting, caller: Caller | None) -> Access:  # noqa: ARG002 - the port's.
        return Access()

    async def set_flags(self, thread_id: int, **flags: object) -> None:
        if flags.get("locked"):
            self.closed_at.setdefault(thread_id, time.time())

    async def send(self, channel_id: int, message: Message, nonce: str) -> int:  # noqa: ARG002 - the port's.
        return channel_id + 1


def topics(first: int, last: int) -> Iterator[tuple[int, int, int, int]]:
    return ((n, n % GUILDS + 1, n % GUILDS + 1, n) for n in range(first, last + 1))


def grow(path: Path, have: int, want: int, timers: int, now: datetime) -> None:
    """Bring the database to so many topics, a tenth of them (at most `timers`) with a timer in the coming year."""
    later = to_ms(now + timedelta(days=1))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            """
            INSERT INTO topics (topic_id, guild_id, channel_id, thread_id, name, state, shown, created_at)
            VALUES (?, ?, ?, ?, 'A topic', 'open', 'open', 0)
            """,
            topics(have + 1, want),
        )
        connection.executemany(
            """
            INSERT INTO timers (timer_id, topic_id, guild_id, kind, due_at, state, created_at)
            VALUES (?, ?, ?, 'close', ?, 'pending', 0)
            """,
            ((n, n, n % GUILDS + 1, later + n * 60_000) for n in range(have + 1, min(want, timers) + 1)),
        )


def arm(path: Path, count: int, seconds: float, first_due: datetime) -> dict[int, float]:
    """Let the first timers fall due in that time; returns when each is due, by thread."""
    due = {n: to_ms(first_due) + int(seconds * 1000 * n / count) for n in range(1, count + 1)}
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            "UPDATE timers SET due_at = ? WHERE timer_id = ?", ((at, n) for n, at in due.items())
        )
    return {n: at / 1000 for n, at in due.items()}


async def cost_of_a_tick(store: Store) -> float:
    """Milliseconds for all that the waiting loops ask when nothing is due."""
    costs = []
    for _ in range(TICKS):
        begun, now = time.perf_counter(), datetime.now(UTC)
        await store.timers.due(now, WIDTH)
        await store.timers.next_due_at(now)
        await store.topics.due_channels(now, WIDTH)
        await store.topics.next_due_at(now)
        costs.append((time.perf_counter() - begun) * 1000)
    return statistics.median(costs)


async def ring_all(store: Store, due: dict[int, float], seconds: float) -> InstantForum:
    """Run the timers' loop until all have rung."""
    clock = SystemClock()
    ids = Ids(clock)
    forum = InstantForum()
    port = cast("Forum", forum)
    publishing = Publishing(store.topics, port, clock)
    policies = Policies(store.policies, clock)
    moderation = Moderation(
        store.topics,
        port,
        publishing,
        clock,
        ids,
        texts=Texts.load(),
        policies=policies,
        watched=store.watched,
    )
    timing = Timing(
        store.timers,
        store.topics,
        port,
        publishing,
        moderation,
        policies=policies,
        clock=clock,
        ids=ids,
        jitter=lambda: 0.5,
    )
    pump = Pump(
        "timers",
        due=store.timers.due,
        next_due_at=store.timers.next_due_at,
        work=timing.ring,
        clock=clock,
        width=WIDTH,
    )
    loop = asyncio.create_task(pump.run())
    deadline = time.time() + seconds * 4 + 60
    while len(forum.closed_at) < len(due) and time.time() < deadline:  # noqa: ASYNC110 - an event would cost time.
        await asyncio.sleep(0.2)
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)
    return forum


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


async def measure(sizes: Sequence[int], timers: int, due_count: int, seconds: float) -> None:
    """Print one line for each figure."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "desk.db"
        store = await Store.open(path, Ids(SystemClock()))
        have = 0
        for size in sizes:
            await asyncio.to_thread(grow, path, have, size, timers, datetime.now(UTC))
            have = size
            print(f"a tick at {size:>9,} topics: {await cost_of_a_tick(store):7.2f} ms")
        due = await asyncio.to_thread(arm, path, due_count, seconds, datetime.now(UTC) + FIRST_DUE)
        forum = await ring_all(store, due, seconds)
        late = [(forum.closed_at[n] - at) * 1000 for n, at in due.items() if n in forum.closed_at]
        await store.close()
    print(f"rung: {len(late):,} of {due_count:,} due in {seconds:.0f} s")
    print(
        f"late: p50 {percentile(late, 0.5):.0f} ms, p99 {percentile(late, 0.99):.0f} ms, most {max(late):.0f} ms"
    )
    print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--topics", type=int, default=1_000_000)
    parser.add_argument("--timers", type=int, default=100_000)
    parser.add_argument("--due", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=60)
    given = parser.parse_args()
    sizes = sorted({min(size, given.topics) for size in (1_000, 100_000, given.topics)})
    asyncio.run(measure(sizes, given.timers, given.due, given.seconds))


if __name__ == "__main__":
    main()
