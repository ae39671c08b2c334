"""The moderators' side of the desk in the test's own process: cogs, services, real SQLite, discord.py, a simulator."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from fake_clock import CountingIds
from live_forum import live_forum

from bot.adapters.client import NightdeskClient
from bot.adapters.clock import SystemClock
from bot.adapters.forum import DiscordForum
from bot.services.pump import Pump
from bot.store import Store
from bot.texts import Texts
from bot.wiring import add_cogs, wire
from simulator import Channel, GuildHandle, Person, Simulator


@dataclass(frozen=True)
class LiveDesk:
    """`maria` moderates, `alex` is a member."""

    sim: Simulator
    store: Store
    guild: GuildHandle
    forum: Channel
    general: Channel
    maria: Person
    alex: Person


@asynccontextmanager
async def live_desk(folder: Path) -> AsyncIterator[LiveDesk]:
    clock, ids, texts = SystemClock(), CountingIds(), Texts.load()
    store = await Store.open(folder / "desk.db", ids)
    loops: list[asyncio.Task[None]] = []

    async def set_up(client: NightdeskClient) -> None:
        wired = wire(
            store,
            DiscordForum(client),
            clock,
            ids,
            texts,
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
        loops.extend(asyncio.create_task(pump.run()) for pump in (publisher, timers))
        await add_cogs(client, wired.services)

    async with Simulator(limits=False) as sim:
        guild = sim.add_guild("The Gazette")
        forum, general = guild.add_forum("news"), guild.add_text("general")
        maria, alex = guild.add_moderator("Maria"), guild.add_member("Alex")
        async with live_forum(sim, set_up):
            yield LiveDesk(sim, store, guild, forum, general, maria, alex)
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)
    await store.close()
