"""Policy settings in the database: one row each; a channel's override its guild's."""

from collections.abc import Mapping
from datetime import datetime

from bot.store.database import Database
from bot.store.moments import to_ms

WHOLE_GUILD = 0


class PolicyStore:
    """Implements `ports.PolicyStore`. Values are text; `domain.policies` gives them meaning."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def settings(self, guild_id: int, channel_id: int) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """The guild's own settings, and the channel's."""
        rows = await self._database.read.all(
            """
            SELECT channel_id, setting, value FROM policy_settings
            WHERE guild_id = :guild_id AND channel_id IN (0, :channel_id)
            """,
            {"guild_id": guild_id, "channel_id": channel_id},
        )
        own = {row["setting"]: row["value"] for row in rows if row["channel_id"] == WHOLE_GUILD}
        channel = {row["setting"]: row["value"] for row in rows if row["channel_id"] != WHOLE_GUILD}
        return own, channel

    async def put(
        self, guild_id: int, channel_id: int, values: Mapping[str, str], user_id: int, at: datetime
    ) -> None:
        async with self._database.write() as tx:
            await tx.execute_many(
                """
                INSERT INTO policy_settings (guild_id, channel_id, setting, value, set_by, set_at)
                VALUES (:guild_id, :channel_id, :setting, :value, :set_by, :set_at)
                ON CONFLICT (guild_id, channel_id, setting) DO UPDATE SET
                    value = excluded.value, set_by = excluded.set_by, set_at = excluded.set_at
                """,
                [
                    {
                        "guild_id": guild_id,
                        "channel_id": channel_id,
                        "setting": setting,
                        "value": value,
                        "set_by": user_id,
                        "set_at": to_ms(at),
                    }
                    for setting, value in values.items()
                ],
            )

    async def reset(self, guild_id: int, channel_id: int) -> int:
        """Forget what was set there; how many settings that were."""
        async with self._database.write() as tx:
            return await tx.execute(
                "DELETE FROM policy_settings WHERE guild_id = :guild_id AND channel_id = :channel_id",
                {"guild_id": guild_id, "channel_id": channel_id},
            )

    async def channels(self, guild_id: int) -> list[int]:
        """The channels with settings of their own; 0 is the whole guild."""
        rows = await self._database.read.all(
            "SELECT DISTINCT channel_id FROM policy_settings WHERE guild_id = :guild_id ORDER BY channel_id",
            {"guild_id": guild_id},
        )
        return [row["channel_id"] for row in rows]
