"""Feeds whose entries have no ids, empty ids, or odd ones: each entry once, however much of the feed is shown."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from fake_publisher import InlineParser
from newsroom import FEED, newsroom, order

from bot.domain.entries import Entry, ParsedFeed
from bot.parsing import parse

HOSTILE = Path(__file__).parents[3] / "shared" / "corpus" / "hostile"
FILES = sorted(HOSTILE.glob("id_*"))
LATER = timedelta(minutes=6)

pytestmark = pytest.mark.skipif(not HOSTILE.is_dir(), reason=f"the corpus is not at {HOSTILE}")


class Window(InlineParser):
    """The body, "2 5", says which of the entries the feed shows."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__()
        self._entries = entries

    async def parse(self, url: str, body: bytes, content_type: str) -> ParsedFeed:  # noqa: ARG002 - the port's.
        start, end = map(int, body.split())
        return ParsedFeed(title="Feed", entries=tuple(self._entries[start:end]))


def entries_of(file: Path) -> tuple[Entry, ...]:
    return parse(FEED, file.read_bytes(), "").entries


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_every_entry_is_posted_once_whatever_part_of_the_feed_is_shown(
    tmp_path: Path, file: Path
) -> None:
    entries = entries_of(file)
    assert entries
    async with newsroom(tmp_path / "desk.db") as desk:
        desk.read_with(desk.fetcher, Window(entries))
        await desk.subscribe(order())
        size = len(entries)
        growing = [(start, size) for start in range(size, -1, -1)]
        sliding = [(start, start + 1) for start in range(size)]
        for start, end in (*growing, *sliding, (0, size)):
            desk.fetcher.answers[FEED] = f"{start} {end}".encode()
            await desk.poll(after=LATER)
            await desk.publish()
        assert [entry.title for entry in reversed(entries)] == [
            name.removeprefix("[News] ") for name in desk.names()
        ]
