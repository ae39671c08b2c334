from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fake_forum import FORUM, TEXT, FakeThread, Person
from newsroom import FEED, Newsroom, newsroom, order

from bot.domain.cases import Actor, Deed
from bot.domain.moderating import CLOSED_NOTICE, OPEN_NOTICE
from bot.domain.topics import State
from bot.errors import ForumError, MissingAccessError, RefusedError, RejectedError, UnavailableError
from bot.services.moderation import Ask, Verdict


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path / "desk.db") as desk:
        yield desk


@pytest.fixture
def thread(desk: Newsroom) -> FakeThread:
    return desk.forum.add_thread("made by people")


def about(thread: FakeThread, guild_id: int = 1) -> Ask:
    return Ask(guild_id=guild_id, thread_id=thread.thread_id, caller=Person())


def now(desk: Newsroom, thread: FakeThread) -> FakeThread:
    return desk.forum.threads[thread.thread_id]


async def cases(desk: Newsroom) -> list[tuple[object, ...]]:
    rows = await desk.store.database.read.all(
        "SELECT number, verb, actor_id, reason, state_before, state_after, outcome FROM cases ORDER BY case_id"
    )
    return [tuple(row) for row in rows]


async def test_a_close_locks_first_and_gives_notice_second(desk: Newsroom, thread: FakeThread) -> None:
    outcome = await desk.moderation.close(about(thread), "spam")
    assert Verdict.DONE is outcome.verdict
    assert now(desk, thread).locked
    assert ["set_flags(locked=True, archived=None)", "send"] == desk.forum.deeds
    assert [f"{CLOSED_NOTICE} Reason: spam"] == desk.forum.shown_in(thread.thread_id)


async def test_a_close_without_a_reason_gives_the_bare_notice(desk: Newsroom, thread: FakeThread) -> None:
    await desk.moderation.close(about(thread), "  ")
    assert ["This topic is now closed to further replies."] == desk.forum.shown_in(thread.thread_id)


async def test_a_close_is_recorded_as_a_case(desk: Newsroom, thread: FakeThread) -> None:
    await desk.moderation.close(about(thread), "spam")
    await desk.moderation.reopen(about(thread), "")
    assert [
        (1, "close", 7, "spam", "open", "closed", "done"),
        (2, "reopen", 7, "", "closed", "open", "done"),
    ] == await cases(desk)


async def test_what_was_done_by_hand_is_on_record_before_a_command_that_meets_it(
    desk: Newsroom, thread: FakeThread
) -> None:
    await desk.moderation.close(about(thread), "spam")
    now(desk, thread).locked = False  # News of it is still on its way.
    desk.forum.audit_log[thread.thread_id, Deed.UNLOCKED_BY_HAND] = Actor(user_id=9, name="Kim")
    await desk.moderation.close(about(thread), "again")
    assert [
        (1, "close", 7, "spam", "open", "closed", "done"),
        (2, "unlocked by hand", 9, "", "closed", "open", "done"),
        (3, "close", 7, "again", "open", "closed", "done"),
    ] == await cases(desk)
    assert [OPEN_NOTICE, f"{CLOSED_NOTICE} Reason: again"] == desk.forum.shown_in(thread.thread_id)


async def test_what_was_done_by_hand_is_on_record_where_the_command_is_then_refused(
    desk: Newsroom, thread: FakeThread
) -> None:
    await desk.moderation.close(about(thread), "spam")
    await desk.moderation.reopen(about(thread), "")
    now(desk, thread).locked = True
    with pytest.raises(RefusedError, match="already closed"):
        await desk.moderation.close(about(thread), "")
    assert (3, "locked by hand", None, "", "open", "closed", "done") == (await cases(desk))[-1]


async def test_a_second_close_is_refused_and_changes_nothing(desk: Newsroom, thread: FakeThread) -> None:
    await desk.moderation.close(about(thread), "spam")
    for reason in ("", "spam"):
        with pytest.raises(RefusedError, match="already closed"):
            await desk.moderation.close(about(thread), reason)
    assert 1 == len(desk.forum.shown_in(thread.thread_id))
    assert 1 == len(await cases(desk))


async def test_another_reason_edits_the_notice(desk: Newsroom, thread: FakeThread) -> None:
    await desk.moderation.close(about(thread), "spam")
    outcome = await desk.moderation.close(about(thread), "off topic")
    assert Verdict.REASON_CHANGED is outcome.verdict
    assert [f"{CLOSED_NOTICE} Reason: off topic"] == desk.forum.shown_in(thread.thread_id)


async def test_a_reopen_unlocks_and_edits_the_notice(desk: Newsroom, thread: FakeThread) -> None:
    await desk.moderation.close(about(thread), "spam")
    outcome = await desk.moderation.reopen(about(thread), "appeal")
    assert Verdict.DONE is outcome.verdict
    assert not now(desk, thread).locked
    assert [f"{OPEN_NOTICE} Reason: appeal"] == desk.forum.shown_in(thread.thread_id)


