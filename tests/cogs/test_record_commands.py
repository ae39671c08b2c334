"""History, notes, explanations, cases and privacy as people use them: real interactions through the simulator."""

import csv
import json
from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from live_desk import LiveDesk, live_desk

from bot.domain.moderating import CLOSED_NOTICE
from bot.services.policies import Policies
from simulator import Answer, DiscordError, Simulator
from simulator.acts import interactions, invoking
from simulator.flags import BOT_PERMISSIONS, InteractionType, Permission
from simulator.values import Thread


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[LiveDesk]:
    async with live_desk(tmp_path) as desk:
        yield desk


@pytest.fixture
async def thread(desk: LiveDesk) -> Thread:
    return await desk.alex.start_thread(desk.forum, "A question", "Why is the sky blue?")


async def close(desk: LiveDesk, thread: Thread, reason: str = "solved") -> None:
    await desk.maria.slash("topic close", channel=thread, reason=reason)


def text(answer: Answer) -> str:
    """Everything the answer shows."""
    return answer.content + json.dumps(answer.embeds, ensure_ascii=False)


def fields(answer: Answer) -> dict[str, str]:
    [card] = answer.embeds
    return {field["name"]: field["value"] for field in card["fields"]}


def buttons(answer: Answer) -> dict[str, str]:
    return {b["label"]: b["custom_id"] for row in answer.components for b in row["components"]}


async def turn(desk: LiveDesk, answer: Answer, label: str, shows: str) -> None:
    """Click a button and wait until the message shows what it leads to."""
    await desk.maria.click(answer.message, buttons(answer)[label])
    await desk.sim.until(lambda: shows in text(answer))


def attached(answer: Answer) -> str:
    assert answer.message is not None
    [file] = answer.message.attachments
    return file.body.decode("utf-8-sig")


async def set_policy(desk: LiveDesk, channel_id: int = 0, **values: str) -> None:
    policies = desk.staff._policies
    assert isinstance(policies, Policies)
    await policies.set(int(desk.guild.id), channel_id, values, int(desk.maria.id))


async def allowed_by_an_admin(desk: LiveDesk, command: str, options: dict[str, Any]) -> Answer:
    """Alex uses a command of Maria's, as when an admin gave it to his role in the server's settings."""
    world, place = desk.sim.world, desk.sim.world.place(desk.general.id)
    data = invoking.slash_data(world, desk.maria.user, place, command, options)
    started = interactions.start(world, desk.alex.user, place, InteractionType.COMMAND, data)
    return await desk.alex._answer(started)


# /topic history, note, explain


async def test_a_history_shows_cases_and_notes(desk: LiveDesk, thread: Thread) -> None:
    await close(desk, thread)
    told = await desk.maria.slash("topic note", channel=thread, text="keep an eye on it")
    assert (True, f"The note about <#{thread.id}> is kept.") == (told.ephemeral, told.content)
    answer = await desk.maria.slash("topic history", channel=desk.general, topic=thread.id)
    assert answer.ephemeral
    assert "**#1**" in text(answer)
    assert "keep an eye on it" in text(answer)


async def test_who_got_the_commands_without_the_permission_sees_no_notes(
    desk: LiveDesk, thread: Thread
) -> None:
    await close(desk, thread)
    await desk.maria.slash("topic note", channel=thread, text="keep an eye on him")
    answer = await allowed_by_an_admin(desk, "topic history", {"topic": thread.id})
    assert ("**#1**" in text(answer), "keep an eye" in text(answer)) == (True, False)


async def test_a_note_is_never_posted(desk: LiveDesk, thread: Thread) -> None:
    await desk.maria.slash("topic note", channel=thread, text="keep an eye on it")
    assert ["Why is the sky blue?"] == [m.content for m in desk.alex.messages(thread)]


