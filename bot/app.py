"""The composition root: the only module that knows all the others. Wires them, runs the loops, stops them in order."""

import asyncio
import gc
import logging
import random
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from typing import Any

import aiohttp
import discord

from bot.adapters.client import NightdeskClient, quieten, use_addresses
from bot.adapters.clock import SystemClock
from bot.adapters.failures import describe
from bot.adapters.forum import DiscordForum
from bot.adapters.http import HttpFetcher
from bot.adapters.ids import Ids
from bot.adapters.limiter import Limiter, trace_config
from bot.adapters.parser import WorkerParser
from bot.adapters.robots import RobotsFetcher
from bot.adapters.websub_server import WebSubServer
from bot.config import Settings
from bot.config.model import FeedSettings
from bot.domain.feeds import FeedOrder, Options
from bot.domain.fetching import Fetched
from bot.domain.templates import Templates
from bot.errors import ConfigError, OperatorError, StoreBusyError
from bot.ports import Clock, Fetcher, Parser
from bot.services.polling import Polling
from bot.services.pump import LONGEST_WAIT, Due, NextDueAt, Pump, Work
from bot.services.websub import WebSub
from bot.store import Store
from bot.texts import Texts
from bot.wiring import add_cogs, wire

log = logging.getLogger(__name__)

HUBS_AT_ONCE = 4
LIVE_BLOGS_AT_ONCE = 50  # As with feeds, nearly all wait: for publishers, or for Discord.
FEEDS_AT_ONCE = 200  # Nearly all wait for publishers; parsing and each host have limits of their own.
FEEDS_REST = timedelta(milliseconds=50)
CHANNELS_AT_ONCE = 10
GUILDS_AT_ONCE = 2
STAFF_WAIT = timedelta(seconds=5)  # Nobody pokes: cases come of all that is done to topics.
TIMERS_AT_ONCE = 10
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=2)
PATIENCE_WITH_DISCORD = 1.0  # Seconds for a loop to notice that it is to end.
FAREWELL = 3.0  # Seconds for a polite goodbye to the gateway.

Loop = Callable[[], Coroutine[Any, Any, object]]
First = Callable[[], Awaitable[None]]

