"""From publication to thread: how long a reader in Discord waits for news, with polling and with WebSub.

    python benchmarks/publish_to_thread.py [--articles 16] [--interval 10]

Three processes as in real life: the newspaper with its hub (`python -m simulator.publisher`), a Discord (the simulator,
in this process) and `nightdesk run`. Its database tells when an article was published and recorded, the thread's id
when the thread was made. Polled every `--interval` seconds, an article waits half of that on average; the default
of the bot is 5 minutes. The hub looks for news every 0.2 s.
"""

import argparse
import asyncio
import socket
import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from measuring import child, percentile, print_table

from simulator import Simulator

SETTINGS = """
[discord]
token = "{sim.token}"
api_url = "{sim.api_url}"
gateway_url = "{sim.gateway_url}"
[database]
url = "sqlite:///{folder}/desk.db"
[polling]
interval = "{interval}s"
allow_private_networks = true
{websub}
[log]
level = "warning"
[[feeds]]
url = "{feed}"
channel_id = {channel}
"""
WEBSUB = """
[websub]
public_url = "http://127.0.0.1:{port}"
listen = "127.0.0.1:{port}"
"""
SPEED = 10  # An article every two seconds.
PATIENCE = 180
DISCORD_EPOCH = 1_420_070_400_000  # Discord's documentation, "Snowflakes".


Delays = tuple[float, float]  # Seconds from publication to record, and from there to the thread.


class Desk:
    """Looks into the bot's database from outside."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def _ask(self, sql: str, *values: object) -> list[tuple[int, ...]]:
        with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)) as connection:
            return connection.execute(sql, values).fetchall()

    def is_ready(self, *, pushed: bool) -> bool:
        """Whether the feed was read and, where its news is to be pushed, the hub agreed."""
        if not self._path.exists():
            return False
        try:
            read = self._ask("SELECT 1 FROM feeds WHERE answered_at IS NOT NULL")
            return bool(read and (not pushed or self._ask("SELECT 1 FROM websub WHERE state = 'active'")))
        except sqlite3.OperationalError:  # It is just being made.
            return False

    def delays(self, since: datetime) -> list[Delays]:
        """Of all articles published since then that have their thread."""
        rows = self._ask(
            """
            SELECT published_at, first_seen_at, thread_id FROM topics JOIN entries ON entries.entry_id = topics.entry_id
            WHERE thread_id IS NOT NULL AND published_at > ?
            """,
            since.timestamp() * 1000,
        )
        made = [(published, seen, (thread >> 22) + DISCORD_EPOCH) for published, seen, thread in rows]
        return [((seen - published) / 1000, (at - seen) / 1000) for published, seen, at in made]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def follow(articles: int, interval: int, *, pushed: bool) -> list[Delays]:
    """Run all three until so many articles have their thread."""
    with tempfile.TemporaryDirectory() as folder:
        desk, config = Desk(Path(folder) / "desk.db"), Path(folder) / "config.toml"
        paper = child("-m", "simulator.publisher", "--port", 0, "--ready-json", "--speed", SPEED)
        async with Simulator() as sim, paper as newspaper:
            feed = (await newspaper.told())["url"] + "atom.xml"  # Its moments have fractions of seconds.
            channel = sim.add_guild("The Gazette").add_forum("news").id
            websub = WEBSUB.format(port=free_port()) if pushed else ""
            settings = SETTINGS.format(
                sim=sim, folder=folder, interval=interval, websub=websub, feed=feed, channel=channel
            )
            await asyncio.to_thread(config.write_text, settings, encoding="utf-8")
            async with child("-m", "bot", "run", "--config", config) as bot, asyncio.timeout(PATIENCE):
                await bot.until(lambda: sim.bot_connected() and desk.is_ready(pushed=pushed))
                since = datetime.now(UTC)
                await bot.until(lambda: len(desk.delays(since)) >= articles)
                return desk.delays(since)


def row(name: str, delays: list[Delays]) -> tuple[str, ...]:
    whole = [recorded + shown for recorded, shown in delays]
    parts = [whole, [recorded for recorded, _ in delays], [shown for _, shown in delays]]
    return (
        name,
        str(len(delays)),
        *(f"{percentile(part, share):.2f}" for part in parts for share in (0.5, 0.95)),
    )


async def measure(articles: int, interval: int) -> None:
    """Print a row for each way."""
    rows = [
        row(f"polled every {interval} s", await follow(articles, interval, pushed=False)),
        row("pushed (WebSub)", await follow(articles, interval, pushed=True)),
    ]
    header = ("seconds", "articles", "p50", "p95", "to record: p50", "p95", "to thread: p50", "p95")
    print_table(header, rows)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=16, help="at most 16: the newspaper has no more")
    parser.add_argument("--interval", type=int, default=10)
    given = parser.parse_args()
    asyncio.run(measure(given.articles, given.interval))


if __name__ == "__main__":
    main()
