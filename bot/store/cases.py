"""Cases in the database: what was done to a topic, by whom, and what became of it."""

import json
from collections.abc import Sequence

from bot.domain.cases import BY_HOURS, Actor, Case, CaseEdit, Deed
from bot.domain.topics import State
from bot.domain.wishes import Aspect, Value
from bot.store.database import Database, Row, Transaction
from bot.store.moments import from_ms, to_ms
from bot.store.staff import restage, stage


class CaseStore:
    """Implements `ports.CaseStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_thread(self, thread_id: int) -> list[Case]:
        """Oldest first."""
        rows = await self._database.read.all(
            """
            SELECT cases.* FROM cases JOIN topics ON topics.topic_id = cases.topic_id
            WHERE topics.thread_id = :thread_id ORDER BY cases.case_id
            """,
            {"thread_id": thread_id},
        )
        return [case_from(row) for row in rows]

    async def of_batch(self, batch_id: int) -> list[tuple[int, Case]]:
        """The thread of each case of a bulk action, oldest first."""
        rows = await self._database.read.all(
            """
            SELECT cases.*, topics.thread_id FROM cases JOIN topics ON topics.topic_id = cases.topic_id
            WHERE cases.batch_id = :batch_id ORDER BY cases.case_id
            """,
            {"batch_id": batch_id},
        )
        return [(row["thread_id"], case_from(row)) for row in rows]


async def insert_case(tx: Transaction, case: Case) -> None:
    """Store a case under the guild's next number."""
    await tx.execute(
        """
        INSERT INTO cases (case_id, guild_id, number, topic_id, verb, actor_id, actor_name, reason,
                           state_before, state_after, outcome, changes, batch_id, created_at)
        SELECT :case_id, :guild_id, COALESCE(MAX(number), 0) + 1, :topic_id, :verb, :actor_id, :actor_name, :reason,
               :state_before, :state_after, :outcome, :changes, :batch_id, :created_at
        FROM cases WHERE guild_id = :guild_id
        """,
        {
            "case_id": case.case_id,
            "guild_id": case.guild_id,
            "topic_id": case.topic_id,
            "verb": case.deed,
            "actor_id": case.actor.user_id,
            "actor_name": case.actor.name,
            "reason": case.reason,
            "state_before": case.before,
            "state_after": case.after,
            "outcome": case.outcome,
            "changes": json.dumps(dict(case.changes)),
            "batch_id": case.batch_id,
            "created_at": to_ms(case.at),
        },
    )
    if case.deed not in BY_HOURS:
        await stage(tx, case)


async def close_pending_cases(
    tx: Transaction,
    topic_id: int,
    outcome: str,
    *,
    but_changes: bool = False,
    only_changes: bool = False,
) -> None:
    """`but_changes`: those that wished for a name, tags or the like are still being shown; `only_changes`: those."""
    rows = await tx.all(
        """
        UPDATE cases SET outcome = :outcome
        WHERE topic_id = :topic_id AND outcome = 'pending'
            AND (:but_changes = 0 OR changes = '{}') AND (:only_changes = 0 OR changes <> '{}')
        RETURNING case_id
        """,
        {
            "topic_id": topic_id,
            "outcome": outcome,
            "but_changes": int(but_changes),
            "only_changes": int(only_changes),
        },
    )
    await restage(tx, [row["case_id"] for row in rows])


async def mark_undone(tx: Transaction, case_ids: Sequence[int], undone_by: int) -> None:
    await tx.execute_many(
        "UPDATE cases SET undone_by = :undone_by WHERE case_id = :id",
        [{"id": case_id, "undone_by": undone_by} for case_id in case_ids],
    )
    await restage(tx, case_ids)


async def edit_reason(tx: Transaction, edit: CaseEdit) -> None:
    """Give the case another reason; who did it, and what the reason was, is kept."""
    await tx.execute(
        """
        INSERT INTO case_edits (edit_id, case_id, editor_id, editor_name, before, created_at)
        SELECT :edit_id, case_id, :editor_id, :editor_name, reason, :at FROM cases WHERE case_id = :case_id
        """,
        {
            "edit_id": edit.edit_id,
            "case_id": edit.case_id,
            "editor_id": edit.editor.user_id,
            "editor_name": edit.editor.name,
            "at": to_ms(edit.at),
        },
    )
    await tx.execute(
        "UPDATE cases SET reason = :reason WHERE case_id = :id", {"id": edit.case_id, "reason": edit.reason}
    )
    await restage(tx, [edit.case_id])


async def was_deleted(tx: Transaction, topic_id: int) -> bool:
    """Whether a case tells of the end of the topic."""
    row = await tx.one(
        "SELECT 1 FROM cases WHERE topic_id = :topic_id AND verb = :verb",
        {"topic_id": topic_id, "verb": Deed.DELETED},
    )
    return row is not None


async def latest_case(tx: Transaction, topic_id: int) -> Case | None:
    row = await tx.one(
        "SELECT * FROM cases WHERE topic_id = :topic_id ORDER BY case_id DESC LIMIT 1", {"topic_id": topic_id}
    )
    return case_from(row) if row else None


def case_from(row: Row) -> Case:
    return Case(
        case_id=row["case_id"],
        guild_id=row["guild_id"],
        topic_id=row["topic_id"],
        deed=Deed(row["verb"]),
        actor=Actor(user_id=row["actor_id"], name=row["actor_name"]),
        reason=row["reason"],
        before=State(row["state_before"]),
        after=State(row["state_after"]),
        at=from_ms(row["created_at"]),
        outcome=row["outcome"],
        number=row["number"],
        changes=_changes(row["changes"]),
        batch_id=row["batch_id"],
        undone_by=row["undone_by"],
    )


def _changes(text: str) -> dict[Aspect, tuple[Value, Value]]:
    return {
        Aspect(aspect): (_value(before), _value(after))
        for aspect, (before, after) in json.loads(text).items()
    }


def _value(value: object) -> Value:
    assert isinstance(value, str | int | bool | list)
    return tuple(value) if isinstance(value, list) else value
