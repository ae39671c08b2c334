"""Proposals in the database, until somebody says yes or no."""

from datetime import timedelta

from bot.domain.subscriptions import Proposal
from bot.store.database import Database
from bot.store.moments import from_ms, to_ms

KEPT = timedelta(days=1)


class ProposalStore:
    """Implements `ports.ProposalStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, proposal: Proposal) -> None:
        """Keep it; those that nobody answered for a day are forgotten."""
        async with self._database.write() as tx:
            await tx.execute(
                "DELETE FROM proposals WHERE created_at < :before",
                {"before": to_ms(proposal.created_at - KEPT)},
            )
            await tx.execute(
                """
                INSERT INTO proposals (proposal_id, guild_id, user_id, payload, created_at)
                VALUES (:proposal_id, :guild_id, :user_id, :payload, :created_at)
                """,
                {
                    "proposal_id": proposal.proposal_id,
                    "guild_id": proposal.guild_id,
                    "user_id": proposal.user_id,
                    "payload": proposal.payload,
                    "created_at": to_ms(proposal.created_at),
                },
            )

    async def get(self, proposal_id: int) -> Proposal | None:
        row = await self._database.read.one(
            "SELECT * FROM proposals WHERE proposal_id = :id", {"id": proposal_id}
        )
        if row is None:
            return None
        return Proposal(
            proposal_id=row["proposal_id"],
            guild_id=row["guild_id"],
            user_id=row["user_id"],
            payload=row["payload"],
            created_at=from_ms(row["created_at"]),
        )

    async def take(self, proposal_id: int) -> bool:
        """Answer it, once. False where it is answered already."""
        async with self._database.write() as tx:
            return await tx.execute("DELETE FROM proposals WHERE proposal_id = :id", {"id": proposal_id}) > 0
