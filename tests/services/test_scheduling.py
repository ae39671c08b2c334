from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fake_clock import START
from fake_forum import FORUM, GUILD, FakeThread, Person
from newsroom import Newsroom, newsroom

from bot.domain.durations import YEAR
from bot.domain.moderating import CLOSED_NOTICE, OPEN_NOTICE
from bot.domain.recurrences import Every
from bot.domain.scheduling import FOR_GOOD
from bot.domain.timers import Timer, TimerKind
from bot.errors import MissingAccessError, RefusedError, UnavailableError
from bot.services.moderation import Ask, Verdict
from bot.services.scheduling import Scheduling, Terms
from bot.services.shaping import Shaping
from bot.texts import Texts

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path / "desk.db") as desk:
        yield desk


@pytest.fixture
def poked() -> list[bool]:
    return []


@pytest.fixture
def scheduling(desk: Newsroom, poked: list[bool]) -> Scheduling:
    return Scheduling(
        moderation=desk.moderation,
        shaping=Shaping(
            moderation=desk.moderation,
            publishing=desk.publishing,
            topics=desk.store.topics,
            cases=desk.store.cases,
            forum=desk.forum,
            clock=desk.clock,
            ids=desk.ids,
            texts=Texts.load(),
        ),
        topics=desk.store.topics,
        timers=desk.store.timers,
        people=desk.store.people,
        policies=desk.policies,
        clock=desk.clock,
        ids=desk.ids,
        on_armed=lambda: poked.append(True),
    )


@pytest.fixture
def thread(desk: Newsroom) -> FakeThread:
    return desk.forum.add_thread("made by people")


def about(thread: FakeThread) -> Ask:
    return Ask(guild_id=GUILD, thread_id=thread.thread_id, caller=Person())


def now(desk: Newsroom, thread: FakeThread) -> FakeThread:
    return desk.forum.threads[thread.thread_id]


async def live(desk: Newsroom, thread: FakeThread) -> list[Timer]:
    topic = await desk.store.topics.by_thread(thread.thread_id)
    return await desk.store.timers.of_topic(topic.topic_id) if topic else []


async def latest_case(desk: Newsroom) -> tuple[object, ...]:
    row = await desk.store.database.read.one(
        "SELECT verb, reason, outcome FROM cases ORDER BY case_id DESC LIMIT 1"
    )
    return tuple(row) if row else ()


async def test_a_topic_closed_for_a_while_opens_again(
    desk: Newsroom, scheduling: Scheduling, thread: FakeThread, poked: list[bool]
) -> None:
    planned = await scheduling.close(about(thread), "calm down", Terms(lasting="2d"))
    assert (Verdict.DONE, START + 2 * DAY, [True]) == (planned.outcome.verdict, planned.at, poked)
    await desk.ring(after=2 * DAY)
    assert not now(desk, thread).locked
    assert [f"{OPEN_NOTICE} Reason: calm down"] == desk.forum.shown_in(thread.thread_id)


async def test_an_old_timer_does_not_end_a_new_close(
    desk: Newsroom, scheduling: Scheduling, thread: FakeThread
) -> None:
    """python-discord/bot#977."""
    await scheduling.close(about(thread), "", Terms(lasting="1h"))
    await desk.moderation.reopen(about(thread), "")
    await scheduling.close(about(thread), "", Terms(lasting="1d"))
    await desk.ring(after=HOUR)
    assert now(desk, thread).locked
    await desk.ring(after=DAY)
    assert not now(desk, thread).locked


async def test_a_second_word_about_when_it_ends_takes_the_place_of_the_first(
    desk: Newsroom, scheduling: Scheduling, thread: FakeThread
) -> None:
    await scheduling.close(about(thread), "", Terms(lasting="1h"))
    planned = await scheduling.close(about(thread), "", Terms(lasting="3h"))
    assert Verdict.DONE is planned.outcome.verdict
    assert [START + 3 * HOUR] == [timer.due_at for timer in await live(desk, thread)]
    assert [CLOSED_NOTICE] == desk.forum.shown_in(thread.thread_id)
    assert ("schedule", "reopen <t:1769428800:F>", "done") == await latest_case(desk)


