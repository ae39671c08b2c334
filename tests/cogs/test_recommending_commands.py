"""`/topic recommend` and the menu *Recommend* through real interactions."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from live_desk import LiveDesk, live_desk

from simulator import DiscordError
from simulator.flags import BOT_PERMISSIONS, Permission
from simulator.values import Message, Thread


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[LiveDesk]:
    async with live_desk(tmp_path) as desk:
        yield desk


@pytest.fixture
async def thread(desk: LiveDesk) -> Thread:
    return await desk.alex.start_thread(desk.forum, "A question", "Why is the sky blue?")


@pytest.fixture
async def post(desk: LiveDesk, thread: Thread) -> Message:
    return await desk.alex.post(thread, "Rayleigh @everyone scattering")


def lists(desk: LiveDesk, thread: Thread) -> list[str]:
    shown = [m for m in desk.alex.messages(thread) if m.content == "**Recommended posts**"]
    return [m.embeds[0]["description"] for m in shown]


def link(desk: LiveDesk, post: Message) -> str:
    return f"https://discord.com/channels/{desk.guild.id}/{post.channel_id}/{post.id}"


async def test_the_menu_lists_a_post_with_its_beginning_and_takes_it_off_again(
    desk: LiveDesk, thread: Thread, post: Message
) -> None:
    answer = await desk.maria.menu("Recommend", message=post)
    assert (True, True) == (answer.ephemeral, answer.content.startswith("The post is recommended now: "))
    [listed] = lists(desk, thread)
    assert f"1. [Alex]({link(desk, post)}): Rayleigh @\u200beveryone scattering" == listed
    answer = await desk.maria.menu("Recommend", message=post)
    assert answer.content.startswith("The post is no longer recommended: ")
    assert ["—"] == lists(desk, thread)


async def test_a_list_pings_nobody(desk: LiveDesk, thread: Thread, post: Message) -> None:
    await desk.maria.menu("Recommend", message=post)
    listed = desk.alex.messages(thread)[-1]
    assert (False, []) == (listed.mention_everyone, list(listed.mentions))


async def test_a_link_from_elsewhere_lists_a_post_that_the_bot_may_not_read(
    desk: LiveDesk, thread: Thread, post: Message
) -> None:
    desk.sim.world.rules = replace(desk.sim.world.rules, message_content=False)
    answer = await desk.maria.slash("topic recommend", channel=desk.general, message=link(desk, post))
    assert answer.content.startswith("The post is recommended now: ")
    assert [f"1. [Alex]({link(desk, post)})"] == lists(desk, thread)


async def test_an_id_is_looked_for_in_the_topic(desk: LiveDesk, thread: Thread, post: Message) -> None:
    await desk.maria.slash("topic recommend", channel=thread, message=post.id)
    assert 1 == len(lists(desk, thread))


async def test_a_link_into_another_topic_than_the_one_named_is_refused(desk: LiveDesk, post: Message) -> None:
    other = await desk.alex.start_thread(desk.forum, "Another", "Why?")
    answer = await desk.maria.slash(
        "topic recommend", channel=desk.general, message=link(desk, post), topic=other.id
    )
    assert "That message is in another topic." == answer.content


async def test_an_archived_closed_topic_gets_its_list_and_sleeps_again(
    desk: LiveDesk, thread: Thread, post: Message
) -> None:
    await desk.maria.edit_thread(thread, locked=True, archived=True)
    await desk.maria.slash("topic recommend", channel=desk.general, message=link(desk, post))
    assert (1, True, True) == (len(lists(desk, thread)), thread.locked, thread.archived)


async def test_a_deleted_post_is_refused(desk: LiveDesk, thread: Thread, post: Message) -> None:
    await desk.alex.delete_message(post)
    answer = await desk.maria.slash("topic recommend", channel=thread, message=post.id)
    assert "There is no such message in this topic." == answer.content


async def test_a_deleted_topic_is_refused(desk: LiveDesk, thread: Thread, post: Message) -> None:
    await desk.maria.delete_thread(thread)
    answer = await desk.maria.slash("topic recommend", channel=desk.general, message=link(desk, post))
    assert "There is no such thread any more; nothing was changed." == answer.content


async def test_another_guilds_post_is_refused(desk: LiveDesk) -> None:
    other = desk.sim.add_guild("The Herald")
    stranger = other.add_member("Kim")
    theirs = await stranger.start_thread(other.add_forum("news"), "Theirs", "Hands off")
    post = await stranger.post(theirs, "Really")
    answer = await desk.maria.slash("topic recommend", channel=desk.general, message=link(desk, post))
    assert "another server" in answer.content
    assert 2 == len(stranger.messages(theirs))


async def test_a_member_is_not_offered_the_menu(desk: LiveDesk, post: Message) -> None:
    with pytest.raises(DiscordError):
        await desk.alex.menu("Recommend", message=post)


async def test_a_moderator_without_the_permission_in_that_channel_is_told_which(
    desk: LiveDesk, thread: Thread, post: Message
) -> None:
    await desk.guild.owner.set_overwrite(desk.forum, desk.maria, deny=Permission.MANAGE_THREADS)
    answer = await desk.maria.menu("Recommend", message=post)
    assert "You need *Manage Threads* in that channel to do this." == answer.content
    assert [] == lists(desk, thread)


async def test_a_bot_that_lacks_the_permission_says_which(
    desk: LiveDesk, thread: Thread, post: Message
) -> None:
    desk.guild.set_bot_permissions(BOT_PERMISSIONS & ~Permission.MANAGE_THREADS)
    answer = await desk.maria.menu("Recommend", message=post)
    assert "I lack *Manage Threads* in that channel. Ask an admin to allow it." == answer.content
    assert [] == lists(desk, thread)


async def test_what_was_deleted_leaves_the_list_at_the_next_recommendation(
    desk: LiveDesk, thread: Thread, post: Message
) -> None:
    kept = await desk.alex.post(thread, "The sea")
    for each in (post, kept):
        await desk.maria.menu("Recommend", message=each)
    await desk.alex.delete_message(post)
    newest = await desk.alex.post(thread, "The sun")
    await desk.maria.menu("Recommend", message=newest)
    [listed] = lists(desk, thread)
    expected = f"1. [Alex]({link(desk, kept)}): The sea\n2. [Alex]({link(desk, newest)}): The sun"
    assert expected == listed


async def test_a_list_that_was_deleted_is_sent_anew_at_the_next_recommendation(
    desk: LiveDesk, thread: Thread, post: Message
) -> None:
    await desk.maria.menu("Recommend", message=post)
    await desk.maria.delete_message(desk.alex.messages(thread)[-1])
    newest = await desk.alex.post(thread, "The sun")
    await desk.maria.menu("Recommend", message=newest)
    assert [2] == [len(each.splitlines()) for each in lists(desk, thread)]
