"""The HTTP face of the API: reads requests, applies token, limits and faults, and writes answers as Discord does.

Discord's client libraries depend on details here: the content type is exactly `application/json`, every answer has a
`Via` header, every known route has rate-limit headers.
"""

import asyncio
import json
import socket
import struct
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from aiohttp import BodyPartReader, hdrs, web

from simulator.errors import DiscordError, WrongTokenError, refusal
from simulator.faults import Fault, Faults
from simulator.gateway.hub import Hub
from simulator.limits import Limiter, Refused, refused
from simulator.rest import account, commands, guilds, interactions, messages, threads
from simulator.rest.calls import Call, Reply, Route, Routes
from simulator.values import Attachment, Json
from simulator.world import World

MAX_BODY = 26 * 1024 * 1024
MAX_REQUESTS = 20_000
"""Requests remembered; beyond it the older half is forgotten."""
MAX_ATTACHMENT = 10 * 1024 * 1024
_HTML_502 = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
_TEXT = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}


@dataclass(slots=True)
class Request:
    """A received request, as `Simulator.requests` lists them. `status` 0: no answer was given."""

    at: float
    method: str
    path: str
    body: Any = None
    status: int = 0
    fault: str | None = None
    query: Json | None = None
    reason: str | None = None
    answer: Any = None

    def to_json(self) -> Json:
        return {
            "at": self.at,
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "body": self.body,
            "fault": self.fault,
        }


def all_routes() -> Routes:
    """Every address of the API."""
    routes = Routes()
    for each in (account, messages, threads, guilds, commands, interactions):
        routes.include(each.routes)
    return routes