async def test_a_close_that_discord_refuses_leaves_no_false_success(
    desk: Newsroom, scheduling: Scheduling, thread: FakeThread
) -> None:
    desk.forum.fail_next(MissingAccessError("Missing Permissions (50013)"))
    planned = await scheduling.close(about(thread), "", Terms(lasting="1h"))
    assert Verdict.FAILED is planned.outcome.verdict
    await desk.ring(after=HOUR)
    assert not now(desk, thread).locked
    assert [] == desk.forum.shown_in(thread.thread_id)


async def test_a_silent_close_that_archives_touches_lock_and_sleep_only(
    desk: Newsroom, scheduling: Scheduling, thread: FakeThread
) -> None:
    await scheduling.close(about(thread), "", Terms(silent=True, archive=True))
    assert (True, True) == (now(desk, thread).locked, now(desk, thread).archived)
    assert [] == desk.forum.shown_in(thread.thread_id)


async def test_a_close_that_shall_not_archive_overrides_the_policy(
    desk: Newsroom, scheduling: Scheduling, thread: FakeThread
) -> None:
    await desk.policies.set(GUILD, FORUM, {"archive": "yes"}, 1)
    await scheduling.close(about(thread), "", Terms(archive=False))
    assert (True, False) == (now(desk, thread).locked, now(desk, thread).archived)


async def test_another_reason_can_bring_sleep_along(
    desk: Newsroom, scheduling: Scheduling, thread: FakeThread
) -> None:
    await desk.moderation.close(about(thread), "spam")
    planned = await scheduling.close(about(thread), "off topic", Terms(archive=True))
    assert Verdict.REASON_CHANGED is planned.outcome.verdict
    assert now(desk, thread).archived
    assert [f"{CLOSED_NOTICE} Reason: off topic"] == desk.forum.shown_in(thread.thread_id)


async def test_saving_a_timer_changes_nothing_now(
    desk: Newsroom, scheduling: Scheduling, thread: FakeThread
) -> None:
    """meta.discourse.org #39375: a close timer that reopened a closed topic."""
    await desk.moderation.close(about(thread), "")
    deeds = list(desk.forum.deeds)
    await scheduling.schedule(about(thread), TimerKind.CLOSE, "2h", None, "")
    assert now(desk, thread).locked
    assert deeds == desk.forum.deeds


async def test_a_schedule_is_a_case_that_tells_what_and_when(
    desk: Newsroom, scheduling: Scheduling, thread: FakeThread
) -> None:
    await scheduling.schedule(about(thread), TimerKind.CLOSE, "2h", None, "night")
    assert ("schedule", "close <t:1769425200:F>: night", "done") == await latest_case(desk)


async def test_a_close_and_a_reopen_can_be_planned_side_by_side(
    desk: Newsroom, scheduling: Scheduling, thread: FakeThread
) -> None:
    await scheduling.schedule(about(thread), TimerKind.CLOSE, "22:00", Every.DAILY, "")
    await scheduling.schedule(about(thread), TimerKind.REOPEN, "06:00", Every.DAILY, "")
    states = []
    for _ in range(6):
        [first, *_rest] = await live(desk, thread)
        await desk.ring(after=first.due_at - desk.clock.now())
        states.append((desk.clock.now().hour, now(desk, thread).locked))
    assert [(22, True), (6, False)] * 3 == states
    assert 2 == len(await live(desk, thread))


