"""Feeds of our own beside what must be read from them: `NAME` and `NAME.expected.json`."""

import dataclasses
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.entries import ParsedFeed
from bot.parsing import parse

DATA = Path(__file__).parent / "data"
FEEDS = sorted(path for path in DATA.iterdir() if not path.name.endswith(".expected.json"))


def as_json(feed: ParsedFeed) -> Any:
    return json.loads(json.dumps(dataclasses.asdict(feed), default=_as_text))


def _as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    raise TypeError(value)


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.name)
def test_a_feed_is_read_as_its_golden_file_says(path: Path) -> None:
    expected = json.loads(path.with_name(path.name + ".expected.json").read_text())

    assert expected == as_json(parse("https://gazette.example/rss", path.read_bytes()))
