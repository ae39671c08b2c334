"""What happens in Discord without us: told apart from our own doing, attributed, folded into our state. A person wins.

An event is a hint: it may be late, out of order, or of our own making. Whatever would have consequences is looked at
afresh while nothing of ours is under way for that topic. Decides nothing about a guild that is away.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from weakref import WeakValueDictionary

from bot.domain import watching
from bot.domain.cases import Actor, Deed
from bot.domain.topics import Sighting, State, Topic
from bot.errors import ForumError, GoneError
from bot.ports import Clock, Forum, Ids, TopicStore, WatchedStore
from bot.services.folding import JUST_NOW, UNKNOWN, Folding, PolicyOf
from bot.services.publishing import Publishing
from bot.texts import Texts

log = logging.getLogger(__name__)

WHILE_AWAY = timedelta(days=1)  # How far back we ask who did what we missed.
LOOKS = 50  # Requests for single topics in one sweep.
PAGE = 200

OnWoken = Callable[[int], Awaitable[None]]  # topic id


async def nobody_cares(topic_id: int) -> None:
    """Nothing follows from a reply that wakes an open topic."""


def nobody_waits() -> None:
    """Timers are looked at by themselves, sooner or later."""


class Watching:
    """`on_woken` is told of open topics that people woke: by a reply, most often; `on_armed` of timers to ring."""

    def __init__(
        self,
        topics: TopicStore,
        watched: WatchedStore,
        forum: Forum,
        publishing: Publishing,
        *,
        clock: Clock,
        ids: Ids,
        texts: Texts,
        policy_of: PolicyOf,
        on_woken: OnWoken = nobody_cares,
        on_armed: Callable[[], None] = nobody_waits,
    ) -> None:
        self._topics = topics
        self._watched = watched
        self._forum = forum
        self._publishing = publishing
        self._clock = clock
        self._ids = ids
        self._on_woken = on_woken
        self._on_armed = on_armed
        self._folding = Folding(
            topics, watched, forum, clock=clock, ids=ids, texts=texts, policy_of=policy_of
        )
        self._sweeps: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def changed(
        self, hint: Sighting, *, since: timedelta = JUST_NOW, trusted: Topic | None = None
    ) -> None:
        """Discord says that a thread changed, not longer than `since` ago.

        The hint is proven by a fresh look, except for a topic that is still as it was before the hint was asked for
        (`trusted`); then nobody is asked who did it, either.
        """
        topic = await self._topics.by_thread(hint.thread_id)
        if topic is None or not await self._forum.is_present(hint.guild_id):
            return
        async with self._publishing.alone(topic.topic_id):
            topic = (await self._topics.story(topic.topic_id)).topic
            if topic.state is State.GONE or watching.agrees(topic, hint):
                return
            is_proven = topic == trusted or not watching.has_consequences(topic, hint)
            seen = hint if is_proven else await self._look(hint.thread_id)
            if seen is None:
                return
            await self._folding.fold(topic, seen, since=None if topic == trusted else since)
        await self._after(topic, seen)

    async def gone(self, thread_id: int) -> None:
        """A thread was deleted: it is never made again."""
        topic = await self._topics.by_thread(thread_id)
        if topic is None or topic.guild_id is None:
            return
        # Of a channel that is gone with all its threads, discord.py tells each; `channel_gone` does them at once.
        if topic.channel_id in self._forum.reach(topic.guild_id):
            await self._vanish(topic, JUST_NOW)

    async def channel_gone(self, guild_id: int, channel_id: int, since: timedelta = JUST_NOW) -> None:
        """A channel was deleted with all its threads; the operator is told of what still waits to be posted there."""
        if not await self._forum.is_present(guild_id):
            return
        actor = await self._forum.culprit(guild_id, channel_id, Deed.DELETED, self._clock.now() - since)
        after, batch_id = 0, self._ids.new()
        while topics := await self._watched.in_channel(channel_id, after, PAGE):
            for topic in topics:
                await self._bury(topic, actor or UNKNOWN, batch_id)
            after = topics[-1].topic_id
        if await self._watched.has_pending(channel_id):
            await self._publishing.check_channel(channel_id)

    async def away(self, guild_id: int) -> None:
        """The guild is unavailable, or we were removed from it: its topics are frozen as they are."""
        await self._watched.suspend(guild_id, None, self._clock.now())

    async def absentees(self) -> None:
        """After a start or a new session: guilds that did not come back."""
        for guild_id in await self._watched.guilds():
            if not await self._forum.is_present(guild_id):
                await self.away(guild_id)

    async def permissions_changed(self, guild_id: int) -> None:
        """Freeze what fell out of reach; look after what came back."""
        if await self._forum.is_present(guild_id) and await self._fit_reach(guild_id):
            await self.sweep(guild_id)

    async def sweep(self, guild_id: int) -> None:
        """Catch up with a guild: one list of its active threads, and a bounded number of single looks."""
        async with self._sweeps.setdefault(guild_id, asyncio.Lock()):
            if not await self._forum.is_present(guild_id):
                return await self.away(guild_id)
            await self._fit_reach(guild_id)
            try:
                return await self._sweep(guild_id)
            except ForumError as error:
                log.warning("server %s cannot be swept now: %s", guild_id, error)

    async def _sweep(self, guild_id: int) -> None:
        if guild_id not in await self._watched.guilds():
            return
        known = {topic.thread_id: topic for topic in await self._watched.awake(guild_id)}
        active = await self._forum.active(guild_id)
        await self._compare(known, active)
        threads = {seen.thread_id for seen in active}
        await self._miss(guild_id, [topic for thread_id, topic in known.items() if thread_id not in threads])

    async def _compare(self, known: Mapping[int | None, Topic], active: Sequence[Sighting]) -> None:
        """What is still awake: the first changes are proven and attributed, the others taken as they are listed."""
        looks = 0
        for seen in active:
            topic = known.get(seen.thread_id)
            if topic is not None and watching.has_consequences(topic, seen):
                looks += 1
            await self.changed(seen, since=WHILE_AWAY, trusted=topic if looks > LOOKS else None)

    async def _miss(self, guild_id: int, missing: Sequence[Topic]) -> None:
        """What is not active any more is archived or gone; what is not looked at now is when somebody needs it."""
        standing = self._forum.reach(guild_id)
        for channel_id in {topic.channel_id for topic in missing} - standing.keys():
            await self._look_at_channel(guild_id, channel_id)
        left = [topic for topic in missing if topic.channel_id in standing]
        for topic in left[:LOOKS]:
            await self._look_after(topic)
        await self._watched.fall_asleep([topic.topic_id for topic in left[LOOKS:]])
        if len(left) > LOOKS:
            log.info("server %s: %d threads fell asleep while nobody looked", guild_id, len(left) - LOOKS)

    async def _look_at_channel(self, guild_id: int, channel_id: int) -> None:
        try:
            await self._forum.channel(channel_id)
        except GoneError:
            await self.channel_gone(guild_id, channel_id, WHILE_AWAY)

    async def _look_after(self, topic: Topic) -> None:
        try:
            async with self._publishing.alone(topic.topic_id):
                topic = (await self._topics.story(topic.topic_id)).topic
                assert topic.thread_id is not None
                seen = await self._forum.sight(topic.thread_id)
                await self._folding.fold(topic, seen, since=WHILE_AWAY)
        except GoneError:
            await self._vanish(topic, WHILE_AWAY)
        else:
            await self._after(topic, seen)

    async def _fit_reach(self, guild_id: int) -> bool:
        """Suspend and resume channels by what the bot may do there now. True where something came back."""
        reach = self._forum.reach(guild_id)
        for channel_id in await self._watched.exposed_channels(guild_id):
            if not reach.get(channel_id, True):
                await self._watched.suspend(guild_id, channel_id, self._clock.now())
        # A channel that is there no more is within reach, too: to be found gone.
        suspended = await self._watched.suspended_channels(guild_id)
        back = [channel_id for channel_id in suspended if reach.get(channel_id, True)]
        for channel_id in back:
            await self._watched.resume(guild_id, channel_id, self._clock.now())
        if back:
            self._on_armed()
        return bool(back)

    async def _look(self, thread_id: int) -> Sighting | None:
        """None: not to be seen now; its deletion is told by itself, and the next look finds the rest."""
        try:
            return await self._forum.sight(thread_id)
        except ForumError as error:
            log.info("thread %s cannot be looked at now: %s", thread_id, error)
            return None

    async def _after(self, before: Topic, seen: Sighting) -> None:
        await self._publishing.publish(before.topic_id)
        if before.state is State.OPEN and watching.is_woken(before, seen) and not seen.locked:
            await self._on_woken(before.topic_id)

    async def _vanish(self, topic: Topic, since: timedelta) -> None:
        assert topic.thread_id is not None
        assert topic.guild_id is not None
        if not await self._forum.is_present(topic.guild_id):
            return
        since_then = self._clock.now() - since
        actor = await self._forum.culprit(topic.guild_id, topic.thread_id, Deed.DELETED, since_then)
        await self._bury(topic, actor or UNKNOWN)

    async def _bury(self, topic: Topic, actor: Actor, batch_id: int | None = None) -> None:
        """Whatever of ours is under way ends first."""
        async with self._publishing.alone(topic.topic_id):
            topic = (await self._topics.story(topic.topic_id)).topic
            case = watching.vanished(
                topic, actor, at=self._clock.now(), case_id=self._ids.new(), batch_id=batch_id
            )
            await self._topics.vanish(topic.topic_id, case)
