"""Moments as people type them: `30m`, `18:00`, `tomorrow 09:00`, `<t:…>`. Pure: `now` and the zone are passed in.

A local time that exists twice (the clocks are put back over it) means the earlier of the two, or the later one once the
earlier has passed. One that does not exist (the clocks are put forward over it) is refused: to guess would surprise.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from whenever import Date, Instant, PlainDateTime

from bot.domain.durations import YEAR, is_duration, parse_duration
from bot.domain.local_times import local_time, parse_clock, parse_weekday, readings, settle, weekday
from bot.domain.typed import tidy
from bot.domain.zones import parse_zone
from bot.errors import RefusedError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIMESTAMP = re.compile("<t:([0-9]{1,11})(?::[a-z])?>")
_EXACT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[t ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)"
    " ?(z|[+-][0-9]{2}(?::?[0-9]{2})?)"
)
_LOCAL = re.compile(
    "(?:(?P<day>[a-z]+|(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2}))(?: at | |(?<=[0-9])t))?(?P<clock>[0-9].*)"
)


def parse_moment(text: str, *, now: datetime, zone: str) -> datetime:
    """The moment, in UTC, that a person in the zone means; always after `now` and at most `YEAR` later.

    Understood are durations (`2d`, `in 30m`), clock times (`18:00`, `6pm`: the next one), `today 18:00`,
    `tomorrow 09:00`, `monday 09:00` (the next one), `2026-03-01 18:00`, ISO 8601 with an offset or `Z`, and Discord's
    `<t:1772388000>` in any style. Raises RefusedError for anything else, with these forms in its text.
    """
    text = tidy(text)
    try:
        moment = _exact(text, now) or _local(text, now, parse_zone(zone))
    except ValueError:  # No such day (30 February), or beyond the calendar.
        moment = None
    if moment is None:
        soon = now + timedelta(days=7)
        raise RefusedError(
            "I do not understand this time. Write for example `90m`, `2d 3h`, `18:00`, `6pm`, `tomorrow 09:00`, "
            "`monday 09:00`, `{date} 18:00`, `{date}T18:00+01:00` or `{stamp}`.",
            date=soon.date().isoformat(),
            stamp=stamp(soon),
        )
    if moment <= now:
        raise RefusedError("{moment} has passed already. Give a time in the future.", moment=stamp(moment))
    if moment - now > YEAR:
        raise RefusedError("{moment} is too far away. Give a time within a year.", moment=stamp(moment))
    return moment


def stamp(moment: datetime, style: str = "F") -> str:
    """Discord's markup for a moment: each reader sees it in their own zone and language."""
    return f"<t:{int(moment.timestamp())}:{style}>"


def _exact(text: str, now: datetime) -> datetime | None:
    """The moment in a text that means the same in every zone."""
    if found := _TIMESTAMP.fullmatch(text):
        return _EPOCH + timedelta(seconds=int(found[1]))
    if found := _EXACT.fullmatch(text):
        return Instant.parse_iso(f"{found[1]}T{found[2]}{found[3].upper()}").to_stdlib()
    span = text.removeprefix("in ")
    return now.astimezone(UTC) + parse_duration(span) if is_duration(span) else None


def _local(text: str, now: datetime, zone: str) -> datetime | None:
    """The next moment at which the zone's clocks show what the text says, or the last one if all have passed."""
    found = _LOCAL.fullmatch(text.removeprefix("at "))
    clock = parse_clock(found["clock"]) if found else None
    if found is None or clock is None:
        return None
    moment = None
    for day in _days(found["day"], local_time(now, zone).date()):
        for moment in _readings_ahead(day.at(clock), now, zone):
            if moment > now:
                return moment
    return moment


def _days(word: str | None, today: Date) -> Iterator[Date]:
    """The days that may be meant, nearest first."""
    if word is None:
        yield from (today, today.add(days=1))
    elif word in ("today", "tomorrow"):
        yield today.add(days=("today", "tomorrow").index(word))
    elif (wanted := parse_weekday(word)) is not None:
        ahead = (wanted - weekday(today)) % 7
        yield from (today.add(days=ahead), today.add(days=ahead + 7))
    elif word[0].isdigit():
        yield Date(word)


def _readings_ahead(local: PlainDateTime, now: datetime, zone: str) -> list[datetime]:
    """The moments of a local time. Raises RefusedError for one in a gap that is still ahead."""
    found = readings(local, zone)
    if found:
        return found
    after = settle(local, zone)
    if after > now:
        raise RefusedError(
            "{time} does not exist in {zone}: the clocks are put forward over it. They go on at {next}.",
            time=local.format_iso(unit="minute").replace("T", " "),
            zone=zone,
            next=stamp(after),
        )
    return [after]