async def test_the_pages_of_a_history_work_after_a_restart(tmp_path: Path) -> None:
    async with Simulator(limits=False) as sim:
        async with live_desk(tmp_path, sim=sim) as before:
            thread = await before.alex.start_thread(before.forum, "A question", "Why?")
            for number in range(12):
                await before.maria.slash("topic note", channel=thread, text=f"note {number}")
            first = await before.maria.slash("topic history", channel=thread)
        assert ("note 11" in text(first), ["More"]) == (False, list(buttons(first)))
        async with live_desk(tmp_path, sim=sim, after=before) as desk:
            await turn(desk, first, "More", "note 11")
            assert ["Back"] == list(buttons(first))


async def test_a_page_is_refused_to_who_lost_the_right(desk: LiveDesk, thread: Thread) -> None:
    for number in range(12):
        await desk.maria.slash("topic note", channel=thread, text=f"note {number}")
    first = await desk.maria.slash("topic history", channel=desk.general, topic=thread.id)
    await desk.guild.owner.set_overwrite(desk.forum, desk.maria, deny=Permission.MANAGE_THREADS)
    await turn(desk, first, "More", "Nothing is recorded.")


@pytest.mark.parametrize("command", ["topic history", "topic note", "topic explain"])
async def test_a_thread_of_another_guild_is_refused(desk: LiveDesk, command: str) -> None:
    other = desk.sim.add_guild("The Herald")
    theirs = await other.add_member("Kim").start_thread(other.add_forum("news"), "Theirs", "Hands off")
    options = {"text": "mine"} if command == "topic note" else {}
    answer = await desk.maria.slash(command, channel=desk.general, topic=theirs.id, options=options)
    assert "another server" in answer.content


async def test_a_moderator_who_may_not_close_there_writes_no_note(desk: LiveDesk, thread: Thread) -> None:
    await desk.guild.owner.set_overwrite(desk.forum, desk.maria, deny=Permission.MANAGE_THREADS)
    answer = await desk.maria.slash("topic note", channel=desk.general, topic=thread.id, text="hello")
    assert "Only those who may close topics in that channel can write notes." == answer.content


async def test_the_history_of_a_deleted_topic_is_told(desk: LiveDesk, thread: Thread) -> None:
    await close(desk, thread)
    await desk.maria.delete_thread(thread)
    await desk.maria.slash("topic reopen", channel=desk.general, topic=thread.id)
    answer = await desk.maria.slash("topic history", channel=desk.general, topic=thread.id)
    assert "**#1**" in text(answer)


async def test_an_archived_topic_is_explained_from_elsewhere(desk: LiveDesk, thread: Thread) -> None:
    await close(desk, thread, "solved *fast*")
    await desk.maria.edit_thread(thread, archived=True)
    shown = fields(await desk.maria.slash("topic explain", channel=desk.general, topic=thread.id))
    assert "Closed to further replies" in shown["State"]
    assert "Archived" in shown["State"]
    assert f"<@{desk.maria.id}>" in shown["State"]
    assert "solved \\*fast\\*" in shown["State"]


async def test_an_explanation_names_what_the_bot_lacks(desk: LiveDesk, thread: Thread) -> None:
    desk.guild.set_bot_permissions(BOT_PERMISSIONS & ~Permission.MANAGE_THREADS)
    shown = fields(await desk.maria.slash("topic explain", channel=thread))
    assert "I lack *Manage Threads*." == shown["Missing permissions"]


async def test_an_explanation_tells_where_a_setting_was_made(desk: LiveDesk, thread: Thread) -> None:
    await set_policy(desk, idle="7d")
    await set_policy(desk, int(desk.forum.id), enforce="yes")
    policy = fields(await desk.maria.slash("topic explain", channel=thread))["Policy"]
    assert "`idle`: 1w (whole server)" in policy
    assert f"`enforce`: yes (<#{desk.forum.id}>)" in policy


async def test_the_card_of_a_topic_tells_of_any_deed(desk: LiveDesk, thread: Thread) -> None:
    await desk.maria.slash("topic rename", channel=thread, name="A better question")
    shown = fields(await desk.maria.slash("topic info", channel=thread))
    assert f"<@{desk.maria.id}>" == shown["Renamed"]


