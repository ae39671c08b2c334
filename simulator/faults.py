"""Faults that are injected into requests on demand: what a network and a service in trouble do to a client."""

import re
from dataclasses import asdict, dataclass, field

from simulator.errors import field_refusal
from simulator.values import Json

KINDS = frozenset(
    {
        "500", "502", "503", "504", "524", "500-after", "502-after", "503-after", "504-after", "524-after",
        "reset-before", "reset-after", "close-before", "close-after", "slow", "slow-after", "html-502",
        "html-502-after", "429-user", "429-shared", "429-global", "429-cloudflare", "drop-gateway",
    }
)  # fmt: skip
"""`-after`: the request is applied first. `reset` is a TCP RST, `close` an orderly end without an answer."""


@dataclass(slots=True)
class Fault:
    """Strikes the next `count` requests whose method and path match. `delay` (s) and `retry_after` (s) by kind."""

    kind: str
    method: str = "*"
    route: str = ".*"
    count: int = 1
    delay: float = 1.0
    retry_after: float = 1.0
    struck: int = field(default=0)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            allowed = ", ".join(sorted(KINDS))
            raise field_refusal("kind", "BASE_TYPE_CHOICES", f"Value must be one of {{{allowed}}}.")
        try:
            re.compile(self.route)
        except re.error as error:
            raise field_refusal("route", "REGEX_INVALID", str(error)) from error

    @property
    def after(self) -> bool:
        return self.kind.endswith("-after")

    def matches(self, method: str, path: str) -> bool:
        return self.method.upper() in {"*", method} and re.search(self.route, path) is not None

    def to_json(self) -> Json:
        return asdict(self)


class Faults:
    """The faults still to strike, in the order in which they were added."""

    def __init__(self) -> None:
        self.pending: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        self.pending.append(fault)
        return fault

    def clear(self) -> None:
        self.pending.clear()

    def strike(self, method: str, path: str) -> Fault | None:
        """The fault that befalls this request, counted."""
        for fault in self.pending:
            if fault.matches(method, path):
                fault.struck += 1
                if fault.struck >= fault.count:
                    self.pending.remove(fault)
                return fault
        return None
