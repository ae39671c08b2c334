"""Appeals in the database: what members ask of the staff, and what became of it. One method, one transaction."""

from datetime import datetime

from bot.domain.appeals import Appeal, AppealState
from bot.store.database import Database, Row
from bot.store.moments import from_ms, to_ms


class AppealStore:
    """Implements `ports.AppealStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def file(self, appeal: Appeal) -> bool:
        """False where the person has an open appeal in that topic already."""
        async with self._database.write() as tx:
            inserted = await tx.execute(
                """
                INSERT INTO appeals (appeal_id, guild_id, topic_id, channel_id, author_id, author_name, text, state,
                                     locale, guild_locale, due_at, created_at)
                VALUES (:appeal_id, :guild_id, :topic_id, :channel_id, :author_id, :author_name, :text, :state,
                        :locale, :guild_locale, :at, :at)
                ON CONFLICT (topic_id, author_id) WHERE state = 'open' DO NOTHING
                """,
                {
                    "appeal_id": appeal.appeal_id,
                    "guild_id": appeal.guild_id,
                    "topic_id": appeal.topic_id,
                    "channel_id": appeal.channel_id,
                    "author_id": appeal.author_id,
                    "author_name": appeal.author_name,
                    "text": appeal.text,
                    "state": appeal.state,
                    "locale": appeal.locale,
                    "guild_locale": appeal.guild_locale,
                    "at": to_ms(appeal.at),
                },
            )
        return inserted > 0

    async def get(self, appeal_id: int) -> Appeal | None:
        row = await self._database.read.one(
            """
            SELECT appeals.*, topics.thread_id FROM appeals
            JOIN topics ON topics.topic_id = appeals.topic_id WHERE appeal_id = :id
            """,
            {"id": appeal_id},
        )
        return _appeal(row) if row else None

    async def open_of(self, topic_id: int, author_id: int) -> Appeal | None:
        row = await self._database.read.one(
            """
            SELECT appeals.*, topics.thread_id FROM appeals JOIN topics ON topics.topic_id = appeals.topic_id
            WHERE appeals.topic_id = :topic_id AND author_id = :author_id AND appeals.state = 'open'
            """,
            {"topic_id": topic_id, "author_id": author_id},
        )
        return _appeal(row) if row else None

    async def decide(self, appeal_id: int, state: AppealState, user_id: int | None, at: datetime) -> bool:
        """False where it is decided already."""
        async with self._database.write() as tx:
            changed = await tx.execute(
                """
                UPDATE appeals SET state = :state, decided_by = :user_id, due_at = :at, attempts = 0
                WHERE appeal_id = :id AND state = 'open'
                """,
                {"id": appeal_id, "state": state, "user_id": user_id, "at": to_ms(at)},
            )
        return changed > 0

    async def mark_attempt(self, appeal_id: int, at: datetime | None) -> None:
        """Committed before the request: from now on it was perhaps sent. None: it is known not to have been."""
        async with self._database.write() as tx:
            await tx.execute(
                "UPDATE appeals SET attempted_at = :at WHERE appeal_id = :id",
                {"id": appeal_id, "at": to_ms(at)},
            )

    async def confirm(self, appeal_id: int, message_id: int, shown: AppealState) -> None:
        async with self._database.write() as tx:
            await tx.execute(
                """
                UPDATE appeals SET message_id = :message_id, shown = :shown, attempted_at = NULL, attempts = 0
                WHERE appeal_id = :id
                """,
                {"id": appeal_id, "message_id": message_id, "shown": shown},
            )

    async def mark_told(self, appeal_id: int, *, told: bool) -> None:
        async with self._database.write() as tx:
            await tx.execute(
                "UPDATE appeals SET told = :told WHERE appeal_id = :id", {"id": appeal_id, "told": int(told)}
            )

    async def put_off(self, appeal_id: int, due_at: datetime) -> None:
        async with self._database.write() as tx:
            await tx.execute(
                "UPDATE appeals SET due_at = :due_at, attempts = attempts + 1 WHERE appeal_id = :id",
                {"id": appeal_id, "due_at": to_ms(due_at)},
            )

    async def settle(self, appeal: Appeal) -> None:
        """All is known, unless it was decided meanwhile."""
        async with self._database.write() as tx:
            await tx.execute(
                "UPDATE appeals SET due_at = NULL WHERE appeal_id = :id AND state = :state",
                {"id": appeal.appeal_id, "state": appeal.state},
            )

    async def due(self, now: datetime, limit: int) -> list[int]:
        rows = await self._database.read.all(
            "SELECT appeal_id FROM appeals WHERE due_at <= :now ORDER BY due_at LIMIT :limit",
            {"now": to_ms(now), "limit": limit},
        )
        return [row["appeal_id"] for row in rows]

    async def next_due_at(self, now: datetime) -> datetime | None:
        row = await self._database.read.one(
            "SELECT MIN(due_at) AS at FROM appeals WHERE due_at > :now", {"now": to_ms(now)}
        )
        return from_ms(row["at"]) if row else None


def _appeal(row: Row) -> Appeal:
    return Appeal(
        appeal_id=row["appeal_id"],
        guild_id=row["guild_id"],
        topic_id=row["topic_id"],
        thread_id=row["thread_id"],
        channel_id=row["channel_id"],
        author_id=row["author_id"],
        author_name=row["author_name"],
        text=row["text"],
        at=from_ms(row["created_at"]),
        locale=row["locale"],
        guild_locale=row["guild_locale"],
        state=AppealState(row["state"]),
        decided_by=row["decided_by"],
        message_id=row["message_id"],
        shown=AppealState(row["shown"]) if row["shown"] else None,
        attempted_at=from_ms(row["attempted_at"]),
        told=bool(row["told"]),
        attempts=row["attempts"],
    )
