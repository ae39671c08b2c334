"""RSS 0.9x, 1.0, 2.0 and Atom: feedparser reads them, `elements` corrects what it mixes up.

feedparser gets bytes in a stream and nothing else: given plain bytes it would open a file of that name, and
given an address it would resolve ids against it. Its sanitiser and its link resolution are off: the first
takes quadratic time on hostile input, the second is done here, after the item's true base.
"""

import html
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser

from bot.domain.entries import Entry, Image, ParsedFeed
from bot.domain.markdown import first_image
from bot.domain.text import is_blank, plain, without_surrogates
from bot.domain.urls import absolute
from bot.errors import ParseError
from bot.parsing import elements, sax, values
from bot.parsing.elements import Document, Item

_PROLOG = re.compile(r"^\s*<\?xml[^>]*>")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # XML 1.0, section 2.2
_MARKUP = re.compile(r"</[a-z][a-z0-9]*>|<(?:br|p|img)\b[^<>]*>", re.IGNORECASE)
_EMPTY_ELEMENT = re.compile(r"(<(br|hr|img|wbr)\b[^<>]*>)</\2>")  # In HTML "</br>" would be a second break.
_RELATIVE = re.compile(r"""(?:href|src)\s*=\s*["']?(?!["'#]|[a-z][a-z0-9+.-]*:)""", re.IGNORECASE)
_LONGEST_PERIOD = timedelta(days=7)
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
feedparser.api.PREFERRED_XML_PARSERS.insert(
    0, sax.__name__
)  # Names of modules, as `xml.sax.make_parser` takes them.
_NOTHING = Item(guid=None, link=None, base=None, image=None, captions=frozenset())


def parse(url: str, text: str) -> ParsedFeed:
    """The feed in `text`, fetched from `url`. Raises ParseError where there is none."""
    text = _NOT_XML.sub("", _PROLOG.sub("", text))
    document = elements.read(text, url)
    if document.root.lower() in _OTHERS:
        raise ParseError(_OTHERS[document.root.lower()])
    parsed = _read(b"<?xml version='1.0' encoding='utf-8'?>\n" + text.encode())
    found: list[dict[str, Any]] = parsed["entries"]
    if not found and not parsed.get("version"):
        raise ParseError(_NO_FEED if document.root else _NO_XML)
    feed = _feed(parsed["feed"], _entries(url, found, document), url)
    return replace(feed, hubs=document.hubs, self_link=document.self_link)


_NO_FEED = "This is XML, but no feed (neither RSS nor Atom)."
_NO_XML = "This is neither XML nor JSON, so no feed."
_OTHERS = {
    "html": "This is an HTML page, not a feed.",
    "urlset": "This is a sitemap, not a feed.",
    "sitemapindex": "This is a sitemap index, not a feed.",
    "opml": "This is an OPML list of feeds, not a feed.",
    "opensearchdescription": "This is a search description, not a feed.",
    "error": "This is an error message in XML, not a feed.",
}


def _read(data: bytes) -> Any:
    try:
        return feedparser.parse(io.BytesIO(data), resolve_relative_uris=False, sanitize_html=False)
    except MemoryError:
        raise
    except Exception as error:
        # feedparser means to never raise; where its parsers do all the same, one feed is unreadable, no more.
        raise ParseError("This feed is broken beyond reading.") from error


def _feed(feed: dict[str, Any], entries: Iterator[Entry], url: str) -> ParsedFeed:
    return ParsedFeed(
        title=plain(_string(feed, "title")),
        link=absolute(_string(feed, "link"), url),
        language=plain(_string(feed, "language"))[:35],
        ttl=_ttl(feed),
        entries=tuple(entries),
    )


def _entries(url: str, found: list[dict[str, Any]], document: Document) -> Iterator[Entry]:
    """Entries in document order. The two readings are paired by position, or not at all."""
    items = document.items if len(document.items) == len(found) else (_NOTHING,) * len(found)
    for raw, item in zip(found, items, strict=True):
        entry = _entry(url, raw, item)
        if entry.link or entry.image or not (is_blank(entry.title) and is_blank(entry.body)):
            yield entry


