"""The time, new numbers, publishers and their documents, as the services need them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.discovery import Discovered
from bot.domain.entries import ParsedFeed
from bot.domain.feeds import Feed
from bot.domain.fetching import Fetched, Validators
from bot.domain.live import LiveReading
from bot.domain.outlines import Outline, OutlineList


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, UTC-aware."""


class Ids(Protocol):
    def new(self) -> int:
        """A number of 63 bits that was never given out before; later ones are greater."""


class Fetcher(Protocol):
    async def fetch(self, url: str, validators: Validators) -> Fetched:
        """GET one address. Raises FetchError for everything that keeps the bytes from coming."""


class HubCaller(Protocol):
    async def post(self, url: str, form: Mapping[str, str]) -> None:
        """POST a form. Raises FetchError for every answer but 2xx."""


class Hubs(Protocol):
    """Learns where news is pushed (WebSub)."""

    async def noticed(self, feed: Feed, fetched: Fetched, parsed: ParsedFeed, *, is_news: bool) -> None:
        """A feed was read, and whether that brought entries nobody had told of."""


class Parser(Protocol):
    """Reads documents off the event loop, each within a limit of time and memory."""

    async def parse(self, url: str, body: bytes, content_type: str) -> ParsedFeed:
        """Bytes to entries. Raises ParseError where they are no feed."""

    async def parse_live(self, url: str, body: bytes, content_type: str) -> LiveReading | None:
        """Bytes to the updates of a live blog; None where the page is none. Raises ParseError."""

    async def parse_article(self, url: str, body: bytes, content_type: str) -> ParsedFeed:
        """A page to one entry: what it says of itself. Raises ParseError where it has no headline."""

    async def discover(self, url: str, body: bytes, content_type: str) -> Discovered:
        """A page to the feeds it offers."""

    async def read_outlines(self, body: bytes) -> OutlineList:
        """An OPML file to the feeds it lists. Raises ParseError where it is none."""

    async def write_outlines(self, title: str, folders: Sequence[tuple[str, Sequence[Outline]]]) -> bytes:
        """Named folders of feeds to an OPML file."""
