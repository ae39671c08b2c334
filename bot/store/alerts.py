"""What staff is still to be told. One method, one transaction; `put_alerts` runs inside the one that found it out."""

import json
from collections.abc import Sequence
from datetime import datetime

from bot.domain.alerts import Alert, WaitingAlert
from bot.domain.messages import Message, from_json, to_json
from bot.domain.wording import Phrase
from bot.store.database import Database, Transaction
from bot.store.moments import from_ms, to_ms


async def put_alerts(tx: Transaction, alerts: Sequence[Alert], at: datetime) -> None:
    await tx.execute_many(
        """
        INSERT INTO alerts (alert_id, channel_id, template, params, due_at, created_at)
        VALUES (:alert_id, :channel_id, :template, :params, :at, :at)
        """,
        [
            {
                "alert_id": alert.alert_id,
                "channel_id": alert.channel_id,
                "template": alert.text.template,
                "params": json.dumps(alert.text.params),
                "at": to_ms(at),
            }
            for alert in alerts
        ],
    )


class AlertStore:
    """Implements `ports.AlertStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, now: datetime, limit: int) -> list[int]:
        rows = await self._database.read.all(
            "SELECT alert_id FROM alerts WHERE due_at <= :now ORDER BY due_at LIMIT :limit",
            {"now": to_ms(now), "limit": limit},
        )
        return [row["alert_id"] for row in rows]

    async def next_due_at(self, now: datetime) -> datetime | None:
        row = await self._database.read.one(
            "SELECT MIN(due_at) AS at FROM alerts WHERE due_at > :now", {"now": to_ms(now)}
        )
        return from_ms(row["at"]) if row else None

    async def get(self, alert_id: int) -> WaitingAlert | None:
        row = await self._database.read.one("SELECT * FROM alerts WHERE alert_id = :id", {"id": alert_id})
        if row is None:
            return None
        return WaitingAlert(
            alert=Alert(
                alert_id=alert_id,
                channel_id=row["channel_id"],
                text=Phrase(row["template"], **json.loads(row["params"])),
            ),
            created_at=from_ms(row["created_at"]),
            attempted=from_json(row["attempted"]) if row["attempted"] else None,
            attempted_to=row["attempted_to"],
            attempted_at=from_ms(row["attempted_at"]),
        )

    async def mark_attempt(self, alert_id: int, channel_id: int, message: Message, at: datetime) -> None:
        """Committed before the request: from now on just this was perhaps sent there."""
        async with self._database.write() as tx:
            await tx.execute(
                """
                UPDATE alerts SET attempted = :attempted, attempted_to = :channel_id, attempted_at = :at
                WHERE alert_id = :id
                """,
                {"id": alert_id, "attempted": to_json(message), "channel_id": channel_id, "at": to_ms(at)},
            )

    async def clear_attempt(self, alert_id: int, due_at: datetime) -> None:
        """It is known not to have been sent; try again then."""
        async with self._database.write() as tx:
            await tx.execute(
                """
                UPDATE alerts SET attempted = NULL, attempted_to = NULL, attempted_at = NULL, due_at = :due_at
                WHERE alert_id = :id
                """,
                {"id": alert_id, "due_at": to_ms(due_at)},
            )

    async def put_off(self, alert_id: int, due_at: datetime) -> None:
        async with self._database.write() as tx:
            await tx.execute(
                "UPDATE alerts SET due_at = :due_at WHERE alert_id = :id",
                {"id": alert_id, "due_at": to_ms(due_at)},
            )

    async def drop(self, alert_id: int) -> None:
        """It was told, or there is nobody to tell."""
        async with self._database.write() as tx:
            await tx.execute("DELETE FROM alerts WHERE alert_id = :id", {"id": alert_id})
