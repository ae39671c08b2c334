"""From a paper's hub to a thread, over 127.0.0.1: the simulator's hub and the desk's server, both as they run."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port
from desk_process import PATIENCE, DeskProcess
from newsroom import Newsroom, newsroom, order

from bot.adapters.http import HttpFetcher
from bot.adapters.parser import WorkerParser
from bot.adapters.websub_server import WebSubServer
from bot.domain.fetching import Fetched
from bot.domain.websub import LeaseState
from bot.services.polling import Polling
from bot.services.websub import WebSub
from simulator import Simulator
from simulator.publisher.newsroom import EVERY
from simulator.publisher.server import Publisher

OPENED = datetime(2026, 3, 1, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Paper:
    """The simulator's newspaper, on a clock that tests move."""

    def __init__(self) -> None:
        self.now = OPENED
        self.publisher = Publisher(OPENED, lambda: self.now)
        self.base = ""

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        runner = web.AppRunner(self.publisher.app(), access_log=None, shutdown_timeout=0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield
        finally:
            await runner.cleanup()


@dataclass
class Stage:
    desk: Newsroom
    paper: Paper
    websub: WebSub
    taken: asyncio.Queue[int]

    async def subscribe(self, path: str) -> None:
        await self.desk.subscribe(order(self.paper.base + path))
        await self.desk.poll()
        await self.ask()

    async def ask(self) -> None:
        """Ask the hub for what is due, and let it verify."""
        for feed_id in await self.desk.store.websub.due(self.desk.clock.now(), 10):
            await self.websub.work(feed_id)
        await asyncio.gather(*self.paper.publisher.hub._verifying)

    async def delivered(self) -> None:
        async with asyncio.timeout(30):
            await self.taken.get()


@asynccontextmanager
async def staged(path: Path, paper: Paper, port: int) -> AsyncIterator[Stage]:
    """A desk that listens on `port`."""
    taken: asyncio.Queue[int] = asyncio.Queue()
    async with AsyncExitStack() as stack:
        desk = await stack.enter_async_context(newsroom(path))
        parser = await stack.enter_async_context(WorkerParser(workers=1))
        fetcher = await stack.enter_async_context(
            HttpFetcher(desk.clock, user_agent="t", allow_private_networks=True, gap=timedelta())
        )

        async def take(feed_id: int, delivered: Fetched) -> None:
            await desk.polling.take(feed_id, delivered)
            taken.put_nowait(feed_id)

        websub = WebSub(
            desk.store.websub,
            desk.store.feeds,
            fetcher,
            desk.clock,
            public_url=f"http://127.0.0.1:{port}/push",
            take=take,
            new_secret=lambda: f"secret{desk.ids.new()}",
            on_due=lambda: None,
        )
        desk.polling = Polling(
            desk.store.feeds,
            fetcher,
            parser,
            desk.clock,
            desk.ids,
            interval=timedelta(minutes=5),
            on_wanted=lambda: None,
            hubs=websub,
        )
        await stack.enter_async_context(WebSubServer(websub, "127.0.0.1", port))
        yield Stage(desk, paper, websub, taken)


@pytest.mark.parametrize("path", ["/feed.xml", "/atom.xml", "/feed.json"])
async def test_an_article_is_a_thread_without_any_poll(tmp_path: Path, path: str) -> None:
    paper = Paper()
    async with paper.open(), staged(tmp_path / "desk.db", paper, unused_port()) as stage:
        await stage.subscribe(path)
        paper.now += EVERY
        await stage.delivered()
        await stage.desk.publish_until_settled()
        assert 1 == len(stage.desk.names())
        due_at = await stage.desk.store.feeds.next_due_at(stage.desk.clock.now())
        assert due_at is not None
        assert due_at - stage.desk.clock.now() >= HOUR


async def test_a_desk_that_was_restarted_gets_what_the_hub_pushes_and_nothing_twice(tmp_path: Path) -> None:
    paper, port = Paper(), unused_port()
    async with paper.open():
        async with staged(tmp_path / "desk.db", paper, port) as stage:
            await stage.subscribe("/feed.xml")
            paper.now += EVERY
            await stage.delivered()
            clock = stage.desk.clock.now()
        async with staged(tmp_path / "desk.db", paper, port) as stage:
            stage.desk.clock.pass_time(clock - stage.desk.clock.now() + HOUR)
            stage.desk.ids._last += 1 << 40
            paper.now += EVERY
            await stage.delivered()
            await stage.desk.publish_until_settled()
            assert 2 == len(stage.desk.names()) == len(set(stage.desk.names()))


async def test_a_feed_that_nobody_follows_any_more_is_given_back_to_the_hub(tmp_path: Path) -> None:
    paper = Paper()
    async with paper.open(), staged(tmp_path / "desk.db", paper, unused_port()) as stage:
        await stage.subscribe("/feed.xml")
        (subscriber,) = paper.publisher.hub.subscribers()
        await stage.desk.subscribe()
        stage.desk.clock.pass_time(timedelta(days=1))
        await stage.ask()
        assert [] == paper.publisher.hub.subscribers()
        lease = await stage.desk.store.websub.by_token(subscriber.callback.rpartition("/")[2])
        assert lease is not None
        assert LeaseState.OVER == lease.state


async def test_the_bot_as_it_runs_gets_news_by_push_alone_also_after_it_was_killed(
    tmp_path: Path, sim: Simulator
) -> None:
    guild, paper, port = sim.add_guild("The Gazette"), Paper(), unused_port()
    channel, alex = guild.add_text("news"), guild.add_member("Alex")
    async with paper.open():
        feed = {"url": f"{paper.base}/feed.xml", "channel_id": int(channel.id)}
        desk = DeskProcess(tmp_path, sim, [feed], interval="24h")
        with desk.config.open("a") as config:
            config.write(
                f'\n[websub]\npublic_url = "http://127.0.0.1:{port}/push"\nlisten = "127.0.0.1:{port}"\n'
            )
        async with desk:
            async with asyncio.timeout(PATIENCE):
                await paper.publisher.hub.subscribed.wait()
            paper.now += EVERY
            await sim.until(lambda: len(alex.threads(guild.guild)) == 1, PATIENCE)
            await desk.kill()
            await desk.start()
            # The hub does not repeat what it could not deliver; it pushes the next edition.
            await listening(port)
            paper.now += EVERY
            await sim.until(lambda: len(alex.threads(guild.guild)) == 2, PATIENCE)
            assert 0 == await desk.stop()
        assert 1 == len(paper.publisher.hub.subscribers())
    assert 1 == desk.log.count("asking")


async def listening(port: int) -> None:
    """Until somebody takes connections there."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
