"""A REST request as the handlers see it, and the table that leads from an address to a handler."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from simulator.errors import UnknownRouteError, WrongMethodError, field_refusal
from simulator.forms.problems import Problems
from simulator.gateway.hub import Hub
from simulator.limits import Limits, Window
from simulator.values import Attachment, Json, Place, User
from simulator.world import World


@dataclass(frozen=True, slots=True)
class Call:
    """One request: who calls, with what. `ids` are the parts of the path."""

    world: World
    hub: Hub
    actor: User
    ids: dict[str, str]
    query: dict[str, str]
    body: Any
    uploads: list[Attachment] = field(default_factory=list)
    reason: str | None = None

    @property
    def place(self) -> Place:
        return self.world.place(self.ids["channel"])

    @property
    def form(self) -> Json:
        """The body as an object; anything else is refused as Discord does."""
        if isinstance(self.body, dict):
            return self.body
        raise field_refusal("", "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")

    def snowflake(self, key: str, default: int) -> int:
        """An id of the query, or the default where it is not given."""
        problems = Problems()
        found = int(problems.snowflake(self.query.get(key, str(default)), key))
        problems.refuse_if_any()
        return found

    def limit(self, default: int, most: int, least: int = 1) -> int:
        """The `limit` of the query, refused outside its bounds."""
        text = self.query.get("limit", str(default))
        if not text.isascii() or not text.isdecimal() or not least <= int(text[:9]) <= most:
            message = f"int value should be between {least} and {most}."
            raise field_refusal("limit", "NUMBER_TYPE_MAX", message)
        return int(text)


@dataclass(frozen=True, slots=True)
class Reply:
    """Status and JSON; `None` is an empty answer."""

    status: int = 200
    body: Any = None


Handler = Callable[[Call], Reply]
H = TypeVar("H", bound=Handler)


@dataclass(frozen=True, slots=True)
class Route:
    """An address: template, handler, its bucket's window, and whether it needs the bot's token."""

    method: str
    template: str
    handler: Handler
    pattern: re.Pattern[str]
    window: str = "default"
    public: bool = False
    exempt: bool = False

    def window_in(self, limits: Limits) -> Window:
        window: Window = getattr(limits, self.window)
        return window


class Routes:
    """The table of addresses. Templates name ids: `/channels/{channel}/messages`."""

    def __init__(self) -> None:
        self.all: list[Route] = []

    def add(
        self,
        method: str,
        template: str,
        *,
        window: str = "default",
        public: bool = False,
        exempt: bool = False,
    ) -> Callable[[H], H]:
        pattern = re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", template))

        def register(handler: H) -> H:
            self.all.append(Route(method, template, handler, pattern, window, public, exempt))
            return handler

        return register

    def include(self, other: "Routes") -> None:
        self.all.extend(other.all)

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """The route and its ids; the first that matches. Refuses 404 and 405."""
        matches = [(each, found) for each in self.all if (found := each.pattern.fullmatch(path))]
        if not matches:
            raise UnknownRouteError
        for route, found in matches:
            if route.method == method:
                return route, found.groupdict()
        raise WrongMethodError
