"""A kill -9 before or after any effect of a whole life (poll, post, close, reopen, close): nothing is lost or doubled.

Every call to the store and to Discord is an effect. The desk is killed at the Nth, started again on the same database
and the same Discord, and asked to do the rest; N runs until nothing is left to kill.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from fake_clock import FakeClock
from fake_forum import FORUM, TEXT, FakeForum, Person
from killing import Killable, Killed, KillSwitch
from newsroom import FEED, Newsroom, newsroom, order

from bot.domain.moderating import CLOSED_NOTICE, OPEN_NOTICE
from bot.errors import RefusedError
from bot.ports import Forum, TopicStore
from bot.services.moderation import Ask, Moderation
from bot.services.publishing import Publishing
from bot.texts import Texts

Chapter = Callable[[Newsroom], Awaitable[None]]


async def post(desk: Newsroom) -> None:
    await desk.poll()
    await desk.publish_until_settled()


async def close(desk: Newsroom) -> None:
    thread_id = next(iter(desk.forum.threads))
    with suppress(RefusedError):  # Recorded before the kill: the moderator is told that it is closed.
        await desk.moderation.close(Ask(guild_id=1, thread_id=thread_id, caller=Person()), "spam")
    await desk.publish_until_settled()


async def reopen(desk: Newsroom) -> None:
    thread_id = next(iter(desk.forum.threads))
    with suppress(RefusedError):
        await desk.moderation.reopen(Ask(guild_id=1, thread_id=thread_id, caller=Person()), "")
    await desk.publish_until_settled()


LIFE: tuple[Chapter, ...] = (post, close, reopen, close)


def with_kill_switch(desk: Newsroom, switch: KillSwitch) -> None:
    topics: TopicStore = Killable(desk.store.topics, switch)
    forum: Forum = Killable(desk.forum, switch)
    desk.publishing = Publishing(topics, forum, desk.clock)
    desk.moderation = Moderation(
        topics,
        forum,
        desk.publishing,
        desk.clock,
        desk.ids,
        texts=Texts.load(),
        policies=desk.policies,
        watched=desk.store.watched,
    )


async def live(path: Path, channel_id: int, fatal: int, *, applied: bool) -> tuple[FakeForum, bool]:
    """One life with one kill; returns the Discord it leaves behind, and whether the kill came."""
    clock = FakeClock()
    forum = FakeForum(clock)
    switch = KillSwitch(fatal, applied=applied)
    chapters = list(LIFE)
    while chapters:
        async with newsroom(path, clock=clock, forum=forum) as desk:
            with_kill_switch(desk, switch)
            await desk.subscribe(order(channel_id=channel_id, post_last=1))
            desk.fetcher.publish(FEED, "a")
            try:
                while chapters:
                    await chapters[0](desk)
                    chapters.pop(0)
            except Killed:
                clock.pass_time(timedelta(minutes=10))
    return forum, switch.dead


@pytest.mark.parametrize("applied", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("channel_id", [FORUM, TEXT], ids=["forum", "text"])
async def test_a_kill_at_any_effect_loses_and_doubles_nothing(
    tmp_path: Path, channel_id: int, applied: bool
) -> None:
    fatal, died = 0, True
    while died:
        fatal += 1
        forum, died = await live(tmp_path / f"{fatal}.db", channel_id, fatal, applied=applied)
        [thread] = forum.threads.values()
        notices = [text for text in forum.shown_in(thread.thread_id) if text not in {"a", ""}]
        assert ("[News] a", True) == (thread.name, thread.locked), fatal
        assert [OPEN_NOTICE, f"{CLOSED_NOTICE} Reason: spam"] == notices, fatal
        assert 1 == sum(forum.shown_in(place).count("a") for place in (TEXT, thread.thread_id)), fatal
    assert fatal > 30
