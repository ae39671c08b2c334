"""The moderators' side of the desk under SimCord: a second opinion from a simulator of Discord that is not ours.

Real are the commands, the services, the database, our client and adapter, and discord.py's parsers, cache and command
tree. SimCord's are Discord and the way to it: it puts calls within the process in the place of discord.py's HTTP client
and gateway, so limiter, retries and wire are not under test here. The feed is a fake publisher.

How to test one more command:
- Act: `desk.maria.slash(place, "topic …", option=value)`, `.context_menu`, `.click(message, label=…)`, `.autocomplete`
  are SimCord's; what people do by hand in Discord are methods of the desk.
- Assert: `told(result)` or `card(result)` is the answer; `desk.flags`, `desk.read` and `desk.shown` (all of SimCord's
  record of a thread: its `name`, `rate_limit_per_user`, `applied_tags`) are what Discord shows then.
- Time: the desk is the services' clock, which is SimCord's. The application's loops do not run, because SimCord waits
  after each act until no task of the bot waits for an event; `Bot.work` does one round of all that is due instead, so
  a new loop needs a line there and nothing else (cogs and services come from `bot.wiring`). `desk.pass_time(by)` moves
  the clock at one go, then works.
- Restart: `desk.restart()` puts a new bot over the same database and the same Discord.

SimCord's documented interface has no people who start, edit or delete threads, and no permissions that change later.
For these its `backend` is used, in this module only; it may change with any release, so the version is pinned.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import discord
import simcord
from fake_clock import CountingIds
from fake_publisher import FakeFetcher, InlineParser
from simcord.backend.models import Channel, Overwrite
from simcord.enums import OverwriteType

from bot.adapters.client import NightdeskClient
from bot.adapters.forum import DiscordForum
from bot.domain.feeds import FeedOrder
from bot.ports import Clock, Ids
from bot.services.polling import Polling
from bot.store import Store
from bot.texts import Texts
from bot.wiring import add_cogs, wire

FEED = "https://gazette.example/feed"


class Bot:
    """One start of our bot, wired as the application wires it. `wired` has the services, and what loops run."""

    def __init__(self, store: Store, clock: Clock, ids: Ids) -> None:
        texts = Texts.load()
        self.client = NightdeskClient(
            trace=aiohttp.TraceConfig(), gateway_url=None, guild_ids=(), set_up=self._set_up, texts=texts
        )
        self.fetcher = FakeFetcher()
        self.wired = wire(
            store, DiscordForum(self.client), clock, ids, texts, fetcher=self.fetcher, parser=InlineParser()
        )
        self._store = store
        self._clock = clock
        self._polling = Polling(
            store.feeds,
            self.fetcher,
            InlineParser(),
            clock,
            ids,
            interval=timedelta(minutes=5),
            on_wanted=lambda: None,
        )

    async def _set_up(self, client: NightdeskClient) -> None:
        await add_cogs(client, self.wired.services)

    async def work(self) -> None:
        """One round of each of the application's loops."""
        for feed_id in await self._store.feeds.due(self._clock.now(), 100):
            await self._polling.poll(feed_id)
        for timer_id in await self._store.timers.due(self._clock.now(), 100):
            await self.wired.timing.ring(timer_id)
        for channel_id in await self._store.topics.due_channels(self._clock.now(), 100):
            await self.wired.publishing.publish_channel(channel_id)