# Gateway close codes that trying again cannot mend (Discord, "Gateway Close Event Codes").
FATAL_CLOSURES = {
    4004: "Discord refused the token; set discord.token to the bot's token",
    4013: "Discord does not know the intents this version asks for; upgrade Nightdesk",
    4014: "Discord does not allow the intents this version asks for; enable them for the bot",
}


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Run the bot until `stop` is set. Raises OperatorError where only the operator can help."""
    clock = SystemClock()
    ids = Ids(clock)
    use_addresses(settings.discord.api_url, settings.discord.gateway_url)
    quieten()
    async with AsyncExitStack() as stack:
        store = await _open_store(settings, ids, stop)
        if store is None:
            return
        stack.push_async_callback(store.close)
        fetcher = HttpFetcher(
            clock,
            user_agent=settings.polling.user_agent,
            allow_private_networks=settings.polling.allow_private_networks,
        )
        await stack.enter_async_context(fetcher)
        parser = await stack.enter_async_context(WorkerParser())
        pages = RobotsFetcher(fetcher, parser, clock, user_agent=settings.polling.user_agent)
        desk = Desk(settings, store, clock, ids, fetcher=fetcher, pages=pages, parser=parser)
        stack.push_async_callback(desk.farewell)
        await store.feeds.own_by_file(_orders(settings), clock.now())
        await store.websub.call_back_at(settings.websub.public_url, clock.now())
        if desk.websub:
            listen = settings.websub
            await stack.enter_async_context(WebSubServer(desk.websub, listen.host, listen.port))
        # All that is loaded by now stays. A collection that went through it would hold up the event loop for 0.1 s.
        gc.collect()
        gc.freeze()
        await desk.run(stop)


async def _open_store(settings: Settings, ids: Ids, stop: asyncio.Event) -> Store | None:
    """Open the database; one that another program holds is waited for. None: told to stop meanwhile."""
    while not stop.is_set():
        try:
            return await Store.open(settings.database.path, ids)
        except StoreBusyError as error:
            log.warning("%s; waiting for it", error)
    return None


class Desk:
    """The parts, wired, and their loops."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clock: Clock,
        ids: Ids,
        *,
        fetcher: HttpFetcher,
        pages: Fetcher,
        parser: Parser,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._loops: dict[str, Loop] = {}
        self._texts = Texts.load()
        self._client = self._make_client()
        self._wired = wire(
            store,
            DiscordForum(self._client),
            clock,
            ids,
            self._texts,
            fetcher=fetcher,
            pages=pages,
            parser=parser,
            on_wanted=self._poke_publisher,
            on_armed=self._poke_timers,
            on_subscribed=self._poke_poller,
            live_interval=settings.live.interval,
            live_grace=settings.live.grace,
        )
        self._publisher = self._pump_topics(store)
        self._timers = self._pump_timers(store)
        self.websub = self._make_websub(store, fetcher)
        self._polling = self._make_polling(store, fetcher, parser, ids)
        self._poller = self._pump_feeds(store, self._polling)
        self._hub_asker = self._pump_hubs(store, self.websub) if self.websub else None
        self._pump_live_blogs(store)
        self._pump_staff(store)

    def _make_client(self) -> NightdeskClient:
        return NightdeskClient(
            trace=trace_config(Limiter(self._settings.discord.requests_per_second)),
            gateway_url=self._settings.discord.gateway_url,
            guild_ids=self._settings.discord.guild_ids,
            set_up=self.set_up,
            texts=self._texts,
        )

    def _make_polling(self, store: Store, fetcher: HttpFetcher, parser: Parser, ids: Ids) -> Polling:
        return Polling(
            store.feeds,
            fetcher,
            parser,
            self._clock,
            ids,
            interval=self._settings.polling.interval,
            on_wanted=self._poke_publisher,
            jitter=random.random,
            hubs=self.websub,
        )

    def _make_websub(self, store: Store, fetcher: HttpFetcher) -> WebSub | None:
        public_url = self._settings.websub.public_url
        if public_url is None:
            return None
        return WebSub(
            store.websub,
            store.feeds,
            fetcher,
            self._clock,
            public_url=public_url,
            take=self._take,
            new_secret=partial(secrets.token_urlsafe, 32),
            on_due=self._poke_hub_asker,
        )

    async def _take(self, feed_id: int, delivered: Fetched) -> None:
        await self._polling.take(feed_id, delivered)

    def _pump_topics(self, store: Store) -> Pump:
        due, at = store.topics.due_channels, store.topics.next_due_at
        work = self._wired.publishing.publish_channel
        budget = self._wired.budget
        self._pump("active threads", budget.due, budget.next_due_at, budget.look, GUILDS_AT_ONCE)
        return self._pump("publishing", due, at, work, CHANNELS_AT_ONCE, first=self._check_channels)

    def _pump_timers(self, store: Store) -> Pump:
        due, at, work = store.timers.due, store.timers.next_due_at, self._wired.timing.ring
        return self._pump("timers", due, at, work, TIMERS_AT_ONCE, first=self._tell_overdue)

    def _pump_feeds(self, store: Store, polling: Polling) -> Pump:
        feeds = store.feeds
        return self._pump(
            "polling",
            feeds.due,
            feeds.next_due_at,
            polling.poll,
            FEEDS_AT_ONCE,
            first=at_once,
            rest=FEEDS_REST,
        )

    def _pump_hubs(self, store: Store, websub: WebSub) -> Pump:
        due, at = store.websub.due, store.websub.next_due_at
        return self._pump("websub", due, at, websub.work, HUBS_AT_ONCE, first=at_once)

    def _pump_live_blogs(self, store: Store) -> None:
        live, poll = store.live, self._wired.live_blogs.poll
        pump = partial(self._pump, width=LIVE_BLOGS_AT_ONCE, longest_wait=STAFF_WAIT)
        pump("live blogs", live.due, live.next_due_at, poll)

    def _pump_staff(self, store: Store) -> None:
        staff, show = store.staff, self._wired.staff.show_guild
        appeals, carry = store.appeals, self._wired.services.appeals.work
        pump = partial(self._pump, width=CHANNELS_AT_ONCE, longest_wait=STAFF_WAIT)
        pump("staff channels", staff.due_guilds, staff.next_due_at, show)
        pump("appeals", appeals.due, appeals.next_due_at, carry)
        pump("alerts", store.alerts.due, store.alerts.next_due_at, self._wired.alerting.tell)

    def _pump(
        self,
        name: str,
        due: Due,
        next_due_at: NextDueAt,
        work: Work,
        width: int,
        *,
        first: First | None = None,
        longest_wait: timedelta = LONGEST_WAIT,
        rest: timedelta = timedelta(),
    ) -> Pump:
        """One loop more. It starts after `first`; without one, when Discord is there."""
        pump = Pump(
            name,
            due=due,
            next_due_at=next_due_at,
            work=work,
            clock=self._clock,
            width=width,
            longest_wait=longest_wait,
            rest=rest,
        )

        async def loop() -> None:
            await (first or self._client.wait_until_ready)()
            await pump.run()

        self._loops[name] = loop
        return pump

    async def run(self, stop: asyncio.Event) -> None:
        """All loops at once; the first that ends (by `stop` or a fatal error) ends the others."""
        loops: dict[str, Loop] = {"stop": stop.wait, "discord": self._connect, **self._loops}
        tasks = [asyncio.create_task(loop(), name=name) for name, loop in loops.items()]
        done, running = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        log.info("stopping: no new work is taken")
        await _end(running)
        for task in done:
            task.result()

    async def farewell(self) -> None:
        """Leave Discord; a gateway that does not answer is not waited for."""
        try:
            async with asyncio.timeout(FAREWELL):
                await self._client.close()
        except TimeoutError:
            log.info("Discord did not say goodbye")

    def _poke_timers(self) -> None:
        self._timers.poke()

    def _poke_poller(self) -> None:
        self._poller.poke()

    def _poke_hub_asker(self) -> None:
        if self._hub_asker:
            self._hub_asker.poke()

    def _poke_publisher(self) -> None:
        self._publisher.poke()

    async def set_up(self, client: NightdeskClient) -> None:
        """Give a client all that people can use; `scripts/extract_texts.py` collects the names from it, too."""
        await add_cogs(client, self._wired.services)

    async def _check_channels(self) -> None:
        await self._client.wait_until_ready()
        log.info("connected to Discord as %s", self._client.user)
        for channel_id in sorted({feed.channel_id for feed in self._settings.feeds}):
            await self._wired.publishing.check_channel(channel_id)

    async def _tell_overdue(self) -> None:
        await self._client.wait_until_ready()
        await self._wired.timing.tell_overdue()

    async def _connect(self) -> None:
        """Stay connected: an outage is waited out, a refusal is the operator's."""
        try:
            await _until_it_works("log in to Discord", self._log_in)
            await _until_it_works("reach Discord's gateway", self._client.connect)
        except discord.LoginFailure as error:
            raise ConfigError(FATAL_CLOSURES[4004]) from error
        except discord.PrivilegedIntentsRequired as error:
            raise ConfigError(FATAL_CLOSURES[4014]) from error
        except discord.ConnectionClosed as error:
            text = FATAL_CLOSURES.get(error.code, f"Discord closed the connection for good ({error.code})")
            raise OperatorError(text) from error

    async def _log_in(self) -> None:
        try:
            await self._client.login(self._settings.discord.token.get_secret_value())
        except BaseException:
            await self._client.end_session()
            raise


