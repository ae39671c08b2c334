"""Why a topic is as it is, as told to its moderators."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from fake_forum import FORUM, GUILD, FakeThread, Person
from newsroom import Newsroom, newsroom

from bot.domain.cases import Actor
from bot.domain.timers import Timer, TimerKind
from bot.domain.topics import State
from bot.errors import MissingAccessError, UnavailableError
from bot.services.explaining import Explaining
from bot.services.moderation import Ask


def about(thread: FakeThread, caller: Person | None = None, guild_id: int = GUILD) -> Ask:
    return Ask(guild_id=guild_id, thread_id=thread.thread_id, caller=caller or Person())


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path / "desk.db") as desk:
        yield desk


@pytest.fixture
def thread(desk: Newsroom) -> FakeThread:
    return desk.forum.add_thread("made by people")


# Explanations.


@pytest.fixture
def explaining(desk: Newsroom) -> Explaining:
    return Explaining(
        desk.store.topics,
        desk.store.records,
        desk.store.timers,
        desk.policies,
        forum=desk.forum,
        moderation=desk.moderation,
    )


async def test_an_explanation_tells_who_closed_it(
    desk: Newsroom, explaining: Explaining, thread: FakeThread
) -> None:
    await desk.moderation.close(about(thread), "spam")
    explained = await explaining.explain(about(thread))
    assert explained.since is not None
    assert (1, 7, "spam") == (
        explained.since.case.number,
        explained.since.case.actor.user_id,
        explained.since.case.reason,
    )


async def test_an_explanation_tells_what_waits_and_why(
    desk: Newsroom, explaining: Explaining, thread: FakeThread
) -> None:
    desk.forum.fail_next(UnavailableError("out of order"))
    await desk.moderation.close(about(thread), "spam")
    explained = await explaining.explain(about(thread))
    assert (State.CLOSED, False, "out of order") == (
        explained.story.topic.state,
        explained.seen.locked,
        explained.problem,
    )


async def test_an_explanation_tells_the_timers_with_their_owners(
    desk: Newsroom, explaining: Explaining, thread: FakeThread
) -> None:
    await desk.moderation.close(about(thread), "spam")
    topic = await desk.store.topics.by_thread(thread.thread_id)
    assert topic is not None
    timer = Timer(
        timer_id=desk.ids.new(),
        topic_id=topic.topic_id,
        guild_id=GUILD,
        kind=TimerKind.REOPEN,
        due_at=desk.clock.now() + timedelta(days=1),
        owner=Actor(user_id=8, name="Alex"),
    )
    await desk.store.timers.arm(timer)
    [shown] = (await explaining.explain(about(thread))).timers
    assert (TimerKind.REOPEN, 8) == (shown.kind, shown.owner.user_id)


async def test_an_explanation_tells_where_a_setting_was_made(
    desk: Newsroom, explaining: Explaining, thread: FakeThread
) -> None:
    await desk.policies.set(GUILD, 0, {"idle": "7d"}, 7)
    await desk.policies.set(GUILD, FORUM, {"enforce": "yes"}, 7)
    policy = (await explaining.explain(about(thread))).policy
    assert {"idle": 0, "enforce": FORUM} == policy.origins


async def test_an_explanation_tells_what_caller_and_bot_lack(
    desk: Newsroom, explaining: Explaining, thread: FakeThread
) -> None:
    desk.forum.caller_missing = desk.forum.bot_missing = ("Manage Threads",)
    access = (await explaining.explain(about(thread))).access
    assert (("Manage Threads",), ("Manage Threads",)) == (access.caller_missing, access.bot_missing)


async def test_a_change_that_discord_refused_is_in_the_past_tense(
    desk: Newsroom, explaining: Explaining, thread: FakeThread
) -> None:
    desk.forum.fail_next(MissingAccessError("no"))
    await desk.moderation.close(about(thread), "spam")
    assert State.OPEN is (await explaining.explain(about(thread))).story.topic.state
