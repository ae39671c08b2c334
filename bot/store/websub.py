"""Leases at hubs in the database. One method, one transaction."""

from collections.abc import Callable
from datetime import datetime

from bot.domain.websub import Lease, LeaseState
from bot.store.database import Database, Row, Transaction
from bot.store.moments import from_ms, to_ms


class WebSubStore:
    """Implements `ports.WebSubStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, now: datetime, limit: int) -> list[int]:
        rows = await self._database.read.all(
            "SELECT feed_id FROM websub WHERE due_at <= :now ORDER BY due_at LIMIT :limit",
            {"now": to_ms(now), "limit": limit},
        )
        return [row["feed_id"] for row in rows]

    async def next_due_at(self, now: datetime) -> datetime | None:
        row = await self._database.read.one(
            "SELECT MIN(due_at) AS at FROM websub WHERE due_at > :now", {"now": to_ms(now)}
        )
        return from_ms(row["at"]) if row else None

    async def get(self, feed_id: int) -> Lease | None:
        row = await self._database.read.one("SELECT * FROM websub WHERE feed_id = :id", {"id": feed_id})
        return _lease(row) if row else None

    async def by_token(self, token: str) -> Lease | None:
        row = await self._database.read.one("SELECT * FROM websub WHERE token = :token", {"token": token})
        return _lease(row) if row else None

    async def call_back_at(self, public_url: str | None, now: datetime) -> None:
        """Hubs that were told of another address are to be told of this one; None: nobody listens any more."""
        async with self._database.write() as tx:
            await tx.execute(
                """
                UPDATE websub SET state = :state, due_at = :due_at, lease_until = NULL, pushed_at = NULL, attempts = 0,
                    callback = :public_url || '/' || token
                WHERE state <> 'over' AND callback <> :public_url || '/' || token
                """,
                {
                    "public_url": public_url or "",
                    "state": (LeaseState.WANTED if public_url else LeaseState.OVER).value,
                    "due_at": to_ms(now) if public_url else None,
                },
            )

    async def begin(self, lease: Lease) -> None:
        """In place of any other of the feed."""
        async with self._database.write() as tx:
            await tx.execute("DELETE FROM websub WHERE feed_id = :id", {"id": lease.feed_id})
            await tx.execute(
                """
                INSERT INTO websub (feed_id, hub_url, topic_url, token, callback, secret, state, lease_until, pushed_at,
                                    due_at, attempts, problem)
                VALUES (:feed_id, :hub_url, :topic_url, :token, :callback, :secret, :state, :lease_until, :pushed_at,
                        :due_at, :attempts, :problem)
                """,
                {
                    "feed_id": lease.feed_id,
                    "hub_url": lease.hub_url,
                    "topic_url": lease.topic_url,
                    "token": lease.token,
                    "callback": lease.callback,
                    "secret": lease.secret,
                    **_changing(lease),
                },
            )

    async def change(
        self, token: str, decide: Callable[[Lease], Lease | None], poll_by: datetime | None = None
    ) -> Lease | None:
        """Read, decide, write, in one transaction; None where there is no such lease or nothing to change.

        With a change the feed is polled at `poll_by`, if it is not polled sooner.
        """
        async with self._database.write() as tx:
            row = await tx.one("SELECT * FROM websub WHERE token = :token", {"token": token})
            after = decide(_lease(row)) if row else None
            if after is not None:
                await _put(tx, after)
                if poll_by is not None:
                    await _hasten(tx, after.feed_id, poll_by)
            return after


async def _put(tx: Transaction, lease: Lease) -> None:
    await tx.execute(
        """
        UPDATE websub SET state = :state, lease_until = :lease_until, pushed_at = :pushed_at, due_at = :due_at,
            attempts = :attempts, problem = :problem
        WHERE token = :token
        """,
        {"token": lease.token, **_changing(lease)},
    )


async def _hasten(tx: Transaction, feed_id: int, poll_by: datetime) -> None:
    await tx.execute(
        "UPDATE feeds SET next_poll_at = :at WHERE feed_id = :id AND next_poll_at > :at",
        {"id": feed_id, "at": to_ms(poll_by)},
    )


def _changing(lease: Lease) -> dict[str, object]:
    return {
        "state": lease.state.value,
        "lease_until": to_ms(lease.lease_until),
        "pushed_at": to_ms(lease.pushed_at),
        "due_at": to_ms(lease.due_at),
        "attempts": lease.attempts,
        "problem": lease.problem,
    }


def _lease(row: Row) -> Lease:
    return Lease(
        feed_id=row["feed_id"],
        hub_url=row["hub_url"],
        topic_url=row["topic_url"],
        token=row["token"],
        callback=row["callback"],
        secret=row["secret"],
        state=LeaseState(row["state"]),
        lease_until=from_ms(row["lease_until"]),
        pushed_at=from_ms(row["pushed_at"]),
        due_at=from_ms(row["due_at"]),
        attempts=row["attempts"],
        problem=row["problem"],
    )
