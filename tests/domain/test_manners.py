from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from bot.domain.manners import GAP, LONGEST_QUEUE, Host, answered, take_turn

NOW = 1000.0


def test_a_host_nobody_asked_is_asked_at_once() -> None:
    assert (0.0, False) == (take_turn(Host(), NOW).wait, take_turn(Host(), NOW).refused)


@given(st.lists(st.floats(0, 3), max_size=60))
def test_requests_keep_their_distance_and_nobody_waits_long(pauses: list[float]) -> None:
    host, now, begun = Host(), NOW, []
    for pause in pauses:
        now += pause
        turn = take_turn(host, now)
        host = turn.host
        if not turn.refused:
            assert turn.wait <= LONGEST_QUEUE
            begun.append(now + turn.wait)
    assert all(later - earlier >= GAP - 1e-6 for earlier, later in pairwise(begun))


def test_who_would_wait_long_is_told_for_how_long_and_takes_nobody_s_place() -> None:
    crowded = Host(free_at=NOW + 60)
    turn = take_turn(crowded, NOW)
    assert (crowded, 60.0, True) == (turn.host, turn.wait, turn.refused)


@pytest.mark.parametrize(
    ("status", "asked", "rest"),
    [
        (429, None, 60.0),
        (429, timedelta(seconds=90), 90.0),
        (503, timedelta(seconds=90), 90.0),
        (503, timedelta(days=1), 900.0),
        (503, None, 0.0),
        (404, timedelta(seconds=90), 0.0),
    ],
)
def test_a_host_rests_as_long_as_it_asks_but_a_quarter_of_an_hour_at_most(
    status: int, asked: timedelta | None, rest: float
) -> None:
    turn = take_turn(answered(Host(), status, asked, NOW), NOW)
    assert (rest, rest > 0) == (turn.wait, turn.refused)


def test_a_rest_is_never_shortened_by_another_answer() -> None:
    resting = answered(Host(), 429, timedelta(minutes=10), NOW)
    assert resting == answered(resting, 429, timedelta(seconds=1), NOW)
