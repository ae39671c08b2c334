"""Timers in the database. One method, one transaction; `finish` runs inside the transaction of the timer's effect."""

import json
from collections.abc import Sequence
from datetime import datetime

from bot.domain.cases import Actor
from bot.domain.timers import LEASE, Timer, TimerKind
from bot.store.database import Database, Row, Transaction
from bot.store.moments import from_ms, to_ms

# A close and a reopen that both fell due while we were away take effect in their order.
_FIRST = """NOT EXISTS (
    SELECT 1 FROM timers AS earlier
    WHERE earlier.topic_id = timers.topic_id AND earlier.state IN ('pending', 'leased')
      AND (earlier.due_at < timers.due_at
           OR (earlier.due_at = timers.due_at AND earlier.timer_id < timers.timer_id)))"""


class TimerStore:
    """Implements `ports.TimerStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def arm(self, timer: Timer) -> Timer:
        """Store a timer; a live one of the same topic and kind is moved to it, and its generation grows."""
        async with self._database.write() as tx:
            return await arm(tx, timer)

    async def cancel(self, topic_id: int, kinds: Sequence[TimerKind]) -> int:
        """How many live timers there were."""
        async with self._database.write() as tx:
            return await cancel(tx, topic_id, kinds)

    async def get(self, timer_id: int) -> Timer | None:
        """The timer if it is live."""
        row = await self._database.read.one(
            "SELECT * FROM timers WHERE timer_id = :id AND state IN ('pending', 'leased')", {"id": timer_id}
        )
        return _timer(row) if row else None

    async def of_topic(self, topic_id: int) -> list[Timer]:
        rows = await self._database.read.all(
            "SELECT * FROM timers WHERE topic_id = :id AND state IN ('pending', 'leased') ORDER BY due_at",
            {"id": topic_id},
        )
        return [_timer(row) for row in rows]

    async def due(self, now: datetime, limit: int) -> list[int]:
        """Timers to ring: those that fell due, and those put off or claimed until now. A topic's ring one by one."""
        rows = await self._database.read.all(
            f"""
            SELECT timer_id, due_at FROM (
                SELECT timer_id, due_at FROM timers WHERE state = 'pending' AND due_at <= :now AND {_FIRST}
                ORDER BY due_at LIMIT :limit) AS due
            UNION ALL
            SELECT timer_id, due_at FROM (
                SELECT timer_id, due_at FROM timers WHERE state = 'leased' AND lease_until <= :now AND {_FIRST}
                LIMIT :limit) AS again
            ORDER BY 2 LIMIT :limit
            """,  # noqa: S608 - the part is ours, above.
            {"now": to_ms(now), "limit": limit},
        )
        return [row["timer_id"] for row in rows]

    async def next_due_at(self, now: datetime) -> datetime | None:
        row = await self._database.read.one(
            """
            SELECT MIN(at) AS at FROM (
                SELECT MIN(due_at) AS at FROM timers WHERE state = 'pending' AND due_at > :now
                UNION ALL
                SELECT MIN(lease_until) AS at FROM timers WHERE state = 'leased' AND lease_until > :now) AS moments
            """,
            {"now": to_ms(now)},
        )
        return from_ms(row["at"]) if row else None

    async def claim(self, timer_id: int, now: datetime) -> Timer | None:
        """Take a due timer for a minute. None: it is somebody else's, moved, cancelled, or not its topic's first."""
        async with self._database.write() as tx:
            row = await tx.one(
                f"""
                UPDATE timers SET state = 'leased', lease_until = :lease_until, attempts = attempts + 1
                WHERE timer_id = :id AND ((state = 'pending' AND due_at <= :now)
                                          OR (state = 'leased' AND lease_until <= :now)) AND {_FIRST}
                RETURNING *
                """,  # noqa: S608 - the part is ours, above.
                {"id": timer_id, "now": to_ms(now), "lease_until": to_ms(now + LEASE)},
            )
        return _timer(row) if row else None

    async def put_off(self, timer: Timer, until: datetime, *, spends_attempt: bool) -> None:
        """Ring again then; until then it stays claimed, and its topic's later timers wait for their turn.

        What is not the timer's fault (a guild that is away) spends no attempt.
        """
        async with self._database.write() as tx:
            await tx.execute(
                """
                UPDATE timers SET lease_until = :until, attempts = attempts - :given_back
                WHERE timer_id = :id AND generation = :generation AND state = 'leased'
                """,
                {
                    "id": timer.timer_id,
                    "generation": timer.generation,
                    "until": to_ms(until),
                    "given_back": 0 if spends_attempt else 1,
                },
            )

    async def give_up(self, timer: Timer, state: str) -> None:
        """`state`: "failed" or "cancelled"."""
        async with self._database.write() as tx:
            await finish(tx, timer, state)

    async def overdue(self, now: datetime) -> dict[TimerKind, int]:
        """How many timers of each kind should have rung by then."""
        rows = await self._database.read.all(
            """
            SELECT kind, COUNT(*) AS n FROM (
                SELECT kind FROM timers WHERE state = 'pending' AND due_at <= :now
                UNION ALL
                SELECT kind FROM timers WHERE state = 'leased' AND due_at <= :now) AS overdue
            GROUP BY kind
            """,
            {"now": to_ms(now)},
        )
        return {TimerKind(row["kind"]): row["n"] for row in rows}


