"""Pieces that every format shares: names, lists of words, moments, ids. Never raises."""

from collections.abc import Iterable
from datetime import UTC, datetime

from bot.domain.text import is_blank, plain, without_surrogates

_FIRST_YEAR, _LAST_YEAR = 1990, 2100  # The web is younger than the first; 1970 is a publisher's empty field.
_MOST = 50


def names(texts: Iterable[str]) -> tuple[str, ...]:
    """Plain texts without blanks and repetitions, in order, at most 50."""
    found = dict.fromkeys(name for text in texts if not is_blank(name := plain(text)))
    return tuple(found)[:_MOST]


def guid(text: str) -> str | None:
    """An id verbatim, but for surrounding white space and half characters; None where it says nothing."""
    return without_surrogates(text.strip()) or None


def moment(when: datetime | None) -> datetime | None:
    """A moment in UTC (a zone-less one is taken for UTC), or None where its year is absurd."""
    if when is None:
        return None
    try:
        utc = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return utc if _FIRST_YEAR <= utc.year < _LAST_YEAR else None
