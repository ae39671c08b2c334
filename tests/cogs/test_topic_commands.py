"""Commands as people use them: real interactions through the simulator, allowed and refused."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from live_desk import LiveDesk, live_desk

from bot.domain.moderating import CLOSED_NOTICE
from simulator import DiscordError
from simulator.flags import BOT_PERMISSIONS, Permission
from simulator.values import Thread


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[LiveDesk]:
    async with live_desk(tmp_path) as desk:
        yield desk


@pytest.fixture
async def thread(desk: LiveDesk) -> Thread:
    return await desk.alex.start_thread(desk.forum, "A question", "Why is the sky blue?")


def read(desk: LiveDesk, thread: Thread) -> list[str]:
    return [m.content for m in desk.alex.messages(thread)]


async def test_a_members_own_thread_can_be_closed(desk: LiveDesk, thread: Thread) -> None:
    answer = await desk.maria.slash("topic close", channel=thread, reason="solved")
    assert (True, f"<#{thread.id}> is closed.") == (answer.ephemeral, answer.content)
    assert f"{CLOSED_NOTICE} Reason: solved" == read(desk, thread)[-1]
    with pytest.raises(DiscordError):
        await desk.alex.post(thread, "But why?")


async def test_a_thread_of_a_text_channel_can_be_closed_from_its_starter(desk: LiveDesk) -> None:
    starter = await desk.alex.post(desk.general, "Lunch?")
    thread = await desk.alex.start_thread(desk.general, "Lunch", message=starter)
    answer = await desk.maria.menu("Close this topic", message=starter)
    assert f"<#{thread.id}> is closed." == answer.content


async def test_a_message_without_a_thread_is_no_topic(desk: LiveDesk) -> None:
    message = await desk.alex.post(desk.general, "Lunch?")
    answer = await desk.maria.menu("Close this topic", message=message)
    assert "There is no such thread" in answer.content


async def test_an_archived_thread_is_closed_from_elsewhere_and_stays_archived(
    desk: LiveDesk, thread: Thread
) -> None:
    await desk.maria.edit_thread(thread, archived=True)
    answer = await desk.maria.slash("topic close", channel=desk.general, topic=thread.id)
    assert f"<#{thread.id}> is closed." == answer.content
    assert (True, True) == (thread.locked, thread.archived)
    assert CLOSED_NOTICE == read(desk, thread)[-1]


async def test_a_link_names_a_topic(desk: LiveDesk, thread: Thread) -> None:
    link = f"https://discord.com/channels/{desk.guild.id}/{thread.id}"
    await desk.maria.slash("topic close", channel=desk.general, topic=link)
    assert thread.locked


@pytest.mark.parametrize("topic", ["rain", "1"])
async def test_what_names_no_thread_is_refused(desk: LiveDesk, topic: str) -> None:
    answer = await desk.maria.slash("topic close", channel=desk.general, topic=topic)
    assert answer.ephemeral
    assert "no such t" in answer.content


async def test_a_channel_is_no_topic(desk: LiveDesk) -> None:
    answer = await desk.maria.slash("topic close", channel=desk.general, topic=desk.general.id)
    assert "no such thread" in answer.content


async def test_a_member_is_not_offered_the_commands(desk: LiveDesk, thread: Thread) -> None:
    with pytest.raises(DiscordError):
        await desk.alex.slash("topic close", channel=thread)


async def test_a_moderator_who_lacks_the_permission_in_that_channel_is_told_which(
    desk: LiveDesk, thread: Thread
) -> None:
    await desk.guild.owner.set_overwrite(desk.forum, desk.maria, deny=Permission.MANAGE_THREADS)
    answer = await desk.maria.slash("topic close", channel=desk.general, topic=thread.id)
    assert "You need *Manage Threads* in that channel to do this." == answer.content
    assert not thread.locked


async def test_a_bot_that_lacks_the_permission_says_which(desk: LiveDesk, thread: Thread) -> None:
    desk.guild.set_bot_permissions(BOT_PERMISSIONS & ~Permission.MANAGE_THREADS)
    answer = await desk.maria.slash("topic close", channel=thread)
    assert "I lack *Manage Threads* in that channel. Ask an admin to allow it." == answer.content
    assert not thread.locked


async def test_a_thread_of_another_guild_is_refused(desk: LiveDesk) -> None:
    other = desk.sim.add_guild("The Herald")
    stranger = other.add_member("Kim")
    theirs = await stranger.start_thread(other.add_forum("news"), "Theirs", "Hands off")
    answer = await desk.maria.slash("topic close", channel=desk.general, topic=theirs.id)
    assert "another server" in answer.content
    assert not theirs.locked


async def test_a_thread_that_was_deleted_is_refused(desk: LiveDesk, thread: Thread) -> None:
    await desk.maria.slash("topic close", channel=thread)
    await desk.maria.delete_thread(thread)
    answer = await desk.maria.slash("topic reopen", channel=desk.general, topic=thread.id)
    assert "There is no such thread any more; nothing was changed." == answer.content


async def test_an_outage_is_told_and_the_close_is_shown_later(desk: LiveDesk, thread: Thread) -> None:
    desk.sim.fault("503", method="PATCH", route=f"/channels/{thread.id}")
    answer = await desk.maria.slash("topic close", channel=thread)
    assert answer.content.startswith(f"It is recorded that <#{thread.id}> shall be closed")


async def test_a_lock_whose_answer_is_lost_is_done_once(desk: LiveDesk, thread: Thread) -> None:
    desk.sim.fault("reset-after", method="PATCH", route=f"/channels/{thread.id}")
    await desk.maria.slash("topic close", channel=thread)
    answer = await desk.maria.slash("topic info", channel=thread)
    assert "Closed to further replies" in str(answer.embeds)


async def test_the_card_tells_who_closed_it_when_and_why(desk: LiveDesk, thread: Thread) -> None:
    await desk.maria.slash("topic close", channel=thread, reason="solved *fast*")
    [card] = (await desk.maria.slash("topic info", channel=thread)).embeds
    fields = {field["name"]: field["value"] for field in card["fields"]}
    assert "Closed to further replies" == fields["State"]
    assert f"<@{desk.maria.id}>" == fields["Closed by"]
    assert "solved \\*fast\\*" == fields["Reason"]
    assert "<t:" in fields["When"]
    assert "#1: done" == fields["Case"]


async def test_a_reason_pings_nobody(desk: LiveDesk, thread: Thread) -> None:
    await desk.maria.slash("topic close", channel=thread, reason=f"@everyone <@{desk.alex.id}>")
    notice = desk.alex.messages(thread)[-1]
    assert (False, []) == (notice.mention_everyone, list(notice.mentions))


async def test_a_completion_marks_the_topics_that_are_closed(desk: LiveDesk, thread: Thread) -> None:
    await desk.maria.slash("topic close", channel=thread)
    completion = await desk.maria.autocomplete(
        "topic info", channel=desk.general, focused="topic", topic="quest"
    )
    assert [{"name": "🔒 A question", "value": thread.id}] == [
        {"name": choice["name"], "value": choice["value"]} for choice in completion
    ]