async def arm(tx: Transaction, timer: Timer) -> Timer:
    row = await tx.one(
        """
        INSERT INTO timers (timer_id, topic_id, guild_id, kind, due_at, state, owner_id, owner_name, reason,
                            recurrence, payload, created_at)
        VALUES (:timer_id, :topic_id, :guild_id, :kind, :due_at, 'pending', :owner_id, :owner_name, :reason,
                :recurrence, :payload, :created_at)
        ON CONFLICT (topic_id, kind) WHERE state IN ('pending', 'leased') DO UPDATE SET
            due_at = excluded.due_at, generation = timers.generation + 1, state = 'pending', lease_until = NULL,
            attempts = 0, owner_id = excluded.owner_id, owner_name = excluded.owner_name, reason = excluded.reason,
            recurrence = excluded.recurrence, payload = excluded.payload
        RETURNING *
        """,
        {
            "timer_id": timer.timer_id,
            "topic_id": timer.topic_id,
            "guild_id": timer.guild_id,
            "kind": timer.kind,
            "due_at": to_ms(timer.due_at),
            "owner_id": timer.owner.user_id,
            "owner_name": timer.owner.name,
            "reason": timer.reason,
            "recurrence": timer.recurrence,
            "payload": json.dumps(dict(timer.payload), sort_keys=True),
            "created_at": to_ms(timer.created_at or timer.due_at),
        },
    )
    assert row is not None
    return _timer(row)


async def cancel(
    tx: Transaction, topic_id: int, kinds: Sequence[TimerKind], *, repeating: bool = True
) -> int:
    """`repeating`: also those that ring again and again."""
    cancelled = 0
    for kind in kinds:
        cancelled += await tx.execute(
            """
            UPDATE timers SET state = 'cancelled', lease_until = NULL
            WHERE topic_id = :topic_id AND kind = :kind AND state IN ('pending', 'leased')
              AND (:repeating = 1 OR recurrence = '')
            """,
            {"topic_id": topic_id, "kind": kind, "repeating": int(repeating)},
        )
    return cancelled


async def finish(tx: Transaction, timer: Timer, state: str = "done") -> bool:
    """False: the timer was re-armed, cancelled or taken over meanwhile, so its effect must not happen."""
    return (
        await tx.execute(
            """
        UPDATE timers SET state = :state, lease_until = NULL
        WHERE timer_id = :id AND generation = :generation AND state IN ('pending', 'leased')
        """,
            {"id": timer.timer_id, "generation": timer.generation, "state": state},
        )
        > 0
    )


def _timer(row: Row) -> Timer:
    return Timer(
        timer_id=row["timer_id"],
        topic_id=row["topic_id"],
        guild_id=row["guild_id"],
        kind=TimerKind(row["kind"]),
        due_at=from_ms(row["due_at"]),
        owner=Actor(user_id=row["owner_id"], name=row["owner_name"]),
        generation=row["generation"],
        attempts=row["attempts"],
        reason=row["reason"],
        recurrence=row["recurrence"],
        payload=json.loads(row["payload"]),
        created_at=from_ms(row["created_at"]),
    )
