import csv
from datetime import UTC, datetime
from io import StringIO

import pytest
from hypothesis import given, strategies as st

from bot.domain.cases import Actor, Case, Deed
from bot.domain.records import CaseFile
from bot.domain.tables import HEADER, csv_of, row_of, safe
from bot.domain.topics import State
from bot.domain.wishes import Aspect

CASE = Case(
    case_id=1,
    guild_id=2,
    topic_id=3,
    deed=Deed.RENAME,
    actor=Actor(user_id=7, name="Maria"),
    reason="clearer",
    before=State.OPEN,
    after=State.OPEN,
    at=datetime(2026, 11, 23, 12, tzinfo=UTC),
    outcome="done",
    number=12,
    changes={Aspect.NAME: ("a", "b")},
)


def read(table: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(table.decode(), newline="")))


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "\uff1d", "\uff20"])
def test_a_cell_that_looks_like_a_formula_is_text(begin: str) -> None:
    assert f"'{begin}1+1" == safe(f"{begin}1+1")


@pytest.mark.parametrize("cell", ["", "spam", "1-2", "a=b", "'=1"])
def test_any_other_cell_is_left_alone(cell: str) -> None:
    assert cell == safe(cell)


@given(st.text(st.characters(codec="utf-8")))
def test_no_cell_begins_like_a_formula(cell: str) -> None:
    assert not safe(cell).strip().startswith(("=", "+", "-", "@"))


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=2))
def test_what_is_written_is_read_back(row: list[str]) -> None:
    assert [[safe(cell) for cell in row]] == read(csv_of([row]))


def test_a_row_has_a_cell_for_every_heading() -> None:
    row = row_of(CaseFile(case=CASE, thread_id=9, channel_id=8, topic_name="[News] Rain", undone_by=13))
    assert {
        "number": "12",
        "when": "2026-11-23T12:00:00+00:00",
        "deed": "rename",
        "actor_id": "7",
        "actor": "Maria",
        "thread_id": "9",
        "topic": "[News] Rain",
        "before": "open",
        "after": "open",
        "changes": '{"name": ["a", "b"]}',
        "reason": "clearer",
        "outcome": "done",
        "taken_back_by": "13",
    } == dict(zip(HEADER, row, strict=True))
