"""The moderators' side of the desk in the test's own process: cogs, services, real SQLite, discord.py, a simulator."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from live_forum import live_forum

from bot.adapters.client import NightdeskClient
from bot.adapters.clock import SystemClock
from bot.adapters.forum import DiscordForum
from bot.adapters.http import HttpFetcher
from bot.adapters.ids import Ids
from bot.adapters.parser import WorkerParser
from bot.services.pump import Pump
from bot.services.staff import StaffChannel
from bot.store import Store
from bot.texts import Texts
from bot.wiring import add_cogs, wire
from simulator import Channel, GuildHandle, Person, Simulator


@dataclass(frozen=True)
class LiveDesk:
    """`maria` moderates, `alex` is a member. `wake` lets publishing and timers look for work at once."""

    sim: Simulator
    store: Store
    guild: GuildHandle
    forum: Channel
    general: Channel
    maria: Person
    alex: Person
    staff: StaffChannel
    wake: Callable[[], None]


@asynccontextmanager
async def live_desk(
    folder: Path,
    *,
    sim: Simulator | None = None,
    after: LiveDesk | None = None,
    pace: float = 100_000,
    private_networks: bool = True,
) -> AsyncIterator[LiveDesk]:
    """`pace`: requests a second. `sim` is a Discord that outlives the desk.

    `after`: the same desk in the same Discord, started again. `private_networks`: publishers of tests are on 127.0.0.1.
    """
    clock, texts = SystemClock(), Texts.load()
    ids = Ids(clock)  # Unlike counting ones they stay unique over restarts.
    store = await Store.open(folder / "desk.db", ids)
    fetcher = HttpFetcher(clock, user_agent="Nightdesk", allow_private_networks=private_networks)
    parser = WorkerParser(workers=1)
    loops: list[asyncio.Task[None]] = []
    staff: list[StaffChannel] = []
    wakers: list[Callable[[], None]] = []

    def wake() -> None:
        for poke in wakers:
            poke()

    async def set_up(client: NightdeskClient) -> None:
        wired = wire(
            store,
            DiscordForum(client),
            clock,
            ids,
            texts,
            fetcher=fetcher,
            parser=parser,
            on_wanted=lambda: publisher.poke(),  # noqa: PLW0108 - made below.
            on_armed=lambda: timers.poke(),  # noqa: PLW0108 - made below.
        )
        publisher = Pump(
            "publishing",
            due=store.topics.due_channels,
            next_due_at=store.topics.next_due_at,
            work=wired.publishing.publish_channel,
            clock=clock,
            width=2,
        )
        timers = Pump(
            "timers",
            due=store.timers.due,
            next_due_at=store.timers.next_due_at,
            work=wired.timing.ring,
            clock=clock,
            width=2,
        )
        loops.extend(asyncio.create_task(_once_ready(client, pump)) for pump in (publisher, timers))
        staff.append(wired.staff)
        wakers.extend((publisher.poke, timers.poke))
        await add_cogs(client, wired.services)

    try:
        async with Simulator(limits=False) if sim is None else nullcontext(sim) as discord:
            guild, forum, general, maria, alex = _world(discord, after)
            async with live_forum(discord, set_up, pace=pace):
                try:
                    yield LiveDesk(discord, store, guild, forum, general, maria, alex, staff[0], wake)
                finally:
                    for loop in loops:
                        loop.cancel()
                    await asyncio.gather(*loops, return_exceptions=True)
    finally:
        await parser.close()
        await fetcher.close()
        await store.close()


async def _once_ready(client: NightdeskClient, pump: Pump) -> None:
    """As the desk does: before Discord is there every guild looks away."""
    await client.wait_until_ready()
    await pump.run()


def _world(sim: Simulator, after: LiveDesk | None) -> tuple[GuildHandle, Channel, Channel, Person, Person]:
    if after is not None:
        return after.guild, after.forum, after.general, after.maria, after.alex
    guild = sim.add_guild("The Gazette")
    forum, general = guild.add_forum("news"), guild.add_text("general")
    return guild, forum, general, guild.add_moderator("Maria"), guild.add_member("Alex")
