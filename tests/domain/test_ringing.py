from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from bot.domain.cases import Actor
from bot.domain.ringing import (
    FIRST_RETRY,
    LONGEST_OUTAGE_RETRY,
    LONGEST_RETRY,
    outage_retry_at,
    retry_at,
)
from bot.domain.timers import DOWNTIME, Timer, TimerKind

NOW = datetime(2026, 1, 26, 9, 0, tzinfo=UTC)

attempts = st.integers(0, 10_000)
jitters = st.floats(0, 1)


def timer(late: timedelta = timedelta(), attempts: int = 1) -> Timer:
    return Timer(
        timer_id=1,
        topic_id=1,
        guild_id=1,
        kind=TimerKind.CLOSE,
        due_at=NOW - late,
        owner=Actor(user_id=None),
        attempts=attempts,
    )


@given(attempts, jitters)
def test_a_retry_comes_later_but_not_too_late(attempts: int, jitter: float) -> None:
    assert FIRST_RETRY / 2 <= retry_at(NOW, attempts, jitter) - NOW <= LONGEST_RETRY


@given(st.integers(0, 100))
def test_more_attempts_never_shorten_the_wait(attempts: int) -> None:
    assert retry_at(NOW, attempts, 0.5) <= retry_at(NOW, attempts + 1, 0.5)


def test_timers_that_failed_together_are_spread() -> None:
    moments = {retry_at(NOW, 5, jitter / 10) for jitter in range(11)}
    assert 11 == len(moments)


@given(attempts, jitters, st.timedeltas(timedelta(), timedelta(days=400)))
def test_an_outage_is_asked_about_again_within_minutes(attempts: int, jitter: float, late: timedelta) -> None:
    at = outage_retry_at(NOW, timer(late, min(attempts, 3)), jitter)
    assert FIRST_RETRY / 2 <= at - NOW <= LONGEST_OUTAGE_RETRY


def test_every_kind_says_what_happens_after_downtime() -> None:
    assert set(TimerKind) == set(DOWNTIME)
