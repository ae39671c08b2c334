"""Moments as people type them, in zones whose clocks change."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, strategies as st
from whenever import Instant, available_timezones

from bot.domain.durations import YEAR
from bot.domain.moments import parse_moment, stamp
from bot.errors import RefusedError

ZONES = st.sampled_from(sorted(available_timezones() - {"Factory"}))
NOWS = st.datetimes(datetime(1975, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - UTC is added
WORDS = [
    "in",
    "at",
    "today",
    "tomorrow",
    "monday",
    "sun",
    "2026-03-29",
    "2024-02-29",
    "9999-12-31",
    "0001-01-01",
]
WORDS += ["02:30", "18:00", "6pm", "12:30am", "24:00", "99:99", "1w", "2d3h", "90", "m", "Z", "+01:00", "-12"]
WORDS += [
    "<t:1772388000>",
    "<t:99999999999:R>",
    "<t:0:F>",
    "T",
    "T00:00",
    " ",
    "{",
    "{0}",
    "%",
    "\x00",
    "\u0663",
]
TYPED = st.lists(st.sampled_from(WORDS), max_size=6).flatmap(
    lambda words: st.sampled_from([" ".join(words), "".join(words)])
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NOON = utc("2026-01-14T12:00")  # A Wednesday; 13:00 in Berlin.


def parsed(text: str, now: str | datetime, zone: str = "Europe/Berlin") -> datetime:
    return parse_moment(text, now=utc(now) if isinstance(now, str) else now, zone=zone)


def parsed_or_none(text: str, now: datetime, zone: str) -> datetime | None:
    try:
        return parsed(text, now, zone)
    except RefusedError:
        return None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30m", "2026-01-14T12:30"),
        ("in 30m", "2026-01-14T12:30"),
        ("IN 2 Days", "2026-01-16T12:00"),
        ("2d", "2026-01-16T12:00"),
        ("366d", "2027-01-15T12:00"),
        ("2026-01-14T14:00+01:00", "2026-01-14T13:00"),
        ("2026-01-14 18:00 +0545", "2026-01-14T12:15"),
        ("2026-01-15T14:00:30.5Z", "2026-01-15T14:00:30.500"),
        ("2026-01-15t14:00-03", "2026-01-15T17:00"),
        ("2026-01-14T18:00", "2026-01-14T17:00"),
        ("2026-01-14 18:00:15", "2026-01-14T17:00:15"),
        ("2026-01-14 at 6pm", "2026-01-14T17:00"),
        ("18:00", "2026-01-14T17:00"),
        ("at 6pm", "2026-01-14T17:00"),
        ("13:00", "2026-01-15T12:00"),  # Now is not the next occurrence.
        ("13:00:01", "2026-01-14T12:00:01"),
        ("09:00", "2026-01-15T08:00"),
        ("today 18:00", "2026-01-14T17:00"),
        ("tomorrow 09:00", "2026-01-15T08:00"),
        ("Tomorrow at 9 AM", "2026-01-15T08:00"),
        ("monday 09:00", "2026-01-19T08:00"),
        ("wed 18:00", "2026-01-14T17:00"),
        ("wednesday 09:00", "2026-01-21T08:00"),  # This week's has passed.
        ("<t:1768400000>", "2026-01-14T14:13:20"),
        ("<t:1768400000:R>", "2026-01-14T14:13:20"),
        ("\uff11\uff18\uff1a\uff10\uff10", "2026-01-14T17:00"),
    ],
)
def test_a_moment_is_read(text: str, expected: str) -> None:
    expected_moment = datetime.fromisoformat(expected).replace(tzinfo=UTC)

    found = parsed(text, NOON)

    assert (expected_moment, UTC) == (found, found.tzinfo)


@pytest.mark.parametrize(
    ("zone", "now", "text", "expected"),
    [
        ("Europe/Berlin", "2026-03-28T12:00", "tomorrow 03:00", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-28T12:00", "24h", "2026-03-29T12:00"),
        ("Europe/Berlin", "2026-03-29T10:00", "02:30", "2026-03-30T00:30"),  # Today's gap is behind us.
        ("Europe/Berlin", "2026-10-24T12:00", "tomorrow 02:30", "2026-10-25T00:30"),
        ("Europe/Berlin", "2026-10-25T00:45", "02:30", "2026-10-25T01:30"),  # The earlier one has passed.
        ("Europe/Berlin", "2026-10-25T00:45", "today 02:30", "2026-10-25T01:30"),
        ("Europe/Berlin", "2026-10-25T01:30", "02:30", "2026-10-26T01:30"),
        ("Europe/Berlin", "2026-12-31T22:59", "00:00", "2026-12-31T23:00"),
        ("Europe/Berlin", "2026-12-31T23:30", "today 18:00", "2027-01-01T17:00"),  # It is 2027 in Berlin.
        ("Europe/Berlin", "2026-12-31T22:30", "tomorrow 00:15", "2026-12-31T23:15"),
        ("America/New_York", "2026-03-07T12:00", "tomorrow 18:00", "2026-03-08T22:00"),
        ("America/New_York", "2026-11-01T03:00", "1:30am", "2026-11-01T05:30"),
        ("America/New_York", "2026-01-15T02:00", "today 23:00", "2026-01-15T04:00"),
        ("America/St_Johns", "2026-07-01T12:00", "12:00", "2026-07-01T14:30"),
        ("Asia/Kathmandu", "2026-07-01T12:00", "18:00", "2026-07-01T12:15"),
        ("Australia/Lord_Howe", "2026-04-04T12:00", "01:45", "2026-04-04T14:45"),
        (
            "Pacific/Apia",
            "2011-12-30T09:00",
            "today 23:30",
            "2011-12-30T09:30",
        ),  # 29 December, the day before 31.
        ("Africa/Casablanca", "2026-02-14T12:00", "tomorrow 02:30", "2026-02-15T01:30"),
        ("UTC", "2028-02-28T12:00", "tomorrow 00:00", "2028-02-29T00:00"),
        ("UTC", "2027-02-28T12:00", "tomorrow 00:00", "2027-03-01T00:00"),
        ("UTC", "2027-03-01T00:00", "2028-02-29 12:00", "2028-02-29T12:00"),
        ("UTC", "2027-03-01T00:00", "2028-03-01 00:00", "2028-03-01T00:00"),  # A year with a leap day.
    ],
)
def test_a_moment_follows_the_clocks_of_the_zone(zone: str, now: str, text: str, expected: str) -> None:
    assert utc(expected) == parsed(text, now, zone)


@pytest.mark.parametrize(
    ("zone", "now", "text", "gap", "goes_on"),
    [
        ("Europe/Berlin", "2026-03-28T12:00", "02:30", "2026-03-29 02:30", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-01T12:00", "2026-03-29 02:00", "2026-03-29 02:00", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-28T12:00", "sunday 2:59am", "2026-03-29 02:59", "2026-03-29T01:00"),
        ("America/New_York", "2026-03-07T12:00", "tomorrow 02:30", "2026-03-08 02:30", "2026-03-08T07:00"),
        ("Australia/Lord_Howe", "2026-10-03T12:00", "02:15", "2026-10-04 02:15", "2026-10-03T15:30"),
        ("America/St_Johns", "2026-03-07T12:00", "tomorrow 02:30", "2026-03-08 02:30", "2026-03-08T05:30"),
        ("Pacific/Apia", "2011-12-29T12:00", "tomorrow 18:00", "2011-12-30 18:00", "2011-12-30T10:00"),
        ("Africa/Casablanca", "2026-03-21T12:00", "tomorrow 02:00", "2026-03-22 02:00", "2026-03-22T02:00"),
    ],
)
def test_a_time_that_the_clocks_leave_out_is_refused_by_name(
    zone: str, now: str, text: str, gap: str, goes_on: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        parsed(text, now, zone)

    assert {"time": gap, "zone": zone, "next": stamp(utc(goes_on))} == refused.value.params


@pytest.mark.parametrize(
    "text",
    [
        "today 09:00",
        "today 13:00",
        "2026-01-14 13:00",
        "2026-01-14T12:00Z",
        "2026-01-14T12:59:59+01:00",
        "<t:1768392000>",
        "<t:0>",
        "2025-03-30 02:30",
        "0001-01-02 00:00",
    ],
)
def test_what_has_passed_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match="has passed"):
        parsed(text, NOON)


@pytest.mark.parametrize(
    "text",
    ["2027-01-15T12:00:01Z", "2027-01-15 13:01", "<t:99999999999>", "9999-12-30 00:00", "2100-02-28T00:00Z"],
)
def test_what_is_more_than_a_year_ahead_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match="too far"):
        parsed(text, NOON)


NONSENSE = [
    "",
    " ",
    "soon",
    "tomorrow",
    "monday",
    "in",
    "in 18:00",
    "18",
    "24:00",
    "25:00",
    "12:60",
    "13pm",
    "18.00",
]
NONSENSE += [
    "2026-02-29 12:00",
    "2026-13-01 12:00",
    "2026-03-01",
    "2026-3-1 12:00",
    "next monday 09:00",
    "mo 09:00",
]
NONSENSE += [
    "tomorrow tomorrow 09:00",
    "<t:x>",
    "<t:-5>",
    "<t:123456789012>",
    "<t:1768400000",
    "t18:00",
    "mondayt9am",
]
NONSENSE += ["2026-02-01T12:00+25:00", "9999-12-31T23:59-12:00", "-30m", "{moment}", "18:00\x00", "9" * 6000]


@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_is_refused_with_the_forms_that_are_understood(text: str) -> None:
    with pytest.raises(RefusedError) as refused:
        parsed(text, NOON)

    for form in re.findall("`([^`]+)`", str(refused.value)):
        assert NOON < parsed(form, NOON)
    assert 9 == str(refused.value).count("`") // 2


def test_a_zone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(RefusedError, match="time zone"):
        parsed("18:00", NOON, "Europe/Atlantis")


def test_now_may_be_given_in_any_zone() -> None:
    now = datetime.fromisoformat("2026-01-14T21:00+09:00")

    assert (utc("2026-01-14T13:00"), UTC) == (parsed("1h", now), parsed("1h", now).tzinfo)


@given(TYPED | st.text(max_size=150), NOWS, ZONES)
@example("02:30", utc("2026-03-28T23:00"), "Europe/Berlin")
@example("today 00:30", utc("2026-04-23T22:30"), "Africa/Cairo")
def test_any_text_is_a_moment_ahead_within_a_year_or_refused(text: str, now: datetime, zone: str) -> None:
    moment = parsed_or_none(text, now, zone)

    assert moment is None or (now < moment <= now + YEAR and moment.tzinfo is UTC)


AHEAD = st.integers(1, YEAR // timedelta(seconds=1)).map(lambda seconds: timedelta(seconds=seconds))


@given(NOWS.map(lambda now: now.replace(microsecond=0)), AHEAD)
def test_a_moment_that_was_echoed_can_be_typed_again(now: datetime, ahead: timedelta) -> None:
    moment = now + ahead

    assert moment == parsed(stamp(moment), now) == parsed(moment.isoformat(), now)


@given(NOWS.map(lambda now: now.replace(microsecond=0)), AHEAD, ZONES)
def test_a_moment_written_as_its_zone_shows_it_is_that_moment_or_its_twin(
    now: datetime, ahead: timedelta, zone: str
) -> None:
    written = Instant(now + ahead).to_tz(zone).to_plain()

    found = parsed(written.format_iso(), now, zone)

    assert written == Instant(found).to_tz(zone).to_plain()
    assert found <= now + ahead


@given(st.sampled_from(["18:00", "02:30", "12am"]), NOWS, ZONES)
def test_a_clock_time_is_never_more_than_two_days_ahead(clock: str, now: datetime, zone: str) -> None:
    moment = parsed_or_none(clock, now, zone)

    assert moment is None or moment - now <= timedelta(days=2)
