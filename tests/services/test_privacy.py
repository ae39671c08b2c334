import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fake_forum import FORUM, GUILD, FakeThread, Person
from newsroom import Newsroom, newsroom

from bot.domain.cases import Actor
from bot.domain.feeds import FeedOrder
from bot.domain.timers import Timer, TimerKind
from bot.services.moderation import Ask
from bot.services.privacy import Privacy
from bot.services.proposing import Manager, Proposals
from bot.services.records import Records
from bot.texts import ENGLISH

MARIA = Person()
ALEX = Person(id=8, display_name="Alex")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    """Maria closed a topic, Alex corrected the case; each left every other kind of trace, too."""
    async with newsroom(tmp_path / "desk.db") as desk:
        thread = desk.forum.add_thread("made by people")
        await desk.moderation.close(about(thread, MARIA), "spam")
        records = Records(
            desk.store.topics, desk.store.records, desk.forum, desk.moderation, clock=desk.clock, ids=desk.ids
        )
        await records.edit(GUILD, ALEX, ENGLISH, 1, "off topic")
        for person in (MARIA, ALEX):
            await records.note(about(thread, person), "a note")
            await leave_traces(desk, thread, person)
        yield desk


def about(thread: FakeThread, person: Person) -> Ask:
    return Ask(guild_id=GUILD, thread_id=thread.thread_id, caller=person)


async def leave_traces(desk: Newsroom, thread: FakeThread, person: Person) -> None:
    topic = await desk.store.topics.by_thread(thread.thread_id)
    assert topic is not None
    kind = TimerKind.REOPEN if person is MARIA else TimerKind.SLOWMODE
    await desk.store.timers.arm(
        Timer(
            timer_id=desk.ids.new(),
            topic_id=topic.topic_id,
            guild_id=GUILD,
            kind=kind,
            due_at=desk.clock.now() + timedelta(days=1),
            owner=Actor(user_id=person.id, name=person.display_name),
        )
    )
    await desk.policies.set(GUILD, person.id, {"idle": "7d"}, person.id)
    order = FeedOrder(url=f"https://gazette.example/{person.id}", channel_id=FORUM)
    await desk.store.subscriptions.add([(order, desk.clock.now())], GUILD, person.id, desk.clock.now())
    manager = Manager(guild_id=GUILD, user_id=person.id)
    await Proposals(desk.store.proposals, clock=desk.clock, ids=desk.ids).keep(manager, "{}")
    ids = {"topic": topic.topic_id, "id": person.id, "name": person.display_name, "new": desk.ids.new()}
    async with desk.store.database.write() as tx:
        await tx.execute("INSERT INTO people (user_id, zone) VALUES (:id, 'Europe/Kyiv')", ids)
        await tx.execute(
            """
            INSERT INTO appeals (appeal_id, guild_id, topic_id, author_id, author_name, text, state, locale,
                                 guild_locale, channel_id, created_at)
            VALUES (:new, 1, :topic, :id, :name, 'please', 'open', 'de', 'de', 200, 0)
            """,
            ids,
        )
        await tx.execute(
            """
            INSERT INTO batches (batch_id, guild_id, actor_id, actor_name, action, reason, silent, thread_ids,
                                 state, created_at)
            VALUES (:new, 1, :id, :name, 'close', 'old', 1, '[]', 'done', 0)
            """,
            ids,
        )
        await tx.execute(
            """
            INSERT INTO recommendations (topic_id, message_id, author_name, excerpt, recommended_by, created_at)
            VALUES (:topic, :id, 'Kim', 'well said', :id, 0)
            """,
            ids,
        )


async def about_of(desk: Newsroom, person: Person) -> dict[str, Any]:
    told = json.loads(await Privacy(desk.store.privacy, desk.clock).export(person.id))
    assert isinstance(told, dict)
    return told


def counts(told: dict[str, Any]) -> dict[str, int]:
    return {kind: len(rows) for kind, rows in told.items() if isinstance(rows, list) and rows}


