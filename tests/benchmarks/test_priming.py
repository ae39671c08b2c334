"""A desk that was primed is as one that read every feed."""

from datetime import timedelta
from pathlib import Path

import pytest
from contenders import number_of, orders
from fake_clock import START
from fake_publisher import InlineParser
from newsroom import Newsroom, newsroom
from priming import prime
from publisher import Publisher, etag

from bot.domain.entries import ParsedFeed
from bot.domain.fetching import Fetched, Validators
from bot.parsing import parse

FEEDS = 24
INTERVAL = timedelta(minutes=5)  # The newsroom's.
OUR_OWN = ("feed_id", "entry_id", "next_poll_at", "polls")  # Ids, and what was asked meanwhile.


class BenchmarkFetcher:
    """Implements `ports.Fetcher`: asks the publisher itself, without a network."""

    def __init__(self, publisher: Publisher) -> None:
        self.publisher = publisher
        self.now = publisher.opened_at
        self.changed = 0

    async def fetch(self, url: str, validators: Validators) -> Fetched:
        feed = number_of(url)
        moments = self.publisher.moments(feed, self.now)
        own = Validators(etag=etag(feed, moments))
        if validators == own:
            return Fetched(url=url, status=304, body=None, validators=own)
        self.changed += 1
        return Fetched(url=url, status=200, body=self.publisher.body(feed, moments).encode(), validators=own)


class RealParser(InlineParser):
    async def parse(self, url: str, body: bytes, content_type: str) -> ParsedFeed:
        return parse(url, body, content_type)


@pytest.fixture
def publisher() -> Publisher:
    return Publisher(INTERVAL.total_seconds(), opened_at=START.timestamp())


async def subscribe(room: Newsroom, fetcher: BenchmarkFetcher) -> None:
    room.read_with(fetcher, RealParser())
    await room.subscribe(*orders(FEEDS, 80))


async def prime_all(room: Newsroom, publisher: Publisher) -> None:
    now = room.clock.now()
    await prime(room.store, room.ids, publisher, now, now + INTERVAL)


async def rows(room: Newsroom, sql: str) -> list[dict[str, object]]:
    found = await room.store.database.read.all(sql)
    return [{key: row[key] for key in row.keys() if key not in OUR_OWN} for row in found]  # noqa: SIM118 - sqlite's.


ALIASES = """
    SELECT url, alias, entry_key FROM entry_aliases JOIN feeds USING (feed_id) JOIN entries USING (entry_id)
    ORDER BY url, alias
"""


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM feeds ORDER BY url",
        "SELECT url, entries.* FROM entries JOIN feeds USING (feed_id) ORDER BY url, entry_id",
        ALIASES,
        "SELECT channel_id, seeded_at FROM subscriptions ORDER BY channel_id",
    ],
    ids=["feeds", "entries", "aliases", "subscriptions"],
)
async def test_priming_records_what_a_first_reading_records(
    tmp_path: Path, publisher: Publisher, sql: str
) -> None:
    fetcher = BenchmarkFetcher(publisher)
    async with newsroom(tmp_path / "read.db") as read, newsroom(tmp_path / "primed.db") as primed:
        await subscribe(read, fetcher)
        await subscribe(primed, fetcher)
        await read.poll()
        await prime_all(primed, publisher)
        assert await rows(read, sql) == await rows(primed, sql)


async def test_a_primed_desk_finds_one_new_entry_in_each_feed_that_changed_and_nothing_else(
    tmp_path: Path, publisher: Publisher
) -> None:
    fetcher = BenchmarkFetcher(publisher)
    async with newsroom(tmp_path / "desk.db") as room:
        await subscribe(room, fetcher)
        await prime_all(room, publisher)
        before = len(await rows(room, "SELECT * FROM entries"))
        publisher.started_at = fetcher.now = publisher.opened_at + INTERVAL.total_seconds()
        await room.poll(after=INTERVAL)
        assert 0 < fetcher.changed < FEEDS / 2
        assert before + fetcher.changed == len(await rows(room, "SELECT * FROM entries"))
        assert fetcher.changed == len(await rows(room, "SELECT * FROM topics"))
        assert not await rows(room, "SELECT * FROM feeds WHERE quarantined_at IS NOT NULL")
