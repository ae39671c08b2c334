"""Bulk actions by real interactions: proposed, confirmed, taken back as one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from live_desk import LiveDesk, live_desk

from simulator import Answer, DiscordError
from simulator.values import Thread


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[LiveDesk]:
    async with live_desk(tmp_path) as desk:
        yield desk


@pytest.fixture
async def threads(desk: LiveDesk) -> list[Thread]:
    return [await desk.alex.start_thread(desk.forum, f"Question {n}", "Why?") for n in range(3)]


def button(answer: Answer) -> str:
    return str(answer.components[0]["components"][0]["custom_id"])


async def propose(desk: LiveDesk, action: str = "close", **options: object) -> Answer:
    return await desk.maria.slash("topic bulk", channel=desk.general, options={"action": action, **options})


async def confirm(desk: LiveDesk, proposal: Answer) -> Answer:
    assert proposal.message is not None
    return await desk.maria.click(proposal.message, button(proposal))


async def test_a_proposal_changes_nothing_and_names_the_topics(desk: LiveDesk, threads: list[Thread]) -> None:
    proposal = await propose(desk)
    [card] = proposal.embeds
    assert "3 topics would be closed" == card["title"]
    assert all(f"<#{thread.id}>" in card["description"] for thread in threads)
    assert not any(thread.locked for thread in threads)


async def test_a_confirmed_proposal_closes_them_silently(desk: LiveDesk, threads: list[Thread]) -> None:
    done = await confirm(desk, await propose(desk, reason="cleaning"))
    assert "Recorded for 3 topics" in done.content
    await desk.sim.until(lambda: all(thread.locked for thread in threads))
    assert [1, 1, 1] == [len(desk.alex.messages(thread)) for thread in threads]


async def test_a_bulk_close_is_taken_back_as_one(desk: LiveDesk, threads: list[Thread]) -> None:
    done = await confirm(desk, await propose(desk))
    await desk.sim.until(lambda: all(thread.locked for thread in threads))
    assert done.message is not None
    undone = await desk.maria.click(done.message, button(done))
    assert "Taken back for 3 topics" in undone.content
    await desk.sim.until(lambda: not any(thread.locked for thread in threads))


async def test_of_one_topic_it_speaks_of_one(desk: LiveDesk) -> None:
    thread = await desk.alex.start_thread(desk.forum, "A question", "Why?")
    proposal = await propose(desk)
    done = await confirm(desk, proposal)
    await desk.sim.until(lambda: thread.locked)
    assert ("1 topic would be closed", "Recorded for 1 topic.") == (proposal.embeds[0]["title"], done.content)


async def test_notices_are_given_where_they_are_asked_for(desk: LiveDesk, threads: list[Thread]) -> None:
    await confirm(desk, await propose(desk, notices=True))
    await desk.sim.until(lambda: all(len(desk.alex.messages(thread)) == 2 for thread in threads))


@pytest.mark.usefixtures("threads")
async def test_a_filter_leaves_out_what_does_not_fit(desk: LiveDesk) -> None:
    other = await desk.alex.start_thread(desk.guild.add_forum("other"), "Elsewhere", "?")
    proposal = await propose(desk, channel=desk.forum.id)
    assert f"<#{other.id}>" not in proposal.embeds[0]["description"]
    assert "No topic fits" in (await propose(desk, idle="7d")).content


async def test_a_closed_topic_is_not_closed_again(desk: LiveDesk, threads: list[Thread]) -> None:
    await desk.maria.slash("topic close", channel=threads[0])
    assert "2 topics would be closed" == (await propose(desk)).embeds[0]["title"]


@pytest.mark.usefixtures("threads")
async def test_a_proposal_is_done_once(desk: LiveDesk) -> None:
    proposal = await propose(desk)
    assert proposal.message is not None
    custom_id = button(proposal)
    await confirm(desk, proposal)
    again = await desk.maria.click(proposal.message, custom_id)
    assert "That was done already." == again.content


async def test_a_bad_duration_is_told(desk: LiveDesk) -> None:
    assert (await propose(desk, idle="soon")).embeds == []


async def test_a_member_is_not_offered_bulk_actions(desk: LiveDesk) -> None:
    with pytest.raises(DiscordError):
        await desk.alex.slash("topic bulk", channel=desk.general, options={"action": "close"})
