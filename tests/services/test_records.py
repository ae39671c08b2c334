import csv
from collections.abc import AsyncIterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from fake_forum import GUILD, FakeThread, Person
from newsroom import Newsroom, newsroom

from bot.domain.cases import Deed
from bot.domain.moderating import CLOSED_NOTICE, OPEN_NOTICE
from bot.domain.records import CaseFile, CaseSearch, Note, Page
from bot.domain.topics import State
from bot.errors import RefusedError, UnavailableError
from bot.services.moderation import Ask, Verdict
from bot.services.records import Records
from bot.texts import ENGLISH

ALEX = Person(id=8, display_name="Alex")


def about(thread: FakeThread, caller: Person | None = None, guild_id: int = GUILD) -> Ask:
    return Ask(guild_id=guild_id, thread_id=thread.thread_id, caller=caller or Person())


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path / "desk.db") as desk:
        yield desk


@pytest.fixture
def thread(desk: Newsroom) -> FakeThread:
    return desk.forum.add_thread("made by people")


@pytest.fixture
def records(desk: Newsroom) -> Records:
    return Records(
        desk.store.topics, desk.store.records, desk.forum, desk.moderation, clock=desk.clock, ids=desk.ids
    )


def told(page: Page) -> list[str]:
    return [e.text if isinstance(e, Note) else f"#{e.case.number} {e.case.deed}" for e in page.entries]


async def edit(records: Records, number: int, reason: str, caller: Person | None = None) -> Verdict:
    return (await records.edit(GUILD, caller or ALEX, ENGLISH, number, reason)).verdict


# History and notes.


async def test_a_history_tells_cases_and_notes_in_their_order(
    desk: Newsroom, records: Records, thread: FakeThread
) -> None:
    await desk.moderation.close(about(thread), "spam")
    await records.note(about(thread), "watch this one")
    await desk.moderation.reopen(about(thread), "")
    assert ["#1 close", "watch this one", "#2 reopen"] == told(await records.history(about(thread)))


async def test_who_may_not_close_topics_sees_no_notes(
    desk: Newsroom, records: Records, thread: FakeThread
) -> None:
    await records.note(about(thread), "watch this one")
    await desk.moderation.close(about(thread), "spam")
    desk.forum.caller_missing = ("Manage Threads",)
    assert ["#1 close"] == told(await records.history(about(thread, ALEX)))


async def test_who_may_not_close_topics_writes_no_notes(
    desk: Newsroom, records: Records, thread: FakeThread
) -> None:
    desk.forum.caller_missing = ("Manage Threads",)
    with pytest.raises(RefusedError, match="Only those who may close"):
        await records.note(about(thread, ALEX), "hello")


async def test_who_may_not_see_the_channel_sees_no_history(
    desk: Newsroom, records: Records, thread: FakeThread
) -> None:
    await desk.moderation.close(about(thread), "spam")
    desk.forum.caller_missing = ("View Channels", "Manage Threads")
    with pytest.raises(RefusedError, match="You need"):
        await records.history(about(thread, ALEX))


async def test_a_channel_that_the_bot_cannot_see_is_refused(
    desk: Newsroom, records: Records, thread: FakeThread
) -> None:
    """Then nobody can tell what the caller may do there."""
    await desk.moderation.close(about(thread), "spam")
    desk.forum.bot_missing = ("View Channels",)
    with pytest.raises(RefusedError, match="I lack"):
        await records.history(about(thread))


async def test_a_bot_that_may_not_close_still_tells_the_history(
    desk: Newsroom, records: Records, thread: FakeThread
) -> None:
    await desk.moderation.close(about(thread), "spam")
    desk.forum.bot_missing = ("Manage Threads",)
    assert ["#1 close"] == told(await records.history(about(thread)))


async def test_the_history_of_a_deleted_topic_is_kept(
    desk: Newsroom, records: Records, thread: FakeThread
) -> None:
    await desk.moderation.close(about(thread), "spam")
    del desk.forum.threads[thread.thread_id]
    with pytest.raises(RefusedError, match="no such thread any more"):
        await desk.moderation.reopen(about(thread), "")
    assert "#1 close" in told(await records.history(about(thread)))


async def test_the_history_of_a_deleted_topic_is_its_guilds_own(
    desk: Newsroom, records: Records, thread: FakeThread
) -> None:
    await desk.moderation.close(about(thread), "spam")
    del desk.forum.threads[thread.thread_id]
    with pytest.raises(RefusedError):
        await desk.moderation.reopen(about(thread), "")
    with pytest.raises(RefusedError, match="no such thread"):
        await records.history(about(thread, guild_id=2))


