"""Pieces that every format shares: names, lists of words, moments, ids. Never raises."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from bot.domain.text import is_blank, plain, without_surrogates

_FIRST_YEAR, _LAST_YEAR = 1990, 2100  # The web is younger than the first; 1970 is a publisher's empty field.
_MOST = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS = 100_000_000_000  # In seconds, this were the year 5138.
_DIGITS = re.compile(r"\d{9,14}(?:\.\d{1,9})?")
_BEFORE_ZONE = re.compile(r"\s+(?=[+-]\d\d:?\d\d$|Z$)")


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


def read_moment(value: object) -> datetime | None:
    """What a publisher writes for a moment: ISO 8601, an e-mail's date, or seconds or milliseconds since 1970.

    Without a zone it is taken for UTC (Al Jazeera's are), as is a date without a time.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).strip()[:80]
    if _DIGITS.fullmatch(text):
        number = float(text)
        return moment(_EPOCH + timedelta(seconds=number / 1000 if number >= _MILLISECONDS else number))
    try:
        return moment(datetime.fromisoformat(_BEFORE_ZONE.sub("", text)))
    except ValueError:
        pass
    try:
        return moment(parsedate_to_datetime(text))
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
