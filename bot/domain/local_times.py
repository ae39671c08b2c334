"""Local times: as people write them, and which moment they are in a zone. Pure: "now" is never asked for.

`whenever` knows the zones. When clocks are put forward some local times do not exist (a gap); when they are put back
some exist twice (a fold).
"""

import re
from datetime import datetime

from whenever import Date, Instant, PlainDateTime, Time, ZonedDateTime

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_CLOCK = re.compile(r"([0-9]{1,2})(?::([0-9]{2})(?::([0-9]{2}))?)? ?(?:([ap])\.?m\.?)?")


def parse_clock(text: str) -> Time | None:
    """The time of day in `18:00`, `18:00:30`, `6pm` or `6:30 pm` (tidied text); None for anything else."""
    found = _CLOCK.fullmatch(text)
    if found is None or not (found[2] or found[4]):
        return None
    hour, minute, second = (int(part or 0) for part in found.groups()[:3])
    if found[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[4] == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return Time(hour, minute, second)


def parse_weekday(word: str) -> int | None:
    """The weekday, Monday being 0, by its English name or at least its first three letters; else None."""
    if len(word) < 3:
        return None
    return next((day for day, name in enumerate(WEEKDAYS) if name.startswith(word)), None)


def weekday(day: Date) -> int:
    """0 for Monday to 6 for Sunday."""
    return day.day_of_week().value - 1


def local_time(moment: datetime, zone: str) -> PlainDateTime:
    """What the clocks of the zone show at the moment."""
    return Instant(moment).to_tz(zone).to_plain()


def readings(local: PlainDateTime, zone: str) -> list[datetime]:
    """The moments, in UTC and in order, at which the clocks show this: one; none in a gap; two in a fold."""
    found = {_utc(both) for both in (_earlier(local, zone), _later(local, zone)) if both.to_plain() == local}
    return sorted(found)


def settle(local: PlainDateTime, zone: str) -> datetime:
    """The one moment, in UTC, that stands for a local time: the earlier of two; the end of the gap it falls into.

    It never goes back: of two local times, the later one has no earlier moment.
    """
    earlier = _earlier(local, zone)
    if earlier.to_plain() == local:
        return _utc(earlier)
    end = earlier.next_transition()
    assert end is not None, "a gap ends with a transition"
    return _utc(end)


def _earlier(local: PlainDateTime, zone: str) -> ZonedDateTime:
    return local.assume_tz(zone, disambiguation="earlier")


def _later(local: PlainDateTime, zone: str) -> ZonedDateTime:
    return local.assume_tz(zone, disambiguation="later")


def _utc(zoned: ZonedDateTime) -> datetime:
    return zoned.to_instant().to_stdlib()
