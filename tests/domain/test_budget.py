"""Which topics sleep so that new ones have room."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from bot.domain.budget import Budget, put_to_sleep, to_sleep
from bot.domain.snowflakes import earliest_of
from bot.domain.topics import Sighting, State, Story, Topic
from bot.domain.wishes import Aspect, Wish

NOW = datetime(2026, 7, 1, tzinfo=UTC)
SMALL = Budget(full=4, room=2, some=1, quiet=timedelta(minutes=15))


def thread(thread_id: int, *, busy: timedelta = timedelta(hours=1), pinned: bool = False) -> Sighting:
    """Its latest message came so long ago."""
    return Sighting(
        thread_id=thread_id,
        guild_id=1,
        channel_id=2,
        name="x",
        locked=False,
        archived=False,
        pinned=pinned,
        last_message_id=earliest_of(NOW - busy),
    )


def threads(*hours: int) -> list[Sighting]:
    return [thread(number, busy=timedelta(hours=each)) for number, each in enumerate(hours, 1)]


def test_with_room_left_nothing_sleeps() -> None:
    assert [] == to_sleep(threads(9, 8, 7, 6), {1, 2, 3, 4}, SMALL, NOW)


def test_beyond_the_limit_the_quietest_sleep_until_there_is_room() -> None:
    assert [2, 4, 1] == to_sleep(threads(3, 9, 1, 5, 2), {1, 2, 3, 4, 5}, SMALL, NOW)


def test_threads_that_are_not_ours_and_pinned_ones_stay() -> None:
    active = [*threads(9, 8, 7, 6), thread(5, pinned=True)]
    assert [4] == to_sleep(active, {4, 5}, SMALL, NOW)


def test_what_was_busy_just_now_stays_unless_discord_refuses() -> None:
    active = [thread(number, busy=timedelta(minutes=number)) for number in range(1, 6)]
    ours = {1, 2, 3, 4, 5}
    assert [] == to_sleep(active, ours, SMALL, NOW)
    assert [5, 4, 3] == to_sleep(active, ours, SMALL, NOW, refused=True)


def test_where_discord_refuses_some_sleep_however_few_we_count() -> None:
    assert [1] == to_sleep(threads(2, 1), {1, 2}, SMALL, NOW, refused=True)


@given(
    st.lists(st.integers(min_value=1, max_value=50), max_size=60),
    st.frozensets(st.integers(1, 60)),
    st.booleans(),
)
def test_only_ours_sleep_and_never_more_than_needed(
    hours: list[int], ours: frozenset[int], refused: bool
) -> None:
    active = threads(*hours)
    chosen = to_sleep(active, ours, SMALL, NOW, refused=refused)
    assert set(chosen) <= ours
    assert len(chosen) == len(set(chosen)) <= max(len(active) - SMALL.room, SMALL.some)


def story(**more: object) -> Story:
    return Story(Topic(topic_id=1, channel_id=2, name="x", thread_id=3, **more))  # type: ignore[arg-type]


def test_sleep_is_a_wish_that_replaces_another_of_its_kind() -> None:
    awake = Wish(aspect=Aspect.ARCHIVED, value=False, due_at=NOW)
    name = Wish(aspect=Aspect.NAME, value="y", due_at=NOW)
    before = Story(story().topic, wishes=(awake, name))
    asleep = Wish(aspect=Aspect.ARCHIVED, value=True, due_at=NOW)
    assert (name, asleep) == put_to_sleep(before, NOW).story.wishes


def test_what_sleeps_is_pinned_or_gone_by_now_is_left() -> None:
    for left in (story(archived=True), story(pinned=True), story(state=State.GONE)):
        assert left == put_to_sleep(left, NOW).story
