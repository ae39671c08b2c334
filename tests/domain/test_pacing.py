from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from bot.domain.entries import Entry
from bot.domain.pacing import (
    LONGEST,
    Pace,
    least_wait,
    live_wait,
    next_poll_at,
    next_wait,
    period,
    wait_after_failure,
)

NOW = datetime(2026, 1, 26, 9, tzinfo=UTC)
FIVE = timedelta(minutes=5)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOTHING = timedelta()

JITTER = st.floats(0, 1, exclude_max=True)
SPANS = st.timedeltas(NOTHING, timedelta(days=400))
INTERVALS = st.timedeltas(timedelta(seconds=1), DAY)
IDS = st.integers(0, 2**63 - 1)


def wait(
    *,
    interval: timedelta = FIVE,
    asked: timedelta = NOTHING,
    period: timedelta | None = None,
    pushed: bool = False,
) -> timedelta:
    return next_wait(1, interval, asked=asked, period=period, jitter=0, pushed=pushed)


def dated(*ago: timedelta) -> list[Entry]:
    return [Entry(title="t", published_at=NOW - each) for each in ago]


def test_a_feed_is_asked_at_the_configured_interval() -> None:
    assert FIVE == wait()


def test_a_feed_that_asks_for_patience_gets_it() -> None:
    assert HOUR == wait(asked=HOUR)


@pytest.mark.parametrize(
    ("between", "expected"),
    [
        (timedelta(minutes=10), FIVE),
        (timedelta(hours=6), timedelta(minutes=30)),
        (timedelta(days=7), HOUR),
        (timedelta(days=300), HOUR),
    ],
)
def test_a_feed_of_rare_news_is_asked_less_often_but_every_hour(
    between: timedelta, expected: timedelta
) -> None:
    assert expected == wait(period=between)


def test_who_configures_seconds_means_seconds() -> None:
    assert timedelta(seconds=5) == wait(interval=timedelta(seconds=5), period=timedelta(days=7))


def test_who_configures_more_than_an_hour_means_it() -> None:
    assert 3 * HOUR == wait(interval=3 * HOUR, period=timedelta(days=7))


def test_a_feed_whose_hub_pushes_is_asked_every_hour_for_safety() -> None:
    assert HOUR == wait(pushed=True)


@given(
    feed_id=IDS,
    interval=INTERVALS,
    asked=SPANS,
    period=st.none() | SPANS,
    jitter=JITTER,
    pushed=st.booleans(),
    on_beat=st.booleans(),
)
def test_no_feed_is_asked_sooner_than_it_asked_nor_later_than_a_day(
    *,
    feed_id: int,
    interval: timedelta,
    asked: timedelta,
    period: timedelta | None,
    jitter: float,
    pushed: bool,
    on_beat: bool,
) -> None:
    least = least_wait(None, asked)
    waited = next_wait(
        feed_id, interval, asked=least, period=period, jitter=jitter, pushed=pushed, on_beat=on_beat
    )
    assert least <= waited <= DAY


