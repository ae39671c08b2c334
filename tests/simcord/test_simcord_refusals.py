"""What is refused under SimCord, a simulator that is not ours: whoever may not, and whatever cannot be, is told why."""

import pytest
import simcord
from simcord_desk import SimcordDesk, told

OPEN = {"locked": False, "archived": False}


async def test_a_member_is_not_offered_the_commands(desk: SimcordDesk, thread: simcord.ChannelHandle) -> None:
    with pytest.raises(simcord.SetupError, match="default-member-permissions"):
        await desk.alex.slash(thread, "topic close")
    assert (
        "appeal",
        "follow",
        "latest",
        "privacy export",
        "privacy delete",
        "search",
        "unfollow",
    ) == desk.alex.available_commands(thread)


async def test_a_member_whom_an_admin_gave_the_command_still_needs_the_permission(
    desk: SimcordDesk, thread: simcord.ChannelHandle
) -> None:
    await desk.allow_command("topic", desk.alex)
    answer = await desk.alex.slash(thread, "topic close")
    assert "You need *Manage Threads* in that channel to do this." == told(answer)
    assert OPEN == desk.flags(thread)


async def test_a_moderator_who_lacks_the_permission_in_that_channel_is_told_which(
    desk: SimcordDesk, thread: simcord.ChannelHandle
) -> None:
    await desk.deny(desk.forum, desk.maria.id, manage_threads=True)
    answer = await desk.maria.slash(desk.general, "topic close", topic=str(thread.id))
    assert "You need *Manage Threads* in that channel to do this." == told(answer)
    assert OPEN == desk.flags(thread)


async def test_a_bot_that_lacks_the_permission_says_which(
    desk: SimcordDesk, thread: simcord.ChannelHandle
) -> None:
    await desk.deny(desk.forum, desk.bot_id, manage_threads=True)
    answer = await desk.maria.slash(thread, "topic close")
    assert "I lack *Manage Threads* in that channel. Ask an admin to allow it." == told(answer)
    assert OPEN == desk.flags(thread)


async def test_a_bot_that_cannot_see_the_channel_says_so(
    desk: SimcordDesk, thread: simcord.ChannelHandle
) -> None:
    await desk.deny(desk.forum, desk.bot_id, view_channel=True)
    answer = await desk.maria.slash(desk.general, "topic close", topic=str(thread.id))
    assert "I cannot see that thread. Give me *View Channels* there, then try again." == told(answer)
    assert OPEN == desk.flags(thread)


@pytest.mark.parametrize("command", ["topic close", "topic reopen", "topic info"])
async def test_a_thread_that_was_deleted_is_refused(
    desk: SimcordDesk, thread: simcord.ChannelHandle, command: str
) -> None:
    await desk.maria.slash(thread, "topic close")
    await desk.delete_thread(thread)
    answer = await desk.maria.slash(desk.general, command, topic=str(thread.id))
    assert "There is no such thread any more; nothing was changed." == told(answer)


async def test_a_thread_of_another_guild_is_refused(desk: SimcordDesk) -> None:
    theirs = await desk.start_post(desk.kim, "Theirs", "Hands off", forum=desk.abroad)
    answer = await desk.maria.slash(desk.general, "topic close", topic=str(theirs.id))
    assert "That thread is in another server; close it from there." == told(answer)
    assert OPEN == desk.flags(theirs)


async def test_an_open_topic_cannot_be_reopened(desk: SimcordDesk, thread: simcord.ChannelHandle) -> None:
    answer = await desk.maria.slash(thread, "topic reopen")
    assert "This topic is already open." == told(answer)


async def test_a_channel_is_no_topic(desk: SimcordDesk) -> None:
    here = await desk.maria.slash(desk.general, "topic close")
    assert "This is no topic. Use the command inside one, or fill in `topic`." == told(here)
    named = await desk.maria.slash(desk.general, "topic close", topic=desk.general.mention)
    assert "There is no such thread any more; nothing was changed." == told(named)


async def test_what_names_no_thread_is_refused(desk: SimcordDesk) -> None:
    answer = await desk.maria.slash(desk.general, "topic close", topic="rain")
    assert told(answer).startswith("I know no such topic.")


async def test_a_message_without_a_thread_is_no_topic(desk: SimcordDesk) -> None:
    message = await desk.alex.send(desk.general, "Lunch?")
    answer = await desk.maria.context_menu(desk.general, "Close this topic", message)
    assert "There is no such thread any more; nothing was changed." == told(answer)
