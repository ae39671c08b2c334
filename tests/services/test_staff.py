from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fake_clock import FakeClock
from fake_forum import GUILD, TEXT, FakeForum, FakeThread, Person
from newsroom import Newsroom, newsroom

from bot.domain.messages import Message
from bot.errors import ForumError, GoneError, MissingAccessError, RejectedError, UnavailableError
from bot.services.moderation import Ask
from bot.services.staff import StaffChannel
from bot.store.staff import restage
from bot.texts import Texts

STAFF = TEXT


class ForumOutOfOrder(FakeForum):
    """Cannot look messages up for a while."""

    outages = 0

    async def find_message(self, channel_id: int, sent: Message, since: datetime) -> int | None:
        if self.outages:
            self.outages -= 1
            raise UnavailableError("out")
        return await super().find_message(channel_id, sent, since)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    clock = FakeClock()
    async with newsroom(tmp_path / "desk.db", clock=clock, forum=ForumOutOfOrder(clock)) as desk:
        await desk.policies.set(GUILD, 0, {"staff_channel_id": str(STAFF)}, 7)
        yield desk


@pytest.fixture
def thread(desk: Newsroom) -> FakeThread:
    return desk.forum.add_thread("made by people")


def about(thread: FakeThread) -> Ask:
    return Ask(guild_id=GUILD, thread_id=thread.thread_id, caller=Person())


async def tell(desk: Newsroom, after: timedelta = timedelta()) -> None:
    """What the pump does then, once."""
    desk.clock.pass_time(after)
    texts = Texts.load()
    channel = StaffChannel(
        desk.store.staff, desk.store.records, desk.policies, desk.forum, desk.clock, texts=texts
    )
    for guild_id in await desk.store.staff.due_guilds(desk.clock.now(), 100):
        await channel.show_guild(guild_id)


def _any_message() -> Message:
    return Message(content="Case #1")


async def touch(desk: Newsroom, case_id: int) -> None:
    """The case changed."""
    async with desk.store.database.write() as tx:
        await restage(tx, [case_id])


def told(desk: Newsroom) -> list[str]:
    return [m.message.embeds[0].description for m in desk.forum.messages.get(STAFF, [])]


async def test_a_case_is_told_once(desk: Newsroom, thread: FakeThread) -> None:
    await desk.moderation.close(about(thread), "spam")
    await tell(desk)
    await tell(desk, timedelta(minutes=1))
    [text] = told(desk)
    assert ["Case #1"] == desk.forum.shown_in(STAFF)
    assert {"**By:** <@7>", "**Reason:** spam", "**Outcome:** done"} <= set(text.splitlines())


async def test_nothing_is_due_once_all_is_told(desk: Newsroom, thread: FakeThread) -> None:
    await desk.moderation.close(about(thread), "spam")
    await tell(desk)
    assert [] == await desk.store.staff.due_guilds(desk.clock.now() + timedelta(days=9), 9)


async def test_cases_are_told_in_their_order(desk: Newsroom, thread: FakeThread) -> None:
    await desk.moderation.close(about(thread), "")
    await desk.moderation.reopen(about(thread), "")
    await tell(desk)
    assert ["Case #1", "Case #2"] == desk.forum.shown_in(STAFF)


async def test_a_case_that_is_pending_is_told_and_edited_when_it_is_done(
    desk: Newsroom, thread: FakeThread
) -> None:
    desk.forum.fail_next(UnavailableError("out"))
    await desk.moderation.close(about(thread), "")
    await tell(desk, timedelta(seconds=3))
    assert "**Outcome:** pending" in told(desk)[0]
    await desk.publish_until_settled()
    await tell(desk)
    [text] = told(desk)
    assert "**Outcome:** done" in text


async def test_a_case_that_fails_says_why(desk: Newsroom, thread: FakeThread) -> None:
    desk.forum.fail_next(MissingAccessError("Missing Permissions (50013)"))
    await desk.moderation.close(about(thread), "")
    await tell(desk)
    assert "Missing Permissions (50013)" in told(desk)[0]


async def test_without_a_staff_channel_nothing_is_told_and_nothing_waits(
    desk: Newsroom, thread: FakeThread
) -> None:
    await desk.policies.set(GUILD, 0, {"staff_channel_id": "off"}, 7)
    await desk.moderation.close(about(thread), "")
    await tell(desk, timedelta(minutes=1))
    assert [] == told(desk)
    assert [] == await desk.store.staff.due_guilds(desk.clock.now() + timedelta(days=9), 9)


