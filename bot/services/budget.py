"""Keeps room among a server's active threads, of which Discord allows 1,000: our oldest quiet topics sleep first.

Records wishes only; publishing archives the threads. Nobody's thread is touched but those that we made.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.budget import Budget, put_to_sleep, to_sleep
from bot.errors import ForumError
from bot.ports import BudgetStore, Clock, Forum, TopicStore, WatchedStore

log = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
PAUSE = timedelta(minutes=1)  # Between two looks where one could not make room.


@dataclass(slots=True)
class _Count:
    """A server's active threads at the last look, and how many we made since."""

    at: datetime
    active: int = 0
    told: bool = False


class ThreadBudget:
    """`on_wanted` is told that publishing has threads to archive."""

    def __init__(
        self,
        topics: TopicStore,
        watched: WatchedStore,
        store: BudgetStore,
        forum: Forum,
        clock: Clock,
        *,
        on_wanted: Callable[[], None],
        budget: Budget = Budget(),  # noqa: B008 - frozen.
    ) -> None:
        self._topics = topics
        self._watched = watched
        self._store = store
        self._forum = forum
        self._clock = clock
        self._on_wanted = on_wanted
        self._budget = budget
        self._counts: dict[int, _Count] = {}

    async def due(self, now: datetime, limit: int) -> list[int]:
        """Guilds that nobody looked at for an hour."""
        guilds = await self._watched.guilds()
        return [guild_id for guild_id in guilds if self._age(guild_id, now) >= HOUR][:limit]

    async def next_due_at(self, now: datetime) -> datetime | None:
        return min(
            (count.at + HOUR for count in self._counts.values() if count.at + HOUR > now), default=None
        )

    async def reserve(self, guild_id: int) -> None:
        """A thread is about to be made: look first where the guild is nearly full, as far as we know."""
        now, count = self._clock.now(), self._counts.get(guild_id)
        if count is None or (count.active >= self._budget.full and now - count.at >= PAUSE):
            await self.look(guild_id)
        self._counts[guild_id].active += 1

    async def look(self, guild_id: int) -> None:
        """Count the guild's active threads, and make room where they are too many."""
        await self._make(guild_id, refused=False)

    async def make(self, guild_id: int) -> None:
        """Discord refuses one more thread."""
        await self._make(guild_id, refused=True)

    async def _make(self, guild_id: int, *, refused: bool) -> None:
        now = self._clock.now()
        count = self._counts.setdefault(guild_id, _Count(now))
        count.at = now
        try:
            active = await self._forum.active(guild_id)
        except ForumError as error:
            log.info("server %s: its active threads cannot be counted now: %s", guild_id, error)
            return
        ours = await self._store.may_sleep(guild_id)
        chosen = to_sleep(active, ours.keys(), self._budget, now, refused=refused)
        for thread_id in chosen:
            await self._topics.change(ours[thread_id], lambda story: put_to_sleep(story, now), now)
        count.active = len(active) - len(chosen)
        short = not chosen and (refused or len(active) > self._budget.full)
        if chosen:
            log.info("server %s: %d quiet topics of ours are archived to make room", guild_id, len(chosen))
            self._on_wanted()
        elif short and not count.told:
            log.error(
                "server %s: %d active threads, of which Discord allows 1,000, and no quiet topic of ours is left "
                "to archive: people must archive or delete threads there before news can be posted",
                guild_id,
                len(active),
            )
        count.told = short

    def _age(self, guild_id: int, now: datetime) -> timedelta:
        count = self._counts.get(guild_id)
        return now - count.at if count else HOUR