# /cases


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("cases show", {"number": 1}),
        ("cases edit", {"number": 1, "reason": "mine"}),
        ("cases search", {}),
        ("cases export", {}),
    ],
)
async def test_who_got_the_commands_without_the_permission_does_not_see_the_record(
    desk: LiveDesk, thread: Thread, command: str, options: dict[str, Any]
) -> None:
    await close(desk, thread)
    answer = await allowed_by_an_admin(desk, command, options)
    assert (True, "You need *Manage Threads* in this server to do this.") == (
        answer.ephemeral,
        answer.content,
    )


async def test_members_are_not_offered_the_record(desk: LiveDesk) -> None:
    with pytest.raises(DiscordError):
        await desk.alex.slash("cases show", channel=desk.general, number=1)


async def test_a_case_is_shown_whole(desk: LiveDesk, thread: Thread) -> None:
    await close(desk, thread)
    answer = await desk.maria.slash("cases show", channel=desk.general, number=1)
    shown = fields(answer)
    assert answer.ephemeral
    assert ("Closed", f"<@{desk.maria.id}>", "solved", "Open → Closed to further replies", "done") == (
        shown["What"],
        shown["By"],
        shown["Reason"],
        shown["State"],
        shown["Outcome"],
    )


async def test_a_case_that_was_taken_back_says_by_which(desk: LiveDesk, thread: Thread) -> None:
    await close(desk, thread)
    await desk.maria.slash("topic undo", channel=thread)
    answer = await desk.maria.slash("cases show", channel=desk.general, number=1)
    assert "#2" == fields(answer)["Taken back by"]


async def test_a_case_that_is_not_there_is_refused(desk: LiveDesk) -> None:
    answer = await desk.maria.slash("cases show", channel=desk.general, number=7)
    assert "There is no case #7 in this server." == answer.content


async def test_another_reason_edits_the_standing_notice(desk: LiveDesk, thread: Thread) -> None:
    await close(desk, thread)
    answer = await desk.maria.slash("cases edit", channel=desk.general, number=1, reason="off topic")
    assert "Case #1 has the new reason." == answer.content
    assert f"{CLOSED_NOTICE} Reason: off topic" == desk.alex.messages(thread)[-1].content
    shown = fields(await desk.maria.slash("cases show", channel=desk.general, number=1))
    assert "it was solved" in shown["Reason changed by"]


async def test_another_reason_edits_the_notice_of_a_reopening_that_was_taken_back(
    desk: LiveDesk, thread: Thread
) -> None:
    await close(desk, thread)
    await desk.maria.slash("topic reopen", channel=thread)
    await desk.maria.slash("topic undo", channel=thread)
    await desk.maria.slash("cases edit", channel=desk.general, number=3, reason="off topic")
    assert f"{CLOSED_NOTICE} Reason: off topic" == desk.alex.messages(thread)[-1].content


async def test_a_search_finds_by_topic_and_turns_pages(desk: LiveDesk, thread: Thread) -> None:
    for number in range(6):
        await close(desk, thread, f"reason {number}")
        await desk.maria.slash("topic reopen", channel=thread)
    answer = await desk.maria.slash("cases search", channel=desk.general, topic=thread.id)
    assert "**#12**" in text(answer)
    assert "**#1**" not in text(answer)
    await turn(desk, answer, "More", "**#1**")
    await turn(desk, answer, "Back", "**#12**")


async def test_a_search_by_person_deed_and_words_keeps_them_from_page_to_page(
    desk: LiveDesk, thread: Thread
) -> None:
    for number in range(11):
        await close(desk, thread, f"100% spam: {number}")
        await desk.maria.slash("topic reopen", channel=thread)
    options = {"user": desk.maria.id, "deed": "close", "text": "100% SPAM:", "topic": thread.id}
    answer = await desk.maria.slash("cases search", channel=desk.general, options=options)
    await turn(desk, answer, "More", "100% spam: 0")
    assert "Reopened" not in text(answer)


async def test_a_page_of_cases_is_refused_to_who_lost_the_right(desk: LiveDesk, thread: Thread) -> None:
    for _ in range(6):
        await close(desk, thread)
        await desk.maria.slash("topic reopen", channel=thread)
    answer = await desk.maria.slash("cases search", channel=desk.general)
    await desk.guild.owner.set_roles(desk.guild, desk.maria, [])
    await turn(desk, answer, "More", "You need *Manage Threads* in this server to do this.")
    assert [] == answer.embeds