async def test_a_message_stays_where_it_stands_when_the_channel_changes(
    desk: Newsroom, thread: FakeThread
) -> None:
    desk.forum.fail_next(UnavailableError("out"))
    await desk.moderation.close(about(thread), "")
    await tell(desk, timedelta(seconds=3))
    await desk.policies.set(GUILD, 0, {"staff_channel_id": "999"}, 7)
    await desk.publish_until_settled()
    await tell(desk)
    assert "**Outcome:** done" in told(desk)[0]


async def test_a_lost_answer_is_looked_up_and_not_repeated(desk: Newsroom, thread: FakeThread) -> None:
    await desk.moderation.close(about(thread), "")
    desk.forum.lose_answer_of("send")
    await tell(desk)
    await tell(desk, timedelta(minutes=10))
    assert 1 == len(told(desk))


async def test_a_message_that_was_never_sent_is_sent_after_the_look(
    desk: Newsroom, thread: FakeThread
) -> None:
    """As after a crash between the mark and the request."""
    await desk.moderation.close(about(thread), "")
    [message] = await desk.store.staff.due(GUILD, desk.clock.now(), 9)
    await desk.store.staff.mark_attempt(message.case_id, STAFF, _any_message(), desk.clock.now())
    await tell(desk)
    await tell(desk, timedelta(seconds=4))
    assert 1 == len(told(desk))


async def test_an_outage_during_the_look_makes_no_second_message(desk: Newsroom, thread: FakeThread) -> None:
    assert isinstance(desk.forum, ForumOutOfOrder)
    await desk.moderation.close(about(thread), "")
    desk.forum.lose_answer_of("send")
    await tell(desk)
    desk.forum.outages = 1
    await tell(desk, timedelta(seconds=4))
    await tell(desk, timedelta(minutes=10))
    assert 0 == desk.forum.outages
    assert 1 == len(told(desk))


async def test_a_message_that_staff_deleted_is_not_sent_again(desk: Newsroom, thread: FakeThread) -> None:
    await desk.moderation.close(about(thread), "spam")
    await tell(desk)
    desk.forum.messages[STAFF].clear()
    await desk.moderation.reopen(about(thread), "")
    [case] = [c for c in await desk.store.cases.of_thread(thread.thread_id) if c.number == 1]
    await touch(desk, case.case_id)
    await tell(desk)
    assert ["Case #2"] == desk.forum.shown_in(STAFF)


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (UnavailableError("out"), timedelta(seconds=30)),
        (UnavailableError("slow down", retry_after=timedelta(minutes=5)), timedelta(minutes=5)),
        (MissingAccessError("Missing Access"), timedelta(hours=1)),
        (GoneError("Unknown Channel"), timedelta(hours=1)),
    ],
)
async def test_a_channel_that_cannot_be_used_is_left_alone_for_a_while(
    desk: Newsroom, thread: FakeThread, error: ForumError, wait: timedelta
) -> None:
    await desk.moderation.close(about(thread), "")
    await desk.moderation.reopen(about(thread), "")
    desk.forum.fail_next(error)
    await tell(desk)
    assert [] == told(desk)
    await tell(desk, wait - timedelta(seconds=1))
    assert [] == told(desk)
    await tell(desk, timedelta(seconds=1))
    assert 2 == len(told(desk))


async def test_a_message_that_discord_refuses_stops_no_other(desk: Newsroom, thread: FakeThread) -> None:
    await desk.moderation.close(about(thread), "")
    await desk.moderation.reopen(about(thread), "")
    desk.forum.fail_next(RejectedError("no"))
    await tell(desk)
    assert ["Case #2"] == desk.forum.shown_in(STAFF)


async def test_a_reason_cannot_ping_or_break_out(desk: Newsroom, thread: FakeThread) -> None:
    await desk.moderation.close(about(thread), "@everyone **bold** <@1>")
    await tell(desk)
    [text] = told(desk)
    assert "@everyone" not in text
    assert "**bold**" not in text


async def test_it_speaks_the_language_of_the_policy(desk: Newsroom, thread: FakeThread) -> None:
    await desk.policies.set(GUILD, 0, {"locale": "de"}, 7)
    await desk.moderation.close(about(thread), "")
    await tell(desk)
    assert "Für weitere Antworten geschlossen" in told(desk)[0]


async def test_a_change_during_the_telling_is_told_too(desk: Newsroom, thread: FakeThread) -> None:
    await desk.moderation.close(about(thread), "")
    [message] = await desk.store.staff.due(GUILD, desk.clock.now(), 9)
    await touch(desk, message.case_id)
    await desk.store.staff.settle(message)
    assert [GUILD] == await desk.store.staff.due_guilds(desk.clock.now(), 9)
