"""Truths of gofeed's own tests: `NAME.json` beside `NAME.xml`, or `NAME_expected.json` beside `NAME.json`.

They come in three shapes: gofeed's RSS feed, its Atom feed, and the one it makes of both. What a file does not say is
no truth. Of an entry with content and description, ours is the content; of several links, the first page's.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from conformance_truths import Truth, moment

_RSS = {
    "title": "title",
    "link": "link",
    "language": "language",
    "ttl": "ttl",
    "items.title": "title",
    "items.content": "body",
    "items.description": "body",
    "items.link": "link",
    "items.guid.value": "guid",
    "items.author": "author",
    "items.categories.value": "category",
    "items.pubDateParsed": "published_at",
}
_ATOM = {
    "title": "title",
    "language": "language",
    "entries.title": "title",
    "entries.content.value": "body",
    "entries.summary": "body",
    "entries.id": "guid",
    "entries.authors.name": "author's name",
    "entries.publishedParsed": "published_at",
    "entries.updatedParsed": "revised_at",
}
_UNIVERSAL = {
    "title": "title",
    "link": "link",
    "feedLink": "self_link",
    "language": "language",
    "items.title": "title",
    "items.content": "body",
    "items.description": "body",
    "items.link": "link",
    "items.guid": "guid",
    "items.authors.name": "author's name",
    "items.categories": "category",
    "items.publishedParsed": "published_at",
    "items.updatedParsed": "revised_at",
    "items.image.url": "image",
}
_SHAPES = {"parser/rss": _RSS, "parser/atom": _ATOM}
_DIALECT = re.compile(r"(?:^|\.)(?:extensions|itunesExt|dcExt|custom)\b.*")


def files(root: Path) -> Iterator[Path]:
    """Every feed that has a truth."""
    for truth in sorted((root / "gofeed").rglob("*.json")):
        if truth.stem.endswith("_expected"):
            yield truth.with_name(truth.name.replace("_expected", ""))
        elif truth.with_suffix(".xml").exists():
            yield truth.with_suffix(".xml")


def truths(root: Path, path: Path) -> list[Truth]:
    """All that is said of the feed in a file."""
    file = path.relative_to(root).as_posix()
    shape = next((shape for folder, shape in _SHAPES.items() if f"/{folder}/" in file), _UNIVERSAL)
    beside = (
        path.with_suffix(".json") if path.suffix == ".xml" else path.with_name(f"{path.stem}_expected.json")
    )
    return [
        _truth(file, shape, steps, value) for steps, value in _said(json.loads(beside.read_text()), shape)
    ]


def _truth(file: str, shape: Mapping[str, str], steps: list[Any], value: Any) -> Truth:
    name = _name(steps)
    field = shape.get(name)
    index = steps[1] if steps[0] in ("items", "entries") else None
    expected = moment(value) if field in ("published_at", "revised_at") else value
    return Truth(
        file=file, name=_DIALECT.sub(".extension", name), expected=expected, field=field, index=index
    )


def _said(feed: Any, shape: Mapping[str, str]) -> Iterator[tuple[list[Any], Any]]:
    """Every single value with the way to it, but for what another one says better."""
    leaves = list(_leaves(feed, []))
    contents = {
        tuple(steps[:2]) for steps, _ in leaves if shape.get(_name(steps)) == "body" and "content" in steps
    }
    for steps, value in leaves:
        is_second = steps[-1] in ("description", "summary") and tuple(steps[:2]) in contents
        yield (["description beside content"] if is_second else steps), value


def _leaves(value: Any, steps: list[Any]) -> Iterator[tuple[list[Any], Any]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, [*steps, name])
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, [*steps, index])
    elif value not in ("", None):
        yield steps, value


def _name(steps: list[Any]) -> str:
    return ".".join(step for step in steps if isinstance(step, str))