async def rows(desk: Newsroom, sql: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await desk.store.database.read.all(sql)]


EVERY_KIND = dict.fromkeys(
    (
        *("notes", "timers", "recommendations", "appeals", "bulk_actions", "settings", "zone"),
        *("subscriptions", "proposals"),
    ),
    1,
)


async def test_an_export_tells_all_that_is_stored_about_a_person(desk: Newsroom) -> None:
    assert EVERY_KIND | {"cases": 1} == counts(await about_of(desk, MARIA))
    assert EVERY_KIND | {"reasons_changed": 1} == counts(await about_of(desk, ALEX))


async def test_an_export_reads_well(desk: Newsroom) -> None:
    told = await about_of(desk, MARIA)
    [case] = told["cases"]
    assert ("1", 1, "close", "off topic") == (
        case["guild_id"],
        case["number"],
        case["deed"],
        case["reason"],
    )
    assert case["created_at"].startswith(desk.clock.now().date().isoformat())
    assert {"zone": "Europe/Kyiv"} == told["zone"][0]


async def test_a_stranger_gets_an_empty_export(desk: Newsroom) -> None:
    assert {} == counts(await about_of(desk, Person(id=99)))


async def test_nothing_is_stored_about_who_was_deleted(desk: Newsroom) -> None:
    await Privacy(desk.store.privacy, desk.clock).delete(MARIA.id)
    assert {} == counts(await about_of(desk, MARIA))


async def test_the_name_of_who_was_deleted_is_nowhere(desk: Newsroom) -> None:
    await Privacy(desk.store.privacy, desk.clock).delete(MARIA.id)
    tables = await rows(desk, "SELECT name FROM sqlite_master WHERE type = 'table'")
    everything = {
        table: await rows(desk, f"SELECT * FROM {table}")  # noqa: S608 - our own tables.
        for (table,) in tables
    }
    found = [table for table, contents in everything.items() for row in contents if "Maria" in row]
    assert [] == found


async def test_what_others_did_is_untouched(desk: Newsroom) -> None:
    before = await about_of(desk, ALEX)
    await Privacy(desk.store.privacy, desk.clock).delete(MARIA.id)
    assert before == await about_of(desk, ALEX)


async def test_the_record_stays_with_its_numbers(desk: Newsroom) -> None:
    await Privacy(desk.store.privacy, desk.clock).delete(MARIA.id)
    assert [(1, "close", 0, "deleted user", "off topic")] == await rows(
        desk, "SELECT number, verb, actor_id, actor_name, reason FROM cases"
    )
    assert [("a note", 0), ("a note", 8)] == await rows(desk, "SELECT text, author_id FROM notes")


async def test_a_timer_of_who_was_deleted_rings_on_as_nobodys(desk: Newsroom) -> None:
    """NULL would make it the policy's."""
    await Privacy(desk.store.privacy, desk.clock).delete(MARIA.id)
    assert [("reopen", 0, "pending"), ("slowmode", 8, "pending")] == await rows(
        desk, "SELECT kind, owner_id, state FROM timers ORDER BY kind"
    )


async def test_the_staff_channel_follows(desk: Newsroom) -> None:
    for message in await desk.store.staff.due(GUILD, desk.clock.now() + timedelta(minutes=1), 9):
        await desk.store.staff.settle(message)
    await Privacy(desk.store.privacy, desk.clock).delete(MARIA.id)
    assert [GUILD] == await desk.store.staff.due_guilds(desk.clock.now(), 9)


async def test_deleting_twice_changes_nothing(desk: Newsroom) -> None:
    privacy = Privacy(desk.store.privacy, desk.clock)
    await privacy.delete(MARIA.id)
    before = await rows(desk, "SELECT * FROM cases")
    await privacy.delete(MARIA.id)
    assert before == await rows(desk, "SELECT * FROM cases")
