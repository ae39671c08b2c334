"""The composition root: the only module that knows all the others. Wires them, runs the loops, stops them in order."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta

import aiohttp
import discord

from bot.adapters.client import NightdeskClient, quieten, use_addresses
from bot.adapters.clock import SystemClock
from bot.adapters.failures import describe
from bot.adapters.forum import DiscordForum
from bot.adapters.http import HttpFetcher
from bot.adapters.ids import Ids
from bot.adapters.limiter import Limiter, trace_config
from bot.adapters.parser import ThreadParser
from bot.config import Settings
from bot.domain.feeds import FeedOrder, Options
from bot.errors import ConfigError, OperatorError, StoreBusyError
from bot.ports import Clock
from bot.services.polling import Polling
from bot.services.pump import Pump
from bot.store import Store
from bot.texts import Texts
from bot.wiring import add_cogs, wire

log = logging.getLogger(__name__)

FEEDS_AT_ONCE = 20
CHANNELS_AT_ONCE = 10
STAFF_WAIT = timedelta(seconds=5)  # Nobody pokes: cases come of all that is done to topics.
TIMERS_AT_ONCE = 10
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=2)
FAREWELL = 3.0  # Seconds for a polite goodbye to the gateway.

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
        desk = Desk(settings, store, fetcher, clock, ids)
        stack.push_async_callback(desk.farewell)
        await store.feeds.own_by_file(_orders(settings), clock.now())
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
        self, settings: Settings, store: Store, fetcher: HttpFetcher, clock: Clock, ids: Ids
    ) -> None:
        self._settings = settings
        self._texts = Texts.load()
        self._client = NightdeskClient(
            trace=trace_config(Limiter(settings.discord.requests_per_second)),
            gateway_url=settings.discord.gateway_url,
            guild_ids=settings.discord.guild_ids,
            set_up=self.set_up,
            texts=self._texts,
        )
        forum = DiscordForum(self._client)
        self._wired = wire(
            store, forum, clock, ids, self._texts, on_wanted=self._poke_publisher, on_armed=self._poke_timers
        )
        self._publisher = Pump(
            "publishing",
            due=store.topics.due_channels,
            next_due_at=store.topics.next_due_at,
            work=self._wired.publishing.publish_channel,
            clock=clock,
            width=CHANNELS_AT_ONCE,
        )
        self._timers = Pump(
            "timers",
            due=store.timers.due,
            next_due_at=store.timers.next_due_at,
            work=self._wired.timing.ring,
            clock=clock,
            width=TIMERS_AT_ONCE,
        )
        polling = Polling(
            store.feeds,
            fetcher,
            ThreadParser(),
            clock,
            ids,
            interval=settings.polling.interval,
            on_wanted=self._publisher.poke,
        )
        self._poller = Pump(
            "polling",
            due=store.feeds.due,
            next_due_at=store.feeds.next_due_at,
            work=polling.poll,
            clock=clock,
            width=FEEDS_AT_ONCE,
        )

        self._staff_teller = Pump(
            "staff channels",
            due=store.staff.due_guilds,
            next_due_at=store.staff.next_due_at,
            work=self._wired.staff.show_guild,
            clock=clock,
            width=CHANNELS_AT_ONCE,
            longest_wait=STAFF_WAIT,
        )
        self._appeals = Pump(
            "appeals",
            due=store.appeals.due,
            next_due_at=store.appeals.next_due_at,
            work=self._wired.services.appeals.work,
            clock=clock,
            width=CHANNELS_AT_ONCE,
            longest_wait=STAFF_WAIT,
        )

    async def run(self, stop: asyncio.Event) -> None:
        """All loops at once; the first that ends (by `stop` or a fatal error) ends the others."""
        loops = [
            asyncio.create_task(stop.wait(), name="stop"),
            asyncio.create_task(self._connect(), name="discord"),
            asyncio.create_task(self._publish(), name="publishing"),
            asyncio.create_task(self._ring(), name="timers"),
            asyncio.create_task(self._poller.run(), name="polling"),
            asyncio.create_task(self._tell_staff(), name="staff channels"),
            asyncio.create_task(self._carry_appeals(), name="appeals"),
        ]
        done, running = await asyncio.wait(loops, return_when=asyncio.FIRST_COMPLETED)
        log.info("stopping: no new work is taken")
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
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

    def _poke_publisher(self) -> None:
        self._publisher.poke()

    async def set_up(self, client: NightdeskClient) -> None:
        """Give a client all that people can use; `scripts/extract_texts.py` collects the names from it, too."""
        await add_cogs(client, self._wired.services)

    async def _publish(self) -> None:
        await self._client.wait_until_ready()
        log.info("connected to Discord as %s", self._client.user)
        for channel_id in sorted({feed.channel_id for feed in self._settings.feeds}):
            await self._wired.publishing.check_channel(channel_id)
        await self._publisher.run()

    async def _ring(self) -> None:
        await self._client.wait_until_ready()
        await self._wired.timing.tell_overdue()
        await self._timers.run()

    async def _tell_staff(self) -> None:
        await self._client.wait_until_ready()
        await self._staff_teller.run()

    async def _carry_appeals(self) -> None:
        await self._client.wait_until_ready()
        await self._appeals.run()

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
            options=Options(tags=feed.tags, mention_role_id=feed.mention_role_id),
        )
        for feed in settings.feeds
    ]
