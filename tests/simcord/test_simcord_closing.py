"""Close and reopen under SimCord, a simulator that is not ours. What is real and what is not: `simcord_desk`."""

from datetime import timedelta

import pytest
import simcord
from simcord_desk import SimcordDesk, told

from bot.domain.moderating import CLOSED_NOTICE, OPEN_NOTICE

OPEN = {"locked": False, "archived": False}
CLOSED = {"locked": True, "archived": False}


async def test_a_members_post_is_closed_with_a_reason(
    desk: SimcordDesk, thread: simcord.ChannelHandle
) -> None:
    answer = await desk.maria.slash(thread, "topic close", reason="solved")
    assert f"<#{thread.id}> is closed." == told(answer)
    assert CLOSED == desk.flags(thread)
    assert ["Why is the sky blue?", f"{CLOSED_NOTICE} Reason: solved"] == desk.read(thread)


async def test_the_lock_comes_before_the_notice(desk: SimcordDesk, thread: simcord.ChannelHandle) -> None:
    await desk.maria.slash(thread, "topic close")
    written = [(r.method, r.path) for r in desk.env.http_requests if r.path.startswith("/channels/")]
    assert [
        ("PATCH", f"/channels/{thread.id}"),
        ("POST", f"/channels/{thread.id}/messages"),
    ] == [request for request in written if request[0] != "GET"]


async def test_our_own_news_can_be_closed(desk: SimcordDesk) -> None:
    [thread] = await desk.publish("rain")
    await desk.maria.slash(thread, "topic close")
    assert CLOSED == desk.flags(thread)
    assert CLOSED_NOTICE == desk.read(thread)[-1]


async def test_a_thread_of_a_text_channel_is_closed_by_the_menu_of_its_starter(desk: SimcordDesk) -> None:
    starter = await desk.alex.send(desk.general, "Lunch?")
    thread = await desk.start_thread(desk.alex, "Lunch", starter)
    answer = await desk.maria.context_menu(desk.general, "Close this topic", starter)
    assert f"<#{thread.id}> is closed." == told(answer)
    assert CLOSED == desk.flags(thread)
    assert [CLOSED_NOTICE] == desk.read(thread)


async def test_a_topic_is_closed_by_the_menu_of_any_message_in_it(
    desk: SimcordDesk, thread: simcord.ChannelHandle
) -> None:
    reply = await desk.alex.send(thread, "Anybody?")
    await desk.maria.context_menu(thread, "Close this topic", reply)
    assert CLOSED == desk.flags(thread)


@pytest.mark.parametrize("name", ["{id}", "<#{id}>", "https://discord.com/channels/{guild}/{id}"])
async def test_a_topic_is_closed_from_elsewhere(
    desk: SimcordDesk, thread: simcord.ChannelHandle, name: str
) -> None:
    topic = name.format(guild=desk.guild.id, id=thread.id)
    answer = await desk.maria.slash(desk.general, "topic close", topic=topic)
    assert f"<#{thread.id}> is closed." == told(answer)
    assert CLOSED == desk.flags(thread)


async def test_an_archived_topic_is_closed_and_stays_archived(
    desk: SimcordDesk, thread: simcord.ChannelHandle
) -> None:
    await desk.edit_thread(thread, archived=True)
    await desk.maria.slash(desk.general, "topic close", topic=str(thread.id))
    assert {"locked": True, "archived": True} == desk.flags(thread)
    assert CLOSED_NOTICE == desk.read(thread)[-1]


async def test_a_second_close_is_refused_and_gives_no_second_notice(
    desk: SimcordDesk, thread: simcord.ChannelHandle
) -> None:
    await desk.maria.slash(thread, "topic close")
    answer = await desk.maria.slash(thread, "topic close")
    assert "This topic is already closed." == told(answer)
    assert [CLOSED_NOTICE] == desk.read(thread)[1:]


async def test_a_second_close_with_a_reason_changes_the_notice(
    desk: SimcordDesk, thread: simcord.ChannelHandle
) -> None:
    await desk.maria.slash(thread, "topic close")
    answer = await desk.maria.slash(thread, "topic close", reason="spam")
    expected = f"<#{thread.id}> was closed already; its notice gives the new reason now."
    assert expected == told(answer)
    assert [f"{CLOSED_NOTICE} Reason: spam"] == desk.read(thread)[1:]


async def test_a_reopened_topic_is_unlocked_and_its_notice_says_so(
    desk: SimcordDesk, thread: simcord.ChannelHandle
) -> None:
    await desk.maria.slash(thread, "topic close", reason="solved")
    answer = await desk.maria.slash(thread, "topic reopen", reason="not quite")
    assert f"<#{thread.id}> is open again." == told(answer)
    assert OPEN == desk.flags(thread)
    assert [f"{OPEN_NOTICE} Reason: not quite"] == desk.read(thread)[1:]


async def test_a_topic_that_was_reopened_can_be_closed_again(
    desk: SimcordDesk, thread: simcord.ChannelHandle
) -> None:
    await desk.maria.slash(thread, "topic close")
    await desk.maria.slash(thread, "topic reopen")
    await desk.maria.slash(thread, "topic close")
    assert CLOSED == desk.flags(thread)
    assert [OPEN_NOTICE, CLOSED_NOTICE] == desk.read(thread)[1:]


async def test_a_topic_that_somebody_locked_by_hand_can_be_reopened(
    desk: SimcordDesk, thread: simcord.ChannelHandle
) -> None:
    await desk.edit_thread(thread, locked=True)
    await desk.maria.slash(thread, "topic reopen")
    assert OPEN == desk.flags(thread)


async def test_a_topic_that_somebody_unlocked_by_hand_can_be_closed_again(
    desk: SimcordDesk, thread: simcord.ChannelHandle
) -> None:
    await desk.maria.slash(thread, "topic close")
    await desk.edit_thread(thread, locked=False)
    await desk.maria.slash(thread, "topic close")
    assert CLOSED == desk.flags(thread)
    assert [OPEN_NOTICE, CLOSED_NOTICE] == desk.read(thread)[1:]


async def test_a_topic_closed_before_a_restart_can_be_reopened_after_it(
    desk: SimcordDesk, thread: simcord.ChannelHandle
) -> None:
    await desk.maria.slash(thread, "topic close")
    await desk.restart()
    await desk.maria.slash(thread, "topic reopen")
    assert OPEN == desk.flags(thread)
    assert [OPEN_NOTICE] == desk.read(thread)[1:]


async def test_an_outage_is_told_and_the_close_is_shown_when_it_is_over(
    desk: SimcordDesk, thread: simcord.ChannelHandle
) -> None:
    desk.env.inject_error("PATCH", f"/channels/{thread.id}", status=503)
    answer = await desk.maria.slash(thread, "topic close")
    assert told(answer).startswith(f"It is recorded that <#{thread.id}> shall be closed")
    assert OPEN == desk.flags(thread)
    await desk.pass_time(timedelta(minutes=1))
    assert CLOSED == desk.flags(thread)
    assert [CLOSED_NOTICE] == desk.read(thread)[1:]


async def test_a_reason_pings_nobody(desk: SimcordDesk, thread: simcord.ChannelHandle) -> None:
    await desk.maria.slash(thread, "topic close", reason=f"@everyone {desk.alex.mention}")
    assert (set(), False) == (desk.pinged(thread), thread.history()[-1].mention_everyone)
