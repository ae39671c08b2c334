"""What is asked of a publisher's server and what comes back. Pure values; HTTP itself is RFC 9110 and 9111."""

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a conditional request sends back to the server, verbatim as it was received."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One answer. `body` is None where the server said "not modified" (304).

    `url` is where the bytes came from after redirects; `moved_to` is set only when every hop said
    "permanently" (301, 308). `content_type` is the header as sent, charset included. `max_age` is the
    server's own freshness (Cache-Control). `links` are (relation, absolute address) pairs of Link headers (RFC 8288).
    `pushed`: nobody asked, a hub delivered it.
    """

    url: str
    status: int
    body: bytes | None
    content_type: str = ""
    validators: Validators = field(default_factory=Validators)
    moved_to: str | None = None
    max_age: timedelta | None = None
    links: tuple[tuple[str, str], ...] = ()
    pushed: bool = False
