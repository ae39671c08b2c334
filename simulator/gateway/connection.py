"""One WebSocket: HELLO, IDENTIFY or RESUME, heartbeats, compression, and Discord's close codes.

Sources: events/gateway, topics/opcodes-and-status-codes.
"""

import asyncio
import json
import zlib
from collections import deque
from typing import Any

from aiohttp import WSMsgType, web

from simulator.flags import KNOWN_INTENTS, PRIVILEGED_INTENTS, Intent
from simulator.gateway.hub import Hub
from simulator.gateway.session import Session
from simulator.values import Json

HEARTBEAT_INTERVAL_MS = 41_250
# Seconds that an answer travels at least. discord.py notes when a heartbeat left only after it has left: answered
# sooner than that, it takes the time since the one before for the delay, and warns of it.
JOURNEY = 0.02
MAX_SENDS = 120
SEND_WINDOW = 60
"""A client that sends more than 120 payloads in 60 s is closed with 4008."""
LARGE_PAYLOAD = 1024
"""Bytes from which a payload is compressed for a client that asked for payload compression."""


class CloseError(Exception):
    """The server ends the connection with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Connection:
    """A client on the wire. Payloads leave in order through one writer; nothing here waits for the client."""

    def __init__(self, hub: Hub, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.session: Session | None = None
        self._hub = hub
        self._socket = socket
        self._request = request
        self._stream = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None
        self._compress_large = False
        self._outbox: asyncio.Queue[Json | CloseError | None] = asyncio.Queue()
        self._received: deque[float] = deque(maxlen=MAX_SENDS)
        self._last_heartbeat = hub.world.clock()

    def send(self, payload: Json) -> None:
        self._outbox.put_nowait(payload)

    def close(self, code: int, reason: str = "") -> None:
        """Closes with a code, after what is already queued."""
        self._outbox.put_nowait(CloseError(code, reason))

    def drop(self) -> None:
        """Cuts the line without a word."""
        if self._request.transport:
            self._request.transport.abort()

    async def serve(self) -> None:
        self.send(
            {"op": 10, "s": None, "t": None, "d": {"heartbeat_interval": HEARTBEAT_INTERVAL_MS, "_trace": []}}
        )
        writer = asyncio.create_task(self._write())
        self._watch_heartbeat()
        try:
            async for message in self._socket:
                if message.type in {WSMsgType.TEXT, WSMsgType.BINARY}:
                    self._receive(message.data)
        except CloseError as refused:
            self.close(refused.code, refused.reason)
            await writer
        finally:
            self._hub.left(self)
            self._outbox.put_nowait(None)
            await writer

    async def _write(self) -> None:
        while (payload := await self._outbox.get()) is not None:
            if isinstance(payload, CloseError):
                await self._socket.close(code=payload.code, message=payload.reason.encode())
                return
            try:
                await self._transmit(json.dumps(payload, separators=(",", ":")))
            except ConnectionError:
                return

    async def _transmit(self, text: str) -> None:
        if self._stream:
            data = self._stream.compress(text.encode()) + self._stream.flush(zlib.Z_SYNC_FLUSH)
            await self._socket.send_bytes(data)
        elif self._compress_large and len(text) >= LARGE_PAYLOAD:
            await self._socket.send_bytes(zlib.compress(text.encode()))
        else:
            await self._socket.send_str(text)

    def _receive(self, text: str | bytes) -> None:
        self._count()
        try:
            payload = json.loads(text)
            op, data = payload["op"], payload.get("d")
        except (ValueError, KeyError, TypeError) as error:
            raise CloseError(4002, "Error while decoding payload.") from error
        if op == 1:
            self._last_heartbeat = self._hub.world.clock()
            acknowledged: Json = {"op": 11, "s": None, "t": None, "d": None}
            asyncio.get_running_loop().call_later(JOURNEY, self.send, acknowledged)
        elif op == 2:
            self._identify(data)
        elif op == 6:
            self._resume(data)
        elif self.session is None:
            raise CloseError(4003, "Not authenticated.")
        elif op == 8:
            self._request_members(data)
        elif op not in {3, 4}:
            raise CloseError(4001, "Unknown opcode.")

    def _count(self) -> None:
        """Closes a client that sends too much. The first of the last 120 tells when the window began."""
        now = self._hub.world.clock()
        full = len(self._received) == MAX_SENDS and now - self._received[0] < SEND_WINDOW
        if full and self._hub.limited:
            raise CloseError(4008, "Rate limited.")
        self._received.append(now)

    def _identify(self, data: Any) -> None:
        if self.session is not None:
            raise CloseError(4005, "Already authenticated.")
        if not isinstance(data, dict) or "intents" not in data:
            raise CloseError(4002, "Error while decoding payload.")
        if str(data.get("token", "")).removeprefix("Bot ") != self._hub.token:
            raise CloseError(4004, "Authentication failed.")
        shard = _shard(data.get("shard") or [0, 1])
        intents = self._checked_intents(data["intents"])
        self._compress_large = bool(data.get("compress"))
        if not self._hub.may_identify(shard[0]):
            self.send({"op": 9, "s": None, "t": None, "d": False})
            return
        self.session = Session(self._hub.world, intents, shard)
        self._hub.joined(self, self.session)
        self.session.begin(self._hub.resume_url)

    def _checked_intents(self, intents: Any) -> int:
        if not isinstance(intents, int) or not 0 <= intents <= KNOWN_INTENTS:
            raise CloseError(4013, "Invalid intent(s).")
        allowed = Intent.GUILD_MEMBERS
        if self._hub.world.rules.message_content:
            allowed |= Intent.MESSAGE_CONTENT
        if intents & PRIVILEGED_INTENTS & ~allowed:
            raise CloseError(4014, "Disallowed intent(s).")
        return intents

    def _resume(self, data: Any) -> None:
        if self.session is not None:
            raise CloseError(4005, "Already authenticated.")
        if not isinstance(data, dict) or str(data.get("token")).removeprefix("Bot ") != self._hub.token:
            raise CloseError(4004, "Authentication failed.")
        sequence = data.get("seq") or 0
        if not isinstance(sequence, int):
            raise CloseError(4007, "Invalid seq.")
        session = self._hub.sessions.get(str(data.get("session_id")))
        if session is None or not session.can_resume_from(sequence):
            self.send({"op": 9, "s": None, "t": None, "d": False})
            return
        self.session = session
        self._hub.joined(self, session)
        session.replay(sequence)

    def _request_members(self, data: Any) -> None:
        """Answers op 8 with one chunk: the members asked for by id, or those whose names start with the query."""
        assert self.session is not None
        if not isinstance(data, dict) or str(data.get("guild_id")) not in self._hub.world.guilds:
            raise CloseError(4002, "Error while decoding payload.")
        self._hub.send_members(self.session, data)

    def _watch_heartbeat(self) -> None:
        """Ends the connection of a client that has missed two heartbeats by the injected clock."""
        allowed = 2 * HEARTBEAT_INTERVAL_MS / 1000

        def check() -> None:
            if self._socket.closed:
                return
            if self._hub.world.clock() - self._last_heartbeat > allowed:
                self.close(4009, "Session timed out.")
            else:
                self._watch_heartbeat()

        self._hub.world.timers.at(self._last_heartbeat + allowed + 1, check)


def _shard(given: Any) -> tuple[int, int]:
    """`[shard_id, num_shards]`; refuses with 4010 what is none."""
    if isinstance(given, list) and len(given) == 2 and all(isinstance(each, int) for each in given):
        shard_id, shards = given
        if 0 <= shard_id < shards:
            return shard_id, shards
    raise CloseError(4010, "Invalid shard.")


async def accept(hub: Hub, request: web.Request) -> web.StreamResponse:
    """The WebSocket endpoint; while the gateway refuses, clients get 503."""
    if hub.refusing:
        return web.Response(status=503, text="upstream connect error")
    socket = web.WebSocketResponse(max_msg_size=16 * 1024)
    await socket.prepare(request)
    connection = Connection(hub, socket, request)
    hub.connections.add(connection)
    await connection.serve()
    return socket