@pytest.mark.parametrize("asked", [NOTHING, 2 * HOUR])
def test_feeds_that_were_asked_at_once_are_spread_evenly_from_then_on(asked: timedelta) -> None:
    ids = range(1_000_000, 1_060_000)
    waits = [next_wait(n, FIVE, asked=asked, period=None, jitter=0, on_beat=False) for n in ids]
    in_slot = Counter(int(each.total_seconds()) % 300 // 10 for each in waits)
    assert 30 == len(in_slot)
    assert max(in_slot.values()) < 1.2 * len(ids) / 30


def test_a_feed_asked_long_after_its_time_takes_its_own_slot_and_keeps_it_from_then_on() -> None:
    pace = Pace(due_at=NOW - HOUR)
    overdue = next_poll_at(7, FIVE, pace, max_age=None, now=NOW, jitter=0)
    on_time = next_poll_at(7, FIVE, Pace(due_at=overdue), max_age=None, now=overdue, jitter=0)
    assert NOW + FIVE != overdue
    assert overdue + FIVE == on_time


def test_a_hub_counts_while_its_lease_lasts() -> None:
    for until, expected in ((NOW + HOUR, HOUR), (NOW, FIVE), (None, FIVE)):
        pace = Pace(due_at=NOW, pushed_until=until)
        assert NOW + expected == next_poll_at(7, FIVE, pace, max_age=None, now=NOW, jitter=0)


def test_the_publisher_s_wishes_are_taken_from_the_answer_and_from_the_feed() -> None:
    pace = Pace(due_at=NOW, ttl=timedelta(minutes=20))
    assert NOW + timedelta(minutes=20) == next_poll_at(7, FIVE, pace, max_age=FIVE, now=NOW, jitter=0)
    assert NOW + HOUR == next_poll_at(7, FIVE, pace, max_age=HOUR, now=NOW, jitter=0)


@given(IDS, JITTER)
def test_a_feed_that_was_just_asked_is_not_asked_again_right_away(feed_id: int, jitter: float) -> None:
    first = next_wait(feed_id, FIVE, asked=NOTHING, period=None, jitter=jitter, on_beat=False)
    assert timedelta(seconds=6) <= first


def test_a_cache_s_time_to_live_counts_for_an_hour_at_most_and_the_feed_s_own_wish_for_a_day() -> None:
    assert HOUR == least_wait(timedelta(days=365), None)
    assert DAY == least_wait(timedelta(minutes=1), timedelta(days=7))


def test_the_period_of_a_feed_is_the_mean_gap_of_its_newest_entries() -> None:
    assert HOUR == period(dated(timedelta(minutes=10), timedelta(minutes=70), timedelta(minutes=130)), NOW)


def test_a_feed_that_fell_silent_counts_as_slower() -> None:
    assert timedelta(hours=10, minutes=30) == period(dated(20 * HOUR, 21 * HOUR), NOW)


def test_a_feed_with_no_dates_or_dates_to_come_has_no_period() -> None:
    assert period([Entry(title="a"), *dated(-HOUR, HOUR)], NOW) is None


def test_failures_double_the_wait_up_to_a_day() -> None:
    waits = [wait_after_failure(FIVE, n, asked=None, jitter=0.5) for n in (1, 2, 3, 9, 10, 400)]
    assert [FIVE, 2 * FIVE, 4 * FIVE, 256 * FIVE, DAY, DAY] == waits


@given(INTERVALS, st.integers(1, 10_000), st.none() | st.timedeltas(NOTHING, DAY), JITTER)
def test_a_failing_feed_waits_as_long_as_it_asked_and_is_asked_again_within_a_day(
    interval: timedelta, failures: int, asked: timedelta | None, jitter: float
) -> None:
    waited = wait_after_failure(interval, failures, asked=asked, jitter=jitter)
    assert max(asked or NOTHING, min(interval, LONGEST) * 0.79) <= waited <= DAY


@given(INTERVALS, st.integers(1, 10_000))
def test_the_wait_never_shrinks_while_a_feed_fails(interval: timedelta, failures: int) -> None:
    waits = [wait_after_failure(interval, n, asked=None, jitter=0.5) for n in (failures, failures + 1)]
    assert sorted(waits) == waits


@pytest.mark.parametrize(
    ("silence", "expected"),
    [
        (None, timedelta(seconds=20)),
        (timedelta(minutes=2), timedelta(seconds=20)),
        (timedelta(minutes=7), timedelta(seconds=42)),
        (timedelta(minutes=30), timedelta(minutes=3)),
        (timedelta(hours=5), FIVE),
    ],
)
def test_a_live_blog_is_asked_often_while_busy_and_slower_when_quiet(
    silence: timedelta | None, expected: timedelta
) -> None:
    assert expected == live_wait(silence, jitter=0)


def test_a_live_blog_that_ended_is_asked_slowly() -> None:
    assert timedelta(minutes=15) == live_wait(timedelta(minutes=1), ended=True, jitter=0)


@given(st.none() | SPANS, SPANS, JITTER)
def test_an_open_live_blog_is_asked_at_least_every_five_minutes_or_so(
    silence: timedelta | None, asked: timedelta, jitter: float
) -> None:
    assert timedelta(seconds=20) <= live_wait(silence, asked=asked, jitter=jitter) <= FIVE * 1.05
