"""Cases as a table that spreadsheets read. Pure.

A cell that begins like a formula is made text, for what people wrote must never run in staff's spreadsheet (OWASP, "CSV
Injection").
"""

import csv
import json
from collections.abc import Iterable
from io import StringIO

from bot.domain.records import CaseFile

HEADER = (
    "number",
    "when",
    "deed",
    "actor_id",
    "actor",
    "thread_id",
    "topic",
    "before",
    "after",
    "changes",
    "reason",
    "outcome",
    "taken_back_by",
)
# Spreadsheets read the wide forms of the signs, too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def safe(cell: str) -> str:
    """The cell as text: an apostrophe goes before what a spreadsheet would run."""
    return f"'{cell}" if cell.startswith(_FORMULA) or cell.lstrip().startswith(_FORMULA) else cell


def csv_of(rows: Iterable[Iterable[str]]) -> bytes:
    """The rows as CSV (RFC 4180, UTF-8)."""
    text = StringIO()
    csv.writer(text).writerows([safe(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def row_of(file: CaseFile) -> tuple[str, ...]:
    case = file.case
    return (
        str(case.number),
        case.at.isoformat(timespec="seconds"),
        case.deed,
        str(case.actor.user_id or ""),
        case.actor.name,
        str(file.thread_id or ""),
        file.topic_name,
        case.before,
        case.after,
        json.dumps(dict(case.changes), ensure_ascii=False) if case.changes else "",
        case.reason,
        case.outcome,
        str(file.undone_by or ""),
    )