async def test_a_thread_without_a_past_has_an_empty_history(records: Records, thread: FakeThread) -> None:
    assert [] == told(await records.history(about(thread)))


async def test_a_long_history_has_pages(records: Records, thread: FakeThread) -> None:
    for number in range(12):
        await records.note(about(thread), f"note {number}")
    first, second = await records.history(about(thread)), await records.history(about(thread), 1)
    assert (10, True, ["note 10", "note 11"], False) == (
        len(first.entries),
        first.has_next,
        told(second),
        second.has_next,
    )


# Cases.


async def test_a_case_is_shown_whole(desk: Newsroom, records: Records, thread: FakeThread) -> None:
    await desk.moderation.close(about(thread), "spam")
    file, edits = await records.show(GUILD, 1)
    assert ("spam", State.OPEN, State.CLOSED, "done", "made by people", thread.thread_id, []) == (
        file.case.reason,
        file.case.before,
        file.case.after,
        file.case.outcome,
        file.topic_name,
        file.thread_id,
        edits,
    )


@pytest.mark.parametrize(("guild_id", "number"), [(GUILD, 2), (2, 1)])
async def test_a_case_that_a_guild_does_not_have_is_refused(
    desk: Newsroom, records: Records, thread: FakeThread, guild_id: int, number: int
) -> None:
    await desk.moderation.close(about(thread), "spam")
    with pytest.raises(RefusedError, match="There is no case"):
        await records.show(guild_id, number)


async def test_another_reason_for_the_standing_close_edits_its_notice(
    desk: Newsroom, records: Records, thread: FakeThread
) -> None:
    await desk.moderation.close(about(thread), "spam")
    assert Verdict.DONE is await edit(records, 1, "off topic")
    assert [f"{CLOSED_NOTICE} Reason: off topic"] == desk.forum.shown_in(thread.thread_id)


async def test_who_changed_a_reason_is_kept(desk: Newsroom, records: Records, thread: FakeThread) -> None:
    await desk.moderation.close(about(thread), "spam")
    await edit(records, 1, "off topic")
    await edit(records, 1, "rude", Person(id=9, display_name="Kim"))
    file, edits = await records.show(GUILD, 1)
    assert ("rude", [(8, "spam", "off topic"), (9, "off topic", "rude")]) == (
        file.case.reason,
        [(edit.editor.user_id, edit.before, edit.reason) for edit in edits],
    )


async def test_an_older_close_leaves_the_notice_alone(
    desk: Newsroom, records: Records, thread: FakeThread
) -> None:
    await desk.moderation.close(about(thread), "spam")
    await desk.moderation.reopen(about(thread), "")
    await desk.moderation.close(about(thread), "rude")
    await edit(records, 1, "off topic")
    assert [OPEN_NOTICE, f"{CLOSED_NOTICE} Reason: rude"] == desk.forum.shown_in(thread.thread_id)
    assert "off topic" == (await records.show(GUILD, 1))[0].case.reason


async def test_a_close_that_was_lifted_leaves_the_notice_alone(
    desk: Newsroom, records: Records, thread: FakeThread
) -> None:
    await desk.moderation.close(about(thread), "spam")
    await desk.moderation.reopen(about(thread), "")
    await edit(records, 1, "off topic")
    assert [OPEN_NOTICE] == desk.forum.shown_in(thread.thread_id)


async def test_a_person_who_unlocked_the_thread_wins_over_the_notice(
    desk: Newsroom, records: Records, thread: FakeThread
) -> None:
    await desk.moderation.close(about(thread), "spam")
    desk.forum.threads[thread.thread_id] = replace(desk.forum.threads[thread.thread_id], locked=False)
    await edit(records, 1, "off topic")
    assert [OPEN_NOTICE] == desk.forum.shown_in(thread.thread_id)
    assert "off topic" == (await records.show(GUILD, 1))[0].case.reason


async def test_the_same_reason_is_refused(desk: Newsroom, records: Records, thread: FakeThread) -> None:
    await desk.moderation.close(about(thread), "spam")
    with pytest.raises(RefusedError, match="has that reason already"):
        await edit(records, 1, " spam ")


async def test_a_standing_notice_is_edited_only_by_who_may_close(
    desk: Newsroom, records: Records, thread: FakeThread
) -> None:
    await desk.moderation.close(about(thread), "spam")
    desk.forum.caller_missing = ("Manage Threads",)
    with pytest.raises(RefusedError, match="You need"):
        await edit(records, 1, "off topic")
    assert "spam" == (await records.show(GUILD, 1))[0].case.reason


