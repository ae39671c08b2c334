"""Rename, tag, pin, move and undo by real interactions through the simulator."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from live_desk import LiveDesk, live_desk

from bot.domain.moderating import CLOSED_NOTICE
from simulator.flags import BOT_PERMISSIONS, Permission
from simulator.values import Channel, Thread


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[LiveDesk]:
    async with live_desk(tmp_path) as desk:
        yield desk


@pytest.fixture
async def thread(desk: LiveDesk) -> Thread:
    return await desk.alex.start_thread(desk.forum, "A question", "Why is the sky blue?")


def tagged_forum(desk: LiveDesk, *, require_tag: bool = False) -> Channel:
    return desk.guild.add_forum("tagged", tags=["World", "Sport"], require_tag=require_tag)


def tag_names(forum: Channel, thread: Thread) -> list[str]:
    return [tag.name for tag in forum.tags if tag.id in thread.applied_tags]


async def test_a_topic_is_renamed(desk: LiveDesk, thread: Thread) -> None:
    answer = await desk.maria.slash("topic rename", channel=thread, name="  Another   question ")
    assert (f"Done: <#{thread.id}>.", "Another question") == (answer.content, thread.name)


async def test_a_third_rename_waits_for_discords_limit_and_says_so(desk: LiveDesk, thread: Thread) -> None:
    for name in ("one", "two"):
        await desk.maria.slash("topic rename", channel=thread, name=name)
    answer = await desk.maria.slash("topic rename", channel=thread, name="three")
    assert "two" == thread.name
    assert "Discord limits how often that changes; next try <t:" in answer.content


async def test_a_close_does_not_wait_for_a_rename(desk: LiveDesk, thread: Thread) -> None:
    for name in ("one", "two", "three"):
        await desk.maria.slash("topic rename", channel=thread, name=name)
    await desk.maria.slash("topic close", channel=thread)
    assert (True, "two") == (thread.locked, thread.name)
    assert CLOSED_NOTICE == desk.alex.messages(thread)[-1].content


async def test_the_same_name_is_refused(desk: LiveDesk, thread: Thread) -> None:
    answer = await desk.maria.slash("topic rename", channel=thread, name="A question")
    assert "It is so already; nothing was changed." == answer.content


async def test_an_archived_topic_is_renamed_and_sleeps_again(desk: LiveDesk, thread: Thread) -> None:
    await desk.maria.edit_thread(thread, archived=True)
    await desk.maria.slash("topic rename", channel=desk.general, topic=thread.id, name="New")
    assert ("New", True) == (thread.name, thread.archived)


async def test_tags_are_added_and_removed_by_name(desk: LiveDesk) -> None:
    forum = tagged_forum(desk)
    thread = await desk.alex.start_thread(forum, "A question", "?", tags=[forum.tags[0].id])
    await desk.maria.slash("topic tag", channel=thread, add="sport", remove="World")
    assert ["Sport"] == tag_names(forum, thread)


async def test_an_unknown_tag_is_refused(desk: LiveDesk) -> None:
    thread = await desk.alex.start_thread(tagged_forum(desk), "A question", "?")
    answer = await desk.maria.slash("topic tag", channel=thread, add="Weather")
    assert "This forum has no tag Weather." == answer.content


async def test_the_last_tag_of_a_forum_that_requires_one_stays(desk: LiveDesk) -> None:
    forum = tagged_forum(desk, require_tag=True)
    thread = await desk.alex.start_thread(forum, "A question", "?", tags=[forum.tags[0].id])
    answer = await desk.maria.slash("topic tag", channel=thread, remove="World")
    assert "This forum requires a tag; add another one first." == answer.content


async def test_a_completion_offers_the_forums_tags(desk: LiveDesk) -> None:
    thread = await desk.alex.start_thread(tagged_forum(desk), "A question", "?")
    choices = await desk.maria.autocomplete("topic tag", channel=thread, focused="add", add="sp")
    assert ["Sport"] == [choice["value"] for choice in choices]


async def test_a_topic_is_pinned_and_unpinned(desk: LiveDesk, thread: Thread) -> None:
    await desk.maria.slash("topic pin", channel=thread)
    assert thread.flags & 2
    await desk.maria.slash("topic unpin", channel=thread)
    assert not thread.flags & 2


async def test_a_thread_of_a_text_channel_cannot_be_pinned(desk: LiveDesk) -> None:
    thread = await desk.alex.start_thread(
        desk.general, "Lunch", message=await desk.alex.post(desk.general, "Lunch?")
    )
    answer = await desk.maria.slash("topic pin", channel=thread)
    assert "Only posts of a forum have tags and pins." == answer.content


async def test_a_moved_topic_goes_on_elsewhere_and_both_point_to_each_other(
    desk: LiveDesk, thread: Thread
) -> None:
    target = desk.guild.add_forum("archive")
    await desk.maria.slash("topic move", channel=thread, to=target.id, reason="better there")
    [new] = [other for other in desk.alex.threads(desk.guild.guild) if other.parent_id == target.id]
    assert "A question" == new.name
    assert thread.id in desk.alex.messages(new)[0].content
    assert thread.locked
    notice = desk.alex.messages(thread)[-1].content
    assert f"{CLOSED_NOTICE} Reason: It continues in <#{new.id}>. better there" == notice


async def test_a_move_that_is_repeated_makes_no_second_topic(desk: LiveDesk, thread: Thread) -> None:
    target = desk.guild.add_forum("archive")
    for _ in range(2):
        await desk.maria.slash("topic move", channel=thread, to=target.id)
    assert 2 == len(desk.alex.threads(desk.guild.guild))


async def test_an_undo_restores_what_is_still_as_it_was_set(desk: LiveDesk, thread: Thread) -> None:
    await desk.maria.slash("topic close", channel=thread, reason="oops")
    await desk.maria.slash("topic undo", channel=thread)
    assert not thread.locked
    await desk.maria.slash("topic rename", channel=thread, name="Mine")
    await desk.maria.slash("topic undo", channel=thread)
    assert "A question" == thread.name


async def test_an_undo_leaves_alone_what_others_changed_since(desk: LiveDesk, thread: Thread) -> None:
    await desk.maria.slash("topic rename", channel=thread, name="Mine")
    await desk.maria.edit_thread(thread, name="Hers")
    answer = await desk.maria.slash("topic undo", channel=thread, case=1)
    assert "Nothing of case #1 is left to take back: others changed it since." == answer.content
    assert "Hers" == thread.name


async def test_a_case_is_taken_back_once(desk: LiveDesk, thread: Thread) -> None:
    await desk.maria.slash("topic close", channel=thread)
    await desk.maria.slash("topic undo", channel=thread, case=1)
    answer = await desk.maria.slash("topic undo", channel=thread, case=1)
    assert "Case #1 was taken back already." == answer.content


async def test_a_bot_without_the_permission_shapes_nothing(desk: LiveDesk, thread: Thread) -> None:
    desk.guild.set_bot_permissions(BOT_PERMISSIONS & ~Permission.MANAGE_THREADS)
    answer = await desk.maria.slash("topic rename", channel=thread, name="Mine")
    assert ("A question", True) == (thread.name, "I lack *Manage Threads*" in answer.content)


async def test_a_moderator_without_the_permission_shapes_nothing(desk: LiveDesk, thread: Thread) -> None:
    await desk.guild.owner.set_overwrite(desk.forum, desk.maria, deny=Permission.MANAGE_THREADS)
    answer = await desk.maria.slash("topic rename", channel=desk.general, topic=thread.id, name="Mine")
    assert ("A question", True) == (thread.name, "You need *Manage Threads*" in answer.content)