@pytest.mark.parametrize(
    ("zones", "hour"),
    [((None, None), 18), (("Europe/Berlin", None), 17), (("Europe/Berlin", "Asia/Tokyo"), 9)],
    ids=["UTC by default", "the policy's", "the person's own"],
)
async def test_a_time_is_read_in_the_zone_of_who_types_it(
    desk: Newsroom,
    scheduling: Scheduling,
    thread: FakeThread,
    zones: tuple[str | None, str | None],
    hour: int,
) -> None:
    guilds, own = zones
    if guilds:
        await desk.policies.set(GUILD, 0, {"zone": guilds}, 1)
    if own:
        async with desk.store.database.write() as tx:
            await tx.execute("INSERT INTO people (user_id, zone) VALUES (7, :zone)", {"zone": own})
    desk.clock.pass_time(timedelta(hours=-9))  # Midnight, so that every 18:00 is still to come.
    planned = await scheduling.schedule(about(thread), TimerKind.CLOSE, "18:00", None, "")
    assert planned.at == datetime(2026, 1, 26, hour, tzinfo=UTC)


@pytest.mark.parametrize("when", ["2026-01-25 10:00", "<t:1769000000>", "tomorrow", "2 years"])
async def test_a_time_that_is_past_or_no_time_arms_nothing(
    desk: Newsroom, scheduling: Scheduling, thread: FakeThread, when: str
) -> None:
    with pytest.raises(RefusedError):
        await scheduling.schedule(about(thread), TimerKind.CLOSE, when, None, "")
    assert [] == await live(desk, thread)


async def test_a_slow_mode_for_a_while_gives_way_to_what_was_before(
    desk: Newsroom, scheduling: Scheduling, thread: FakeThread
) -> None:
    now(desk, thread).slowmode = 5
    await scheduling.slow_down(about(thread), "1m", "1h")
    assert 60 == now(desk, thread).slowmode
    await desk.ring(after=HOUR)
    assert 5 == now(desk, thread).slowmode


async def test_a_second_slow_mode_for_a_while_still_ends_in_what_was_before_the_first(
    desk: Newsroom, scheduling: Scheduling, thread: FakeThread
) -> None:
    now(desk, thread).slowmode = 5
    await scheduling.slow_down(about(thread), "1m", "1h")
    await scheduling.slow_down(about(thread), "10m", "2h")
    await desk.ring(after=HOUR)
    assert 600 == now(desk, thread).slowmode
    await desk.ring(after=HOUR)
    assert 5 == now(desk, thread).slowmode


async def test_a_slow_mode_for_a_while_can_be_made_to_last(
    desk: Newsroom, scheduling: Scheduling, thread: FakeThread
) -> None:
    await scheduling.slow_down(about(thread), "1m", "1h")
    await scheduling.slow_down(about(thread), "1m", None)
    await desk.ring(after=HOUR)
    assert 60 == now(desk, thread).slowmode


async def test_a_slow_mode_set_back_by_command_leaves_no_timer(
    desk: Newsroom, scheduling: Scheduling, thread: FakeThread
) -> None:
    now(desk, thread).slowmode = 5
    await scheduling.slow_down(about(thread), "1m", "1h")
    await scheduling.slow_down(about(thread), "5s", "2h")
    assert [] == await live(desk, thread)
    assert 5 == now(desk, thread).slowmode


async def test_the_slow_mode_that_is_there_already_is_refused(
    scheduling: Scheduling, thread: FakeThread
) -> None:
    with pytest.raises(RefusedError, match="so already"):
        await scheduling.slow_down(about(thread), "off", "1h")


async def test_an_exemption_holds_until_its_moment(
    desk: Newsroom, scheduling: Scheduling, thread: FakeThread
) -> None:
    for until, wanted in (("2d", START + 2 * DAY), (None, FOR_GOOD), ("off", None)):
        await scheduling.keep_open(about(thread), until)
        topic = await desk.store.topics.by_thread(thread.thread_id)
        assert topic is not None
        assert wanted == topic.exempt_until


async def test_an_exempt_topic_is_not_closed_for_being_idle(
    desk: Newsroom, scheduling: Scheduling, thread: FakeThread
) -> None:
    await desk.policies.set(GUILD, FORUM, {"idle": "1d", "warn_before": "off"}, 1)
    await scheduling.keep_open(about(thread), "5d")
    for _ in range(4):
        await desk.ring(after=DAY)
    assert not now(desk, thread).locked