def _entry(url: str, raw: dict[str, Any], item: Item) -> Entry:
    base = item.base or url
    guid = item.guid or values.guid(_string(raw, "id"))
    link = item.link or (absolute(_string(raw, "link"), base) if item is _NOTHING else None)
    body, own_base = _body(raw, item.captions)
    stated = absolute(own_base, url) or item.base or (None if link else url)
    if stated and _RELATIVE.search(body):
        body = f'<base href="{html.escape(stated)}">{body}'  # What relative addresses mean goes with them.
    published, revised = _moment(raw, "published"), _moment(raw, "updated")
    return Entry(
        guid=without_surrogates(guid) if guid else None,
        link=link,
        title=plain(_string(raw, "title")),
        body=body,
        image=item.image or _first_image(body, link or base),
        authors=values.names(_authors(raw)),
        categories=values.names(
            _string(tag, "term") for tag in raw.get("tags") or () if isinstance(tag, dict)
        ),
        published_at=published or _moment(raw, "created") or revised,
        revised_at=revised,
    )


def _first_image(body: str, base: str) -> Image | None:
    return first_image(body, base_url=base) if "<img" in body.lower() else None


def _body(raw: dict[str, Any], captions: frozenset[str]) -> tuple[str, str]:
    """The longest-form HTML that is the entry's own, with its `xml:base`: content, else summary; no picture's text."""
    details = [
        part for part in (*(raw.get("content") or ()), raw.get("summary_detail")) if isinstance(part, dict)
    ]
    own = [part for part in details if (value := _string(part, "value").strip()) and value not in captions]
    for part in own:
        if _is_html(part):
            return _EMPTY_ELEMENT.sub(r"\1", _string(part, "value")), _string(part, "base")
    return (html.escape(_string(own[-1], "value"), quote=False) if own else ""), ""


def _is_html(part: dict[str, Any]) -> bool:
    """Declared as HTML, or declared as text and yet full of tags, as many Atom feeds are."""
    return _string(part, "type") != "text/plain" or bool(_MARKUP.search(_string(part, "value")))


def _authors(raw: dict[str, Any]) -> Iterator[str]:
    for author in raw.get("authors") or ():
        if isinstance(author, dict):
            yield _string(author, "name") or _string(author, "email")
    if not raw.get("authors"):
        yield _string(raw, "author")


def _moment(raw: dict[str, Any], key: str) -> datetime | None:
    """A nine-tuple of feedparser, or what it could not read, read as an e-mail's date (it may lack its zone).

    `dict.get`, because feedparser's own `get` answers `updated` with `published`, and warns.
    """
    parts: Any = dict.get(raw, f"{key}_parsed")
    try:
        if parts is None:
            return values.moment(parsedate_to_datetime(_string(raw, key)))
        year, month, day, hour, minute, second = (int(part) for part in parts[:6])
        return values.moment(datetime(year, month, day, hour, minute, tzinfo=UTC) + timedelta(seconds=second))
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def _ttl(feed: dict[str, Any]) -> timedelta | None:
    """How often the publisher wishes to be asked: RSS `ttl` in minutes, else the syndication period."""
    minutes = _number(feed, "ttl")
    if minutes:
        return min(timedelta(minutes=minutes), _LONGEST_PERIOD)
    period = _PERIODS.get(_string(feed, "sy_updateperiod").strip().lower())
    if period is None:
        return None
    return min(period / (_number(feed, "sy_updatefrequency") or 1), _LONGEST_PERIOD)


def _number(feed: dict[str, Any], key: str) -> int:
    text = _string(feed, key).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _string(raw: dict[str, Any], key: str) -> str:
    value = dict.get(raw, key)
    return value if isinstance(value, str) else ""
