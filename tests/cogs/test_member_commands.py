"""`/follow` and `/unfollow` through real interactions."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from live_desk import LiveDesk, live_desk

from cogs.cooldowns import TIMES
from simulator.flags import BOT_PERMISSIONS, Permission
from simulator.values import Thread

UNKNOWN = "I know no such topic. Choose one from the list, or give a thread's link or id."


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[LiveDesk]:
    async with live_desk(tmp_path) as desk:
        yield desk


@pytest.fixture
async def thread(desk: LiveDesk) -> Thread:
    return await desk.maria.start_thread(desk.forum, "A question", "Why is the sky blue?")


async def test_a_member_follows_a_topic_from_elsewhere_and_stops(desk: LiveDesk, thread: Thread) -> None:
    answer = await desk.alex.slash("follow", channel=desk.general, topic=thread.id)
    assert (True, f"You follow <#{thread.id}> now") == (answer.ephemeral, answer.content.split(":")[0])
    assert desk.alex.id in thread.members
    answer = await desk.alex.slash("unfollow", channel=desk.general, topic=thread.id)
    assert f"You do not follow <#{thread.id}> any more." == answer.content
    assert desk.alex.id not in thread.members


async def test_the_thread_one_is_in_is_meant(desk: LiveDesk, thread: Thread) -> None:
    await desk.alex.slash("follow", channel=thread)
    assert desk.alex.id in thread.members


async def test_a_closed_topic_can_be_followed_and_a_follower_stays_one(
    desk: LiveDesk, thread: Thread
) -> None:
    await desk.maria.slash("topic close", channel=thread)
    await desk.alex.slash("follow", channel=desk.general, topic=thread.id)
    await desk.maria.slash("topic reopen", channel=thread)
    await desk.maria.slash("topic close", channel=thread)
    assert desk.alex.id in thread.members


@pytest.mark.parametrize("command", ["follow", "unfollow"])
async def test_of_an_archived_thread_the_answer_says_what_discord_does_not_allow(
    desk: LiveDesk, thread: Thread, command: str
) -> None:
    await desk.maria.edit_thread(thread, archived=True)
    answer = await desk.alex.slash(command, channel=desk.general, topic=thread.id)
    assert "This thread is archived: Discord lets nobody join or leave it now." == answer.content


@pytest.mark.parametrize("command", ["follow", "unfollow"])
async def test_a_thread_that_the_member_cannot_see_is_unknown(
    desk: LiveDesk, thread: Thread, command: str
) -> None:
    await desk.guild.owner.set_overwrite(desk.forum, desk.alex, deny=Permission.VIEW_CHANNEL)
    answer = await desk.alex.slash(command, channel=desk.general, topic=thread.id)
    assert UNKNOWN == answer.content
    assert desk.alex.id not in thread.members


async def test_a_private_thread_of_others_is_unknown(desk: LiveDesk) -> None:
    private = await desk.guild.owner.start_thread(desk.general, "Plans", private=True)
    answer = await desk.alex.slash("follow", channel=desk.general, topic=private.id)
    assert UNKNOWN == answer.content
    assert desk.alex.id not in private.members


async def test_a_deleted_thread_is_unknown(desk: LiveDesk, thread: Thread) -> None:
    await desk.maria.delete_thread(thread)
    answer = await desk.alex.slash("follow", channel=desk.general, topic=thread.id)
    assert UNKNOWN == answer.content


async def test_another_guilds_thread_is_unknown(desk: LiveDesk) -> None:
    other = desk.sim.add_guild("The Herald")
    stranger = other.add_member("Kim")
    theirs = await stranger.start_thread(other.add_forum("news"), "Theirs", "Hands off")
    answer = await desk.alex.slash("follow", channel=desk.general, topic=theirs.id)
    assert UNKNOWN == answer.content


async def test_a_bot_that_may_not_remove_people_says_how_to_leave(desk: LiveDesk, thread: Thread) -> None:
    await desk.alex.slash("follow", channel=thread)
    desk.guild.set_bot_permissions(BOT_PERMISSIONS & ~Permission.MANAGE_THREADS)
    answer = await desk.alex.slash("unfollow", channel=thread)
    assert "I may not take you out of this thread; choose *Leave Thread* in its menu." == answer.content


async def test_a_completion_offers_only_what_the_member_can_see(desk: LiveDesk, thread: Thread) -> None:
    hidden = desk.guild.add_forum("staff")
    await desk.guild.owner.set_overwrite(hidden, desk.alex, deny=Permission.VIEW_CHANNEL)
    secret = await desk.maria.start_thread(hidden, "A question of staff", "Hush")
    for topic in (thread, secret):
        await desk.maria.slash("topic close", channel=topic)
    offered = await desk.alex.autocomplete("follow", channel=desk.general, focused="topic", topic="question")
    assert [thread.id] == [choice["value"] for choice in offered]


async def test_who_uses_a_command_too_often_has_to_wait(desk: LiveDesk, thread: Thread) -> None:
    answers = [await desk.alex.slash("follow", channel=thread) for _ in range(TIMES + 1)]
    assert [True] * TIMES + [False] == [answer.content.startswith("You follow") for answer in answers]
    assert "<t:" in answers[-1].content
    assert (await desk.maria.slash("follow", channel=thread)).content.startswith("You follow")
