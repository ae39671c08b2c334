"""Topics as Discord lets us see them: which are awake, out of reach, or were left without a channel.

Each query is answered by a partial index, so that its cost does not grow with topics that sleep or are gone.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.cases import Deed
from bot.domain.topics import Topic
from bot.store.database import Database
from bot.store.moments import to_ms
from bot.store.stories import topic_from


class WatchedStore:
    """Implements `ports.WatchedStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def guilds(self) -> list[int]:
        """The guilds in which we ever had topics: one step along the index for each."""
        rows = await self._database.read.all(
            """
            WITH RECURSIVE guilds (guild_id) AS (
                SELECT MIN(guild_id) FROM topics
                UNION ALL
                SELECT (SELECT MIN(guild_id) FROM topics WHERE topics.guild_id > guilds.guild_id)
                FROM guilds WHERE guilds.guild_id IS NOT NULL)
            SELECT guild_id FROM guilds WHERE guild_id IS NOT NULL
            """
        )
        return [row["guild_id"] for row in rows]

    async def awake(self, guild_id: int) -> list[Topic]:
        """The guild's topics within reach that are not archived, as last seen: those with live timers first."""
        rows = await self._database.read.all(
            """
            SELECT * FROM topics
            WHERE guild_id = :guild_id AND archived = 0 AND state <> 'gone'
                AND suspended_at IS NULL AND thread_id IS NOT NULL
            ORDER BY EXISTS (SELECT 1 FROM timers WHERE timers.topic_id = topics.topic_id
                             AND timers.state IN ('pending', 'leased')) DESC, topic_id DESC
            """,
            {"guild_id": guild_id},
        )
        return [topic_from(row) for row in rows]

    async def fall_asleep(self, topic_ids: Sequence[int]) -> None:
        """Discord does not count them among the active threads any more."""
        async with self._database.write() as tx:
            await tx.execute_many(
                "UPDATE topics SET archived = 1, rearchive = 0 WHERE topic_id = :id AND archived = 0",
                [{"id": topic_id} for topic_id in topic_ids],
            )

    async def suspend(self, guild_id: int, channel_id: int | None, at: datetime) -> None:
        """Out of reach from now on: what is awake, and what has timers to stand still. None: the whole guild."""
        values = {"guild_id": guild_id, "channel_id": channel_id, "at": to_ms(at)}
        async with self._database.write() as tx:
            await tx.execute(
                """
                UPDATE topics SET suspended_at = :at
                WHERE guild_id = :guild_id AND archived = 0 AND state <> 'gone' AND suspended_at IS NULL
                    AND channel_id = COALESCE(:channel_id, channel_id)
                """,
                values,
            )
            await tx.execute(
                """
                UPDATE topics SET suspended_at = :at
                WHERE topic_id IN (SELECT topic_id FROM timers
                                   WHERE guild_id = :guild_id AND state IN ('pending', 'leased'))
                    AND suspended_at IS NULL AND state <> 'gone'
                    AND channel_id = COALESCE(:channel_id, channel_id)
                """,
                values,
            )

    async def resume(self, guild_id: int, channel_id: int, at: datetime) -> None:
        """Within reach again. Timers that fell due meanwhile and were put off ring now."""
        values = {"guild_id": guild_id, "channel_id": channel_id, "at": to_ms(at)}
        async with self._database.write() as tx:
            await tx.execute(
                """
                UPDATE timers SET lease_until = :at
                WHERE guild_id = :guild_id AND state = 'leased' AND lease_until > :at AND topic_id IN (
                    SELECT topic_id FROM topics
                    WHERE guild_id = :guild_id AND suspended_at IS NOT NULL AND channel_id = :channel_id)
                """,
                values,
            )
            await tx.execute(
                """
                UPDATE topics SET suspended_at = NULL
                WHERE guild_id = :guild_id AND suspended_at IS NOT NULL AND channel_id = :channel_id
                """,
                {"guild_id": guild_id, "channel_id": channel_id},
            )

    async def exposed_channels(self, guild_id: int) -> list[int]:
        """The channels in which topics would have to be suspended if they fell out of reach."""
        rows = await self._database.read.all(
            """
            SELECT channel_id FROM topics
            WHERE guild_id = :guild_id AND archived = 0 AND state <> 'gone' AND suspended_at IS NULL
            UNION
            SELECT topics.channel_id FROM timers JOIN topics ON topics.topic_id = timers.topic_id
            WHERE timers.guild_id = :guild_id AND timers.state IN ('pending', 'leased')
                AND topics.suspended_at IS NULL AND topics.state <> 'gone'
            """,
            {"guild_id": guild_id},
        )
        return [row["channel_id"] for row in rows]

    async def suspended_channels(self, guild_id: int) -> list[int]:
        rows = await self._database.read.all(
            "SELECT DISTINCT channel_id FROM topics WHERE guild_id = :guild_id AND suspended_at IS NOT NULL",
            {"guild_id": guild_id},
        )
        return [row["channel_id"] for row in rows]

    async def in_channel(self, channel_id: int, after: int, limit: int) -> list[Topic]:
        """The channel's topics that have a thread, by id from `after` on."""
        rows = await self._database.read.all(
            """
            SELECT * FROM topics
            WHERE channel_id = :channel_id AND topic_id > :after AND thread_id IS NOT NULL AND state <> 'gone'
            ORDER BY topic_id LIMIT :limit
            """,
            {"channel_id": channel_id, "after": after, "limit": limit},
        )
        return [topic_from(row) for row in rows]

    async def has_pending(self, channel_id: int) -> bool:
        """Whether topics wait there for a thread."""
        return (
            await self._database.read.one(
                """
                SELECT 1 FROM topics
                WHERE channel_id = :channel_id AND due_at IS NOT NULL AND thread_id IS NULL AND state <> 'gone' LIMIT 1
                """,
                {"channel_id": channel_id},
            )
            is not None
        )

    async def count_by_hand(self, topic_id: int, since: datetime) -> int:
        """How often people undid our close since then."""
        row = await self._database.read.one(
            """
            SELECT COUNT(*) AS n FROM cases
            WHERE topic_id = :topic_id AND verb IN (:unlocked, :unarchived) AND created_at > :since
            """,
            {
                "topic_id": topic_id,
                "unlocked": Deed.UNLOCKED_BY_HAND,
                "unarchived": Deed.UNARCHIVED_BY_HAND,
                "since": to_ms(since),
            },
        )
        return row["n"] if row else 0
