"""A gateway session: what it hears, numbered, and kept so that a resuming client misses nothing."""

import secrets
from collections import deque
from typing import Protocol

from simulator import payloads
from simulator.acts.members import guild_create
from simulator.events import INTENT_OF, Event
from simulator.flags import Intent
from simulator.values import Guild, Json
from simulator.visibility import hears
from simulator.world import World

MAX_REPLAY = 5000
"""Events kept for a client that resumes; one that missed more must identify anew."""


class Wire(Protocol):
    """Where a session's payloads go while a client is connected."""

    def send(self, payload: Json) -> None: ...


class Session:
    """One identified client (one shard)."""

    def __init__(self, world: World, intents: int, shard: tuple[int, int]) -> None:
        self.id = secrets.token_hex(16)
        self.intents = intents
        self.shard = shard
        self.wire: Wire | None = None
        self._world = world
        self._sequence = 0
        self._sent: deque[Json] = deque(maxlen=MAX_REPLAY)

    def covers(self, guild_id: str) -> bool:
        """Whether the guild belongs to this shard: `(guild_id >> 22) % num_shards == shard_id`."""
        shard_id, shards = self.shard
        return (int(guild_id) >> 22) % shards == shard_id

    def dispatch(self, name: str, data: Json) -> None:
        """Numbers the event, keeps it for a resume, and sends it if a client is connected."""
        self._sequence += 1
        payload = {"op": 0, "t": name, "s": self._sequence, "d": data}
        self._sent.append(payload)
        if self.wire:
            self.wire.send(payload)

    def begin(self, resume_url: str) -> None:
        """READY, then every guild of the shard."""
        application = self._world.application
        guilds = [each for each in self._world.guilds.values() if self._knows(each)]
        self.dispatch(
            "READY",
            {
                "v": 10,
                "user": payloads.own_user(application.bot),
                "guilds": [{"id": each.id, "unavailable": True} for each in guilds],
                "session_id": self.id,
                "resume_gateway_url": resume_url,
                "shard": list(self.shard),
                "application": {"id": application.id, "flags": application_flags(self._world)},
                "session_type": "normal",
                "private_channels": [],
                "relationships": [],
                "presences": [],
                "user_settings": {},
                "geo_ordered_rtc_regions": [],
                "_trace": [],
            },
        )
        if self.intents & Intent.GUILDS:
            for guild in guilds:
                self.dispatch("GUILD_CREATE", guild_create(self._world, guild, application.id))

    def _knows(self, guild: Guild) -> bool:
        return self._world.application.id in guild.members and self.covers(guild.id)

    def can_resume_from(self, sequence: int) -> bool:
        oldest = self._sent[0]["s"] if self._sent else 1
        return oldest - 1 <= sequence <= self._sequence

    def replay(self, sequence: int) -> None:
        """What the client has missed, then RESUMED."""
        if self.wire:
            for payload in [each for each in self._sent if each["s"] > sequence]:
                self.wire.send(payload)
        self.dispatch("RESUMED", {"_trace": []})

    def hear(self, event: Event) -> None:
        """Dispatches an event if shard, intents and permissions let this session hear it."""
        needed = INTENT_OF.get(event.name, 0)
        if needed and not self.intents & needed:
            return
        bot_id = self._world.application.id
        shard_guild = event.guild_id
        if event.name in _PERSONAL or (shard_guild and not self.covers(shard_guild)):
            return
        if hears(self._world, event, bot_id):
            data = self._filtered(event.name, event.render(bot_id))
            if data is not None:
                self.dispatch(event.name, data)

    def _filtered(self, name: str, data: Json) -> Json | None:
        bot_id = self._world.application.id
        if name in {"MESSAGE_CREATE", "MESSAGE_UPDATE"} and not self.intents & Intent.MESSAGE_CONTENT:
            payloads.hide_content(data, bot_id)
        if name == "THREAD_MEMBERS_UPDATE" and not self.intents & Intent.GUILD_MEMBERS:
            return _only_about(bot_id, data)
        return data


_PERSONAL = frozenset(
    {"EPHEMERAL_CREATE", "EPHEMERAL_UPDATE", "EPHEMERAL_DELETE", "MODAL", "INTERACTION_FAILURE"}
)
"""Events of the control API: no gateway session hears them."""


def _only_about(bot_id: str, data: Json) -> Json | None:
    """Without the Server Members intent a bot hears of its own coming and going alone."""
    added = [each for each in data.get("added_members", []) if each["user_id"] == bot_id]
    removed = [each for each in data.get("removed_member_ids", []) if each == bot_id]
    if not added and not removed:
        return None
    rest = {key: value for key, value in data.items() if key not in {"added_members", "removed_member_ids"}}
    rest |= {"added_members": added} if added else {}
    return rest | ({"removed_member_ids": removed} if removed else {})


def application_flags(world: World) -> int:
    """GATEWAY_GUILD_MEMBERS and, where granted, GATEWAY_MESSAGE_CONTENT (resources/application)."""
    return (1 << 14) | ((1 << 18) if world.rules.message_content else 0)
