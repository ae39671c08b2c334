"""Live blogs as values: what a page said at one reading. Pure: no clock, no I/O.

Names are those of https://schema.org/LiveBlogPosting where it has one.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.entries import Entry, Image


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateAddress:
    """An update that a reading names without its text, which is read at `url` (a LiveReading with that one update)."""

    guid: str
    url: str
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveReading:
    """One reading of a live blog's page. It may show only the newest of its updates.

    `updates` are entries in the page's own order; `guid` is the publisher's id of an update (never made up by the
    reader). What an update merely repeats of its live blog (Guardian's headline, Mirror's `authors`) is not the
    update's and left out. `is_live` is the site's own flag, None where there is none. `coverage_end` is what the page
    claims; five publishers give it five meanings. `standfirst` is HTML. `older_url` leads to earlier updates,
    `successor_url` to the live blog that goes on from here. `elsewhere` are updates that are named here, the newest
    first, and kept one by one (Al Jazeera).
    """

    url: str
    title: str = ""
    standfirst: str = ""
    image: Image | None = None
    publisher: str = ""
    authors: tuple[str, ...] = ()
    language: str = ""
    is_live: bool | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None
    coverage_end: datetime | None = None
    older_url: str | None = None
    successor_url: str | None = None
    elsewhere: tuple[UpdateAddress, ...] = ()
    updates: tuple[Entry, ...] = ()