async def test_an_export_is_a_table_that_runs_no_formula(desk: LiveDesk, thread: Thread) -> None:
    await close(desk, thread, '=HYPERLINK("https://bad.example")')
    answer = await desk.maria.slash("cases export", channel=desk.general)
    [row] = csv.DictReader(StringIO(attached(answer)))
    assert ("1", '\'=HYPERLINK("https://bad.example")') == (row["number"], row["reason"])
    assert (True, "1 case.") == (answer.ephemeral, answer.content)


async def test_who_exports_too_often_is_told_when_to_try_again(desk: LiveDesk, thread: Thread) -> None:
    await close(desk, thread)
    for _ in range(2):
        await desk.maria.slash("cases export", channel=desk.general)
    answer = await desk.maria.slash("cases export", channel=desk.general)
    assert answer.ephemeral
    assert answer.content.startswith("You did this just now. Try again <t:")


async def test_the_menu_of_a_person_shows_what_they_did(desk: LiveDesk, thread: Thread) -> None:
    await close(desk, thread)
    command = "Topic actions by this user"
    shown = await desk.maria.menu(command, user=desk.maria, channel=desk.general)
    assert "**#1**" in text(shown)
    shown = await desk.maria.menu(command, user=desk.alex, channel=desk.general)
    assert "Nothing is recorded." in text(shown)


# The staff channel


async def test_the_staff_channel_shows_a_case_and_its_new_reason_in_one_message(
    desk: LiveDesk, thread: Thread
) -> None:
    await set_policy(desk, staff_channel_id=desk.general.id)
    await close(desk, thread, "@everyone solved")
    await desk.staff.show_guild(int(desk.guild.id))
    await desk.maria.slash("cases edit", channel=desk.general, number=1, reason="off topic")
    await desk.staff.show_guild(int(desk.guild.id))
    [message] = [m for m in desk.maria.messages(desk.general) if m.ephemeral_to is None]
    assert ("Case #1", False, []) == (message.content, message.mention_everyone, list(message.mentions))
    assert "off topic" in message.embeds[0]["description"]


# /privacy


async def test_everybody_may_export_what_is_stored_about_them(desk: LiveDesk, thread: Thread) -> None:
    await close(desk, thread)
    told = json.loads(attached(await desk.maria.slash("privacy export", channel=desk.general)))
    assert ["solved"] == [case["reason"] for case in told["cases"]]
    told = json.loads(attached(await desk.alex.slash("privacy export", channel=desk.general)))
    assert [] == told["cases"]


async def test_a_person_is_forgotten_once_they_confirm(desk: LiveDesk, thread: Thread) -> None:
    await close(desk, thread)
    asked = await desk.maria.slash("privacy delete", channel=desk.general)
    assert f"<@{desk.maria.id}>" == fields(await show(desk))["By"]
    await turn(desk, asked, "Delete for good", "It is done: nothing of it names you any more.")
    assert "deleted user" == fields(await show(desk))["By"]


async def test_the_button_to_be_forgotten_works_after_a_restart(tmp_path: Path) -> None:
    async with Simulator(limits=False) as sim:
        async with live_desk(tmp_path, sim=sim) as before:
            await close(before, await before.alex.start_thread(before.forum, "A question", "Why?"))
            asked = await before.maria.slash("privacy delete", channel=before.general)
        async with live_desk(tmp_path, sim=sim, after=before) as desk:
            await turn(desk, asked, "Delete for good", "It is done")
            assert "deleted user" == fields(await show(desk))["By"]


async def test_a_person_who_asks_too_often_is_told_when_to_try_again(desk: LiveDesk) -> None:
    await desk.alex.slash("privacy export", channel=desk.general)
    answer = await desk.alex.slash("privacy export", channel=desk.general)
    assert answer.content.startswith("You did this just now. Try again <t:")


async def show(desk: LiveDesk) -> Answer:
    return await desk.maria.slash("cases show", channel=desk.general, number=1)
