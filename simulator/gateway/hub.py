"""All gateway sessions and connections, and what a test or an operator of the simulator can do to them."""

from collections import defaultdict
from typing import Protocol

from simulator import payloads
from simulator.events import Event
from simulator.gateway.session import Session
from simulator.values import Json
from simulator.world import World

SESSION_LIFETIME = 300
"""Seconds for which a session can be resumed after its connection was lost."""
IDENTIFY_WINDOW = 5
"""Seconds: per `max_concurrency` key, one IDENTIFY in each window (events/gateway, Rate Limiting)."""
MAX_CONCURRENCY = 1


class Line(Protocol):
    """A client's connection, as far as the hub commands it."""

    session: Session | None

    def send(self, payload: Json) -> None: ...

    def drop(self) -> None: ...


class Hub:
    """The gateway as a whole."""

    def __init__(self, world: World, token: str, *, limited: bool) -> None:
        self.world = world
        self.token = token
        self.limited = limited
        self.resume_url = ""
        self.sessions: dict[str, Session] = {}
        self.connections: set[Line] = set()
        self.refusing = False
        self.identifies = 0
        self._identified_at: defaultdict[int, float] = defaultdict(float)
        world.bus.subscribe(self._hear)

    def _hear(self, event: Event) -> None:
        for session in self.sessions.values():
            session.hear(event)

    @property
    def connected(self) -> bool:
        """Whether a client is connected and identified."""
        return any(each.session is not None for each in self.connections)

    def may_identify(self, shard_id: int) -> bool:
        """Counts an IDENTIFY; false if its key has had one within the last five seconds."""
        now, key = self.world.clock(), shard_id % MAX_CONCURRENCY
        if self.limited and now - self._identified_at[key] < IDENTIFY_WINDOW:
            return False
        self._identified_at[key] = now
        self.identifies += 1
        return True

    def joined(self, connection: Line, session: Session) -> None:
        self.sessions[session.id] = session
        session.wire = connection
        self.world.changes.notify()

    def left(self, connection: Line) -> None:
        """The line is gone; the session waits a while for a resume."""
        self.connections.discard(connection)
        self.world.changes.notify()
        session = connection.session
        if session is not None and session.wire is connection:
            session.wire = None
            self.world.timers.at(self.world.clock() + SESSION_LIFETIME, lambda: self._forget(session))

    def _forget(self, session: Session) -> None:
        if session.wire is None:
            self.sessions.pop(session.id, None)

    def drop(self) -> None:
        """Cuts every line without a word; sessions stay resumable."""
        for connection in tuple(self.connections):
            connection.drop()

    def invalidate(self, *, resumable: bool = False) -> None:
        """Invalid Session (op 9) to every client; unless resumable, the sessions are gone."""
        self._tell_all({"op": 9, "s": None, "t": None, "d": resumable})
        if not resumable:
            self.sessions.clear()
            for connection in self.connections:
                connection.session = None

    def reconnect(self) -> None:
        """Reconnect (op 7) to every client."""
        self._tell_all({"op": 7, "s": None, "t": None, "d": None})

    def _tell_all(self, payload: Json) -> None:
        for connection in tuple(self.connections):
            connection.send(payload)

    def send_members(self, session: Session, asked: Json) -> None:
        """One GUILD_MEMBERS_CHUNK for op 8."""
        guild = self.world.guild(str(asked["guild_id"]))
        wanted = asked.get("user_ids")
        members = list(guild.members.values())
        if wanted is not None:
            ids = {str(each) for each in (wanted if isinstance(wanted, list) else [wanted])}
            members = [each for each in members if each.user.id in ids]
        else:
            members = [each for each in members if each.user.username.startswith(asked.get("query") or "")]
            members = members[: asked.get("limit") or None]
        chunk: Json = {
            "guild_id": guild.id,
            "members": [payloads.member(each) for each in members],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": [],
        }
        if asked.get("nonce"):
            chunk["nonce"] = asked["nonce"]
        session.dispatch("GUILD_MEMBERS_CHUNK", chunk)
