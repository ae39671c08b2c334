"""Every real feed of the corpus, where it is present, from bytes to threads in the simulator, and read again."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from fake_publisher import FileFetcher
from live_forum import live_forum
from newsroom import Newsroom, newsroom, order

from bot.adapters.parser import WorkerParser
from bot.domain.fetching import Fetched, Validators
from simulator import GuildHandle, Person, Simulator

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "feeds" / "real"
NEWEST = 5
LONGER_THAN_ANY_WAIT = timedelta(hours=25)

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"the corpus of real feeds is not at {CORPUS}")


def feeds() -> list[Path]:
    return sorted(file for file in CORPUS.iterdir() if not file.name.endswith(".truth.json"))


_PICTURE = re.compile(
    rb"((?:src|url)=(?:\"|'|&quot;|&#34;)https?://[^\s\"'<>&?]+\.(?:jpe?g|png|webp|gif))(\?)?", re.IGNORECASE
)
# Where the guid says which page it is: a front page with a time behind it is a name we cannot know again.
_GUID = re.compile(rb"(<guid isPermaLink=\"false\">\s*https?://[^<?#/]+/[^<?#]+?)(\s*</guid>)")
_UPDATED = re.compile(rb"(<(?:\w+:)?(?:updated|lastBuildDate)>[^<]*?\d\d:\d)\d(:\d\d)")


def churned(body: bytes) -> bytes:
    """What publishers change at every fetch: caches of pictures are bypassed, times in guids and of changes move."""
    body = _PICTURE.sub(lambda found: found[1] + b"?cb=4711" + (b"&amp;" if found[2] else b""), body)
    body = _GUID.sub(rb"\1?t=1764000000\2", body)
    return _UPDATED.sub(rb"\g<1>9\2", body) + b"\n"


class Publisher(FileFetcher):
    """Implements `ports.Fetcher`; counts the feeds that read otherwise than their files."""

    def __init__(self) -> None:
        super().__init__(CORPUS)
        self.churns = False
        self.changed: set[str] = set()

    async def fetch(self, url: str, validators: Validators) -> Fetched:
        fetched = await super().fetch(url, validators)
        if not self.churns or fetched.body is None:
            return fetched
        body = churned(fetched.body)
        if body != fetched.body + b"\n":
            self.changed.add(url)
        return replace(fetched, body=body)


@dataclass
class Stage:
    sim: Simulator
    guild: GuildHandle
    reader: Person
    desk: Newsroom
    publisher: Publisher

    async def read(self, after: timedelta = timedelta()) -> None:
        """Poll every feed, and show what came of it."""
        await self.desk.poll(after)
        await self.desk.publish_until_settled()

    def written(self) -> list[str]:
        """What was asked of Discord that is more than a look."""
        return [f"{each.method} {each.path}" for each in self.sim.requests if each.method != "GET"]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path / "desk.db") as stage:
        yield stage


@asynccontextmanager
async def staged(path: Path) -> AsyncIterator[Stage]:
    """All feeds are read once."""
    async with Simulator(limits=False) as sim:
        guild = sim.add_guild("The Gazette")
        reader, publisher = guild.add_member("Alex"), Publisher()
        channel = int(guild.add_forum("news").id)
        async with (
            live_forum(sim) as forum,
            newsroom(path, seen_by=forum) as desk,
            WorkerParser() as parser,
        ):
            desk.read_with(publisher, parser)
            await desk.subscribe(*(order(f"file:{f.name}", channel, post_last=NEWEST) for f in feeds()))
            stage = Stage(sim, guild, reader, desk, publisher)
            await stage.read()
            yield stage


async def test_every_real_feed_goes_from_bytes_to_threads(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    database = stage.desk.store.database
    stuck = await database.read.all("SELECT name, problem FROM topics WHERE thread_id IS NULL")
    fed = await database.read.all("SELECT DISTINCT feed_id FROM entries")
    wanted = await database.read.all("SELECT name FROM topics")
    threads = stage.reader.threads(stage.guild.guild)
    with capsys.disabled():
        print(f"\nreal feeds: {len(feeds())}, of which yield entries: {len(fed)}; threads: {len(threads)}")  # noqa: T201 - for the person who runs it.
    assert [] == [tuple(row) for row in stuck]
    assert sorted(row["name"] for row in wanted) == sorted(thread.name for thread in threads)
    assert all(thread.name.startswith("[News] ") and len(thread.name) <= 100 for thread in threads)
    assert len(fed) >= 0.9 * len(feeds())


async def test_a_feed_that_is_read_again_as_it_was_or_with_what_always_changes_brings_and_edits_nothing(
    stage: Stage,
) -> None:
    stage.sim.requests.clear()
    await stage.read(LONGER_THAN_ANY_WAIT)
    assert [] == stage.written()
    stage.publisher.churns = True
    await stage.read(LONGER_THAN_ANY_WAIT)
    assert [] == stage.written()
    assert len(stage.publisher.changed) >= 0.5 * len(feeds())
    problems = await stage.desk.store.database.read.all(
        "SELECT url FROM feeds WHERE quarantined_at IS NOT NULL"
    )
    assert [] == [row["url"] for row in problems]
