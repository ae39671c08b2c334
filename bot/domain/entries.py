"""What a feed says, as values. Pure: no clock, no I/O, no Discord."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture of an entry. `caption` is the publisher's caption, or else the alt text; plain text."""

    url: str
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One normalised item of a feed (Atom's word).

    `guid` is the publisher's own id, verbatim, or None where there is none. `link` is absolute http(s) or
    None. `title` is plain text (no markup, entities resolved, white space folded); `body` is HTML as
    published. Moments are UTC-aware.
    """

    guid: str | None = None
    link: str | None = None
    title: str = ""
    body: str = ""
    image: Image | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published_at: datetime | None = None
    revised_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """One reading of a feed: what it calls itself, how often it wishes to be asked, its entries in order.

    `hubs` push the feed's news to subscribers who name it as `self_link` (WebSub, section 4, "Discovery").
    """

    title: str = ""
    link: str | None = None
    language: str = ""
    ttl: timedelta | None = None
    hubs: tuple[str, ...] = ()
    self_link: str | None = None
    entries: tuple[Entry, ...] = ()
