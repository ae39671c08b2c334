"""Truths of feedparser's own tests: the assertion (`Expect:`) and HTTP headers in the comment that each begins with.

An assertion is read, never run. Its parts, joined by "and", are truths of their own.
"""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance_truths import Truth

from bot.parsing.encoding import decode

HOST = "http://127.0.0.1:8097"  # Where feedparser's own runner serves them; some expect it in addresses.
_EXPECT = re.compile(r"Expect:(.*?)-->", re.DOTALL)
_CONTENT_TYPE = re.compile(r"^Header:\s*Content-type:\s*(.+)$", re.IGNORECASE | re.MULTILINE)
SANITISED = "sanitised HTML"  # Ours is as published; what of it is shown is decided where it is rendered.

_FEED = {
    "title": "title",
    "title_detail.value": "title",
    "link": "link",
    "language": "language",
    "ttl": "ttl",
}
_ENTRY = {
    "title": "title",
    "title_detail.value": "title",
    "description": "body",
    "summary": "body",
    "summary_detail.value": "body",
    "content.0.value": "body",
    "link": "link",
    "id": "guid",
    "guid": "guid",
    "author": "author",
    "author_detail.name": "author's name",
    "authors.0.name": "author's name",
    "category": "category",
    "published_parsed": "published_at",
    "issued_parsed": "published_at",
    "created_parsed": "published_at",
    "updated_parsed": "revised_at",
    "modified_parsed": "revised_at",
    "media_thumbnail.0.url": "image",
    "image.href": "image",
}
_TERM = re.compile(r"tags\.\d+\.term")


def files(root: Path) -> Iterator[Path]:
    yield from (path for path in sorted((root / "feedparser").rglob("*")) if path.is_file())


def content_type(body: bytes) -> str:
    found = _CONTENT_TYPE.search(decode(body)[:4_000])
    return found[1].strip() if found else ""


def truths(root: Path, path: Path) -> list[Truth]:
    """All that the test in a file says of its feed."""
    file = path.relative_to(root).as_posix()
    found = _EXPECT.search(decode(path.read_bytes()))
    if found is None:
        return []
    if "/sanitize/" in file:
        return [Truth(file=file, name=SANITISED, expected=None)]
    tree = ast.parse(found[1].strip(), mode="eval").body
    parts = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    return [truth for part in parts if (truth := _truth(file, part)) is not None]


def _truth(file: str, part: ast.expr) -> Truth | None:
    """One part of an assertion; "not 1" says nothing."""
    if isinstance(part, ast.UnaryOp) and isinstance(part.operand, ast.Constant):
        return None
    if not isinstance(part, ast.Compare) or not isinstance(part.ops[0], ast.Eq):
        return Truth(file=file, name=_unread(ast.unparse(part)), expected=None)
    expected = part.comparators[-1]  # "a == b == 'text'" says the text of both; the first is enough.
    if ast.unparse(part.left) == "len(entries)":
        return Truth(file=file, name="len(entries)", expected=_value(expected), field="number of entries")
    steps = _steps(part.left)
    match steps:
        case ["feed", *names]:
            field, index = _FEED.get(_dotted(names)), None
        case ["entries", int(index), *names]:
            field = "category" if _TERM.fullmatch(_dotted(names)) else _ENTRY.get(_dotted(names))
        case _:
            field, index = None, None
    name = re.sub(r"\.\d+", "", _dotted(steps)) or _unread(ast.unparse(part.left))
    return Truth(file=file, name=name, expected=_value(expected), field=field, index=index)


def _steps(node: ast.expr) -> list[Any]:
    """`entries[0]['a'].b` as ["entries", 0, "a", "b"]; [] for anything else."""
    steps: list[Any] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            steps.append(node.slice.value)
        elif isinstance(node, ast.Attribute):
            steps.append(node.attr)
        else:
            return []
        node = node.value
    return [node.id, *reversed(steps)]


def _value(node: ast.expr) -> Any:
    """A literal; nine numbers are a moment."""
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return ast.unparse(node)
    if isinstance(value, tuple) and len(value) == 9:
        year, month, day, hour, minute, second = value[:6]
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    return value


def _dotted(steps: list[Any]) -> str:
    return ".".join(str(step) for step in steps)


def _unread(text: str) -> str:
    return re.sub(r"\[\d+\]", "[]", text)[:60]
