"""Schedules, timers, slow mode and exemptions by real interactions through the simulator, allowed and refused."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from live_desk import LiveDesk, live_desk

from bot.adapters.clock import SystemClock
from bot.domain.moderating import CLOSED_NOTICE, OPEN_NOTICE
from simulator import Answer, DiscordError, Simulator
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


def ahead(answer: Answer) -> timedelta:
    """How far the echoed moment is from now."""
    [at, again] = re.findall(r"<t:(\d+):[FR]>", answer.content)
    assert at == again
    now = SystemClock().now()
    return datetime.fromtimestamp(int(at), now.tzinfo) - now


def about(wanted: timedelta) -> object:
    return pytest.approx(wanted.total_seconds(), abs=60)


def buttons(answer: Answer) -> dict[str, str]:
    """Label -> custom_id."""
    return {button["label"]: button["custom_id"] for row in answer.components for button in row["components"]}


async def close_later(desk: LiveDesk, thread: Thread, when: str = "2h") -> Answer:
    return await desk.maria.slash(
        "topic schedule", channel=desk.general, action="close", when=when, topic=thread.id
    )


async def list_timers(desk: LiveDesk, thread: Thread) -> Answer:
    return await desk.maria.slash("topic timers", channel=desk.general, topic=thread.id)


async def click(desk: LiveDesk, answer: Answer, label: str) -> Answer:
    assert answer.message is not None
    return await desk.maria.click(answer.message, buttons(answer)[label])


async def poke(desk: LiveDesk) -> None:
    """Any new plan lets the desk look at its timers."""
    other = await desk.alex.start_thread(desk.forum, "Another", "?")
    await desk.guild.owner.slash("topic keepopen", channel=desk.general, topic=other.id)


async def make_due(desk: LiveDesk) -> None:
    """Time flies: whatever is planned is due now."""
    async with desk.store.database.write() as tx:
        await tx.execute("UPDATE timers SET due_at = 1 WHERE state = 'pending'", {})


async def test_a_close_for_a_while_echoes_when_it_ends(desk: LiveDesk, thread: Thread) -> None:
    answer = await desk.maria.slash("topic close", channel=thread, options={"for": "2d"})
    assert answer.content.startswith(f"<#{thread.id}> is closed. It will be open again at <t:")
    assert about(timedelta(days=2)) == ahead(answer).total_seconds()
    assert thread.locked


async def test_a_close_for_a_second_is_over_by_itself(desk: LiveDesk, thread: Thread) -> None:
    await desk.maria.slash("topic close", channel=thread, options={"for": "1s"})
    await desk.sim.until(lambda: read(desk, thread)[-1] == OPEN_NOTICE)
    assert not thread.locked


async def test_a_closed_topic_can_still_be_given_an_end(desk: LiveDesk, thread: Thread) -> None:
    await desk.maria.slash("topic close", channel=thread)
    answer = await desk.maria.slash("topic close", channel=thread, options={"for": "3h"})
    assert about(timedelta(hours=3)) == ahead(answer).total_seconds()
    assert [CLOSED_NOTICE] == read(desk, thread)[1:]


@pytest.mark.parametrize("lasting", ["2 fortnights", "2020-01-01 10:00", "800d"])
async def test_a_close_until_no_good_moment_closes_nothing(
    desk: LiveDesk, thread: Thread, lasting: str
) -> None:
    answer = await desk.maria.slash("topic close", channel=thread, options={"for": lasting})
    assert answer.ephemeral
    assert not thread.locked


async def test_a_silent_close_gives_no_notice(desk: LiveDesk, thread: Thread) -> None:
    await desk.maria.slash("topic close", channel=thread, silent=True)
    assert (True, 1) == (thread.locked, len(read(desk, thread)))


async def test_a_close_can_archive_and_tag(desk: LiveDesk) -> None:
    forum = desk.guild.add_forum("tagged", tags=["World", "Solved"])
    thread = await desk.alex.start_thread(forum, "A question", "?", tags=[forum.tags[0].id])
    await desk.maria.slash("topic close", channel=thread, archive=True, tag="solved")
    assert (True, True) == (thread.locked, thread.archived)
    assert {tag.id for tag in forum.tags} == set(thread.applied_tags)
    assert CLOSED_NOTICE == read(desk, thread)[-1]


async def test_a_pinned_topic_is_not_archived(desk: LiveDesk, thread: Thread) -> None:
    await desk.maria.slash("topic pin", channel=thread)
    answer = await desk.maria.slash("topic close", channel=thread, archive=True)
    assert "Unpin the topic first." in answer.content
    assert not thread.locked


async def test_an_unknown_tag_closes_nothing(desk: LiveDesk, thread: Thread) -> None:
    answer = await desk.maria.slash("topic close", channel=thread, tag="Weather")
    assert "This forum has no tag Weather." == answer.content
    assert not thread.locked


async def test_tags_are_suggested_for_a_close(desk: LiveDesk) -> None:
    forum = desk.guild.add_forum("tagged", tags=["World", "Sport"])
    thread = await desk.alex.start_thread(forum, "A question", "?")
    found = await desk.maria.autocomplete("topic close", channel=thread, focused="tag", tag="wo")
    assert ["World"] == [choice["name"] for choice in found]


async def test_a_schedule_changes_nothing_now_and_echoes_its_moment(desk: LiveDesk, thread: Thread) -> None:
    answer = await close_later(desk, thread)
    assert answer.content.startswith(f"<#{thread.id}> will be closed at <t:")
    assert about(timedelta(hours=2)) == ahead(answer).total_seconds()
    assert not thread.locked


async def test_a_scheduled_close_closes_when_its_time_comes(desk: LiveDesk, thread: Thread) -> None:
    await desk.maria.slash("topic schedule", channel=thread, action="close", when="1s", reason="night")
    await desk.sim.until(lambda: len(read(desk, thread)) == 2)
    assert thread.locked
    assert f"{CLOSED_NOTICE} Reason: night" == read(desk, thread)[-1]


async def test_a_scheduled_close_of_an_archived_thread_leaves_it_archived(
    desk: LiveDesk, thread: Thread
) -> None:
    await close_later(desk, thread)
    await desk.maria.edit_thread(thread, archived=True)
    await make_due(desk)
    await poke(desk)
    await desk.sim.until(lambda: thread.locked and thread.archived)


async def test_a_repeating_schedule_is_listed_as_such(desk: LiveDesk, thread: Thread) -> None:
    answer = await desk.maria.slash(
        "topic schedule", channel=thread, action="reopen", when="18:00", repeat="daily"
    )
    assert "will be open again every day, first at <t:" in answer.content
    [card] = (await list_timers(desk, thread)).embeds
    assert "every day" in card["description"]


async def test_the_list_tells_what_is_planned_and_by_whom(desk: LiveDesk, thread: Thread) -> None:
    await close_later(desk, thread)
    await desk.maria.slash("topic slowmode", channel=thread, options={"delay": "30s", "for": "1h"})
    answer = await list_timers(desk, thread)
    [card] = answer.embeds
    first, second = card["description"].splitlines()
    assert "Put the old slow mode back" in first
    assert "Close" in second
    assert f"<@{desk.maria.id}>" in second
    assert ["1: Cancel", "1: +1 h", "1: +1 d", "2: Cancel", "2: +1 h", "2: +1 d"] == list(buttons(answer))


async def test_nothing_planned_is_said(desk: LiveDesk, thread: Thread) -> None:
    assert "Nothing is planned for this topic." == (await list_timers(desk, thread)).content


async def test_a_cancelled_timer_does_not_ring(desk: LiveDesk, thread: Thread) -> None:
    await close_later(desk, thread)
    answer = await click(desk, await list_timers(desk, thread), "1: Cancel")
    assert "Nothing is planned for this topic." == answer.content
    assert "Nothing is planned for this topic." == (await list_timers(desk, thread)).content


@pytest.mark.parametrize(("label", "hours"), [("1: +1 h", 3), ("1: +1 d", 26)])
async def test_a_timer_is_put_off(desk: LiveDesk, thread: Thread, label: str, hours: int) -> None:
    await close_later(desk, thread)
    answer = await click(desk, await list_timers(desk, thread), label)
    [card] = answer.embeds
    now = SystemClock().now()
    [at] = re.findall(r"<t:(\d+):F>", card["description"])
    assert about(timedelta(hours=hours)) == int(at) - now.timestamp()
    again = await click(desk, answer, label)
    assert "Close" in again.embeds[0]["description"]


async def test_a_button_of_an_old_list_does_not_touch_what_was_armed_anew(
    desk: LiveDesk, thread: Thread
) -> None:
    await close_later(desk, thread)
    old = await list_timers(desk, thread)
    await close_later(desk, thread, "5h")
    answer = await click(desk, old, "1: Cancel")
    assert "moved or was cancelled meanwhile" in answer.content
    assert 1 == len((await list_timers(desk, thread)).embeds)


async def test_a_button_works_after_a_restart(tmp_path: Path) -> None:
    async with Simulator(limits=False) as sim:
        async with live_desk(tmp_path, sim=sim) as before:
            thread = await before.alex.start_thread(before.forum, "A question", "Why?")
            await close_later(before, thread)
            listed = await list_timers(before, thread)
        async with live_desk(tmp_path, sim=sim, after=before) as desk:
            answer = await click(desk, listed, "1: Cancel")
            assert "Nothing is planned for this topic." == answer.content


async def test_a_timer_rings_after_a_restart(tmp_path: Path) -> None:
    async with Simulator(limits=False) as sim:
        async with live_desk(tmp_path, sim=sim) as before:
            thread = await before.alex.start_thread(before.forum, "A question", "Why?")
            await close_later(before, thread)
            await make_due(before)
        async with live_desk(tmp_path, sim=sim, after=before) as desk:
            await sim.until(lambda: len(read(desk, thread)) == 2)
            assert thread.locked


async def test_a_button_of_somebody_else_does_nothing_for_a_member(desk: LiveDesk, thread: Thread) -> None:
    await close_later(desk, thread)
    listed = await list_timers(desk, thread)
    with pytest.raises(DiscordError):
        await desk.alex.click(listed.message, buttons(listed)["1: Cancel"])
    assert 1 == len((await list_timers(desk, thread)).embeds)


async def test_a_moderator_who_lost_the_permission_meanwhile_cannot_use_the_buttons(
    desk: LiveDesk, thread: Thread
) -> None:
    await close_later(desk, thread)
    listed = await list_timers(desk, thread)
    await desk.guild.owner.set_overwrite(desk.forum, desk.maria, deny=Permission.MANAGE_THREADS)
    answer = await click(desk, listed, "1: Cancel")
    assert "You need *Manage Threads* in that channel to do this." == answer.content


async def test_a_slow_mode_is_set_and_taken_away(desk: LiveDesk, thread: Thread) -> None:
    answer = await desk.maria.slash("topic slowmode", channel=thread, delay="5m")
    assert (f"The slow mode of <#{thread.id}> is set.", 300) == (
        answer.content,
        thread.rate_limit_per_user,
    )
    await desk.maria.slash("topic slowmode", channel=thread, delay="off")
    assert 0 == thread.rate_limit_per_user


async def test_a_timed_slow_mode_gives_way_to_the_old_one(desk: LiveDesk, thread: Thread) -> None:
    await desk.maria.slash("topic slowmode", channel=thread, delay="10")
    answer = await desk.maria.slash("topic slowmode", channel=thread, options={"delay": "1m", "for": "1s"})
    assert "the old one comes back at <t:" in answer.content
    await desk.sim.until(lambda: thread.rate_limit_per_user == 10)


@pytest.mark.parametrize("delay", ["7h", "soon"])
async def test_a_slow_mode_that_discord_does_not_know_is_refused(
    desk: LiveDesk, thread: Thread, delay: str
) -> None:
    answer = await desk.maria.slash("topic slowmode", channel=thread, delay=delay)
    assert answer.ephemeral
    assert 0 == thread.rate_limit_per_user


async def test_a_topic_is_kept_open_until_a_moment_for_good_and_no_longer(
    desk: LiveDesk, thread: Thread
) -> None:
    until = await desk.maria.slash("topic keepopen", channel=thread, until="2d")
    assert about(timedelta(days=2)) == ahead(until).total_seconds()
    for_good = await desk.maria.slash("topic keepopen", channel=thread)
    assert f"<#{thread.id}> will not be closed automatically." == for_good.content
    no_longer = await desk.maria.slash("topic keepopen", channel=thread, until="off")
    assert f"<#{thread.id}> may be closed automatically again." == no_longer.content


COMMANDS: list[tuple[str, dict[str, object]]] = [
    ("topic schedule", {"action": "close", "when": "2h"}),
    ("topic timers", {}),
    ("topic keepopen", {}),
    ("topic slowmode", {"delay": "5s"}),
]


@pytest.mark.parametrize(("command", "options"), COMMANDS)
async def test_a_member_is_not_offered_any_of_it(
    desk: LiveDesk, thread: Thread, command: str, options: dict[str, object]
) -> None:
    with pytest.raises(DiscordError):
        await desk.alex.slash(command, channel=thread, options=options)


@pytest.mark.parametrize(("command", "options"), COMMANDS)
async def test_a_moderator_without_the_permission_in_that_channel_is_told_which(
    desk: LiveDesk, thread: Thread, command: str, options: dict[str, object]
) -> None:
    await desk.guild.owner.set_overwrite(desk.forum, desk.maria, deny=Permission.MANAGE_THREADS)
    answer = await desk.maria.slash(command, channel=desk.general, options={**options, "topic": thread.id})
    assert "You need *Manage Threads* in that channel to do this." == answer.content


@pytest.mark.parametrize(("command", "options"), COMMANDS)
async def test_a_bot_without_the_permission_says_which(
    desk: LiveDesk, thread: Thread, command: str, options: dict[str, object]
) -> None:
    desk.guild.set_bot_permissions(BOT_PERMISSIONS & ~Permission.MANAGE_THREADS)
    answer = await desk.maria.slash(command, channel=desk.general, options={**options, "topic": thread.id})
    assert "I lack *Manage Threads* in that channel. Ask an admin to allow it." == answer.content


@pytest.mark.parametrize(("command", "options"), COMMANDS)
async def test_a_thread_of_another_guild_is_refused(
    desk: LiveDesk, command: str, options: dict[str, object]
) -> None:
    other = desk.sim.add_guild("The Herald")
    theirs = await other.add_member("Kim").start_thread(other.add_forum("news"), "Theirs", "Hands off")
    answer = await desk.maria.slash(command, channel=desk.general, options={**options, "topic": theirs.id})
    assert "another server" in answer.content


@pytest.mark.parametrize(("command", "options"), COMMANDS)
async def test_a_thread_that_was_deleted_is_refused(
    desk: LiveDesk, thread: Thread, command: str, options: dict[str, object]
) -> None:
    await desk.maria.delete_thread(thread)
    answer = await desk.maria.slash(command, channel=desk.general, options={**options, "topic": thread.id})
    assert "There is no such thread any more; nothing was changed." == answer.content


async def test_a_moderator_who_left_meanwhile_is_told_to_staff_by_a_case(
    desk: LiveDesk, thread: Thread
) -> None:
    await close_later(desk, thread)
    await desk.guild.owner.kick(desk.guild.guild, desk.maria)
    await make_due(desk)
    told: object = ""
    for _ in range(100):
        await poke(desk)
        row = await desk.store.database.read.one("SELECT outcome FROM cases WHERE verb = 'close'")
        if row is not None:
            told = row["outcome"]
            break
    assert f"not done: {desk.maria.name}, who asked for it, left the server" == told
    assert not thread.locked


async def test_a_persons_zone_is_remembered(desk: LiveDesk, thread: Thread) -> None:
    for options in ({"when": "tomorrow 09:00", "zone": "asia/tokyo"}, {"when": "tomorrow 10:00"}):
        await desk.maria.slash("topic schedule", channel=thread, options={"action": "close", **options})
    [timer] = await desk.store.database.read.all("SELECT due_at FROM timers WHERE state = 'pending'")
    assert 1 == timer["due_at"] // 3_600_000 % 24  # 10:00 in Tokyo.


async def test_a_zone_that_is_none_is_refused(desk: LiveDesk, thread: Thread) -> None:
    options = {"action": "close", "when": "2h", "zone": "Europe/Berlinn"}
    answer = await desk.maria.slash("topic schedule", channel=thread, options=options)
    assert "Europe/Berlin" in answer.content
    assert [] == await desk.store.database.read.all("SELECT * FROM timers")


async def test_a_completion_offers_zones(desk: LiveDesk, thread: Thread) -> None:
    choices = await desk.maria.autocomplete("topic schedule", channel=thread, focused="zone", zone="toky")
    assert ["Asia/Tokyo"] == [choice["value"] for choice in choices]
