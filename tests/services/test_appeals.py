from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from fake_forum import GUILD, TEXT, FakeMessage, FakeThread, Person
from newsroom import Newsroom, newsroom

from bot.domain.appeals import Decision
from bot.domain.moderating import OPEN_NOTICE
from bot.errors import AmbiguousError, GoneError, MissingAccessError, RefusedError, UnavailableError
from bot.services.appeals import Appeals
from bot.services.moderation import Ask
from bot.texts import Texts

STAFF = TEXT
ALEX = Person(8, "Alex")
KIM = Person(9, "Kim")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path / "desk.db") as desk:
        await desk.policies.set(GUILD, 0, {"staff_channel_id": str(STAFF)}, 7)
        yield desk


@pytest.fixture
def thread(desk: Newsroom) -> FakeThread:
    return desk.forum.add_thread("Why is the sky blue?", locked=True)


@pytest.fixture
def appeals(desk: Newsroom) -> Appeals:
    return Appeals(
        desk.store.appeals,
        desk.store.topics,
        desk.forum,
        moderation=desk.moderation,
        publishing=desk.publishing,
        policies=desk.policies,
        clock=desk.clock,
        ids=desk.ids,
        texts=Texts.load(),
    )


def ask(thread: FakeThread, caller: Person = ALEX) -> Ask:
    return Ask(guild_id=GUILD, thread_id=thread.thread_id, caller=caller)


async def file(appeals: Appeals, thread: FakeThread, caller: Person = ALEX) -> bool:
    return await appeals.file(ask(thread, caller), "It *is* blue", "en-US")


def staff_messages(desk: Newsroom) -> list[FakeMessage]:
    return desk.forum.messages.get(STAFF, [])


async def ids(desk: Newsroom) -> list[int]:
    rows = await desk.store.database.read.all("SELECT appeal_id FROM appeals ORDER BY appeal_id")
    return [row["appeal_id"] for row in rows]


async def decide(desk: Newsroom, appeals: Appeals, decision: Decision) -> None:
    await appeals.decide(Ask(guild_id=GUILD, thread_id=0, caller=Person()), (await ids(desk))[-1], decision)


async def carry(desk: Newsroom, appeals: Appeals, after: timedelta) -> None:
    """What the pump does then, once."""
    desk.clock.pass_time(after)
    for appeal_id in await desk.store.appeals.due(desk.clock.now(), 100):
        await appeals.work(appeal_id)


async def nothing_is_due(desk: Newsroom) -> bool:
    return await desk.store.appeals.next_due_at(desk.clock.now() - timedelta(days=9)) is None


async def test_the_staff_reads_who_asks_what(desk: Newsroom, appeals: Appeals, thread: FakeThread) -> None:
    assert await file(appeals, thread)
    [told] = staff_messages(desk)
    assert f"<@8> asks that <#{thread.thread_id}> be opened again." == told.message.content
    assert "It \\*is\\* blue" == told.message.embeds[0].description
    assert ["Reopen topic", "Decline"] == [button.label for button in told.message.buttons]
    assert await nothing_is_due(desk)


async def test_a_second_appeal_waits_for_the_first(
    desk: Newsroom, appeals: Appeals, thread: FakeThread
) -> None:
    await file(appeals, thread)
    with pytest.raises(RefusedError, match="appealed already"):
        await file(appeals, thread)
    await file(appeals, thread, KIM)
    assert 2 == len(staff_messages(desk))


async def test_a_declined_person_may_appeal_again(
    desk: Newsroom, appeals: Appeals, thread: FakeThread
) -> None:
    await file(appeals, thread)
    await decide(desk, appeals, Decision.DECLINE)
    assert await file(appeals, thread)


async def test_an_appeal_whose_message_the_staff_deleted_does_not_block_the_next(
    desk: Newsroom, appeals: Appeals, thread: FakeThread
) -> None:
    await file(appeals, thread)
    desk.forum.delete_post(STAFF, staff_messages(desk)[0].message_id)
    assert await file(appeals, thread)
    await carry(desk, appeals, timedelta())
    assert 1 == len(staff_messages(desk))
    assert await nothing_is_due(desk)


async def test_an_accepted_appeal_opens_the_topic_and_tells_both(
    desk: Newsroom, appeals: Appeals, thread: FakeThread
) -> None:
    await desk.moderation.reopen(ask(thread), "")
    await desk.moderation.close(ask(thread), "")
    await file(appeals, thread)
    await decide(desk, appeals, Decision.REOPEN)
    assert not desk.forum.threads[thread.thread_id].locked
    assert f"{OPEN_NOTICE} Reason: an appeal was heard" in desk.forum.shown_in(thread.thread_id)
    [told] = staff_messages(desk)
    assert (True, ()) == (
        told.message.content.endswith("<@7> opened the topic again."),
        told.message.buttons,
    )
    assert ["Your appeal was heard"] == [each.split(":")[0] for each in desk.forum.told[ALEX.id]]


async def test_a_declined_appeal_leaves_the_topic_closed_and_tells_both(
    desk: Newsroom, appeals: Appeals, thread: FakeThread
) -> None:
    await file(appeals, thread)
    await decide(desk, appeals, Decision.DECLINE)
    assert desk.forum.threads[thread.thread_id].locked
    assert staff_messages(desk)[0].message.content.endswith("<@7> declined.")
    assert ["Your appeal was declined"] == [each.split(":")[0] for each in desk.forum.told[ALEX.id]]


async def test_an_appeal_is_decided_once(desk: Newsroom, appeals: Appeals, thread: FakeThread) -> None:
    await file(appeals, thread)
    await decide(desk, appeals, Decision.DECLINE)
    with pytest.raises(RefusedError, match="decided already"):
        await decide(desk, appeals, Decision.REOPEN)
    assert desk.forum.threads[thread.thread_id].locked


