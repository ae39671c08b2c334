"""Durations as people type them, and as answers show them."""

from datetime import timedelta

import pytest
from hypothesis import example, given, strategies as st

from bot.domain.durations import YEAR, Unit, duration_parts, format_duration, parse_duration
from bot.errors import RefusedError

TYPED_LIKE_DURATIONS = st.text(
    st.sampled_from("0123456789 wdhmsek.,-+ayour\u3000\uff11\u0663²"), max_size=150
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("45s", timedelta(seconds=45)),
        ("90m", timedelta(minutes=90)),
        ("1h 30m", timedelta(minutes=90)),
        ("1h30m", timedelta(minutes=90)),
        ("1 hour 30 minutes", timedelta(minutes=90)),
        ("2 days", timedelta(days=2)),
        ("2DAYS", timedelta(days=2)),
        ("1w2d3h", timedelta(days=9, hours=3)),
        ("1 wk 2 days 3 hrs 4 mins 5 secs", timedelta(days=9, hours=3, minutes=4, seconds=5)),
        ("  1   Week\t2 Day ", timedelta(days=9)),
        ("1w5s", timedelta(days=7, seconds=5)),
        ("007m", timedelta(minutes=7)),
        ("\uff12\uff48\u3000\uff13\uff10\uff4d", timedelta(minutes=150)),
        ("366d", YEAR),
    ],
)
def test_a_duration_is_read(text: str, expected: timedelta) -> None:
    assert expected == parse_duration(text)


NO_DURATIONS = [
    "",
    " ",
    "5",
    "m",
    "-5m",
    "+5m",
    "1.5h",
    "1,5h",
    "5 m m",
    "1h1h",
    "30m 1h",
    "1d 1w",
    "1mo",
    "1y",
]
NO_DURATIONS += ["1h30", "1 h x", "\u0663d", "\u00b2m", "1h:30m", "soon", "1dd", "1 hours2", "%s", "{0}"]
NO_DURATIONS += ["1d" + " " * 200, "9" * 6000 + "d"]


@pytest.mark.parametrize("text", NO_DURATIONS)
def test_what_is_no_duration_is_refused_with_examples(text: str) -> None:
    with pytest.raises(RefusedError, match="`1h 30m`"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["0", "0m", "0w 0d", "00h00s"])
def test_no_time_at_all_is_refused(text: str) -> None:
    with pytest.raises(RefusedError):
        parse_duration(text)


@pytest.mark.parametrize("text", ["367d", "366d 1s", "53w", "9" * 90 + "s"])
def test_more_than_a_year_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match="a year at most"):
        parse_duration(text)


@given(st.text() | TYPED_LIKE_DURATIONS)
@example("{zone}")
def test_any_text_is_a_duration_or_refused(text: str) -> None:
    try:
        duration = parse_duration(text)
    except RefusedError:
        return
    assert timedelta() < duration <= YEAR


@given(st.timedeltas(timedelta(seconds=1), YEAR))
def test_what_is_shown_can_be_typed_again(duration: timedelta) -> None:
    assert duration - timedelta(microseconds=duration.microseconds) == parse_duration(
        format_duration(duration)
    )


@given(st.timedeltas(timedelta(), timedelta(days=99_999)))
def test_the_parts_add_up_to_the_whole_seconds(duration: timedelta) -> None:
    seconds = {Unit.WEEK: 604_800, Unit.DAY: 86_400, Unit.HOUR: 3_600, Unit.MINUTE: 60, Unit.SECOND: 1}

    assert duration // timedelta(seconds=1) == sum(
        count * seconds[unit] for count, unit in duration_parts(duration)
    )


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        (timedelta(), ((0, Unit.SECOND),)),
        (timedelta(milliseconds=999), ((0, Unit.SECOND),)),
        (timedelta(days=2, hours=3), ((2, Unit.DAY), (3, Unit.HOUR))),
        (timedelta(days=14), ((2, Unit.WEEK),)),
        (timedelta(seconds=3601), ((1, Unit.HOUR), (1, Unit.SECOND))),
    ],
)
def test_the_parts_leave_out_what_is_zero(
    duration: timedelta, expected: tuple[tuple[int, Unit], ...]
) -> None:
    assert expected == duration_parts(duration)


def test_a_negative_duration_has_no_parts() -> None:
    with pytest.raises(ValueError, match="negative"):
        duration_parts(timedelta(seconds=-1))
