"""`/appeal` and the staff's buttons through real interactions."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from live_desk import LiveDesk, live_desk

from bot.adapters.clock import SystemClock
from simulator import Channel, Simulator
from simulator.flags import Permission
from simulator.values import Message, Thread


@dataclass(frozen=True)
class Stage:
    desk: LiveDesk
    staff: Channel
    thread: Thread

    def told(self) -> list[Message]:
        return self.desk.maria.messages(self.staff)

    def button(self, message: Message, label: str) -> str:
        buttons = [each for row in message.components for each in row["components"]]
        return next(str(each["custom_id"]) for each in buttons if each["label"] == label)


async def furnished(desk: LiveDesk) -> Stage:
    staff = desk.guild.add_text("staff")
    await desk.guild.owner.set_overwrite(staff, desk.alex, deny=Permission.VIEW_CHANNEL)
    values = {"staff_channel_id": staff.id}
    await desk.store.policies.put(int(desk.guild.id), 0, values, 1, SystemClock().now())
    thread = await desk.alex.start_thread(desk.forum, "A question", "Why is the sky blue?")
    await desk.maria.slash("topic close", channel=thread)
    return Stage(desk, staff, thread)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[LiveDesk]:
    async with live_desk(tmp_path) as desk:
        yield desk


@pytest.fixture
async def stage(desk: LiveDesk) -> Stage:
    return await furnished(desk)


async def appeal(stage: Stage) -> Message:
    desk = stage.desk
    answer = await desk.alex.slash("appeal", channel=desk.general, topic=stage.thread.id, text="It is @here")
    assert f"The staff has your appeal about <#{stage.thread.id}>. I tell you what they decide." == (
        answer.content
    )
    assert answer.ephemeral
    return stage.told()[-1]


async def test_an_appeal_reaches_the_staff_and_pings_nobody(stage: Stage) -> None:
    message = await appeal(stage)
    assert f"<@{stage.desk.alex.id}> asks that <#{stage.thread.id}> be opened again." == message.content
    assert "It is @\u200bhere" == message.embeds[0]["description"]
    assert (False, []) == (message.mention_everyone, list(message.mentions))


async def test_the_staff_opens_the_topic_by_a_button(stage: Stage) -> None:
    message = await appeal(stage)
    answer = await stage.desk.maria.click(message, stage.button(message, "Reopen topic"))
    assert f"<#{stage.thread.id}> is open again; whoever appealed is told." == answer.content
    assert not stage.thread.locked
    assert ([], True) == (message.components, message.content.endswith("opened the topic again."))


async def test_the_staff_declines_by_a_button(stage: Stage) -> None:
    message = await appeal(stage)
    answer = await stage.desk.maria.click(message, stage.button(message, "Decline"))
    assert f"<#{stage.thread.id}> stays closed; whoever appealed is told." == answer.content
    assert (True, []) == (stage.thread.locked, message.components)


async def test_a_button_clicked_by_who_may_not_manage_the_topic_does_nothing(stage: Stage) -> None:
    message = await appeal(stage)
    kim = stage.desk.guild.add_member("Kim")
    answer = await kim.click(message, stage.button(message, "Reopen topic"))
    assert "You need *Manage Threads* in that channel to do this." == answer.content
    assert stage.thread.locked


async def test_buttons_survive_a_restart(tmp_path: Path) -> None:
    async with Simulator(limits=False) as sim:
        async with live_desk(tmp_path, sim=sim) as before:
            stage = await furnished(before)
            message = await appeal(stage)
        async with live_desk(tmp_path, sim=sim, after=before) as after:
            await after.maria.click(message, stage.button(message, "Reopen topic"))
            assert not stage.thread.locked


async def test_an_archived_topic_can_be_appealed_and_opened(stage: Stage) -> None:
    await stage.desk.maria.edit_thread(stage.thread, archived=True)
    message = await appeal(stage)
    await stage.desk.maria.click(message, stage.button(message, "Reopen topic"))
    assert not stage.thread.locked


async def test_a_second_appeal_is_refused(stage: Stage) -> None:
    await appeal(stage)
    answer = await stage.desk.alex.slash(
        "appeal", channel=stage.desk.general, topic=stage.thread.id, text="Please"
    )
    assert "You have appealed already; the staff has not decided yet." == answer.content


async def test_without_a_staff_channel_no_appeals_are_taken(desk: LiveDesk) -> None:
    thread = await desk.alex.start_thread(desk.forum, "A question", "Why is the sky blue?")
    await desk.maria.slash("topic close", channel=thread)
    answer = await desk.alex.slash("appeal", channel=desk.general, topic=thread.id, text="Please")
    assert "This server takes no appeals here. Ask its moderators directly." == answer.content


async def test_an_open_topic_needs_no_appeal(stage: Stage) -> None:
    await stage.desk.maria.slash("topic reopen", channel=stage.thread)
    answer = await stage.desk.alex.slash("appeal", channel=stage.thread, text="Please")
    assert "This topic is open: you can say it there." == answer.content


async def test_another_guilds_topic_is_unknown(stage: Stage) -> None:
    other = stage.desk.sim.add_guild("The Herald")
    stranger = other.add_member("Kim")
    theirs = await stranger.start_thread(other.add_forum("news"), "Theirs", "Hands off")
    answer = await stage.desk.alex.slash("appeal", channel=stage.desk.general, topic=theirs.id, text="Please")
    assert answer.content.startswith("I know no such topic.")


async def test_a_deleted_topic_is_unknown(stage: Stage) -> None:
    await stage.desk.maria.delete_thread(stage.thread)
    answer = await stage.desk.alex.slash(
        "appeal", channel=stage.desk.general, topic=stage.thread.id, text="Please"
    )
    assert answer.content.startswith("I know no such topic.")


async def test_a_topic_deleted_after_the_appeal_leaves_nothing_to_decide(stage: Stage) -> None:
    message = await appeal(stage)
    await stage.desk.maria.delete_thread(stage.thread)
    answer = await stage.desk.maria.click(message, stage.button(message, "Reopen topic"))
    assert "This topic's thread no longer exists in Discord." == answer.content
    assert ([], True) == (message.components, message.content.endswith("There is nothing left to decide."))
