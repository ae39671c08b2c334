"""What people chose for themselves, in the database."""

from bot.store.database import Database


class PeopleStore:
    """Implements `ports.PeopleStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def zone(self, user_id: int) -> str | None:
        row = await self._database.read.one("SELECT zone FROM people WHERE user_id = :id", {"id": user_id})
        return str(row["zone"]) if row else None

    async def live_in(self, user_id: int, zone: str) -> None:
        """Remember the zone in which a person types times."""
        async with self._database.write() as tx:
            await tx.execute(
                """
                INSERT INTO people (user_id, zone) VALUES (:id, :zone)
                ON CONFLICT (user_id) DO UPDATE SET zone = excluded.zone
                """,
                {"id": user_id, "zone": zone},
            )
