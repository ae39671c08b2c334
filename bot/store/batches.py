"""Bulk actions in the database: proposed, done, undone."""

import json
from collections.abc import Sequence

from bot.domain.bulk import Action, Batch
from bot.store.database import Database
from bot.store.moments import from_ms, to_ms


class BatchStore:
    """Implements `ports.BatchStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, batch: Batch) -> None:
        async with self._database.write() as tx:
            await tx.execute(
                """
                INSERT INTO batches (batch_id, guild_id, actor_id, actor_name, action, reason, silent, thread_ids,
                                     state, created_at)
                VALUES (:batch_id, :guild_id, :actor_id, :actor_name, :action, :reason, :silent, :thread_ids, :state,
                        :created_at)
                """,
                {
                    "batch_id": batch.batch_id,
                    "guild_id": batch.guild_id,
                    "actor_id": batch.actor_id,
                    "actor_name": batch.actor_name,
                    "action": batch.action,
                    "reason": batch.reason,
                    "silent": int(batch.silent),
                    "thread_ids": json.dumps(batch.thread_ids),
                    "state": batch.state,
                    "created_at": to_ms(batch.created_at),
                },
            )

    async def get(self, batch_id: int) -> Batch | None:
        row = await self._database.read.one("SELECT * FROM batches WHERE batch_id = :id", {"id": batch_id})
        if row is None:
            return None
        return Batch(
            batch_id=row["batch_id"],
            guild_id=row["guild_id"],
            actor_id=row["actor_id"],
            actor_name=row["actor_name"],
            action=Action(row["action"]),
            reason=row["reason"],
            silent=bool(row["silent"]),
            thread_ids=tuple(json.loads(row["thread_ids"])),
            state=row["state"],
            created_at=from_ms(row["created_at"]),
        )

    async def turn(self, batch_id: int, before: str, after: str) -> bool:
        """False where it is not in the state `before`: somebody else was quicker."""
        async with self._database.write() as tx:
            return (
                await tx.execute(
                    "UPDATE batches SET state = :after WHERE batch_id = :id AND state = :before",
                    {"id": batch_id, "before": before, "after": after},
                )
                > 0
            )

    async def threads_of_feed(self, guild_id: int, feed: str) -> Sequence[int]:
        """The threads of a feed that is named by its address or title."""
        rows = await self._database.read.all(
            """
            SELECT topics.thread_id FROM feeds
            JOIN entries ON entries.feed_id = feeds.feed_id
            JOIN topics ON topics.entry_id = entries.entry_id
            WHERE (feeds.url = :feed OR feeds.title = :feed) AND topics.guild_id = :guild_id
            """,
            {"feed": feed, "guild_id": guild_id},
        )
        return [row["thread_id"] for row in rows]

    async def feeds_of(self, guild_id: int, text: str, limit: int) -> list[str]:
        """For a completion: titles of feeds that post in the guild."""
        rows = await self._database.read.all(
            """
            SELECT DISTINCT feeds.title FROM feeds
            JOIN subscriptions ON subscriptions.feed_id = feeds.feed_id
            WHERE feeds.title <> '' AND LOWER(feeds.title) LIKE :pattern AND EXISTS (
                SELECT 1 FROM topics WHERE topics.subscription_id = subscriptions.subscription_id
                AND topics.guild_id = :guild_id)
            ORDER BY feeds.title LIMIT :limit
            """,
            {"guild_id": guild_id, "pattern": f"%{text.lower()}%", "limit": limit},
        )
        return [row["title"] for row in rows]
