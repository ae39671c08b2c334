"""What people chose for themselves, in the database."""

from bot.store.database import Database


class PeopleStore:
    """Implements `ports.PeopleStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def zone(self, user_id: int) -> str | None:
        row = await self._database.read.one("SELECT zone FROM people WHERE user_id = :id", {"id": user_id})
        return str(row["zone"]) if row else None