async def test_a_second_life_of_a_topic_gets_a_notice_of_its_own(desk: Newsroom, thread: FakeThread) -> None:
    await desk.moderation.close(about(thread), "")
    await desk.moderation.reopen(about(thread), "")
    await desk.moderation.close(about(thread), "")
    assert [OPEN_NOTICE, CLOSED_NOTICE] == desk.forum.shown_in(thread.thread_id)


async def test_an_open_topic_cannot_be_reopened(desk: Newsroom, thread: FakeThread) -> None:
    with pytest.raises(RefusedError, match="already open"):
        await desk.moderation.reopen(about(thread), "")


async def test_an_archived_thread_is_closed_and_sleeps_again(desk: Newsroom) -> None:
    thread = desk.forum.add_thread("old", archived=True)
    await desk.moderation.close(about(thread), "")
    assert (True, True) == (now(desk, thread).locked, now(desk, thread).archived)
    assert [CLOSED_NOTICE] == desk.forum.shown_in(thread.thread_id)


async def test_a_thread_that_fell_asleep_during_an_outage_is_closed_all_the_same(
    desk: Newsroom, thread: FakeThread
) -> None:
    desk.forum.fail_next(UnavailableError("Discord is away"))
    await desk.moderation.close(about(thread), "")
    now(desk, thread).archived = True
    await desk.publish_until_settled()
    assert now(desk, thread).locked
    assert [CLOSED_NOTICE] == desk.forum.shown_in(thread.thread_id)


async def test_an_archived_closed_thread_is_awake_once_it_is_reopened(
    desk: Newsroom, thread: FakeThread
) -> None:
    await desk.moderation.close(about(thread), "")
    desk.forum.threads[thread.thread_id].archived = True
    await desk.moderation.reopen(about(thread), "")
    assert (False, False) == (now(desk, thread).locked, now(desk, thread).archived)
    assert [OPEN_NOTICE] == desk.forum.shown_in(thread.thread_id)


async def test_a_thread_locked_by_hand_counts_as_closed(desk: Newsroom) -> None:
    thread = desk.forum.add_thread("locked by hand", locked=True)
    with pytest.raises(RefusedError, match="already closed"):
        await desk.moderation.close(about(thread), "")


async def test_a_thread_unlocked_by_hand_can_be_closed_again(desk: Newsroom, thread: FakeThread) -> None:
    await desk.moderation.close(about(thread), "")
    desk.forum.threads[thread.thread_id].locked = False
    await desk.moderation.close(about(thread), "")
    assert now(desk, thread).locked
    assert [OPEN_NOTICE, CLOSED_NOTICE] == desk.forum.shown_in(thread.thread_id)


async def test_a_moderator_without_the_permission_is_told_which(desk: Newsroom, thread: FakeThread) -> None:
    desk.forum.caller_missing = ("Manage Threads",)
    with pytest.raises(RefusedError, match=r"You need \*Manage Threads\*"):
        await desk.moderation.close(about(thread), "")
    assert [] == await cases(desk)


async def test_a_bot_without_the_permission_says_which(desk: Newsroom, thread: FakeThread) -> None:
    desk.forum.bot_missing = ("Manage Threads", "Send Messages in Threads")
    with pytest.raises(RefusedError, match=r"I lack \*Manage Threads\* and \*Send Messages in Threads\*"):
        await desk.moderation.close(about(thread), "")


async def test_a_thread_of_another_guild_is_refused(desk: Newsroom, thread: FakeThread) -> None:
    with pytest.raises(RefusedError, match="another server"):
        await desk.moderation.close(about(thread, guild_id=2), "")


async def test_a_thread_that_is_gone_is_refused_and_remembered_as_gone(
    desk: Newsroom, thread: FakeThread
) -> None:
    await desk.moderation.close(about(thread), "")
    desk.forum.threads.clear()
    with pytest.raises(RefusedError, match="no such thread any more"):
        await desk.moderation.reopen(about(thread), "")
    topic = await desk.store.topics.by_thread(thread.thread_id)
    assert topic is not None
    assert State.GONE is topic.state


@pytest.mark.parametrize(
    "error", [MissingAccessError("Missing Permissions (50013)"), RejectedError("no", code=1)]
)
async def test_a_lock_that_discord_refuses_leaves_no_false_notice(
    desk: Newsroom, thread: FakeThread, error: ForumError
) -> None:
    desk.forum.fail_next(error, times=2)
    await desk.moderation.close(about(thread), "")
    await desk.publish_until_settled()
    [case] = await cases(desk)
    assert not now(desk, thread).locked
    assert [] == desk.forum.shown_in(thread.thread_id)
    assert str(error) == case[-1]


