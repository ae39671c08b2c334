"""Looking cases and notes up. One method, one query; nothing here changes a topic."""

from bot.domain.cases import Actor, CaseEdit
from bot.domain.records import CaseFile, CaseSearch, Note
from bot.store.cases import case_from
from bot.store.database import Database, Row
from bot.store.moments import from_ms, to_ms

_FILES = """
    SELECT cases.*, topics.thread_id, topics.channel_id, topics.name AS topic_name, undoing.number AS undone_by_number
    FROM cases JOIN topics ON topics.topic_id = cases.topic_id
    LEFT JOIN cases AS undoing ON undoing.case_id = cases.undone_by
"""


class RecordStore:
    """Implements `ports.RecordStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def file(self, guild_id: int, number: int) -> CaseFile | None:
        row = await self._database.read.one(
            f"{_FILES} WHERE cases.guild_id = :guild_id AND cases.number = :number",
            {"guild_id": guild_id, "number": number},
        )
        return _file(row) if row else None

    async def file_of(self, case_id: int) -> CaseFile | None:
        row = await self._database.read.one(f"{_FILES} WHERE cases.case_id = :id", {"id": case_id})
        return _file(row) if row else None

    async def edits(self, case_id: int) -> list[CaseEdit]:
        """Who gave the case another reason, oldest first; each with the reason that it replaced."""
        rows = await self._database.read.all(
            """
            SELECT case_edits.*, cases.reason FROM case_edits JOIN cases ON cases.case_id = case_edits.case_id
            WHERE case_edits.case_id = :id ORDER BY edit_id
            """,
            {"id": case_id},
        )
        afters = [*(row["before"] for row in rows[1:]), *(row["reason"] for row in rows[-1:])]
        return [_edit(row, after) for row, after in zip(rows, afters, strict=True)]

    async def search(self, guild_id: int, search: CaseSearch, limit: int, offset: int) -> list[CaseFile]:
        """The newest first."""
        conditions = {
            "cases.actor_id = :actor_id": search.actor_id,
            "topics.thread_id = :thread_id": search.thread_id,
            "cases.verb = :deed": search.deed,
            "LOWER(cases.reason) LIKE :pattern ESCAPE '\\'": search.text or None,
        }
        wanted = [condition for condition, value in conditions.items() if value is not None]
        rows = await self._database.read.all(
            f"{_FILES} WHERE {' AND '.join(['cases.guild_id = :guild_id', *wanted])} "
            "ORDER BY cases.number DESC LIMIT :limit OFFSET :offset",
            {
                "guild_id": guild_id,
                "actor_id": search.actor_id,
                "thread_id": search.thread_id,
                "deed": search.deed,
                "pattern": f"%{escape_like(search.text.lower())}%",
                "limit": limit,
                "offset": offset,
            },
        )
        return [_file(row) for row in rows]

    async def since(self, guild_id: int, number: int, limit: int) -> list[CaseFile]:
        """The guild's cases from that number on, oldest first."""
        rows = await self._database.read.all(
            f"{_FILES} WHERE cases.guild_id = :guild_id AND cases.number >= :number ORDER BY cases.number LIMIT :limit",
            {"guild_id": guild_id, "number": number, "limit": limit},
        )
        return [_file(row) for row in rows]

    async def history(self, topic_id: int, limit: int, offset: int, *, notes: bool) -> list[CaseFile | Note]:
        """Cases and, where asked for, notes of a topic; oldest first."""
        rows = await self._database.read.all(
            """
            SELECT case_id AS id, 1 AS is_case FROM cases WHERE topic_id = :topic_id
            UNION ALL SELECT note_id AS id, 0 AS is_case FROM notes WHERE topic_id = :topic_id AND :notes = 1
            ORDER BY id LIMIT :limit OFFSET :offset
            """,
            {"topic_id": topic_id, "notes": int(notes), "limit": limit, "offset": offset},
        )
        found = [await (self.file_of if row["is_case"] else self._note)(row["id"]) for row in rows]
        return [entry for entry in found if entry is not None]

    async def last_change(self, topic_id: int) -> CaseFile | None:
        """What made the topic open or closed as it is."""
        row = await self._database.read.one(
            f"""
            {_FILES} WHERE cases.topic_id = :topic_id AND cases.state_before <> cases.state_after
            ORDER BY cases.case_id DESC LIMIT 1
            """,
            {"topic_id": topic_id},
        )
        return _file(row) if row else None

    async def last_close(self, topic_id: int) -> int | None:
        """The case whose reason the notice of a closed topic gives."""
        row = await self._database.read.one(
            """
            SELECT case_id FROM cases
            WHERE topic_id = :topic_id AND state_after = 'closed' AND (state_before <> 'closed' OR verb = 'close')
            ORDER BY case_id DESC LIMIT 1
            """,
            {"topic_id": topic_id},
        )
        return row["case_id"] if row else None

    async def add_note(self, note: Note) -> None:
        async with self._database.write() as tx:
            await tx.execute(
                """
                INSERT INTO notes (note_id, topic_id, author_id, author_name, text, created_at)
                VALUES (:note_id, :topic_id, :author_id, :author_name, :text, :at)
                """,
                {
                    "note_id": note.note_id,
                    "topic_id": note.topic_id,
                    "author_id": note.author.user_id,
                    "author_name": note.author.name,
                    "text": note.text,
                    "at": to_ms(note.at),
                },
            )

    async def _note(self, note_id: int) -> Note | None:
        row = await self._database.read.one("SELECT * FROM notes WHERE note_id = :id", {"id": note_id})
        return _note(row) if row else None


def escape_like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _file(row: Row) -> CaseFile:
    return CaseFile(
        case=case_from(row),
        thread_id=row["thread_id"],
        channel_id=row["channel_id"],
        topic_name=row["topic_name"],
        undone_by=row["undone_by_number"],
    )


def _edit(row: Row, after: str) -> CaseEdit:
    return CaseEdit(
        edit_id=row["edit_id"],
        case_id=row["case_id"],
        editor=Actor(user_id=row["editor_id"], name=row["editor_name"]),
        reason=after,
        at=from_ms(row["created_at"]),
        before=row["before"],
    )


def _note(row: Row) -> Note:
    return Note(
        note_id=row["note_id"],
        topic_id=row["topic_id"],
        author=Actor(user_id=row["author_id"], name=row["author_name"]),
        text=row["text"],
        at=from_ms(row["created_at"]),
    )
