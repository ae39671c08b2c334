"""What happens again every day or week, also where the clocks change."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st
from whenever import Time, available_timezones

from bot.domain.local_times import local_time, readings, weekday
from bot.domain.recurrences import Every, Recurrence

ZONES = st.sampled_from(sorted(available_timezones() - {"Factory"}))
MOMENTS = st.datetimes(datetime(1975, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - UTC is added
TIMES = st.builds(Time, st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
RECURRENCES = st.builds(Recurrence, at=TIMES, zone=ZONES, weekday=st.none() | st.integers(0, 6))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def occurrences(recurrence: Recurrence, after: datetime, number: int) -> list[datetime]:
    found = [after]
    for _ in range(number):
        found.append(recurrence.next_after(found[-1]))
    return found[1:]


@pytest.mark.parametrize(
    ("zone", "at", "after", "expected"),
    [
        ("Europe/Berlin", "18:00", "2026-03-28T00:00", ["2026-03-28T17:00", "2026-03-29T16:00"]),
        ("Europe/Berlin", "02:30", "2026-03-28T02:00", ["2026-03-29T01:00", "2026-03-30T00:30"]),
        ("Europe/Berlin", "02:30", "2026-10-24T12:00", ["2026-10-25T00:30", "2026-10-26T01:30"]),
        ("Europe/Berlin", "03:00", "2026-03-28T12:00", ["2026-03-29T01:00", "2026-03-30T01:00"]),
        ("America/New_York", "02:15", "2026-03-07T12:00", ["2026-03-08T07:00", "2026-03-09T06:15"]),
        ("America/New_York", "01:30", "2026-10-31T12:00", ["2026-11-01T05:30", "2026-11-02T06:30"]),
        ("Australia/Lord_Howe", "02:15", "2026-10-03T12:00", ["2026-10-03T15:30", "2026-10-04T15:15"]),
        ("Australia/Lord_Howe", "01:45", "2026-04-04T12:00", ["2026-04-04T14:45", "2026-04-05T15:15"]),
        ("America/St_Johns", "02:30", "2026-03-08T00:00", ["2026-03-08T05:30", "2026-03-09T05:00"]),
        ("America/St_Johns", "23:30", "2010-11-06T12:00", ["2010-11-07T02:00", "2010-11-08T03:00"]),
        ("Asia/Kathmandu", "00:00", "2026-03-28T12:00", ["2026-03-28T18:15", "2026-03-29T18:15"]),
        ("Pacific/Apia", "10:00", "2011-12-29T21:00", ["2011-12-30T10:00", "2011-12-30T20:00"]),
        ("Pacific/Apia", "00:00", "2011-12-29T12:00", ["2011-12-30T10:00", "2011-12-31T10:00"]),
        ("Africa/Casablanca", "02:30", "2026-02-14T12:00", ["2026-02-15T01:30", "2026-02-16T02:30"]),
        ("Africa/Casablanca", "02:30", "2026-03-21T12:00", ["2026-03-22T02:00", "2026-03-23T01:30"]),
        ("Africa/Cairo", "00:00", "2026-04-23T12:00", ["2026-04-23T22:00", "2026-04-24T21:00"]),
        ("UTC", "00:00", "2028-02-28T12:00", ["2028-02-29T00:00", "2028-03-01T00:00"]),
        ("UTC", "23:59:59", "2026-12-31T23:59:58", ["2026-12-31T23:59:59", "2027-01-01T23:59:59"]),
    ],
)
def test_every_day_follows_the_clocks(zone: str, at: str, after: str, expected: list[str]) -> None:
    daily = Recurrence(at=Time(at), zone=zone)

    assert [utc(moment) for moment in expected] == occurrences(daily, utc(after), 2)


@pytest.mark.parametrize(
    ("day", "after", "expected"),
    [
        (6, "2026-03-22T12:00", ["2026-03-29T01:00", "2026-04-05T00:30"]),
        (6, "2026-10-18T12:00", ["2026-10-25T00:30", "2026-11-01T01:30"]),
        (0, "2026-10-26T01:30", ["2026-11-02T01:30", "2026-11-09T01:30"]),
        (3, "2026-12-31T01:29:59.999", ["2026-12-31T01:30", "2027-01-07T01:30"]),
        (1, "2028-02-28T12:00", ["2028-02-29T01:30", "2028-03-07T01:30"]),
    ],
)
def test_every_week_follows_the_clocks(day: int, after: str, expected: list[str]) -> None:
    weekly = Recurrence(at=Time("02:30"), zone="Europe/Berlin", weekday=day)

    assert [utc(moment) for moment in expected] == occurrences(weekly, utc(after), 2)


@given(RECURRENCES, MOMENTS)
def test_the_next_occurrence_is_ahead_within_a_day_or_a_week_and_a_change_of_clocks(
    recurrence: Recurrence, moment: datetime
) -> None:
    period = timedelta(days=1 if recurrence.every is Every.DAILY else 7)

    assert moment < recurrence.next_after(moment) <= moment + period + timedelta(days=1)


@given(RECURRENCES, MOMENTS, st.timedeltas(timedelta(0), timedelta(days=9)))
def test_a_later_start_never_finds_an_earlier_occurrence(
    recurrence: Recurrence, moment: datetime, later: timedelta
) -> None:
    first, second = recurrence.next_after(moment), recurrence.next_after(moment + later)

    assert first <= second
    assert (first == second) == (moment + later < first)


@given(RECURRENCES, MOMENTS)
def test_an_occurrence_shows_its_time_of_day_and_weekday_or_ends_a_gap(
    recurrence: Recurrence, moment: datetime
) -> None:
    at = recurrence.next_after(moment)
    shown, before = (local_time(at - ago, recurrence.zone) for ago in (timedelta(0), timedelta(seconds=1)))

    if shown.time() == recurrence.at:
        assert recurrence.weekday in (None, weekday(shown.date()))
    else:
        assert shown.to_stdlib() - before.to_stdlib() > timedelta(seconds=1)


@given(RECURRENCES)
def test_what_was_stored_is_the_same_recurrence(recurrence: Recurrence) -> None:
    assert recurrence == Recurrence.from_text(recurrence.to_text())


def test_what_is_stored_names_the_local_time_and_the_zone() -> None:
    stored = ["daily 18:00:00 Europe/Berlin", "weekly sunday 09:30:15 America/New_York"]

    assert stored == [Recurrence.from_text(text).to_text() for text in stored]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "daily",
        "daily 18:00:00",
        "daily 18:00 Europe/Berlin",
        "daily 18:00:00 Europe/Atlantis",
        "daily 18:00:00 europe/berlin",
        "daily sunday 18:00:00 Europe/Berlin",
        "weekly 18:00:00 Europe/Berlin",
        "weekly sun 18:00:00 Europe/Berlin",
        "hourly 18:00:00 Europe/Berlin",
        "daily 25:00:00 Europe/Berlin",
        "weekly sunday sunday 18:00:00 Europe/Berlin",
    ],
)
def test_what_was_never_stored_is_no_recurrence(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Recurrence.from_text(text)


@given(MOMENTS, st.sampled_from(Every), ZONES)
def test_a_recurrence_has_the_moment_it_starts_with_or_its_earlier_twin(
    first: datetime, every: Every, zone: str
) -> None:
    twin = readings(local_time(first.replace(microsecond=0), zone), zone)[0]

    recurrence = Recurrence.starting(first, every, zone)

    assert every is recurrence.every
    assert twin == recurrence.next_after(twin - timedelta(seconds=1))