async def test_a_topic_that_was_opened_meanwhile_counts_as_heard(
    desk: Newsroom, appeals: Appeals, thread: FakeThread
) -> None:
    await file(appeals, thread)
    desk.forum.threads[thread.thread_id].locked = False
    await decide(desk, appeals, Decision.REOPEN)
    assert ["Your appeal was heard"] == [each.split(":")[0] for each in desk.forum.told[ALEX.id]]


async def test_who_may_not_manage_threads_there_may_not_decide(
    desk: Newsroom, appeals: Appeals, thread: FakeThread
) -> None:
    await file(appeals, thread)
    desk.forum.caller_missing = ("Manage Threads",)
    with pytest.raises(RefusedError, match="You need"):
        await decide(desk, appeals, Decision.REOPEN)
    assert (True, 2) == (
        desk.forum.threads[thread.thread_id].locked,
        len(staff_messages(desk)[0].message.buttons),
    )


async def test_an_appeal_lapses_with_its_thread(desk: Newsroom, appeals: Appeals, thread: FakeThread) -> None:
    await file(appeals, thread)
    desk.forum.threads.clear()
    with pytest.raises(RefusedError, match="no longer exists"):
        await decide(desk, appeals, Decision.REOPEN)
    assert staff_messages(desk)[0].message.content.endswith("There is nothing left to decide.")
    assert {} == desk.forum.told


async def test_a_person_who_takes_no_messages_is_no_error(
    desk: Newsroom, appeals: Appeals, thread: FakeThread
) -> None:
    desk.forum.takes_no_messages.add(ALEX.id)
    await file(appeals, thread)
    await decide(desk, appeals, Decision.DECLINE)
    assert await nothing_is_due(desk)


async def test_an_open_topic_needs_no_appeal(desk: Newsroom, appeals: Appeals, thread: FakeThread) -> None:
    desk.forum.threads[thread.thread_id].locked = False
    with pytest.raises(RefusedError, match="is open"):
        await file(appeals, thread)


async def test_without_a_staff_channel_no_appeals_are_taken(
    desk: Newsroom, appeals: Appeals, thread: FakeThread
) -> None:
    await desk.policies.reset(GUILD, 0)
    with pytest.raises(RefusedError, match="takes no appeals"):
        await file(appeals, thread)
    assert [] == await ids(desk)


async def test_a_thread_that_the_person_cannot_see_is_unknown(
    desk: Newsroom, appeals: Appeals, thread: FakeThread
) -> None:
    desk.forum.hidden.add(thread.thread_id)
    with pytest.raises(RefusedError, match="no such topic"):
        await file(appeals, thread)


async def test_an_outage_delays_an_appeal_and_loses_none(
    desk: Newsroom, appeals: Appeals, thread: FakeThread
) -> None:
    desk.forum.fail_next(UnavailableError("busy"))
    assert not await file(appeals, thread)
    await carry(desk, appeals, timedelta(seconds=6))
    assert 1 == len(staff_messages(desk))
    assert await nothing_is_due(desk)


async def test_an_appeal_whose_answer_was_lost_is_not_sent_twice(
    desk: Newsroom, appeals: Appeals, thread: FakeThread
) -> None:
    desk.forum.lose_answer_of("send")
    assert not await file(appeals, thread)
    await carry(desk, appeals, timedelta(minutes=10))
    assert 1 == len(staff_messages(desk))
    assert await nothing_is_due(desk)


async def test_an_appeal_that_never_arrived_is_sent_again(
    desk: Newsroom, appeals: Appeals, thread: FakeThread
) -> None:
    desk.forum.fail_next(AmbiguousError("the connection broke"))
    await file(appeals, thread)
    await carry(desk, appeals, timedelta(minutes=10))
    assert 1 == len(staff_messages(desk))


@pytest.mark.parametrize("error", [MissingAccessError("no"), GoneError("no")])
async def test_a_staff_channel_out_of_reach_is_told_and_blocks_no_later_appeal(
    desk: Newsroom, appeals: Appeals, thread: FakeThread, error: GoneError | MissingAccessError
) -> None:
    desk.forum.fail_next(error)
    with pytest.raises(RefusedError, match="cannot write in this server's staff channel"):
        await file(appeals, thread)
    assert await file(appeals, thread)


async def test_the_answer_to_a_person_is_never_sent_twice(
    desk: Newsroom, appeals: Appeals, thread: FakeThread
) -> None:
    await file(appeals, thread)
    desk.forum.lose_answer_of("tell")
    await decide(desk, appeals, Decision.DECLINE)
    await carry(desk, appeals, timedelta(minutes=10))
    assert 1 == len(desk.forum.told[ALEX.id])
    assert await nothing_is_due(desk)


async def test_the_answer_to_a_person_outlasts_an_outage(
    desk: Newsroom, appeals: Appeals, thread: FakeThread
) -> None:
    await file(appeals, thread)
    desk.forum.fail_next(UnavailableError("busy"), times=2)
    await decide(desk, appeals, Decision.DECLINE)
    for _ in range(3):
        await carry(desk, appeals, timedelta(minutes=10))
    assert 1 == len(desk.forum.told[ALEX.id])


async def test_a_completion_offers_closed_topics_only(
    desk: Newsroom, appeals: Appeals, thread: FakeThread
) -> None:
    other = desk.forum.add_thread("Why is the sea blue?")
    await file(appeals, thread)
    await desk.moderation.close(ask(other), "")
    await desk.moderation.reopen(ask(other), "")
    offered = await appeals.suggest(ask(thread), "blue")
    assert [thread.thread_id] == [topic.thread_id for topic in offered]
