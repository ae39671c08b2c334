"""Truths of other people's parsers, and whether our reading of a feed agrees with one. Never uses the code it judges.

A truth is about one value: a title, a date, an entry's link. Our values have a shape of their own (a title is plain
text, a body the HTML of content or else summary), so texts are compared after white space is folded, titles also
without markup, bodies as trees with absolute addresses. What we do not read has no `field` and is only counted.
"""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.domain.entries import Entry, ParsedFeed

_SPACE = re.compile(r"\s+")
_BASE = re.compile(r'^<base href="([^"]*)">')


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """`name` is what the test calls the value; `field` what we call it, None where we have no such thing.

    `index` is the entry's place, None for the feed. `expected` is as the test has it; a moment is a datetime.
    """

    file: str
    name: str
    expected: Any
    field: str | None = None
    index: int | None = None

    @property
    def key(self) -> str:
        place = "feed" if self.index is None else f"entry {self.index}"
        return f"{self.file}: {place}: {self.field}"


def agrees(truth: Truth, feed: ParsedFeed | None) -> bool:
    """Whether a reading says what a truth says; a feed that was refused says nothing."""
    if feed is None or truth.field is None:
        return False
    if truth.index is None:
        return FEED[truth.field](feed, truth.expected)
    if truth.index >= len(feed.entries):
        return False
    return ENTRY[truth.field](feed.entries[truth.index], truth.expected)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _folded(text: str) -> str:
    return _SPACE.sub(" ", text.replace("\xa0", " ")).strip()


def _is_text(own: str, expected: Any) -> bool:
    """Plain text against a text or markup: as it is, or without entities, or without markup as well."""
    told = str(expected or "")
    readings = [told, html.unescape(told), html.unescape(html.unescape(told)), _visible(told)]
    return _folded(own) in {_folded(reading) for reading in [*readings, _visible(html.unescape(told))]}


def _visible(markup: str) -> str:
    body = LexborHTMLParser(markup).body
    return body.text() if body is not None else ""


def _is_markup(own: str, expected: Any) -> bool:
    told = str(expected or "")
    return _tree(own) in {_tree(told), _tree(html.escape(told, quote=False))}


def _tree(markup: str) -> str:
    """HTML in one spelling: as a browser reads it, attributes in order, addresses absolute by a leading `base`."""
    base = _BASE.match(markup)
    body = LexborHTMLParser(_BASE.sub("", markup)).body
    return _folded(_spelt(body, html.unescape(base[1]) if base else "")).replace("> <", "><")


def _spelt(node: LexborNode | None, root: str) -> str:
    if node is None or not node.is_element_node:
        return html.escape(node.text_content or "") if node is not None and node.is_text_node else ""
    attributes = {
        name: urljoin(root, value or "") if name in ("href", "src") else value or ""
        for name, value in node.attributes.items()
    }
    said = "".join(f' {name}="{html.escape(attributes[name])}"' for name in sorted(attributes))
    inner = "".join(_spelt(child, root) for child in node.iter(include_text=True))
    return f"<{node.tag}{said}>{inner}</{node.tag}>"


def _is_moment(own: datetime | None, expected: Any) -> bool:
    return (own.replace(microsecond=0) if own else None) == (
        expected.replace(microsecond=0) if expected else None
    )


def _is_author(entry: Entry, expected: Any) -> bool:
    """The line of an author as a whole has the name that we have."""
    line = str(expected)
    return any(name in line or name in html.unescape(line) for name in entry.authors)


FEED: Mapping[str, Callable[[ParsedFeed, Any], bool]] = {
    "title": lambda feed, expected: _is_text(feed.title, expected),
    "link": lambda feed, expected: feed.link == expected,
    "language": lambda feed, expected: feed.language == expected,
    "ttl": lambda feed, expected: feed.ttl is not None and feed.ttl.total_seconds() == 60 * int(expected),
    "self_link": lambda feed, expected: feed.self_link == expected,
    "number of entries": lambda feed, expected: len(feed.entries) == expected,
}
ENTRY: Mapping[str, Callable[[Entry, Any], bool]] = {
    "title": lambda entry, expected: _is_text(entry.title, expected),
    "body": lambda entry, expected: _is_markup(entry.body, expected),
    "link": lambda entry, expected: entry.link == expected,
    "guid": lambda entry, expected: entry.guid == expected,
    "image": lambda entry, expected: entry.image is not None and entry.image.url == expected,
    "author": _is_author,
    "author's name": lambda entry, expected: expected in entry.authors,
    "category": lambda entry, expected: any(_is_text(name, expected) for name in entry.categories),
    "published_at": lambda entry, expected: _is_moment(entry.published_at, expected),
    "revised_at": lambda entry, expected: _is_moment(entry.revised_at, expected),
}
