"""What a template can show of an entry, and how each value is written into a text or a name. Pure.

Values are plain until they are written: the writing escapes them for where they go, so no value can be markup, ping,
or tear the markup around it. Nothing here ever raises, whatever the entry says.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from bot.domain import marking
from bot.domain.entries import Entry
from bot.domain.markdown import Markdown, cut as cut_markdown
from bot.domain.moments import stamp
from bot.domain.text import clean, cut, units
from bot.domain.urls import for_discord

NAMES: Final = (
    "title",
    "summary",
    "link",
    "publisher",
    "authors",
    "categories",
    "caption",
    "published",
    "time",
)
LISTS: Final = ("authors", "categories")
_LONGEST = 256
_ENDS_IN_ADDRESS = re.compile(r"https?://\S+\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Words:
    """Several names: shown with commas, asked with `in`, whatever the case of their letters."""

    items: tuple[str, ...] = ()

    def __contains__(self, name: str) -> bool:
        return name.casefold() in {item.casefold() for item in self.items}

    def __bool__(self) -> bool:
        return bool(self.items)

    def __str__(self) -> str:
        return ", ".join(self.items)


@dataclass(frozen=True, slots=True)
class Prose:
    """An entry's text. It is cut between its words, never within its markup."""

    markdown: Markdown

    def __bool__(self) -> bool:
        return bool(self.markdown.blocks)

    def __str__(self) -> str:
        return " ".join(block.text for block in self.markdown.blocks)


@dataclass(frozen=True, slots=True)
class Address:
    """An http(s) address as Discord takes it."""

    url: str = ""

    def __bool__(self) -> bool:
        return bool(self.url)

    def __str__(self) -> str:
        return self.url


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment that each reader sees in their own zone; in a name, which shows no markup, it is in UTC."""

    at: datetime | None
    style: str
    pattern: str

    def __bool__(self) -> bool:
        return self.at is not None

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC):{self.pattern}}" if self.at else ""


Values = Mapping[str, object]


def values_of(entry: Entry, text: Markdown, *, title: str, publisher: str, scale: float = 1) -> Values:
    """The entry by the names of `NAMES`; what it lacks is empty.

    `scale` (1 to 0) makes all of it shorter; at 0 everything is empty.
    """
    longest = int(_LONGEST * scale)
    at = entry.published_at or entry.revised_at
    if not scale or (at and at.year < 1971):  # Discord shows no earlier moment.
        at = None
    return {
        "title": cut(clean(title), longest),
        "summary": Prose(cut_markdown(text, int(units(text.text) * scale)) if scale < 1 else text),
        "link": Address((for_discord(entry.link) or "") if scale else ""),
        "publisher": cut(clean(publisher), longest),
        "authors": _words(entry.authors, longest),
        "categories": _words(entry.categories, longest),
        "caption": cut(clean(entry.image.caption), longest) if entry.image else "",
        "published": Moment(at, "f", "%Y-%m-%d"),
        "time": Moment(at, "t", "%H:%M"),
    }


def _words(names: tuple[str, ...], longest: int) -> Words:
    """As many of the names as fit, at least a part of the first."""
    kept: list[str] = []
    for name in filter(None, map(clean, names)):
        if kept and len(", ".join([*kept, name])) > longest:
            break
        kept.append(cut(name, longest))
    return Words(tuple(filter(None, kept)))


def in_text(value: object) -> str:
    """The value as Discord Markdown that shows exactly it."""
    match value:
        case Prose():
            return value.markdown.text
        case Address():
            return value.url
        case Moment():
            return stamp(value.at, value.style) if value.at else ""
        case _:
            return _escaped(str(value))


@lru_cache(maxsize=1024)  # The same publisher, authors and categories come with entry after entry.
def _escaped(text: str) -> str:
    escaped = _spaced(text, marking.escape(text))
    # What follows an address without a space would be taken for a part of it.
    return escaped + " " if _ENDS_IN_ADDRESS.search(escaped) else escaped


def in_name(value: object) -> str:
    """The value as plain text: a thread's name shows no markup."""
    return _spaced(str(value), clean(str(value)))


def _spaced(text: str, written: str) -> str:
    """What was written of a text, with the spaces at its ends: somebody put them into a template's own words."""
    return " " * text[:1].isspace() + written + " " * (text[-1:].isspace() and bool(written))


def _changed(value: object, change: Callable[[str], str]) -> object:
    """Plain words changed; an address, a moment or a text with markup stays as it is."""
    match value:
        case Words():
            return Words(tuple(map(change, value.items)))
        case str():
            return change(value)
        case _:
            return value


def upper(value: object) -> object:
    return _changed(value, str.upper)


def lower(value: object) -> object:
    return _changed(value, str.lower)


def capitalize(value: object) -> object:
    """The first letter large, the others as they are."""
    return _changed(value, lambda text: text[:1].upper() + text[1:])


def truncate(value: object, length: int) -> object:
    """At most `length` units, cut behind a word and marked with "…"."""
    match value:
        case Prose():
            return replace(value, markdown=cut_markdown(value.markdown, length))
        case Words() | str():
            return cut(str(value), length)
        case _:
            return value


def default(value: object, instead: str) -> object:
    return value or instead


def first(value: object) -> object:
    return next(iter(value.items), "") if isinstance(value, Words) else value


def join(value: object, separator: str) -> object:
    return separator.join(value.items) if isinstance(value, Words) else value


# Each with the kind of its one argument, if it takes any.
FILTERS: Final[Mapping[str, tuple[Callable[..., object], type | None]]] = {
    "upper": (upper, None),
    "lower": (lower, None),
    "capitalize": (capitalize, None),
    "truncate": (truncate, int),
    "default": (default, str),
    "first": (first, None),
    "join": (join, str),
}