class SimcordDesk:
    """Maria moderates `guild` and Alex is a member; `forum` and `general` are there. Kim and `abroad` are elsewhere."""

    def __init__(self, store: Store, ids: Ids) -> None:
        self.store = store
        self._ids = ids
        self.bot = self._new_bot()
        self.env = simcord.Env(self.bot.client, shard_count=1)
        self.guild = self.env.create_guild("The Gazette")
        self.forum = self.guild.create_forum_channel("news")
        self.general = self.guild.create_text_channel("general")
        herald = self.env.create_guild("The Herald")
        self.abroad = herald.create_forum_channel("news")
        moderators = self.guild.create_role(
            "Moderators", permissions=discord.Permissions(manage_threads=True)
        )
        self.maria = self.guild.add_member(self.env.create_user("Maria"), roles=[moderators])
        self.alex = self.guild.add_member(self.env.create_user("Alex"))
        self.kim = herald.add_member(self.env.create_user("Kim"))

    @property
    def bot_id(self) -> int:
        return self.env.backend.bot_user.id

    def _new_bot(self) -> Bot:
        return Bot(self.store, self, self._ids)

    def now(self) -> datetime:
        """Implements `ports.Clock`: SimCord's clock stands until a test moves it."""
        return self.env.now()

    async def restart(self) -> None:
        """A new process over the same database and the same Discord."""
        self.bot = self._new_bot()
        await self.env.restart_bot(self.bot.client)

    async def pass_time(self, by: timedelta) -> None:
        await self.env.advance_time(by.total_seconds())
        await self.work()

    async def work(self) -> None:
        await self.bot.work()
        await self.env.settle()

    async def publish(self, *titles: str) -> list[simcord.ChannelHandle]:
        """The feed lists these; the threads that our bot makes of them in the forum."""
        known = {thread.id for thread in self.forum.threads}
        order = FeedOrder(url=FEED, channel_id=self.forum.id, post_last=len(titles))
        await self.store.feeds.own_by_file([order], self.now())
        self.bot.fetcher.publish(FEED, *titles)
        await self.work()
        return [thread for thread in self.forum.threads if thread.id not in known]

    async def start_post(
        self, author: simcord.MemberActor, name: str, text: str, *, forum: simcord.ChannelHandle | None = None
    ) -> simcord.ChannelHandle:
        """A person's forum post, whose starter has the thread's id, as Discord makes it."""
        forum, backend = forum or self.forum, self.env.backend
        thread = backend.create_thread(forum.id, name, author.id, broadcast=False)
        starter = backend.prepare_message(thread.id, author.id, text)
        starter.id = thread.id
        backend.commit_message(starter, broadcast=False)
        backend.announce_thread_create(thread)
        backend.announce_message_create(starter)
        await self.env.settle()
        return _handle(forum, thread)

    async def start_thread(
        self, author: simcord.MemberActor, name: str, starter: discord.Message
    ) -> simcord.ChannelHandle:
        """A person's thread that hangs from a message of `general`."""
        thread = self.env.backend.create_thread(self.general.id, name, author.id, message_id=starter.id)
        await self.env.settle()
        return _handle(self.general, thread)

    async def edit_thread(self, thread: simcord.ChannelHandle, **flags: bool) -> None:
        """Somebody sets `locked` or `archived` by hand."""
        self.env.backend.edit_channel(thread.id, {}, thread_metadata=flags)
        await self.env.settle()

    async def delete_thread(self, thread: simcord.ChannelHandle) -> None:
        self.env.backend.delete_channel(thread.id)
        await self.env.settle()

    async def deny(self, channel: simcord.ChannelHandle, user_id: int, **permissions: bool) -> None:
        """An admin takes `permissions` (named as discord.py does, each True) from one person in that channel."""
        denied = discord.Permissions(**permissions).value
        overwrite = Overwrite(target_id=user_id, type=OverwriteType.MEMBER, deny=denied)
        self.env.backend.set_overwrite(channel.id, overwrite)
        await self.env.settle()

    async def allow_command(self, name: str, member: simcord.MemberActor) -> None:
        """An admin offers a command, in the guild's settings, to somebody who would not see it."""
        [command] = [c for c in await self.bot.client.tree.fetch_commands() if c.name == name]
        self.guild.set_command_permissions(command, {member: True})

    def shown(self, thread: simcord.ChannelHandle) -> Channel:
        return self.env.backend.get_thread(thread.id)

    def flags(self, thread: simcord.ChannelHandle) -> dict[str, bool]:
        metadata = self.shown(thread).thread_metadata
        assert metadata is not None
        return {"locked": metadata.locked, "archived": metadata.archived}

    def pinged(self, thread: simcord.ChannelHandle) -> set[int]:
        """Whom the thread's messages pinged, as SimCord counts it."""
        return {id_ for m in self.env.backend.messages[thread.id].values() for id_ in m.ping_user_ids}

    def followers(self, thread: simcord.ChannelHandle) -> set[int]:
        return set(self.shown(thread).thread_members)

    def read(self, thread: simcord.ChannelHandle) -> list[str]:
        """What a member reads in the thread, oldest first."""
        return [message.content for message in thread.history(viewer=self.alex)]


@asynccontextmanager
async def simcord_desk(folder: Path) -> AsyncIterator[SimcordDesk]:
    """Connected and ready. At the end, whatever our bot raised without catching it is raised here."""
    async with AsyncExitStack() as stack:
        ids = CountingIds()
        store = await Store.open(folder / "desk.db", ids)
        stack.push_async_callback(store.close)
        desk = SimcordDesk(store, ids)
        stack.push_async_callback(desk.env.shutdown)
        await desk.env.start()
        yield desk
    desk.env.raise_errors()


def told(result: simcord.InteractionResult) -> str:
    """The one ephemeral text that a person got as an answer."""
    response = result.response
    assert response is not None
    assert response.ephemeral
    assert [] == result.followups
    return response.content


def card(result: simcord.InteractionResult) -> dict[str, str]:
    """The fields of the one ephemeral card that a person got as an answer."""
    response = result.response
    assert response is not None
    assert response.ephemeral
    [embed] = response.embeds
    return {field.name or "": field.value or "" for field in embed.fields}


def _handle(parent: simcord.ChannelHandle, thread: Channel) -> simcord.ChannelHandle:
    return next(handle for handle in parent.threads if handle.id == thread.id)
