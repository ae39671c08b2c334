"""The simulator's small parts: ids, timers, waiting."""

import pytest
from hypothesis import given, strategies as st
from local_discord import Clock

from simulator.changes import Changes
from simulator.snowflakes import Snowflakes, moment_of
from simulator.timers import Timers


@given(st.lists(st.floats(-5, 5), min_size=2))
def test_ids_increase_whatever_the_clock_does(steps: list[float]) -> None:
    clock = Clock()
    new_id = Snowflakes(clock)
    ids = []
    for step in steps:
        clock.advance(step)
        ids.append(int(new_id()))
    assert sorted(set(ids)) == ids


def test_an_id_tells_when_it_was_made() -> None:
    clock = Clock()
    assert abs(moment_of(Snowflakes(clock)()) - clock.now) < 0.001


def test_timers_go_off_in_order_and_not_before_their_time() -> None:
    clock, rung = Clock(), list[int]()
    timers = Timers(clock)
    for seconds in (3, 1, 2):
        timers.at(clock.now + seconds, lambda seconds=seconds: rung.append(seconds))  # type: ignore[misc]
    clock.advance(2)
    timers.run_due()
    assert [1, 2] == rung


async def test_waiting_ends_when_the_world_has_changed_as_hoped() -> None:
    changes, seen = Changes(), list[int]()
    seen.append(1)
    assert [1] == await changes.until(lambda: seen, 1)


async def test_waiting_in_vain_says_so() -> None:
    with pytest.raises(TimeoutError, match=r"not within 0\.01 s"):
        await Changes().until(lambda: False, 0.01)
