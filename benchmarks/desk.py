"""What the bot costs: time to be ready, memory at rest, threads a second, memory after them.

    python benchmarks/desk.py [--entries 500]

Starts `nightdesk run` as an operator would, against the simulator without limits; `requests_per_second` is 50, so
threads a second cannot exceed that (less with everything else the bot asks). Linux only: memory is read from /proc.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from aiohttp import web

from simulator import Simulator

SETTINGS = """
[discord]
token = "{sim.token}"
api_url = "{sim.api_url}"
gateway_url = "{sim.gateway_url}"
requests_per_second = 50
[database]
url = "sqlite:///{folder}/desk.db"
[polling]
interval = "1s"
allow_private_networks = true
[log]
level = "error"
[[feeds]]
url = "{feed}"
channel_id = {channel}
at_most = 1000
"""


def rss_of(pid: int) -> float:
    """Resident memory in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def cpu_of(pid: int) -> float:
    """Seconds of CPU used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Feed:
    """A feed that can grow all at once."""

    def __init__(self) -> None:
        self.count = 1

    async def answer(self, _request: web.Request) -> web.Response:
        now = format_datetime(
            datetime.now(UTC)
        )  # Many old entries at once would be taken for old ones renamed.
        items = "".join(
            f"<item><guid>entry-{n}</guid><title>Entry {n} of the evening</title><link>http://127.0.0.1/{n}</link>"
            f"<pubDate>{now}</pubDate>"
            f"<description>&lt;p&gt;It &lt;b&gt;happened&lt;/b&gt; for the {n}th time.&lt;/p&gt;</description></item>"
            for n in range(self.count, 0, -1)
        )
        rss = f"<rss version='2.0'><channel><title>The Gazette</title>{items}</channel></rss>"
        return web.Response(text=rss, content_type="application/rss+xml")


async def measure(entries: int) -> None:
    """Print one line for each figure."""
    feed = Feed()
    app = web.Application()
    app.router.add_get("/feed", feed.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/feed"
    with tempfile.TemporaryDirectory() as folder:
        async with Simulator(limits=False) as sim:
            guild = sim.add_guild("The Gazette")
            forum, reader = guild.add_forum("news"), guild.add_member("Alex")
            config = Path(folder) / "config.toml"
            config.write_text(SETTINGS.format(sim=sim, folder=folder, feed=url, channel=forum.id))
            started = time.perf_counter()
            bot = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", "--config", str(config)
            )
            await sim.until(sim.bot_connected, 60)
            print(f"from start to connected:    {time.perf_counter() - started:8.2f} s")
            await asyncio.sleep(4)
            print(f"memory at rest:             {rss_of(bot.pid):8.1f} MB")
            feed.count += entries
            cpu, begun = cpu_of(bot.pid), time.perf_counter()
            await sim.until(lambda: len(reader.threads(guild.guild)) >= entries, 600)
            took = time.perf_counter() - begun
            print(f"threads a second:           {entries / took:8.1f}   ({entries} entries in {took:.1f} s)")
            print(f"CPU of the bot per thread:  {(cpu_of(bot.pid) - cpu) / entries * 1000:8.1f} ms")
            print(f"memory afterwards:          {rss_of(bot.pid):8.1f} MB")
            bot.terminate()
            await bot.wait()
    await runner.cleanup()


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entries", type=int, default=500)
    asyncio.run(measure(parser.parse_args().entries))


if __name__ == "__main__":
    main()
