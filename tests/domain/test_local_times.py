"""Local times and the moments they are, also where clocks are put forward or back."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st
from whenever import PlainDateTime, Time, available_timezones

from bot.domain.local_times import local_time, parse_clock, parse_weekday, readings, settle

ZONES = st.sampled_from(sorted(available_timezones()))
LOCAL_TIMES = st.datetimes(datetime(1970, 1, 3), datetime(2099, 12, 28)).map(  # noqa: DTZ001 - local times
    lambda local: PlainDateTime(local.replace(microsecond=0))
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "local", "expected"),
    [
        ("Europe/Berlin", "2026-03-29T01:59", "2026-03-29T00:59"),
        ("Europe/Berlin", "2026-03-29T02:00", "2026-03-29T01:00"),  # A gap of an hour from 02:00.
        ("Europe/Berlin", "2026-03-29T02:59:59", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30"),  # A fold from 02:00 to 03:00.
        ("Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00"),
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:00"),
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30"),  # A gap of half an hour.
        ("Australia/Lord_Howe", "2026-10-04T02:30", "2026-10-03T15:30"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45"),  # A fold of half an hour.
        ("America/St_Johns", "2026-03-08T02:30", "2026-03-08T05:30"),
        (
            "America/St_Johns",
            "2010-11-07T00:00:30",
            "2010-11-07T02:30:30",
        ),  # Back to 23:01 of the day before.
        ("Asia/Kathmandu", "2026-03-29T02:30", "2026-03-28T20:45"),
        ("Asia/Kathmandu", "1986-01-01T00:10", "1985-12-31T18:30"),  # A quarter of an hour, once.
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00"),  # A day that was left out.
        ("Africa/Casablanca", "2026-03-22T02:30", "2026-03-22T02:00"),  # Forward when Ramadan has ended.
        ("Africa/Casablanca", "2026-02-15T02:30", "2026-02-15T01:30"),  # Back when it begins.
        ("Africa/Cairo", "2026-04-24T00:30", "2026-04-23T22:00"),  # A day that begins at 01:00.
        ("UTC", "2028-02-29T23:59:59", "2028-02-29T23:59:59"),
    ],
)
def test_a_local_time_settles_on_one_moment(zone: str, local: str, expected: str) -> None:
    assert utc(expected) == settle(PlainDateTime(local), zone)


@given(LOCAL_TIMES, ZONES)
def test_a_local_time_settles_on_the_first_moment_that_shows_it_or_a_later_one(
    local: PlainDateTime, zone: str
) -> None:
    moment = settle(local, zone)

    assert [moment] == (readings(local, zone)[:1] or [moment])
    assert local_time(moment, zone) >= local
    assert local_time(moment - timedelta(seconds=1), zone) < local


@given(LOCAL_TIMES, st.timedeltas(timedelta(0), timedelta(days=3)), ZONES)
def test_a_later_local_time_never_settles_earlier(local: PlainDateTime, ahead: timedelta, zone: str) -> None:
    later = PlainDateTime(local.to_stdlib() + ahead)

    assert settle(local, zone) <= settle(later, zone)


@given(st.datetimes(datetime(1970, 1, 3), datetime(2099, 12, 28), timezones=st.just(UTC)), ZONES)  # noqa: DTZ001 - st.datetimes adds the zone
def test_every_moment_is_a_reading_of_the_local_time_it_shows(moment: datetime, zone: str) -> None:
    assert moment in readings(local_time(moment, zone), zone)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18:00", Time(18)),
        ("6:05", Time(6, 5)),
        ("18:00:30", Time(18, 0, 30)),
        ("6pm", Time(18)),
        ("6 pm", Time(18)),
        ("6:30 p.m.", Time(18, 30)),
        ("12am", Time(0)),
        ("12pm", Time(12)),
        ("12:30am", Time(0, 30)),
        ("18", None),
        ("24:00", None),
        ("12:60", None),
        ("12:00:60", None),
        ("13pm", None),
        ("0am", None),
        ("18:00pm", None),
        ("6:5", None),
        ("\u0666:00", None),
    ],
)
def test_a_clock_time_is_read(text: str, expected: Time | None) -> None:
    assert expected == parse_clock(text)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("monday", 0),
        ("mon", 0),
        ("tues", 1),
        ("thurs", 3),
        ("sun", 6),
        ("su", None),
        ("", None),
        ("mons", None),
    ],
)
def test_a_weekday_is_read_from_three_letters_on(word: str, expected: int | None) -> None:
    assert expected == parse_weekday(word)