class Api:
    """Discord's REST API over one world."""

    def __init__(self, world: World, hub: Hub, limiter: Limiter, faults: Faults) -> None:
        self.requests: list[Request] = []
        self._world = world
        self._hub = hub
        self._limiter = limiter
        self._faults = faults
        self._routes = all_routes()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Any request below `/api/v10`."""
        path = "/" + request.match_info["path"]
        record = Request(self._world.clock(), request.method, path, query=dict(request.query))
        if len(self.requests) >= MAX_REQUESTS:
            del self.requests[: MAX_REQUESTS // 2]
        self.requests.append(record)
        fault = self._faults.strike(request.method, path)
        record.fault = fault.kind if fault else None
        try:
            response = await self._respond(request, path, record, fault)
        finally:
            self._world.changes.notify()
        if response is None:
            return web.Response(status=500)
        record.status = response.status
        return response

    async def _respond(
        self, request: web.Request, path: str, record: Request, fault: Fault | None
    ) -> web.Response | None:
        try:
            record.body, uploads = await self._read(request)
        except DiscordError as error:
            return _written(Reply(error.status, error.to_json()), {})
        if fault and not fault.after:
            broken = await self._break(request, fault)
            if fault.kind not in {"slow", "drop-gateway"}:
                return broken
        reply, headers = self._apply(request, path, record, uploads)
        record.answer = reply.body
        if fault and fault.after:
            broken = await self._break(request, fault)
            if fault.kind != "slow-after":
                return broken
        return _written(reply, headers)

    def _apply(
        self, request: web.Request, path: str, record: Request, uploads: list[Attachment]
    ) -> tuple[Reply, dict[str, str]]:
        """The whole effect of a request, in one step of the event loop."""
        headers: dict[str, str] = {}
        try:
            route, ids = self._routes.find(request.method, path)
            record.reason = _reason(request)
            if not route.public and request.headers.get(hdrs.AUTHORIZATION) != f"Bot {self._hub.token}":
                raise WrongTokenError
            headers, over = self._limit(route, ids, record.body)
            if over:
                return Reply(429, over.body()), headers | over.headers
            call = Call(
                self._world, self._hub, self._world.application.bot, ids, dict(request.query), record.body,
                uploads, record.reason,
            )  # fmt: skip
            return route.handler(call), headers
        except DiscordError as error:
            return Reply(error.status, error.to_json()), headers

    def _limit(self, route: Route, ids: dict[str, str], body: Any) -> tuple[dict[str, str], Refused | None]:
        limits = self._limiter.limits
        major = ids.get("channel") or ids.get("guild") or ids.get("token") or ""
        headers, over = self._limiter.take(
            f"{route.method} {route.template}", route.window_in(limits), major, exempt=route.exempt
        )
        if over is None and self._renames(route, major, body):
            over = self._limiter.take_hidden(f"rename:{major}", limits.renames, "user")
        if over is None and route.method == "POST" and route.template == "/channels/{channel}/threads":
            over = self._limiter.take_hidden(f"threads:{major}", limits.thread_creates, "shared")
        return headers, over

    def _renames(self, route: Route, place_id: str, body: Any) -> bool:
        place = self._world.places.get(place_id)
        editing = route.method == "PATCH" and route.template == "/channels/{channel}"
        name = body.get("name") if isinstance(body, dict) else None
        return editing and place is not None and name is not None and name != place.name

    async def _read(self, request: web.Request) -> tuple[Any, list[Attachment]]:
        if request.content_type == "multipart/form-data":
            return await self._read_multipart(request)
        content = await request.read()
        return _parsed(content) if content else None, []

    async def _read_multipart(self, request: web.Request) -> tuple[Any, list[Attachment]]:
        body: Any = {}
        uploads = []
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            if part.name == "payload_json":
                body = _parsed(bytes(await part.read()))
            elif part.name and part.name.startswith("files["):
                kind = part.headers.get(hdrs.CONTENT_TYPE, "application/octet-stream")
                content = bytes(await part.read())
                if len(content) > MAX_ATTACHMENT:
                    raise refusal(40005)
                uploads.append(Attachment(self._world.new_id(), part.filename or "file", kind, content))
        return body, uploads

    async def _break(self, request: web.Request, fault: Fault) -> web.Response | None:
        kind = fault.kind.removesuffix("-after")
        if kind == "slow":
            await asyncio.sleep(fault.delay)
        elif kind == "drop-gateway":
            self._hub.drop()
        elif kind.startswith("reset"):
            _reset(request)
        elif kind.startswith("close"):
            if request.transport:
                request.transport.close()
        elif kind == "html-502":
            return web.Response(status=502, text=_HTML_502, content_type="text/html")
        elif kind == "429-cloudflare":
            return web.Response(status=429, text="error code: 1015", content_type="text/plain")
        elif kind.startswith("429"):
            over = refused(fault.retry_after, kind.removeprefix("429-"))
            return _written(Reply(429, over.body()), over.headers)
        else:
            status = int(kind)
            text = f"{status}: {_TEXT.get(status, 'A timeout occurred')}"
            return _written(Reply(status, {"message": text, "code": 0}), {})
        return None


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise refusal(50109) from error


def _reason(request: web.Request) -> str | None:
    reason = request.headers.get("X-Audit-Log-Reason")
    return unquote(reason)[:512] if reason else None


def _reset(request: web.Request) -> None:
    """A true RST: a socket closed with linger 0 discards what is unsent and resets the peer."""
    transport = request.transport
    if transport is None:
        return
    raw = transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _written(reply: Reply, headers: dict[str, str]) -> web.Response:
    shown = {"Via": "1.1 simulator"} | headers
    if reply.body is None:
        return web.Response(status=reply.status, headers=shown)
    body = json.dumps(reply.body, separators=(",", ":")).encode()
    return web.Response(status=reply.status, body=body, headers=shown | {"Content-Type": "application/json"})


async def attachment(world: World, request: web.Request) -> web.Response:
    """An uploaded file."""
    for message in world.messages.get(request.match_info["channel"], {}).values():
        for each in message.attachments:
            if each.id == request.match_info["attachment"]:
                return web.Response(body=each.body, headers={"Content-Type": each.content_type})
    raise web.HTTPNotFound


async def upload(world: World, request: web.Request) -> web.Response:
    """A file that a person gave to a command."""
    found = world.uploads.get(request.match_info["attachment"])
    if found is None:
        raise web.HTTPNotFound
    return web.Response(body=found.body, headers={"Content-Type": found.content_type})