async def test_a_cancelled_timer_is_gone_and_a_case(
    desk: Newsroom, scheduling: Scheduling, thread: FakeThread
) -> None:
    await scheduling.schedule(about(thread), TimerKind.CLOSE, "2h", None, "")
    [timer] = await live(desk, thread)
    assert [] == await scheduling.cancel(about(thread), timer.timer_id, timer.generation)
    assert ("cancel", "close <t:1769425200:F>", "done") == await latest_case(desk)
    await desk.ring(after=2 * HOUR)
    assert not now(desk, thread).locked


async def test_a_repeating_timer_that_is_put_off_keeps_its_other_times(
    desk: Newsroom, scheduling: Scheduling, thread: FakeThread
) -> None:
    await scheduling.schedule(about(thread), TimerKind.CLOSE, "22:00", Every.DAILY, "")
    [timer] = await live(desk, thread)
    [moved] = await scheduling.postpone(about(thread), timer.timer_id, timer.generation, HOUR)
    assert timer.due_at + HOUR == moved.due_at
    await desk.ring(after=moved.due_at - desk.clock.now())
    [again] = await live(desk, thread)
    assert timer.due_at + DAY == again.due_at


async def test_a_timer_that_rang_meanwhile_cannot_be_put_off(
    desk: Newsroom, scheduling: Scheduling, thread: FakeThread
) -> None:
    await scheduling.schedule(about(thread), TimerKind.CLOSE, "1h", None, "")
    [timer] = await live(desk, thread)
    await desk.ring(after=HOUR)
    with pytest.raises(RefusedError, match="rang, was moved or was cancelled"):
        await scheduling.postpone(about(thread), timer.timer_id, timer.generation, HOUR)
    assert [] == await live(desk, thread)


async def test_a_timer_waiting_out_an_outage_can_be_put_off(
    desk: Newsroom, scheduling: Scheduling, thread: FakeThread
) -> None:
    await scheduling.schedule(about(thread), TimerKind.CLOSE, "1h", None, "")
    desk.forum.fail_sights(UnavailableError("503"))
    await desk.ring(after=HOUR)
    [timer] = await live(desk, thread)
    [moved] = await scheduling.postpone(about(thread), timer.timer_id, timer.generation, HOUR)
    assert desk.clock.now() + HOUR == moved.due_at
    await desk.ring(after=timedelta(minutes=30))
    assert not now(desk, thread).locked


async def test_a_timer_cannot_be_put_off_for_ever(
    desk: Newsroom, scheduling: Scheduling, thread: FakeThread
) -> None:
    await scheduling.schedule(about(thread), TimerKind.CLOSE, "365d", None, "")
    [timer] = await live(desk, thread)
    with pytest.raises(RefusedError, match="within a year"):
        await scheduling.postpone(about(thread), timer.timer_id, timer.generation, YEAR)


async def test_a_timer_of_another_guild_cannot_be_touched(
    desk: Newsroom, scheduling: Scheduling, thread: FakeThread
) -> None:
    await scheduling.schedule(about(thread), TimerKind.CLOSE, "1h", None, "")
    [timer] = await live(desk, thread)
    stranger = Ask(guild_id=2, thread_id=0, caller=Person())
    with pytest.raises(RefusedError, match="another server"):
        await scheduling.cancel(stranger, timer.timer_id, timer.generation)
    assert [timer] == await live(desk, thread)


async def test_a_timer_of_the_policy_has_no_buttons_to_it(
    desk: Newsroom, scheduling: Scheduling, thread: FakeThread
) -> None:
    await desk.policies.set(GUILD, FORUM, {"idle": "9d"}, 1)
    await scheduling.keep_open(about(thread), "1d")
    timer = next(timer for timer in await live(desk, thread) if timer.kind is TimerKind.IDLE)
    with pytest.raises(RefusedError, match="See `/topic timers`"):
        await scheduling.cancel(about(thread), timer.timer_id, timer.generation)
