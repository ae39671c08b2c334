"""Ids grow, never repeat, and fit the database's column."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from bot.adapters.clock import SystemClock
from bot.adapters.ids import EPOCH, Ids


@dataclass
class HandClock:
    at: datetime

    def now(self) -> datetime:
        return self.at


@given(st.lists(st.timedeltas(timedelta(days=-400), timedelta(days=400)), max_size=30))
def test_ids_grow_whatever_the_clock_does(jumps: list[timedelta]) -> None:
    clock = HandClock(datetime(2026, 7, 1, tzinfo=UTC))
    ids = Ids(clock)
    made = [ids.new() for jump in jumps for clock.at in [clock.at + jump] for _ in range(3)]
    assert made == sorted(set(made))
    assert [] == [each for each in made if not 0 < each < 2**63]


def test_a_later_start_gives_greater_ids() -> None:
    clock = HandClock(datetime(2026, 7, 1, tzinfo=UTC))
    before = Ids(clock).new()
    clock.at += timedelta(milliseconds=1)
    assert before < Ids(clock).new()


def test_two_starts_in_one_millisecond_hardly_ever_meet() -> None:
    clock = HandClock(datetime(2026, 7, 1, tzinfo=UTC))
    made = {Ids(clock).new() for _ in range(100)}
    assert 98 <= len(made)


@pytest.mark.parametrize("at", [EPOCH - timedelta(days=9000), EPOCH])
def test_a_clock_before_the_epoch_still_gives_positive_ids(at: datetime) -> None:
    assert 0 < Ids(HandClock(at)).new()


def test_ids_fit_for_centuries() -> None:
    assert Ids(HandClock(datetime(2303, 1, 1, tzinfo=UTC))).new() < 2**63


def test_the_systems_clock_is_in_utc() -> None:
    assert timedelta(0) == SystemClock().now().utcoffset()
