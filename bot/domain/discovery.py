"""What a site's page offers to follow, as values. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class FeedKind(StrEnum):
    """What an offered feed says it is; nothing has been fetched to see."""

    RSS = "RSS"
    ATOM = "Atom"
    JSON = "JSON Feed"
    LINK = "link"  # A link on the page whose address looks like a feed's: a weaker offer.


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOffer:
    """`title` is what the page calls the feed, perhaps nothing; plain text."""

    url: str
    title: str = ""
    kind: FeedKind = FeedKind.RSS


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered:
    """What a page offers, the best first. `guesses` are usual places of feeds, to try where it offers none.

    `lives` are pages of the site that it links to and that look like live blogs; nothing has been fetched to see.
    """

    feeds: tuple[FeedOffer, ...] = ()
    lives: tuple[str, ...] = ()
    guesses: tuple[str, ...] = ()
