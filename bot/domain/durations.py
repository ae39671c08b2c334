"""Durations as people type them (`90m`, `1w2d3h`, `2 days`) and as answers show them. Pure: no clock, no language.

A week is 7 days and a day 24 hours, whatever the clocks of a zone do. Months and years are no durations here: their
length depends on the date.
"""

import re
from datetime import timedelta
from enum import StrEnum

from bot.domain.typed import tidy
from bot.errors import RefusedError

YEAR = timedelta(days=366)  # Whatever somebody calls a year, leap years included.


class Unit(StrEnum):
    """The units of a duration, longest first, by the names that Unicode's locale data knows."""

    WEEK = "week"
    DAY = "day"
    HOUR = "hour"
    MINUTE = "minute"
    SECOND = "second"


_SECONDS = {Unit.WEEK: 604_800, Unit.DAY: 86_400, Unit.HOUR: 3_600, Unit.MINUTE: 60, Unit.SECOND: 1}
_SPELLINGS = {
    Unit.WEEK: "weeks?|wks?|w",
    Unit.DAY: "days?|d",
    Unit.HOUR: "hours?|hrs?|h",
    Unit.MINUTE: "minutes?|mins?|m",
    Unit.SECOND: "seconds?|secs?|s",
}
_DURATION = re.compile(
    "(?=.)" + " ?".join(f"(?:(?P<{unit}>[0-9]+) ?(?:{_SPELLINGS[unit]}))?" for unit in Unit)
)


def is_duration(text: str) -> bool:
    """Whether the text has the form of a duration, be it too long or zero."""
    return _DURATION.fullmatch(tidy(text)) is not None


def parse_duration(text: str) -> timedelta:
    """What a person means by `45s`, `90m`, `1h 30m`, `2 days` or `1w2d3h`: whole seconds, up to `YEAR`.

    Raises RefusedError for zero, more than a year, a unit repeated or out of order, and anything else.
    """
    found = _DURATION.fullmatch(tidy(text))
    if found is None:
        raise RefusedError(
            "I do not understand this duration. Write for example `90m`, `1h 30m`, `2 days` or `1w 2d`: "
            "weeks, days, hours, minutes and seconds, in this order."
        )
    seconds = sum(_SECONDS[unit] * int(found[unit] or 0) for unit in Unit)
    if seconds == 0:
        raise RefusedError("A duration must be longer than zero.")
    if seconds > YEAR.total_seconds():
        raise RefusedError("A duration can be a year at most.")
    return timedelta(seconds=seconds)


def duration_parts(duration: timedelta) -> tuple[tuple[int, Unit], ...]:
    """The duration as counts of units, longest first, none of them zero; below a second it is 0 seconds.

    Whoever shows it words it: "2 days 3 hours" is ((2, DAY), (3, HOUR)). Raises ValueError for a negative one.
    """
    if duration < timedelta():
        raise ValueError(f"a negative duration: {duration}")
    rest = duration // timedelta(seconds=1)
    parts = []
    for unit, seconds in _SECONDS.items():
        count, rest = divmod(rest, seconds)
        if count:
            parts.append((count, unit))
    return tuple(parts) or ((0, Unit.SECOND),)


def format_duration(duration: timedelta) -> str:
    """The duration in the form that `parse_duration` reads, the same in every language: `1w 2d 3h`."""
    return " ".join(f"{count}{unit[0]}" for count, unit in duration_parts(duration))
