"""When topics are due that a feed brings faster than its subscription shows them."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from bot.domain.bursts import HOUR, Slots, slots
from bot.domain.feeds import Overflow

NOON = datetime(2026, 1, 26, 12, tzinfo=UTC)


def test_what_fits_into_the_hour_is_due_at_once() -> None:
    assert Slots(own=(NOON, NOON)) == slots(2, [], NOON, at_most=2, overflow=Overflow.DELAY)


def test_a_digest_alone_takes_the_only_place() -> None:
    assert Slots(own=(), digest=NOON) == slots(2, [], NOON, at_most=1, overflow=Overflow.DIGEST)


def test_nothing_wanted_takes_no_place() -> None:
    assert Slots(own=()) == slots(0, [NOON], NOON, at_most=1, overflow=Overflow.DIGEST)


@given(
    st.lists(st.tuples(st.integers(0, 90), st.integers(0, 7)), max_size=12),
    st.integers(1, 4),
    st.sampled_from(Overflow),
)
def test_no_hour_gets_more_topics_than_asked_for_and_no_entry_is_left_without_one(
    polls: list[tuple[int, int]], at_most: int, overflow: Overflow
) -> None:
    """Each poll comes some minutes after the last and brings some entries; a digest that waits takes all of them."""
    now, planned, waiting = NOON, list[datetime](), None
    for minutes, count in polls:
        now += timedelta(minutes=minutes)
        waiting = waiting if waiting and waiting > now else None
        found = slots(count, planned[-at_most:], now, at_most=at_most, overflow=overflow, waiting=waiting)
        assert len(found.own) == count or found.digest is not None
        planned += found.own
        if found.digest != waiting and found.digest is not None:
            planned.append(waiting := found.digest)
    assert sorted(planned) == planned
    assert all(later - earlier >= HOUR for earlier, later in zip(planned, planned[at_most:], strict=False))
