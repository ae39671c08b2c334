"""Live blogs of our own in every format beside what must be read from them: `NAME` and `NAME.expected.json`."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from bot.domain.live import LiveReading
from bot.parsing.live import parse_live

DATA = Path(__file__).parent / "data"
PAGES = sorted(path for path in DATA.iterdir() if not path.name.endswith(".expected.json"))


def as_json(reading: LiveReading | None) -> Any:
    """What a reading says; properties that say nothing are left out."""
    values = dataclasses.asdict(reading) if reading else {}
    said = {name: value for name, value in values.items() if value not in (None, "", ())}
    said["updates"] = [
        {name: value for name, value in update.items() if value not in (None, "", ())}
        for update in values.get("updates", ())
    ]
    return json.loads(json.dumps(said, default=lambda moment: moment.isoformat()))


def url_of(path: Path) -> str:
    return (
        "https://www.aljazeera.com/graphql"
        if path.name.startswith("aljazeera")
        else "https://gazette.example/live"
    )


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_live_blog_is_read_as_its_golden_file_says(path: Path) -> None:
    expected = json.loads(path.with_name(path.name + ".expected.json").read_text())

    assert expected == as_json(parse_live(url_of(path), path.read_bytes()))
