"""`/topic-policy`, what follows from it, and *Keep open*: real interactions through the simulator."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from live_desk import LiveDesk, live_desk

from bot.domain.messages import Button, Message as Wanted
from bot.domain.moderating import CLOSED_NOTICE, Ruling
from bot.domain.topics import MessageKind, Story, TopicMessage
from bot.services.autoclose import keep_open_id
from simulator import DiscordError, Person, Simulator
from simulator.flags import Permission
from simulator.values import Message, Thread

WARNING_ID = 900_000_001


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[LiveDesk]:
    async with live_desk(tmp_path) as desk:
        yield desk


@pytest.fixture
async def thread(desk: LiveDesk) -> Thread:
    return await desk.alex.start_thread(desk.forum, "A question", "Why is the sky blue?")


async def set_policy(desk: LiveDesk, **settings: object) -> str:
    answer = await desk.guild.owner.slash(
        "topic-policy set", channel=desk.general, options={"channel": desk.forum.id, **settings}
    )
    assert answer.ephemeral
    return answer.content + str(answer.embeds)


def read(desk: LiveDesk, thread: Thread) -> list[str]:
    return [m.content for m in desk.alex.messages(thread)]


async def warn(desk: LiveDesk, thread: Thread) -> Message:
    """A warning stands in the thread, as the clock will bring it in a week."""
    await desk.maria.slash("topic slowmode", channel=thread, delay="5s")  # Takes the topic into care.
    topic = await desk.store.topics.by_thread(int(thread.id))
    assert topic is not None
    warning = TopicMessage(
        record_id=WARNING_ID,
        topic_id=topic.topic_id,
        kind=MessageKind.WARNING,
        wanted=Wanted(
            content="This topic closes soon.",
            buttons=(Button(label="Keep open", custom_id=keep_open_id(topic.topic_id)),),
        ),
    )

    def decide(story: Story) -> Ruling:
        return Ruling(story=replace(story, messages=(*story.messages, warning)))

    await desk.store.topics.change(topic, decide, datetime.now(UTC))
    await desk.maria.slash("topic slowmode", channel=thread, delay="10s")  # Has it published.
    return next(m for m in desk.alex.messages(thread) if m.components)


def button(message: Message) -> str:
    return str(message.components[0]["components"][0]["custom_id"])


async def test_what_was_set_is_shown_with_where_it_was_set(desk: LiveDesk) -> None:
    await desk.guild.owner.slash("topic-policy set", channel=desk.general, idle="14d", archive=True)
    told = await set_policy(desk, idle="7 days", hours="mon-fri 9am-6pm", zone="europe/berlin")
    assert "This holds from now on." in told
    [card] = (
        await desk.guild.owner.slash(
            "topic-policy show", channel=desk.general, options={"channel": desk.forum.id}
        )
    ).embeds
    lines = card["description"].splitlines()
    assert "`idle`: **1w** (this channel)" in lines
    assert "`archive`: **yes** (the whole server)" in lines
    assert "`activity`: **anyone** (default)" in lines
    assert "`zone`: **Europe/Berlin** (this channel)" in lines
    assert "`hours`: **mon-fri 09:00-18:00** (this channel)" in lines


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"idle": "soon"}, "I do not understand this duration."),
        ({"zone": "Mars"}, "I know no such time zone."),
        ({"hours": "always"}, "I do not understand these hours."),
        ({}, "Fill in at least one setting."),
    ],
)
async def test_what_is_not_understood_is_refused(desk: LiveDesk, settings: dict[str, str], told: str) -> None:
    assert told in await set_policy(desk, **settings)


async def test_a_reset_forgets_what_was_set_there(desk: LiveDesk) -> None:
    await set_policy(desk, idle="7d")
    here = {"channel": desk.forum.id}
    answer = await desk.guild.owner.slash("topic-policy reset", channel=desk.general, options=here)
    assert ("What was set there is forgotten.", True) == (
        answer.content,
        "`idle`: **off** (default)" in str(answer.embeds),
    )
    again = await desk.guild.owner.slash("topic-policy reset", channel=desk.general, options=here)
    assert "Nothing is set there." == again.content


async def test_a_moderator_who_may_not_manage_the_server_is_not_offered_it(desk: LiveDesk) -> None:
    with pytest.raises(DiscordError):
        await desk.maria.slash("topic-policy show", channel=desk.general)


async def test_who_was_offered_it_without_managing_the_server_is_refused(desk: LiveDesk) -> None:
    [command] = [each for each in desk.sim.world.commands.values() if each.form["name"] == "topic-policy"]
    command.form["default_member_permissions"] = None  # An admin's doing, in Server Settings > Integrations.
    for doing in ("set", "show", "reset"):
        answer = await desk.maria.slash(f"topic-policy {doing}", channel=desk.general)
        assert "You need *Manage Server* to do this." == answer.content


async def test_zones_are_suggested(desk: LiveDesk) -> None:
    offered = await desk.guild.owner.autocomplete(
        "topic-policy set", channel=desk.general, focused="zone", zone="berl"
    )
    assert "Europe/Berlin" == offered[0]["value"]


async def test_reasons_at_hand_are_offered_and_others_can_be_typed(desk: LiveDesk, thread: Thread) -> None:
    await set_policy(desk, reasons="Solved; Off topic; Duplicate")
    offered = await desk.maria.autocomplete("topic close", channel=thread, focused="reason", reason="")
    narrowed = await desk.maria.autocomplete("topic close", channel=thread, focused="reason", reason="TOPIC")
    names = [[choice["name"] for choice in choices] for choices in (offered, narrowed)]
    assert [["Solved", "Off topic", "Duplicate"], ["Off topic"]] == names
    await desk.maria.slash("topic close", channel=thread, reason="Answered elsewhere")
    assert f"{CLOSED_NOTICE} Reason: Answered elsewhere" == read(desk, thread)[-1]


async def test_a_close_without_the_reason_that_is_required_is_refused(desk: LiveDesk, thread: Thread) -> None:
    await set_policy(desk, reasons="Solved; Off topic", require_reason=True)
    answer = await desk.maria.slash("topic close", channel=thread)
    assert "a close needs a reason" in answer.content
    assert "Solved; Off topic" in answer.content
    assert not thread.locked
    await desk.maria.slash("topic close", channel=thread, reason="Solved")
    assert thread.locked


async def test_the_notice_and_its_language_are_the_policys(desk: LiveDesk, thread: Thread) -> None:
    await set_policy(desk, locale="de", notice="Hier ist zu.")
    await desk.maria.slash("topic close", channel=thread, reason="gelöst")
    assert "Hier ist zu. Grund: gelöst" == read(desk, thread)[-1]


async def test_a_policy_notice_pings_nobody(desk: LiveDesk, thread: Thread) -> None:
    await set_policy(desk, notice=f"@everyone <@{desk.alex.id}> closed.")
    await desk.maria.slash("topic close", channel=thread)
    notice = desk.alex.messages(thread)[-1]
    assert (False, []) == (notice.mention_everyone, list(notice.mentions))


async def test_a_closed_topic_is_archived_where_the_policy_says_so(desk: LiveDesk, thread: Thread) -> None:
    await set_policy(desk, archive=True)
    await desk.maria.slash("topic close", channel=thread)
    assert (True, True) == (thread.locked, thread.archived)


async def test_a_silent_topic_is_warned_and_closed_by_itself(desk: LiveDesk) -> None:
    await set_policy(desk, idle="4s", warn_before="1s")
    thread = await desk.alex.start_thread(desk.forum, "Nobody answers", "Hello?")
    await desk.sim.until(lambda: "Unless somebody does" in read(desk, thread)[-1], 20)
    notice = f"{CLOSED_NOTICE} Reason: no reply for 4s"
    await desk.sim.until(lambda: thread.locked and notice == read(desk, thread)[-1], 20)
    assert [notice] == [text for text in read(desk, thread) if text.startswith(CLOSED_NOTICE)]


async def test_the_author_keeps_a_warned_topic_open(desk: LiveDesk, thread: Thread) -> None:
    await set_policy(desk, idle="7d")
    warning = await warn(desk, thread)
    answer = await desk.alex.click(warning, button(warning))
    assert f"<#{thread.id}> stays open." == answer.content
    assert "This topic was about to be closed; it stays open." in read(desk, thread)
    assert not desk.alex.messages(thread)[-1].components


async def test_a_stranger_cannot_keep_a_topic_open(desk: LiveDesk, thread: Thread) -> None:
    await set_policy(desk, idle="7d")
    warning = await warn(desk, thread)
    kim: Person = desk.guild.add_member("Kim")
    answer = await kim.click(warning, button(warning))
    assert "Only the author of this topic and moderators can keep it open." == answer.content
    assert warning.components


async def test_keep_open_works_after_a_restart(tmp_path: Path) -> None:
    async with Simulator(limits=False) as sim:
        async with live_desk(tmp_path, sim=sim) as before:
            thread = await before.alex.start_thread(before.forum, "A question", "Why is the sky blue?")
            await set_policy(before, idle="7d")
            warning = await warn(before, thread)
        async with live_desk(tmp_path, sim=sim, after=before) as desk:
            answer = await desk.maria.click(warning, button(warning))
            assert f"<#{thread.id}> stays open." == answer.content


async def test_settings_are_called_as_where_they_are_typed(desk: LiveDesk) -> None:
    await set_policy(desk, max_age="30d")
    role = desk.guild.add_role("Managers", Permission.MANAGE_GUILD)
    hans = desk.guild.add_member("Hans", locale="de")
    await desk.guild.owner.set_roles(desk.guild, hans, [role])
    card = await hans.slash("topic-policy show", channel=desk.general, options={"channel": desk.forum.id})
    assert "`höchstalter`: **4w 2d**" in card.embeds[0]["description"]
