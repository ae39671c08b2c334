"""The few headers of a fetch, read with distrust: a value that cannot be used is as good as absent."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from bot.domain.fetching import Validators
from bot.domain.urls import absolute

RETRY_AFTER_LIMIT = timedelta(hours=24)
MAX_AGE_LIMIT = timedelta(days=365)
_LINK = re.compile(r"<([^<>]*)>([^<>]*)")  # What follows a target, up to the next one, are its parameters.
_RELATION = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))', re.IGNORECASE)
_MOST_LINKS = 20


def conditions(validators: Validators) -> dict[str, str]:
    """RFC 9110, 13.1. Both are sent: a server that knows the first ignores the second."""
    headers = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in headers.items() if value}


def validators(headers: Mapping[str, str]) -> Validators:
    return Validators(etag=_usable(headers.get("ETag")), last_modified=_usable(headers.get("Last-Modified")))


def _usable(value: str | None) -> str | None:
    """One that could not be sent back, or not be stored, would fail at every later poll."""
    return value if value and value.isascii() and value.isprintable() and len(value) <= 1024 else None


def content_type(headers: Mapping[str, str]) -> str:
    return headers.get("Content-Type", "").encode("ascii", "replace").decode()


def max_age(headers: Mapping[str, str]) -> timedelta | None:
    """RFC 9111, 5.2.2.1; a server that also says "no-cache" or "no-store" has not promised any freshness."""
    control = headers.get("Cache-Control", "").lower()
    seconds = re.search(r"(?:^|[,\s])max-age=\"?(\d{1,10})\b", control, re.ASCII)
    if seconds is None or re.search(r"\bno-(cache|store)\b", control):
        return None
    return min(timedelta(seconds=int(seconds[1])), MAX_AGE_LIMIT)


def links(values: Iterable[str], base: str) -> tuple[tuple[str, str], ...]:
    """Link headers (RFC 8288, 3) as (relation, absolute address), those with a relation; at most 20."""
    found = [
        (relation.lower(), address)
        for value in values
        for target, parameters in _LINK.findall(value)
        if (address := absolute(target, base))
        for relation in _relations(parameters)
    ]
    return tuple(found[:_MOST_LINKS])


def _relations(parameters: str) -> list[str]:
    match = _RELATION.search(parameters)
    return (match[1] or match[2]).split() if match else []


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """RFC 9110, 10.2.3: seconds or a date; at least none, at most a day."""
    value = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d+", value, re.ASCII):
        wish = timedelta(seconds=int(value[:9]))
    else:
        try:
            date = parsedate_to_datetime(value)
        except (ValueError, OverflowError):
            return None
        wish = (date if date.tzinfo else date.replace(tzinfo=UTC)) - now
    return min(max(wish, timedelta(0)), RETRY_AFTER_LIMIT)
