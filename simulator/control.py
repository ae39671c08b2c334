"""The control API: the world as JSON for a browser or a test in another process. The contract is docs/simulator.md.

Everything a person does here goes through `Person`, and so through Discord's rules; a refusal has Discord's shape.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from simulator import payloads
from simulator.acting import act
from simulator.acts import commands
from simulator.errors import DiscordError, field_refusal, refusal
from simulator.faults import Fault, Faults
from simulator.flags import Permission
from simulator.gateway.hub import Hub
from simulator.guilds import build_guild
from simulator.people import Person
from simulator.permissions import of_member
from simulator.rest.server import Request
from simulator.streams import Streams
from simulator.values import Guild, Json, Member, Message, Thread
from simulator.world import World

View = Callable[[web.Request], Awaitable[web.StreamResponse]]


def answered(body: Any, status: int = 200) -> web.Response:
    return web.Response(
        status=status, body=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )


def _refusing(view: View) -> View:
    """Words a refusal as Discord does."""

    async def wrapped(request: web.Request) -> web.StreamResponse:
        try:
            return await view(request)
        except DiscordError as error:
            return answered(error.to_json(), error.status)

    return wrapped


async def body_of(request: web.Request) -> Json:
    try:
        body = await request.json()
    except ValueError as error:
        raise refusal(50109) from error
    if not isinstance(body, dict):
        raise field_refusal("", "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
    return body


def _kind_of(guild: Guild, member: Member) -> str:
    """What the page calls this person: owner, moderator, member or bot."""
    if member.user.bot:
        return "bot"
    if member.user.id == guild.owner_id:
        return "owner"
    return "moderator" if of_member(guild, member) & Permission.MANAGE_THREADS else "member"


class Control:
    """The views of `/control/…` over one simulator."""

    def __init__(
        self, world: World, hub: Hub, faults: Faults, requests: list[Request], streams: Streams
    ) -> None:
        self._world = world
        self._hub = hub
        self._faults = faults
        self._requests = requests
        self._streams = streams

    def add_to(self, app: web.Application) -> None:
        views: list[tuple[str, str, View]] = [
            ("GET", "/world", self.world),
            ("GET", "/guilds/{guild}/threads", self.threads),
            ("GET", "/channels/{channel}/messages", self.messages),
            ("GET", "/guilds/{guild}/commands", self.commands),
            ("GET", "/events", self.events),
            ("POST", "/act", self.act),
            ("POST", "/uploads", self.upload),
            ("POST", "/guilds", self.add_guild),
            ("GET", "/faults", self.faults),
            ("POST", "/faults", self.add_fault),
            ("DELETE", "/faults", self.clear_faults),
            ("GET", "/requests", self.requests),
            ("DELETE", "/requests", self.clear_requests),
            ("POST", "/gateway", self.gateway),
        ]
        for method, path, view in views:
            app.router.add_route(method, f"/control{path}", _refusing(view))

    def _person(self, request: web.Request) -> Person:
        return Person(self._world, self._world.user(request.query.get("as", "")))

    async def world(self, _: web.Request) -> web.StreamResponse:
        return answered({"guilds": [self._guild(each) for each in self._world.guilds.values()]})

    def _guild(self, guild: Guild) -> Json:
        return {
            "id": guild.id,
            "name": guild.name,
            "roles": [payloads.role(each) for each in guild.roles.values()],
            "channels": [self._channel(payloads.channel(each)) for each in guild.channels.values()],
            "members": [self._member(guild, each) for each in guild.members.values()],
        }

    def _channel(self, shown: Json) -> Json:
        return {"topic": None, "available_tags": []} | shown

    def _member(self, guild: Guild, member: Member) -> Json:
        return {
            "user": payloads.user(member.user),
            "roles": list(member.roles),
            "permissions": str(int(of_member(guild, member))),
            "kind": _kind_of(guild, member),
        }

    async def threads(self, request: web.Request) -> web.StreamResponse:
        person = self._person(request)
        found = person.threads(request.match_info["guild"])
        return answered({"threads": [self._thread(person, each) for each in found]})

    def _thread(self, person: Person, thread: Thread) -> Json:
        starter = self._world.messages[thread.id].get(thread.id)
        if starter is None:
            starter = self._world.messages.get(thread.parent_id, {}).get(thread.id)
        why_not = person.why_not_reply(thread)
        return payloads.thread(thread, person.id) | {
            "starter": self._message(person, starter) if starter else None,
            "can_reply": not why_not,
            "why_not": why_not,
            "joined": person.id in thread.members,
        }

    def _message(self, person: Person, message: Message) -> Json:
        shown = payloads.message_event(self._world, message, person.id)
        return shown | {"deferred": message.deferred}

    async def messages(self, request: web.Request) -> web.StreamResponse:
        person, place_id = self._person(request), request.match_info["channel"]
        limit = request.query.get("limit", "100")
        if not limit.isdecimal() or int(limit) < 1:
            raise field_refusal("limit", "NUMBER_TYPE_COERCE", "A positive number is needed.")
        found = person.messages(place_id)[-int(limit) :]
        why_not = person.why_not_reply(place_id)
        return answered(
            {
                "messages": [self._message(person, each) for each in found],
                "can_reply": not why_not,
                "why_not": why_not,
            }
        )

    async def commands(self, request: web.Request) -> web.StreamResponse:
        person = self._person(request)
        guild = self._world.guild(request.match_info["guild"])
        found = commands.usable(self._world, guild, self._world.member(guild.id, person.id))
        return answered({"commands": [payloads.command(self._world, each) for each in found]})

    async def events(self, request: web.Request) -> web.StreamResponse:
        return await self._streams.serve(self._person(request).id, request)

    async def act(self, request: web.Request) -> web.StreamResponse:
        body = await body_of(request)
        person = Person(self._world, self._world.user(str(body.get("as", ""))))
        return answered(await act(self._world, person, body))

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """The body is the file."""
        name, body = request.query.get("filename") or "file", await request.read()
        found = self._person(request).upload(name, body, request.content_type)
        return answered({"id": found.id}, 201)

    async def add_guild(self, request: web.Request) -> web.StreamResponse:
        body = await body_of(request)
        guild = build_guild(
            self._world,
            str(body.get("name") or "Guild"),
            body.get("channels") or [],
            body.get("members") or [],
        )
        return answered(self._guild(guild.guild), 201)

    async def faults(self, _: web.Request) -> web.StreamResponse:
        return answered([each.to_json() for each in self._faults.pending])

    async def add_fault(self, request: web.Request) -> web.StreamResponse:
        body = await body_of(request)
        known = {"kind", "method", "route", "count", "delay", "retry_after"}
        try:
            fault = Fault(**{key: value for key, value in body.items() if key in known and value is not None})
        except TypeError as error:
            raise field_refusal("kind", "BASE_TYPE_REQUIRED", "This field is required") from error
        return answered(self._faults.add(fault).to_json(), 201)

    async def clear_faults(self, _: web.Request) -> web.StreamResponse:
        self._faults.clear()
        return answered({})

    async def requests(self, _: web.Request) -> web.StreamResponse:
        return answered([each.to_json() for each in self._requests])

    async def clear_requests(self, _: web.Request) -> web.StreamResponse:
        self._requests.clear()
        return answered({})

    async def gateway(self, request: web.Request) -> web.StreamResponse:
        hub, wish = self._hub, (await body_of(request)).get("do")
        if wish in {"refuse", "accept"}:
            hub.refusing = wish == "refuse"
        elif wish in {"drop", "invalidate", "reconnect"}:
            {"drop": hub.drop, "invalidate": hub.invalidate, "reconnect": hub.reconnect}[wish]()
        else:
            choices = "accept, drop, invalidate, reconnect, refuse"
            raise field_refusal("do", "BASE_TYPE_CHOICES", f"Value must be one of {{{choices}}}.")
        return answered({"connected": hub.connected})
