"""Hours of the week, also where the clocks change."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, strategies as st
from whenever import available_timezones

from bot.domain.weekly_hours import WeeklyHours, parse_weekly_hours
from bot.errors import RefusedError

ZONES = st.sampled_from(sorted(available_timezones() - {"Factory"}))
MOMENTS = st.datetimes(datetime(1975, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - UTC is added
WEEK = 7 * 24 * 60
SPANS = (
    st.lists(st.integers(0, WEEK) | st.sampled_from([0, WEEK]), min_size=2, max_size=20, unique=True)
    .map(sorted)
    .map(lambda minutes: tuple(zip(minutes[::2], minutes[1::2], strict=False)))
)
HOURS = st.builds(WeeklyHours, spans=SPANS, zone=ZONES)
WORDS = [
    "mon",
    "sunday",
    "fri-tue",
    "daily",
    "x",
    "09:00",
    "17:30",
    "24:00",
    "00:00",
    "9am",
    "-",
    ",",
    ";",
    " ",
    "\u2013",
]
TYPED = st.lists(st.sampled_from(WORDS), max_size=12).map("".join)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def changes(text: str, zone: str, after: str, number: int) -> list[str]:
    """The next openings and closings as `text` of UTC."""
    hours = parse_weekly_hours(text, zone=zone)
    found: list[str] = []
    moment = utc(after)
    for _ in range(number):
        change = hours.next_change(moment)
        assert change is not None
        found.append(f"{'opens' if hours.is_open(change) else 'closes'} {change:%Y-%m-%dT%H:%M}")
        moment = change
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mon-fri 09:00-18:00; sat 10:00-14:00", "mon-fri 09:00-18:00; sat 10:00-14:00"),
        ("MON - FRI 9am-6pm;Saturday 10 am - 2 pm;", "mon-fri 09:00-18:00; sat 10:00-14:00"),
        (
            "mon,wed , fri 09:00\u201312:00, 13:00\u201318:00",
            "mon 09:00-12:00, 13:00-18:00; wed 09:00-12:00, 13:00-18:00; fri 09:00-12:00, 13:00-18:00",
        ),
        ("daily 00:00-24:00", "mon-sun 00:00-24:00"),
        ("sat-mon 08:00-09:00", "mon 08:00-09:00; sat-sun 08:00-09:00"),
        ("fri 22:00-02:00", "fri 22:00-24:00; sat 00:00-02:00"),
        ("sun 22:00-02:00", "mon 00:00-02:00; sun 22:00-24:00"),
        ("sun 18:00-00:00", "sun 18:00-24:00"),
        ("mon 09:00-12:00; mon 11:00-13:00; mon 13:00-14:00", "mon 09:00-14:00"),
        ("tue 10:00-11:00; mon 10:00-11:00", "mon-tue 10:00-11:00"),
    ],
)
def test_hours_are_read_and_written_in_one_form(text: str, expected: str) -> None:
    hours = parse_weekly_hours(text, zone="Europe/Berlin")

    assert expected == hours.week
    assert hours == parse_weekly_hours(hours.week, zone="europe/berlin")


NO_HOURS = [
    "",
    ";",
    "mon",
    "09:00-18:00",
    "mon 09:00",
    "mon 09:00-",
    "mon -09:00",
    "mon 09:00-25:00",
    "mo 09:00-10:00",
]
NO_HOURS += [
    "mon-fri 09:00-18:00;;sat 10:00-14:00",
    "mon 24:00-09:00",
    "mon 09:00:30-10:00",
    "mon 9-17",
    "{zone}",
]
NO_HOURS += ["mon-wed-fri 09:00-10:00", "mon 09:00-10:00-11:00", "mon 09:00-09:00", "mon, 09:00-10:00"]
NO_HOURS += ["mon 09:00-18:00;" * 50, "-" * 6000]


@pytest.mark.parametrize("text", NO_HOURS)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(RefusedError, match="ours"):
        parse_weekly_hours(text, zone="Europe/Berlin")


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(RefusedError, match="time zone"):
        parse_weekly_hours("daily 09:00-10:00", zone="Europe/Atlantis")


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-01-12T07:59:59", False),
        ("2026-01-12T08:00", True),
        ("2026-01-16T16:59:59", True),
        ("2026-01-16T17:00", False),
        ("2026-01-17T09:00", True),
        ("2026-01-18T12:00", False),
        ("2026-07-13T07:00", True),  # Summer time: an hour earlier in UTC.
    ],
)
def test_it_is_open_from_the_first_moment_to_before_the_last(moment: str, is_open: bool) -> None:
    hours = parse_weekly_hours("mon-fri 09:00-18:00; sat 10:00-14:00", zone="Europe/Berlin")

    assert is_open == hours.is_open(utc(moment))


@pytest.mark.parametrize(
    ("zone", "text", "after", "expected"),
    [
        (
            "Europe/Berlin",
            "mon-fri 09:00-18:00",
            "2026-01-16T12:00",
            ["closes 2026-01-16T17:00", "opens 2026-01-19T08:00"],
        ),
        (
            "Europe/Berlin",
            "daily 22:00-02:30",
            "2026-03-28T12:00",
            ["opens 2026-03-28T21:00", "closes 2026-03-29T01:00", "opens 2026-03-29T20:00"],
        ),
        (
            "Europe/Berlin",
            "sun 02:10-02:50",
            "2026-03-23T12:00",
            ["opens 2026-04-05T00:10"],
        ),  # Not on 29 March.
        ("Europe/Berlin", "daily 00:00-02:10, 02:50-05:00", "2026-03-28T23:00", ["closes 2026-03-29T03:00"]),
        (
            "Europe/Berlin",
            "daily 01:00-02:30",
            "2026-10-24T22:00",
            ["opens 2026-10-24T23:00", "closes 2026-10-25T00:30", "opens 2026-10-26T00:00"],
        ),
        (
            "Europe/Berlin",
            "sun 22:00-02:00",
            "2026-01-18T12:00",
            ["opens 2026-01-18T21:00", "closes 2026-01-19T01:00"],
        ),
        (
            "America/New_York",
            "sun 01:30-03:00",
            "2026-10-31T12:00",
            ["opens 2026-11-01T05:30", "closes 2026-11-01T08:00"],
        ),
        (
            "Australia/Lord_Howe",
            "sun 01:00-02:15",
            "2026-10-03T12:00",
            ["opens 2026-10-03T14:30", "closes 2026-10-03T15:30"],
        ),
        (
            "America/St_Johns",
            "daily 23:30-00:30",
            "2010-11-06T12:00",
            ["opens 2010-11-07T02:00", "closes 2010-11-07T04:00"],
        ),
        (
            "Asia/Kathmandu",
            "daily 09:00-10:00",
            "2026-01-12T00:00",
            ["opens 2026-01-12T03:15", "closes 2026-01-12T04:15"],
        ),
        (
            "Pacific/Apia",
            "fri 09:00-18:00",
            "2011-12-26T12:00",
            ["opens 2012-01-05T19:00"],
        ),  # No 30 December.
        (
            "Africa/Casablanca",
            "sun 01:00-02:30",
            "2026-03-21T12:00",
            ["opens 2026-03-22T01:00", "closes 2026-03-22T02:00"],
        ),
        ("UTC", "tue 00:00-24:00", "2028-02-28T12:00", ["opens 2028-02-29T00:00", "closes 2028-03-01T00:00"]),
        ("UTC", "thu 18:00-06:00", "2026-12-31T12:00", ["opens 2026-12-31T18:00", "closes 2027-01-01T06:00"]),
    ],
)
def test_hours_follow_the_clocks(zone: str, text: str, after: str, expected: list[str]) -> None:
    assert expected == changes(text, zone, after, len(expected))


def test_what_is_always_open_never_changes() -> None:
    hours = parse_weekly_hours("mon-thu 00:00-24:00; fri-sun 00:00-24:00", zone="Europe/Berlin")

    assert (True, None) == (
        hours.is_open(utc("2026-03-29T01:00")),
        hours.next_change(utc("2026-03-29T01:00")),
    )


@given(HOURS, MOMENTS)
def test_the_next_change_is_the_first_moment_that_is_different(hours: WeeklyHours, moment: datetime) -> None:
    change = hours.next_change(moment)

    if change is None:
        assert ((0, WEEK),) == hours.spans
        return
    assert moment < change
    assert hours.is_open(moment) == hours.is_open(change - timedelta(microseconds=1))
    assert hours.is_open(moment) != hours.is_open(change)


@given(HOURS, MOMENTS, st.floats(0, 1))
def test_nothing_changes_between_two_changes(hours: WeeklyHours, moment: datetime, share: float) -> None:
    change = hours.next_change(moment)
    between = moment + (change - moment - timedelta(microseconds=1)) * share if change else moment

    assert (hours.is_open(moment), change) == (hours.is_open(between), hours.next_change(between))


@given(HOURS)
def test_what_was_stored_are_the_same_hours(hours: WeeklyHours) -> None:
    assert hours == WeeklyHours.from_text(hours.to_text())


@pytest.mark.parametrize("text", ["", "Europe/Berlin", "mon 09:00-10:00", "mon 09:00-10:00 Europe/Atlantis"])
def test_what_was_never_stored_are_no_hours(text: str) -> None:
    with pytest.raises(ValueError, match="not weekly hours"):
        WeeklyHours.from_text(text)


@given(TYPED | st.text(max_size=320))
@example("mon 1am-2am;" * 25)
def test_any_text_is_hours_or_refused(text: str) -> None:
    try:
        hours = parse_weekly_hours(text, zone="Europe/Berlin")
    except RefusedError:
        return
    assert hours == WeeklyHours.from_text(hours.to_text())