async def test_the_case_of_a_deleted_topic_can_be_corrected(
    desk: Newsroom, records: Records, thread: FakeThread
) -> None:
    await desk.moderation.close(about(thread), "spam")
    await desk.moderation.gone(thread.thread_id)
    assert Verdict.DONE is await edit(records, 1, "off topic")
    assert "off topic" == (await records.show(GUILD, 1))[0].case.reason


async def test_an_archived_topic_sleeps_again_after_its_notice_is_edited(
    desk: Newsroom, records: Records, thread: FakeThread
) -> None:
    await desk.moderation.close(about(thread), "spam")
    desk.forum.threads[thread.thread_id] = replace(desk.forum.threads[thread.thread_id], archived=True)
    await edit(records, 1, "off topic")
    assert desk.forum.threads[thread.thread_id].archived
    assert [f"{CLOSED_NOTICE} Reason: off topic"] == desk.forum.shown_in(thread.thread_id)


async def test_an_outage_keeps_the_new_reason_and_shows_it_later(
    desk: Newsroom, records: Records, thread: FakeThread
) -> None:
    await desk.moderation.close(about(thread), "spam")
    desk.forum.fail_next(UnavailableError("out"))
    assert Verdict.ON_ITS_WAY is await edit(records, 1, "off topic")
    await desk.publish_until_settled()
    assert [f"{CLOSED_NOTICE} Reason: off topic"] == desk.forum.shown_in(thread.thread_id)


@pytest.fixture
async def three(desk: Newsroom, thread: FakeThread) -> FakeThread:
    """Two topics, three cases of two people; the second topic is returned."""
    other = desk.forum.add_thread("another one")
    await desk.moderation.close(about(thread), "100% spam")
    await desk.moderation.close(about(other, ALEX), "rude")
    await desk.moderation.reopen(about(other), "a mistake")
    return other


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("search", "numbers"),
    [
        (CaseSearch(), [3, 2, 1]),
        (CaseSearch(actor_id=8), [2]),
        (CaseSearch(deed=Deed.CLOSE), [2, 1]),
        (CaseSearch(text="SPAM"), [1]),
        (CaseSearch(text="%"), [1]),
        (CaseSearch(text="_"), []),
        (CaseSearch(actor_id=7, deed=Deed.CLOSE), [1]),
    ],
)
async def test_a_search_finds_what_fits_the_newest_first(
    records: Records, search: CaseSearch, numbers: list[int]
) -> None:
    page = await records.search(GUILD, search)
    assert numbers == [e.case.number for e in page.entries if isinstance(e, CaseFile)]


async def test_a_search_for_a_topic_finds_its_cases(records: Records, three: FakeThread) -> None:
    page = await records.search(GUILD, CaseSearch(thread_id=three.thread_id))
    assert ["#3 reopen", "#2 close"] == told(page)


@pytest.mark.usefixtures("three")
async def test_a_search_stays_in_its_guild(records: Records) -> None:
    assert [] == told(await records.search(2, CaseSearch()))


@pytest.mark.usefixtures("three")
async def test_an_export_has_every_case(records: Records) -> None:
    export = await records.export(GUILD)
    rows = list(csv.DictReader(StringIO(export.csv.decode("utf-8-sig"))))
    assert [("1", "100% spam"), ("2", "rude"), ("3", "a mistake")] == [
        (row["number"], row["reason"]) for row in rows
    ]
    assert (3, None) == (export.count, export.continues_at)


@pytest.mark.usefixtures("three")
async def test_an_export_can_begin_later(records: Records) -> None:
    assert 1 == (await records.export(GUILD, 3)).count


async def test_an_export_that_does_not_fit_says_where_to_go_on(
    desk: Newsroom, records: Records, thread: FakeThread
) -> None:
    for _ in range(3):
        await desk.moderation.close(about(thread), "spam")
        await desk.moderation.reopen(about(thread), "")
    size = len((await records.export(GUILD)).csv)
    first = await records.export(GUILD, largest=size - 1, chunk=2)
    assert (4, 5) == (first.count, first.continues_at)
    assert 2 == (await records.export(GUILD, 5)).count


async def test_a_guild_without_cases_has_nothing_to_export(records: Records) -> None:
    with pytest.raises(RefusedError, match="no cases"):
        await records.export(GUILD)
