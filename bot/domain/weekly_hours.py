"""The hours of the week at which a topic or forum is open: `mon-fri 09:00-18:00; sat 10:00-14:00`. Pure.

Each opening and closing happens once, at the moment that `local_times.settle` gives it: hours that the clocks are put
forward over do not take place, and those they are put back over are not repeated.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Self

from whenever import Date, Time

from bot.domain.local_times import WEEKDAYS, local_time, parse_clock, parse_weekday, settle, weekday
from bot.domain.typed import tidy
from bot.domain.zones import parse_zone
from bot.errors import RefusedError

_LONGEST = 300
_DAY = 24 * 60
_WEEK = 7 * _DAY
_RULE = re.compile("(?P<days>[a-z][a-z ,-]*?) ?(?P<spans>[0-9].*)")

Span = tuple[int, int]  # Minutes since Monday 00:00 by the clock, the end excluded.


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyHours:
    """Spans of the week, in order, neither touching nor overlapping; at least one."""

    spans: tuple[Span, ...]
    zone: str

    def is_open(self, moment: datetime) -> bool:
        changes = self._changes(moment)
        return [opens for at, opens in changes.items() if at <= moment][-1]

    def next_change(self, moment: datetime) -> datetime | None:
        """The moment, in UTC, of the next opening or closing; None for hours that are always open."""
        now_open = self.is_open(moment)
        changes = self._changes(moment).items()
        return next((at for at, opens in changes if at > moment and opens != now_open), None)

    def _changes(self, moment: datetime) -> dict[datetime, bool]:
        """Openings (True) and closings of the weeks around the moment, in order; of several at once, the last."""
        today = local_time(moment, self.zone).date()
        monday = today.subtract(days=weekday(today))
        changes = {
            self._moment(monday, week * _WEEK + minute): opens
            for week in range(-1, 3)
            for span in self.spans
            for minute, opens in zip(span, (True, False), strict=True)
        }
        changes.popitem()  # The opening that may cancel the last closing at once is out of sight.
        return changes

    def _moment(self, monday: Date, minute: int) -> datetime:
        days, minute = divmod(minute, _DAY)
        return settle(monday.add(days=days).at(Time(*divmod(minute, 60))), self.zone)

    @property
    def week(self) -> str:
        """The hours as `parse_weekly_hours` reads them: the same text for the same hours, however they were typed."""
        days = [_day_text(self.spans, day * _DAY) for day in range(7)]
        rules = []
        for hours, alike in groupby(range(7), key=lambda day: days[day]):
            names = [WEEKDAYS[day][:3] for day in alike]
            if hours:
                rules.append("-".join(dict.fromkeys([names[0], names[-1]])) + f" {hours}")
        return "; ".join(rules)

    def to_text(self) -> str:
        """A form to store: the week, then the zone."""
        return f"{self.week} {self.zone}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """What `to_text` stored. Raises ValueError for anything else."""
        week, _, zone = text.rpartition(" ")
        try:
            return cls(spans=_spans(week, longest=len(week)), zone=parse_zone(zone))
        except RefusedError as error:
            raise ValueError(f"not weekly hours: {text!r}") from error


def parse_weekly_hours(text: str, *, zone: str) -> WeeklyHours:
    """The hours in `mon-fri 09:00-12:00, 13:00-18:00; sat, sun 10am-2pm` or `daily 22:00-02:00` (into the next day).

    Raises RefusedError for anything else and for an unknown zone.
    """
    return WeeklyHours(spans=_spans(text, longest=_LONGEST), zone=parse_zone(zone))


def _spans(text: str, *, longest: int) -> tuple[Span, ...]:
    rules = tidy(text, longest=longest).replace("\u2013", "-").strip("; ").split(";")
    return _merged([span for rule in rules for span in _rule(rule.strip())])


def _rule(text: str) -> list[Span]:
    """The spans of one rule: each of its hours on each of its days."""
    found = _RULE.fullmatch(text)
    if found is None:
        raise _not_understood()
    days = [day for part in found["days"].split(",") for day in _days(part.strip())]
    hours = [_hours(part.strip()) for part in found["spans"].split(",")]
    return [(day * _DAY + start, day * _DAY + end) for day in days for start, end in hours]


def _days(text: str) -> list[int]:
    """The days of `mon`, `mon-fri`, `sat-mon` (over the end of the week) or `daily`."""
    if text == "daily":
        return list(range(7))
    first, dash, last = (part.strip() for part in text.partition("-"))
    start, end = parse_weekday(first), parse_weekday(last if dash else first)
    if start is None or end is None:
        raise _not_understood()
    return [(start + ahead) % 7 for ahead in range((end - start) % 7 + 1)]


def _hours(text: str) -> Span:
    """The minutes of the day between two clock times; an end at or before the start is on the next day."""
    first, _, last = (part.strip() for part in text.partition("-"))
    start, end = parse_clock(first), Time() if last == "24:00" else parse_clock(last)
    if start is None or end is None or start.second or end.second:
        raise _not_understood()
    opens, closes = start.hour * 60 + start.minute, end.hour * 60 + end.minute
    if opens == closes and last != "24:00":
        raise RefusedError("Hours cannot end when they start. For the whole day write `00:00-24:00`.")
    return opens, closes if closes > opens else closes + _DAY


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    """The spans within one week, in order, those that touch or overlap joined."""
    wrapped = [part for start, end in spans for part in ((start, min(end, _WEEK)), (0, end - _WEEK))]
    merged: list[Span] = []
    for start, end in sorted(part for part in wrapped if part[0] < part[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _day_text(spans: tuple[Span, ...], midnight: int) -> str:
    """The hours of the day that begins at a minute of the week: `09:00-12:00, 13:00-24:00`."""
    clipped = ((max(start - midnight, 0), min(end - midnight, _DAY)) for start, end in spans)
    return ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in clipped if start < end)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _not_understood() -> RefusedError:
    return RefusedError(
        "I do not understand these hours. Write for example `mon-fri 09:00-18:00; sat 10:00-14:00` "
        "or `daily 22:00-02:00`."
    )
