"""When policies close topics: never within `idle` of a message that counts, never without the warning they promise."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from bot.domain.deadlines import Act, decide, lead, timers
from bot.domain.policies import Policy
from bot.domain.snowflakes import earliest_of, moment_of
from bot.domain.timers import TimerKind
from bot.domain.topics import State, Topic

START = datetime(2026, 1, 26, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TWO_DAYS = Policy(idle=48 * HOUR, warn_before=12 * HOUR)


def topic(**facts: object) -> Topic:
    made = {"topic_id": 1, "channel_id": 2, "name": "a", "thread_id": earliest_of(START), "state": State.OPEN}
    return Topic(**(made | facts))  # type: ignore[arg-type]


def test_a_moment_survives_as_a_snowflake() -> None:
    assert START == moment_of(earliest_of(START))


def test_a_topic_is_left_alone_until_its_warning_is_due() -> None:
    found = decide(TWO_DAYS, topic(), None, None, warned=False, now=START + 35 * HOUR)
    assert (Act.WAIT, START + 36 * HOUR) == (found.act, found.look_at)


def test_a_warning_missed_in_downtime_is_given_now_and_moves_the_close() -> None:
    found = decide(TWO_DAYS, topic(), None, None, warned=False, now=START + 100 * HOUR)
    assert (Act.WARN, START + 112 * HOUR) == (found.act, found.closes_at)


def test_a_warning_that_discord_does_not_show_yet_closes_nothing() -> None:
    found = decide(TWO_DAYS, topic(), None, None, warned=True, now=START + 100 * HOUR)
    assert (Act.WAIT, True) == (found.act, found.warned)


def test_a_warned_topic_is_closed_at_its_deadline() -> None:
    found = decide(TWO_DAYS, topic(), None, START + 36 * HOUR, warned=True, now=START + 48 * HOUR)
    assert (Act.CLOSE, TimerKind.IDLE) == (found.act, found.kind)


def test_a_reply_takes_the_warning_back() -> None:
    found = decide(
        TWO_DAYS, topic(), START + 40 * HOUR, START + 36 * HOUR, warned=True, now=START + 48 * HOUR
    )
    assert (Act.WAIT, False, START + 76 * HOUR) == (found.act, found.warned, found.look_at)


def test_without_a_warning_wanted_none_is_given() -> None:
    policy = Policy(idle=HOUR, warn_before=None)
    assert Act.CLOSE is decide(policy, topic(), None, None, warned=False, now=START + HOUR).act


def test_a_warning_takes_half_of_a_short_wait_at_most() -> None:
    assert timedelta(minutes=30) == lead(TimerKind.IDLE, Policy(idle=HOUR))


def test_a_disarmed_topic_is_closed_by_no_policy() -> None:
    found = decide(TWO_DAYS, topic(disarmed=True), None, None, warned=False, now=START + 100 * HOUR)
    assert Act.STAND_DOWN is found.act


def test_an_exemption_is_not_cut_short() -> None:
    kept = topic(exempt_until=START + 90 * HOUR)
    found = decide(TWO_DAYS, kept, None, None, warned=False, now=START + 60 * HOUR)
    assert (Act.WAIT, START + 78 * HOUR) == (found.act, found.look_at)


def test_a_reopened_topic_skips_an_age_it_had_reached() -> None:
    policy = Policy(max_age=HOUR, warn_before=None)
    reopened = topic(reopened_at=START + 2 * HOUR)
    assert Act.STAND_DOWN is decide(policy, reopened, None, None, warned=False, now=START + 9 * HOUR).act


def test_a_reopened_topic_has_its_whole_idle_time_again() -> None:
    policy = Policy(idle=HOUR, warn_before=None)
    [timer] = timers(
        policy, topic(reopened_at=START + 9 * HOUR, guild_id=1), START + 9 * HOUR, (1, 2, 3), "de"
    )
    assert (TimerKind.IDLE, START + 10 * HOUR) == (timer.kind, timer.due_at)


def test_the_nearest_of_two_deadlines_counts() -> None:
    policy = Policy(idle=10 * HOUR, max_age=12 * HOUR, warn_before=None)
    found = decide(policy, topic(), START + 6 * HOUR, None, warned=False, now=START + 7 * HOUR)
    assert (TimerKind.AGE, START + 12 * HOUR) == (found.kind, found.look_at)


minutes = st.integers(1, 5000).map(lambda n: timedelta(minutes=n))


@given(
    idle=minutes,
    warn_before=st.none() | minutes,
    replies=st.lists(minutes, max_size=12),
    absences=st.lists(st.tuples(minutes, minutes), max_size=4),
    delays=st.lists(st.integers(0, 90).map(lambda n: timedelta(seconds=n)), min_size=1, max_size=5),
)
def test_no_topic_is_closed_too_early_or_unwarned(
    idle: timedelta,
    warn_before: timedelta | None,
    replies: list[timedelta],
    absences: list[tuple[timedelta, timedelta]],
    delays: list[timedelta],
) -> None:
    """A life: people write, the bot is away at times, and its timer rings late; a warning is shown with a delay."""
    policy = Policy(idle=idle, warn_before=warn_before)
    written = sorted(START + reply for reply in replies)
    now, warned, warned_at = START, False, None
    for turn in range(400):
        for begins, lasts in absences:
            if START + begins <= now < START + begins + lasts:
                now = START + begins + lasts
        known = [at for at in written if at <= now]
        found = decide(policy, topic(), known[-1] if known else None, warned_at, warned=warned, now=now)
        if found.act is Act.CLOSE:
            before = lead(TimerKind.IDLE, policy)
            assert now - max([START, *known]) >= idle
            assert before is None or (warned_at is not None and now - warned_at >= before)
            return
        warned = found.warned or found.act is Act.WARN
        warned_at = warned_at if found.warned else None
        if found.act is Act.WARN or (warned and warned_at is None):
            warned_at = now + delays[turn % len(delays)]
        assert found.look_at is not None
        assert found.look_at > now, "a timer must not spin"
        now = max(found.look_at, warned_at or now) + delays[turn % len(delays)]
    raise AssertionError("the topic is never closed")