async def test_a_refused_lock_can_be_tried_again(desk: Newsroom, thread: FakeThread) -> None:
    desk.forum.fail_next(MissingAccessError("Missing Permissions (50013)"))
    assert Verdict.FAILED is (await desk.moderation.close(about(thread), "")).verdict
    assert Verdict.DONE is (await desk.moderation.close(about(thread), "")).verdict
    assert [CLOSED_NOTICE] == desk.forum.shown_in(thread.thread_id)


async def test_a_close_during_an_outage_is_shown_later(desk: Newsroom, thread: FakeThread) -> None:
    desk.forum.fail_next(UnavailableError("Discord answered 503"))
    outcome = await desk.moderation.close(about(thread), "")
    assert (Verdict.ON_ITS_WAY, "Discord answered 503") == (outcome.verdict, outcome.problem)
    await desk.publish_until_settled()
    assert now(desk, thread).locked
    assert [CLOSED_NOTICE] == desk.forum.shown_in(thread.thread_id)


async def test_a_lost_answer_to_the_notice_gives_no_second_notice(desk: Newsroom, thread: FakeThread) -> None:
    desk.forum.lose_answer_of("send")
    outcome = await desk.moderation.close(about(thread), "")
    assert Verdict.ON_ITS_WAY is outcome.verdict
    await desk.publish_until_settled()
    assert [CLOSED_NOTICE] == desk.forum.shown_in(thread.thread_id)


async def test_a_reopen_finds_the_notice_whose_answer_was_lost(desk: Newsroom, thread: FakeThread) -> None:
    desk.forum.lose_answer_of("send")
    await desk.moderation.close(about(thread), "spam")
    await desk.moderation.reopen(about(thread), "")
    await desk.publish_until_settled()
    assert [OPEN_NOTICE] == desk.forum.shown_in(thread.thread_id)


async def test_a_reopen_takes_back_a_notice_that_was_never_sent(desk: Newsroom, thread: FakeThread) -> None:
    desk.forum.fail_next(UnavailableError("503"))
    await desk.moderation.close(about(thread), "")
    await desk.moderation.reopen(about(thread), "")
    await desk.publish_until_settled()
    assert [] == desk.forum.shown_in(thread.thread_id)
    assert not now(desk, thread).locked


@pytest.mark.parametrize("channel_id", [FORUM, TEXT])
async def test_a_thread_of_ours_whose_answer_was_lost_is_recognised(desk: Newsroom, channel_id: int) -> None:
    await desk.subscribe(order(channel_id=channel_id, post_last=1))
    desk.fetcher.publish(FEED, "a")
    await desk.poll()
    desk.forum.lose_answer_of("create_post" if channel_id == FORUM else "start_thread")
    await desk.publish()
    [thread] = desk.forum.threads.values()
    await desk.moderation.close(about(thread), "")
    await desk.publish_until_settled()
    [topic] = await desk.store.database.read.all("SELECT entry_id, thread_id, state, problem FROM topics")
    assert (thread.thread_id, "closed", None) == (topic["thread_id"], topic["state"], topic["problem"])
    assert topic["entry_id"] is not None
    assert 1 == desk.forum.shown_in(thread.thread_id).count(CLOSED_NOTICE)


async def test_a_deleted_notice_is_not_sent_again(desk: Newsroom, thread: FakeThread) -> None:
    await desk.moderation.close(about(thread), "")
    desk.forum.messages[thread.thread_id].clear()
    outcome = await desk.moderation.reopen(about(thread), "")
    await desk.publish_until_settled()
    assert Verdict.FAILED is not outcome.verdict
    assert [] == desk.forum.shown_in(thread.thread_id)
    assert not now(desk, thread).locked


async def test_the_card_tells_where_a_topic_came_from_and_who_closed_it(desk: Newsroom) -> None:
    await desk.subscribe(order(post_last=1))
    desk.fetcher.publish(FEED, "a")
    await desk.poll()
    await desk.publish()
    [thread] = desk.forum.threads.values()
    await desk.moderation.close(about(thread), "spam")
    card = await desk.moderation.info(about(thread))
    assert ("a", "The Gazette", FEED) == (card.entry_title, card.feed_title, card.feed_url)
    assert State.CLOSED is card.topic.state
    assert card.case is not None
    assert (7, "spam", 1) == (card.case.actor.user_id, card.case.reason, card.case.number)


async def test_the_card_of_a_thread_nobody_closed_shows_what_discord_shows(
    desk: Newsroom, thread: FakeThread
) -> None:
    card = await desk.moderation.info(about(thread))
    assert (State.OPEN, None) == (card.topic.state, card.case)


async def test_a_completion_offers_the_newest_topics_that_match(desk: Newsroom) -> None:
    for name in ("Rain in Spain", "100% rain", "Sun"):
        await desk.moderation.close(about(desk.forum.add_thread(name)), "")
    assert ["100% rain", "Rain in Spain"] == [
        topic.name for topic in await desk.moderation.suggest(1, "RAIN")
    ]
    assert ["100% rain"] == [topic.name for topic in await desk.moderation.suggest(1, "%")]
    assert [] == await desk.moderation.suggest(2, "")
