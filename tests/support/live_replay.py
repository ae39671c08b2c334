"""A live blog's page at one moment after the other, for a server that shows them as tests say.

The scenes of the corpus, and a small live blog of our own. Their times are moved so that the first scene is now: a
page whose newest update is of years ago is rightly taken for one that is over.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "liveblogs" / "sequences"
OURS = "our own"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


@dataclass(frozen=True)
class Scene:
    """`added`: when its new updates were written, oldest first; `edited`: when those that changed were."""

    page: bytes
    added: tuple[datetime, ...]
    edited: frozenset[datetime]
    closed: bool


def replay(name: str) -> list[Scene]:
    """The scenes of a sequence of the corpus, or of the live blog of our own."""
    return _ours() if name == OURS else _of_corpus(CORPUS / name)


def _of_corpus(folder: Path) -> list[Scene]:
    events = json.loads((folder / "truth.json").read_text())["events"]
    shift = _since(datetime.fromisoformat(events[0]["now"]))
    scenes, moments = [], {}
    for event in events:
        page = _moved((folder / f"{event['snapshot']:02}.html").read_text(), shift)
        added = []
        for number, update in zip(event["visible"], _updates(page), strict=True):
            if number not in moments:
                moments[number] = datetime.fromisoformat(update["datePublished"])
                added.append(number)
        scenes.append(
            Scene(
                page=page.encode(),
                added=tuple(moments[number] for number in sorted(added)),
                edited=frozenset(moments[number] for number in event["edited"] if number not in added),
                closed=event["closed"],
            )
        )
    return scenes


def _since(moment: datetime) -> timedelta:
    """Whole minutes: what was written in one minute stays so."""
    return (datetime.now(UTC) - moment) // timedelta(minutes=1) * timedelta(minutes=1)


def _moved(page: str, shift: timedelta) -> str:
    return _MOMENT.sub(lambda found: (datetime.fromisoformat(found[0]) + shift).isoformat(), page)


def _updates(page: str) -> Sequence[Mapping[str, Any]]:
    found = _DATA.search(page)
    assert found is not None
    updates: list[dict[str, Any]] = json.loads(found[1])["liveBlogUpdate"]
    return updates


def _ours() -> list[Scene]:
    begin = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=20)
    written = [begin + timedelta(minutes=6 * number) for number in range(6)]
    texts = [f"Text {number}" for number in range(6)]
    first = our_page(written[:2], texts)
    texts[1] = "Corrected text"
    last = our_page(written, texts, standfirst="This live blog is now closed. Thank you for reading.")
    return [
        Scene(page=first, added=tuple(written[:2]), edited=frozenset(), closed=False),
        Scene(
            page=our_page(written[:4], texts),
            added=tuple(written[2:4]),
            edited=frozenset([written[1]]),
            closed=False,
        ),
        Scene(page=last, added=tuple(written[4:]), edited=frozenset(), closed=True),
    ]


def our_page(
    written: Sequence[datetime],
    texts: Sequence[str],
    *,
    title: str = "Harbour fire live",
    standfirst: str = "",
) -> bytes:
    """A page with an update for each moment, newest first, as JSON-LD."""
    updates = [
        {
            "@type": "BlogPosting",
            "@id": f"update-{number}",
            "headline": f"Update {number}",
            "articleBody": texts[number],
            "datePublished": at.isoformat(),
        }
        for number, at in reversed(list(enumerate(written)))
    ]
    data = {
        "@context": "https://schema.org",
        "@type": "LiveBlogPosting",
        "headline": title,
        "description": standfirst,
        "liveBlogUpdate": updates,
    }
    script = json.dumps(data).replace("<", "\\u003c")
    return (
        f'<!doctype html><title>{title}</title><script type="application/ld+json">{script}</script>'.encode()
    )
