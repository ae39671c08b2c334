"""Every real feed of the corpus, where it is present, from bytes to threads in the simulator."""

from pathlib import Path

import pytest
from fake_publisher import FileFetcher
from live_forum import live_forum
from newsroom import newsroom, order

from bot.adapters.parser import WorkerParser
from simulator import Simulator

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "feeds" / "real"
NEWEST = 5

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"the corpus of real feeds is not at {CORPUS}")


def feeds() -> list[Path]:
    return sorted(file for file in CORPUS.iterdir() if not file.name.endswith(".truth.json"))


async def test_every_real_feed_goes_from_bytes_to_threads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with Simulator(limits=False) as sim:
        guild = sim.add_guild("The Gazette")
        reader = guild.add_member("Alex")
        channel = int(guild.add_forum("news").id)
        async with (
            live_forum(sim) as forum,
            newsroom(tmp_path / "desk.db", seen_by=forum) as desk,
            WorkerParser() as parser,
        ):
            desk.read_with(FileFetcher(CORPUS), parser)
            await desk.subscribe(*(order(f"file:{f.name}", channel, post_last=NEWEST) for f in feeds()))
            await desk.poll()
            await desk.publish_until_settled()
            stuck = await desk.store.database.read.all(
                "SELECT name, problem FROM topics WHERE thread_id IS NULL"
            )
            fed = await desk.store.database.read.all("SELECT DISTINCT feed_id FROM entries")
            wanted = await desk.store.database.read.all("SELECT name FROM topics")
        threads = reader.threads(guild.guild)
    with capsys.disabled():
        print(f"\nreal feeds: {len(feeds())}, of which yield entries: {len(fed)}; threads: {len(threads)}")  # noqa: T201 - for the person who runs it.
    assert [] == [tuple(row) for row in stuck]
    assert sorted(row["name"] for row in wanted) == sorted(thread.name for thread in threads)
    assert all(thread.name.startswith("[News] ") and len(thread.name) <= 100 for thread in threads)
    assert len(fed) >= 0.9 * len(feeds())
