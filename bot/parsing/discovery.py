"""A site's page -> the feeds and live blogs that it leads to. Sans-IO; it fetches nothing to see.

Feeds are where https://www.rssboard.org/rss-autodiscovery says (`<link rel="alternate">`), in links that look like
one, and, as guesses, in the usual places. Raises nothing, whatever the bytes are.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from bot.domain.discovery import Discovered, FeedKind, FeedOffer
from bot.domain.entries import Entry
from bot.domain.identity import canonical_link
from bot.domain.live_signs import live_candidate
from bot.domain.text import cut, plain
from bot.domain.urls import absolute
from bot.parsing.encoding import decode
from bot.parsing.live.page import Page, attribute_of

_KINDS = {
    "application/rss+xml": FeedKind.RSS,
    "application/rdf+xml": FeedKind.RSS,
    "application/xml": FeedKind.RSS,
    "text/xml": FeedKind.RSS,
    "application/atom+xml": FeedKind.ATOM,
    "application/feed+json": FeedKind.JSON,
}
_LIKE_A_FEED = re.compile(
    r"(?:^|/)(?:feeds?|rss|atom)(?:/|$)|(?:^|[/._-])(?:feeds?(?!back|ing)|rss|atom)[\w-]*\.(?:xml|json|php|aspx)$"
    r"|\.(?:rss|atom|rdf)$|/index\.(?:xml|rdf)$",
    re.IGNORECASE,
)
_FEED_HOST = re.compile(r"^(?:feeds?|rss)\.|^feeds\d?\.feedburner\.com$", re.IGNORECASE)
_READERS = re.compile(r"(?:^|\.)(?:feedly|inoreader|netvibes|newsblur|theoldreader|subtome|feedspot)\.com$")
_COMMENTS = re.compile(r"\bcomments?\b|\bkommentar|\bcommentaires?\b|\bcomentarios?\b", re.IGNORECASE)
_SCHEME = re.compile(r"^feed:(?:(?=https?:)|//)?", re.IGNORECASE)
_PLACES = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json")
_BELOW = ("/feed", "/rss", "/rss.xml")
_MOST_OFFERS = 25  # What Discord's menu can show.
_MOST_LINKS = 5_000
_LONGEST_TITLE = 100


def discover(url: str, body: bytes, content_type: str = "") -> Discovered:
    """What the page in `body` offers, fetched from `url` with the HTTP header `content_type` (it may be empty)."""
    page = Page(url, decode(body, content_type))
    offers: dict[str, FeedOffer] = {}
    for offer in (*_ranked(_declared(page)), *_ranked(_linked(page))):
        offers.setdefault(canonical_link(offer.url), offer)
    return Discovered(
        feeds=tuple(offers.values())[:_MOST_OFFERS],
        lives=tuple(dict.fromkeys(_lives(page))),
        guesses=tuple(guess for guess in _guesses(page.url) if canonical_link(guess) not in offers),
    )


def _ranked(offers: Iterator[FeedOffer]) -> list[FeedOffer]:
    """Feeds of comments last: WordPress offers one on every page."""
    return sorted(
        offers, key=lambda offer: bool(_COMMENTS.search(f"{offer.title} {urlsplit(offer.url).path}"))
    )


def _declared(page: Page) -> Iterator[FeedOffer]:
    for node in page.tree.css("link[rel][href]")[:_MOST_LINKS]:
        relations = attribute_of(node, "rel").lower().split()
        kind = _kind(attribute_of(node, "type"), attribute_of(node, "href"))
        if kind is None or "stylesheet" in relations or not {"alternate", "feed"} & set(relations):
            continue
        if address := _address(node, page):
            yield FeedOffer(url=address, title=_title(attribute_of(node, "title")), kind=kind)


def _kind(media_type: str, href: str) -> FeedKind | None:
    """By its media type; plain JSON only where its address speaks of a feed, for WordPress declares its API so."""
    essence = media_type.partition(";")[0].strip().lower()
    if essence == "application/json" and _LIKE_A_FEED.search(href.partition("?")[0]):
        return FeedKind.JSON
    return _KINDS.get(essence)


def _linked(page: Page) -> Iterator[FeedOffer]:
    for node in page.tree.css("a[href]")[:_MOST_LINKS]:
        if (address := _address(node, page)) and _is_like_a_feed(address):
            yield FeedOffer(
                url=address, title=_title(node.text() or attribute_of(node, "title")), kind=FeedKind.LINK
            )


def _is_like_a_feed(address: str) -> bool:
    parts = urlsplit(address)
    host = parts.hostname or ""
    if _READERS.search(host):
        return False
    return bool(_LIKE_A_FEED.search(parts.path) or (_FEED_HOST.search(host) and parts.path.strip("/")))


def _address(node: LexborNode, page: Page) -> str | None:
    """The absolute address without fragment; `feed://host/…` and `feed:https://…` mean the same over HTTP."""
    href = attribute_of(node, "href").strip()
    if href.lower().startswith("feed:"):
        href = _SCHEME.sub("", href)
        href = href if href.lower().startswith("http") else f"https://{href}"
    address = absolute(href, page.base)
    return address.partition("#")[0] if address else None


def _title(text: str) -> str:
    return cut(plain(text), _LONGEST_TITLE)


def _lives(page: Page) -> Iterator[str]:
    """Links of the same site only: what other sites follow live is theirs to offer."""
    host = urlsplit(page.url).hostname
    for node in page.tree.css("a[href]")[:_MOST_LINKS]:
        address = _address(node, page)
        if (
            address
            and urlsplit(address).hostname == host
            and canonical_link(address) != canonical_link(page.url)
        ):
            candidate = live_candidate(Entry(link=address, title=_title(node.text())))
            if candidate:
                yield candidate


def _guesses(url: str) -> list[str]:
    """The usual places, below the page first, then below its host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return []
    host, path = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return []
    below = [f"{host}{path}{place}" for place in _BELOW] if path else []
    return below + [f"{host}{place}" for place in _PLACES]
