"""Fills a desk's database as a first reading of all feeds would have left it, in a tenth of the time.

    python benchmarks/priming.py --port P --feeds N --interval S --opened-at T --folder F

Fetches and parses nothing: what a publisher that opened at T serves is known (`publisher.py`), and it is recorded by
the store's own methods. Each feed is due again an interval later.
"""

import argparse
import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from contenders import batched, number_of, orders, say
from publisher import AUTHOR, Item, Publisher, etag, feed_link, feed_title

from bot.adapters.clock import SystemClock
from bot.adapters.ids import Ids
from bot.domain.deciding import in_order
from bot.domain.entries import Entry, Image, ParsedFeed
from bot.domain.feeds import Feed
from bot.domain.fetching import Validators
from bot.domain.identity import identify
from bot.domain.matching import SeenEntry, seen_entries
from bot.domain.pacing import period
from bot.domain.recordings import EntryRecord, Recording
from bot.ports import Ids as IdsPort
from bot.services.polling import hash_of
from bot.store import Store

PROCESSES = 2
CHUNK = 50


@dataclass(frozen=True, slots=True)
class Reading:
    """What is recorded of a feed; the entries without their texts, which nobody records."""

    feed: int
    entries: tuple[SeenEntry, ...]
    body_hash: str
    period: timedelta | None


def entry(item: Item) -> Entry:
    """What a parser makes of it."""
    return Entry(
        guid=item.guid,
        link=item.link,
        title=item.title,
        body=item.text,
        image=Image(url=f"{item.link}.jpg", caption=item.caption),
        authors=(AUTHOR,),
        categories=item.categories,
        published_at=datetime.fromtimestamp(item.published_at, UTC),
    )


def read(publisher: Publisher, now: datetime, feed: int) -> Reading:
    """Before anything was published."""
    entries = tuple(map(entry, publisher.items(feed, [])))
    seen = in_order(seen_entries(identify(entries), {}, {}, now))
    return Reading(
        feed,
        tuple(replace(each, entry=replace(each.entry, body="")) for each in seen),
        hash_of(publisher.body(feed, []).encode()),
        period(entries, now),
    )


def recording(
    reading: Reading, feed: Feed, now: datetime, due_at: datetime, new_id: Callable[[], int]
) -> Recording:
    return Recording(
        feed_id=feed.feed_id,
        parsed=ParsedFeed(title=feed_title(reading.feed), link=feed_link(reading.feed), language="en"),
        validators=Validators(etag=etag(reading.feed, [])),
        body_hash=reading.body_hash,
        at=now,
        next_poll_at=due_at,
        period=reading.period,
        new=tuple(
            EntryRecord(entry_id=new_id(), keys=seen.keys, entry=seen.entry, content_hash=seen.content_hash)
            for seen in reading.entries
        ),
        seeded=tuple(subscription.subscription_id for subscription in feed.subscriptions),
    )


async def prime(store: Store, ids: IdsPort, publisher: Publisher, now: datetime, due_at: datetime) -> None:
    """Record the first reading of all feeds that were never read."""
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as processes:

        def read_all(feeds: Sequence[Feed]) -> list[Reading]:
            numbers = [number_of(feed.url) for feed in feeds]
            return list(processes.map(partial(read, publisher, now), numbers, chunksize=CHUNK))

        async def record(feeds: Sequence[Feed], readings: Sequence[Reading]) -> None:
            for feed, reading in zip(feeds, readings, strict=True):
                await store.feeds.record(recording(reading, feed, now, due_at, ids.new))

        recorded: asyncio.Task[None] | None = None
        for some in batched(await store.feeds.due(now, 1_000_000)):
            feeds = [await store.feeds.get(feed_id) for feed_id in some]
            readings = await loop.run_in_executor(None, read_all, feeds)
            if recorded:
                await recorded
            recorded = asyncio.create_task(record(feeds, readings))
        if recorded:
            await recorded


async def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--feeds", type=int, required=True)
    parser.add_argument("--interval", type=float, required=True)
    parser.add_argument("--opened-at", type=float, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args()
    ids = Ids(SystemClock())
    now = SystemClock().now()
    publisher = Publisher(given.interval, opened_at=given.opened_at)
    store = await Store.open(given.folder / "desk.db", ids)
    await store.feeds.own_by_file(orders(given.feeds, given.port), now)
    await prime(store, ids, publisher, now, now + timedelta(seconds=given.interval))
    await store.close()
    say(primed=given.feeds)


if __name__ == "__main__":
    asyncio.run(main())
