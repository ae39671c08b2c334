"""What a person can ask about themselves: everything that is stored, and to be forgotten."""

import json

from bot.ports import Clock, PrivacyStore


class Privacy:
    def __init__(self, store: PrivacyStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def export(self, user_id: int) -> bytes:
        """All that is stored about the person, in every guild, as JSON."""
        about = {"user_id": str(user_id), "exported_at": self._clock.now().isoformat(timespec="seconds")}
        return json.dumps(
            about | dict(await self._store.about(user_id)), indent=2, ensure_ascii=False
        ).encode()

    async def delete(self, user_id: int) -> None:
        """Remove what is the person's own; what is a guild's record stays, as that of a deleted user."""
        await self._store.forget(user_id)
