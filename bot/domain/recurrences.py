"""What happens again every day or week. Pure: keeps a local time and its zone, never an interval or a clock.

"Every day at 18:00" is 23 or 25 hours apart when the clocks change; a stored interval would drift away from it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import count
from typing import Self

from whenever import Time

from bot.domain.local_times import WEEKDAYS, local_time, parse_weekday, settle, weekday
from bot.domain.zones import parse_zone
from bot.errors import RefusedError


class Every(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """Every day, or every week on one `weekday` (Monday is 0), `at` a time of day in whole seconds in the `zone`."""

    at: Time
    zone: str
    weekday: int | None = None

    @classmethod
    def starting(cls, first: datetime, every: Every, zone: str) -> Self:
        """The recurrence that has `first` among its moments, to the second."""
        local = local_time(first, zone)
        at = local.time().replace(nanosecond=0)
        return cls(at=at, zone=zone, weekday=weekday(local.date()) if every is Every.WEEKLY else None)

    @property
    def every(self) -> Every:
        return Every.DAILY if self.weekday is None else Every.WEEKLY

    def next_after(self, moment: datetime) -> datetime:
        """The first occurrence after the moment, in UTC.

        Where the clocks are put forward over its time, it comes when they go on; where they are put back over it, it
        comes the first time only.
        """
        today = local_time(moment, self.zone).date()
        days = (today.add(days=ahead) for ahead in count())
        occurrences = (
            settle(day.at(self.at), self.zone) for day in days if self.weekday in (None, weekday(day))
        )
        return next(occurrence for occurrence in occurrences if occurrence > moment)

    def to_text(self) -> str:
        """A form to store: `daily 18:00:00 Europe/Berlin`, `weekly monday 18:00:00 Europe/Berlin`."""
        day = [] if self.weekday is None else [WEEKDAYS[self.weekday]]
        return " ".join([self.every, *day, self.at.format_iso(unit="second"), self.zone])

    @classmethod
    def from_text(cls, text: str) -> Self:
        """What `to_text` stored. Raises ValueError for anything else."""
        try:
            _, *day, at, zone = text.split(" ")
            found = cls(at=Time(at), zone=parse_zone(zone), weekday=parse_weekday(day[0]) if day else None)
        except RefusedError as error:
            raise ValueError(f"not a recurrence: {text!r}") from error
        if found.to_text() != text:
            raise ValueError(f"not a recurrence: {text!r}")
        return found
