"""Real live blogs through the whole service: the sequences of the corpus as it says they must be seen, and its pages.

A sequence is real updates at simulated poll times, with edits, removals, windows, disorder and an end.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fake_clock import FakeClock
from live_newsroom import PAGE, LiveNewsroom, Pages, live_newsroom

from bot.domain.live_blogs import LiveState
from bot.domain.live_updates import updates_of
from bot.domain.messages import Embed
from bot.parsing.live import parse_live

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus" / "liveblogs"
SEQUENCES = ("express_royal", "guardian_like_paged", "mirror_riots")
CLOSED_PAGES = (
    "guardian_fixture_2021-02-22_031f44db.html",
    "guardian_fixture_2023-12-19_2f9bff9c.html",
)

pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="the corpus of live blogs is not beside the project"
)


def _embeds(room: LiveNewsroom) -> list[Embed]:
    return [embed for message in room.messages() for embed in message.embeds if embed.timestamp]


async def _show(room: LiveNewsroom, folder: Path, event: Mapping[str, Any]) -> list[Embed]:
    """Let the page be as it was at an event, look at it then, and return what the thread shows."""
    room.pages.answers[PAGE] = (folder / f"{event['snapshot']:02}.html").read_bytes()
    at = datetime.fromisoformat(event["now"])
    if not room.forum.threads:
        await room.follow()
    await room.poll(after=max(at - room.clock.now(), timedelta(minutes=1)))
    return _embeds(room)


def _expected_places(events: Sequence[Mapping[str, Any]]) -> list[int]:
    """Which update stands at each place of the thread: each where the page first showed it, oldest first."""
    places: dict[int, None] = {}
    for event in events:
        places |= dict.fromkeys(sorted(event["visible"]))
    return [*places]


@pytest.mark.parametrize("name", SEQUENCES)
async def test_a_sequence_is_followed_without_loss_repetition_or_disorder(tmp_path: Path, name: str) -> None:
    truth = json.loads((CORPUS / "sequences" / name / "truth.json").read_text())
    events = truth["events"]
    clock = FakeClock(datetime.fromisoformat(events[0]["now"]))
    before: list[Embed] = []
    async with live_newsroom(tmp_path / "desk.db", clock=clock) as room:
        for number, event in enumerate(events):
            shown = await _show(room, CORPUS / "sequences" / name, event)
            places = _expected_places(events[: number + 1])
            assert len(places) == len(shown), event["snapshot"]
            changed = {
                places[i] for i, (old, new) in enumerate(zip(before, shown, strict=False)) if old != new
            }
            assert set(event["edited"]) - set(event["new"]) == changed, event["snapshot"]
            expected = LiveState.ENDED if event["closed"] else LiveState.FOLLOWED
            assert expected is (await room.blog()).state, event["snapshot"]
            before = shown
        await room.poll(after=timedelta(minutes=31))
        assert events[-1]["closed"] == room.thread.locked


@pytest.mark.parametrize("name", SEQUENCES)
async def test_a_sequence_whose_updates_have_no_names_is_followed_all_the_same(
    tmp_path: Path, name: str
) -> None:
    """Their times, texts and likeness tell them apart."""
    folder = CORPUS / "sequences" / name
    events = json.loads((folder / "truth.json").read_text())["events"]
    clock = FakeClock(datetime.fromisoformat(events[0]["now"]))
    async with live_newsroom(tmp_path / "desk.db", clock=clock, pages=NamelessPages()) as room:
        shown = [await _show(room, folder, event) for event in events]
        assert len(_expected_places(events)) == len(shown[-1])


class NamelessPages(Pages):
    async def parse_live(self, url: str, body: bytes, content_type: str) -> Any:
        reading = await super().parse_live(url, body, content_type)
        assert reading is not None
        return replace(reading, updates=tuple(replace(u, guid=None, link=None) for u in reading.updates))


def _pages() -> list[Path]:
    return sorted([*(CORPUS / "pages").glob("*.html"), *(CORPUS / "reconstructed").glob("*.html")])


@pytest.mark.parametrize("path", _pages() if CORPUS.is_dir() else [], ids=lambda path: path.stem)
async def test_a_real_page_is_open_or_over_at_first_sight_as_it_was(tmp_path: Path, path: Path) -> None:
    """Looked at a few minutes after its newest update."""
    body = await asyncio.to_thread(path.read_bytes)
    reading = parse_live(PAGE, body, "")
    if reading is None:
        pytest.skip("the page has no updates in its markup")
    times = [u.entry.published_at for u in updates_of(reading) if u.entry.published_at]
    clock = FakeClock(max(times) + timedelta(minutes=5)) if times else FakeClock()
    async with live_newsroom(tmp_path / "desk.db", clock=clock) as room:
        room.write()
        await room.follow()
        room.pages.answers[PAGE] = body
        await room.poll(after=timedelta(minutes=1))
        over = path.name in CLOSED_PAGES
        assert (LiveState.ENDED if over else LiveState.FOLLOWED) is (await room.blog()).state
        assert not room.thread.locked
