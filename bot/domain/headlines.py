"""News topics as members look for them: what a list says of one, and which words find it. Pure."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.urls import site

PAGE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """One news topic. `name` is its thread's, `title` the item's; `at`: when it was published, or else posted."""

    topic_id: int
    thread_id: int
    channel_id: int
    name: str
    title: str = ""
    link: str | None = None
    publisher: str = ""
    at: datetime
    closed: bool = False

    @property
    def source(self) -> str:
        """Who published it: by name, or else by address."""
        return self.publisher or site(self.link)


@dataclass(frozen=True, slots=True, kw_only=True)
class Headlines:
    """Ten of a longer list, the newest first; pages count from 0."""

    entries: tuple[Headline, ...]
    number: int
    has_next: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedName:
    """A feed as people of a channel know it."""

    feed_id: int
    channel_id: int
    name: str


def words_of(text: str) -> tuple[str, ...]:
    """The words to look for, whatever their case and spelling in Unicode; none twice."""
    return tuple(dict.fromkeys(_folded(text).split()))


def has_all(headline: Headline, words: Sequence[str]) -> bool:
    """Whether the thread's name and the item's title together contain every word, if only within another."""
    text = _folded(f"{headline.name}\n{headline.title}")
    return all(word in text for word in words)


def _folded(text: str) -> str:
    """So that "Straße" finds "STRASSE", and a full-width letter a plain one."""
    return unicodedata.normalize("NFKC", text).casefold()