async def _end(tasks: set[asyncio.Task[object]]) -> None:
    """Cancel them until they are over: discord.py takes no notice of a cancel that comes while it identifies again."""
    while tasks:
        for task in tasks:
            task.cancel()
        _, tasks = await asyncio.wait(tasks, timeout=PATIENCE_WITH_DISCORD)


async def at_once() -> None:
    """For a loop that needs nothing of Discord."""


async def _until_it_works(what: str, attempt: Callable[[], Awaitable[None]]) -> None:
    """Try until it works, with longer and longer waits, and say so; a refusal (`LoginFailure` and the like) goes up."""
    wait = FIRST_RETRY
    while True:
        try:
            return await attempt()
        except (discord.LoginFailure, discord.ConnectionClosed, discord.PrivilegedIntentsRequired):
            raise
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
            log.warning("cannot %s: %s; trying again in %d s", what, describe(error), wait.seconds)
        await asyncio.sleep(wait.total_seconds())
        wait = min(wait * 2, LONGEST_RETRY)


def _orders(settings: Settings) -> list[FeedOrder]:
    return [
        FeedOrder(
            url=feed.url,
            channel_id=feed.channel_id,
            post_last=feed.post_last,
            options=_options(feed),
        )
        for feed in settings.feeds
    ]


def _options(feed: FeedSettings) -> Options:
    return Options(
        tags=feed.tags,
        mention_role_id=feed.mention_role_id,
        filter=feed.filter,
        name=feed.name,
        templates=Templates(
            name=feed.name_template, starter=feed.starter_template, update=feed.update_template
        ),
        at_most=feed.at_most,
        overflow=feed.overflow,
        follow_live=feed.follow_live,
    )
