"""The policy that holds in a channel, and its changes.

Remembers what it read, for loops ask for every topic. All writes come through here, so that nothing remembered is old.
"""

from collections.abc import Mapping

from bot.domain.policies import WHOLE_GUILD, Policy, canonical, effective
from bot.errors import RefusedError
from bot.ports import Clock, PolicyStore


class Policies:
    def __init__(self, store: PolicyStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[int, dict[int, Policy]] = {}

    async def of(self, guild_id: int, channel_id: int = WHOLE_GUILD) -> Policy:
        """What holds in the channel; `WHOLE_GUILD`: where a channel sets nothing of its own."""
        # A read that a change overtakes ends up in a dict that nobody looks into any more.
        known = self._known.setdefault(guild_id, {})
        if channel_id not in known:
            guild, channel = await self._store.settings(guild_id, channel_id)
            known[channel_id] = effective(channel_id, guild, channel)
        return known[channel_id]

    async def set(self, guild_id: int, channel_id: int, typed: Mapping[str, str], user_id: int) -> Policy:
        """Check and store what a person typed: all of it or nothing. Raises RefusedError for what is not understood."""
        if not typed:
            raise RefusedError("Fill in at least one setting.")
        values = {setting: canonical(setting, text) for setting, text in typed.items()}
        await self._store.put(guild_id, channel_id, values, user_id, self._clock.now())
        self._known.pop(guild_id, None)
        return await self.of(guild_id, channel_id)

    async def is_any_set(self, guild_id: int) -> bool:
        """Whether the guild has settings at all."""
        return bool(await self._store.channels(guild_id))

    async def reset(self, guild_id: int, channel_id: int) -> int:
        """Forget what was set there; how many settings that were."""
        count = await self._store.reset(guild_id, channel_id)
        self._known.pop(guild_id, None)
        return count
