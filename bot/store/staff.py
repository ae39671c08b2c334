"""Cases as the staff channel shows them, and how far Discord is known to show them so. One method, one transaction.

`stage` and `restage` run inside the transaction that makes or changes a case.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.cases import Case
from bot.domain.messages import Message, from_json, to_json
from bot.domain.staff import StaffMessage
from bot.store.database import Database, Row, Transaction
from bot.store.moments import from_ms, to_ms

# By then most cases are done, and one request tells of them instead of two.
SETTLING = timedelta(seconds=2)


async def stage(tx: Transaction, case: Case) -> None:
    """A new case wants a message."""
    await tx.execute(
        "INSERT INTO staff_messages (case_id, guild_id, due_at) VALUES (:case_id, :guild_id, :due_at)",
        {"case_id": case.case_id, "guild_id": case.guild_id, "due_at": to_ms(case.at + SETTLING)},
    )


async def restage(tx: Transaction, case_ids: Sequence[int]) -> None:
    """These cases changed: their messages are due at once."""
    await tx.execute_many(
        "UPDATE staff_messages SET due_at = 0, revision = revision + 1 WHERE case_id = :id",
        [{"id": case_id} for case_id in case_ids],
    )


class StaffStore:
    """Implements `ports.StaffStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due_guilds(self, now: datetime, limit: int) -> list[int]:
        """Guilds with messages to work on, the longest waiting first."""
        rows = await self._database.read.all(
            """
            SELECT guild_id FROM staff_messages WHERE due_at <= :now
            GROUP BY guild_id ORDER BY MIN(due_at) LIMIT :limit
            """,
            {"now": to_ms(now), "limit": limit},
        )
        return [row["guild_id"] for row in rows]

    async def next_due_at(self, now: datetime) -> datetime | None:
        row = await self._database.read.one(
            "SELECT MIN(due_at) AS at FROM staff_messages WHERE due_at > :now", {"now": to_ms(now)}
        )
        return from_ms(row["at"]) if row else None

    async def due(self, guild_id: int, now: datetime, limit: int) -> list[StaffMessage]:
        """The guild's messages to work on, oldest case first."""
        rows = await self._database.read.all(
            """
            SELECT * FROM staff_messages WHERE guild_id = :guild_id AND due_at <= :now
            ORDER BY case_id LIMIT :limit
            """,
            {"guild_id": guild_id, "now": to_ms(now), "limit": limit},
        )
        return [_message(row) for row in rows]

    async def mark_attempt(self, case_id: int, channel_id: int, message: Message, at: datetime) -> None:
        """Committed before the request: from now on just this was perhaps sent there."""
        async with self._database.write() as tx:
            await tx.execute(
                """
                UPDATE staff_messages SET channel_id = :channel_id, attempted = :attempted, attempted_at = :at
                WHERE case_id = :id
                """,
                {"id": case_id, "channel_id": channel_id, "attempted": to_json(message), "at": to_ms(at)},
            )

    async def clear_attempt(self, case_id: int) -> None:
        """It is known not to have been sent."""
        async with self._database.write() as tx:
            await tx.execute(
                """
                UPDATE staff_messages SET channel_id = NULL, attempted = NULL, attempted_at = NULL
                WHERE case_id = :id
                """,
                {"id": case_id},
            )

    async def confirm(self, case_id: int, message_id: int, shown_hash: str) -> None:
        async with self._database.write() as tx:
            await tx.execute(
                """
                UPDATE staff_messages
                SET message_id = :message_id, shown_hash = :hash, attempted = NULL, attempted_at = NULL
                WHERE case_id = :id
                """,
                {"id": case_id, "message_id": message_id, "hash": shown_hash},
            )

    async def settle(self, message: StaffMessage) -> None:
        """Nothing is due, unless the case changed since `message` was read."""
        async with self._database.write() as tx:
            await tx.execute(
                "UPDATE staff_messages SET due_at = NULL WHERE case_id = :id AND revision = :revision",
                {"id": message.case_id, "revision": message.revision},
            )

    async def drop(self, case_id: int) -> None:
        """There is no staff channel to tell."""
        async with self._database.write() as tx:
            await tx.execute("DELETE FROM staff_messages WHERE case_id = :id", {"id": case_id})

    async def put_off(self, case_id: int, due_at: datetime) -> None:
        async with self._database.write() as tx:
            await tx.execute(
                "UPDATE staff_messages SET due_at = :due_at WHERE case_id = :id",
                {"id": case_id, "due_at": to_ms(due_at)},
            )

    async def put_off_guild(self, guild_id: int, due_at: datetime) -> None:
        """Leave the guild's staff channel alone until then."""
        async with self._database.write() as tx:
            await tx.execute(
                "UPDATE staff_messages SET due_at = :due_at WHERE guild_id = :guild_id AND due_at < :due_at",
                {"guild_id": guild_id, "due_at": to_ms(due_at)},
            )


def _message(row: Row) -> StaffMessage:
    return StaffMessage(
        case_id=row["case_id"],
        guild_id=row["guild_id"],
        revision=row["revision"],
        channel_id=row["channel_id"],
        message_id=row["message_id"],
        shown_hash=row["shown_hash"],
        attempted=from_json(row["attempted"]) if row["attempted"] else None,
        attempted_at=from_ms(row["attempted_at"]),
    )
