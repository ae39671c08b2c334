"""Blocks of runs -> Discord Markdown: the only place where markup is written and text is escaped.

The rules are those of Discord's own client as its parser shows them: a backslash makes any punctuation
literal; `*` is used for italics because `_` needs word boundaries; two markers that touch are kept apart by
a zero-width space; mentions are broken by one too, because a backslash does not keep them from pinging.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import reduce
from itertools import groupby
from operator import and_
from typing import TypeAlias

from bot.domain.blocks import Block, Mark, Run
from bot.domain.text import ZERO_WIDTH_SPACE, clean, defuse, is_blank

_SPECIAL = re.compile(r"[\\*_~|<>\[\]`]")
_GLUED_SPECIAL = re.compile(r"\S*?[\\*_~|<>\[\]`]")
_URL = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,:;!?'\])}]", re.IGNORECASE)
_URL_SPECIAL = re.compile(r"[*`|\\\[\]]|~(?=~)|_(?=_)|@(?=everyone|here)", re.IGNORECASE)
_IS_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_LINE_START = re.compile(
    r"(?P<before>\s*\d*)(?P<marker>(?<!\d)(?:[-+](?=\s|#)|#(?=#{0,2}\s)|>)|(?<=\d)\.(?=\s))"
)
_BRACKETS = str.maketrans("[]", "()")
_Piece: TypeAlias = tuple[str, Mark]  # Markdown without its emphasis, and the emphasis it wants.
_CLOSERS = "*_~`"
_MARKERS = {Mark.BOLD: "**", Mark.ITALIC: "*", Mark.UNDERLINE: "__", Mark.STRIKE: "~~"}


def write_block(block: Block) -> str:
    """One block with its prefixes, every line of it."""
    if block.fence:
        return _fence(block)
    lines = [_escape_start(line) for line in _lines(block)]
    indent = "  " * (block.depth - bool(block.marker))
    first = "#" * block.heading + " " * bool(block.heading) + indent + block.marker
    rest = indent + " " * len(block.marker)
    prefix = "> " if block.quoted else ""
    return defuse("\n".join(prefix + (rest if number else first) + line for number, line in enumerate(lines)))


def separator(before: Block, block: Block) -> str:
    """What stands between two blocks: a line break, or an empty line where a reader expects a gap."""
    if before.quoted != block.quoted:
        return "\n\n"
    near = (before.depth and block.depth) or (before.row and block.row)
    if near or before.heading or before.fence or block.fence:
        return "\n"
    return "\n> \n" if block.quoted else "\n\n"


def escape(text: str) -> str:
    """Plain text as Markdown that shows exactly it, on one line; URLs stay URLs, mentions are broken."""
    return defuse(_escape_start(_escape(clean(text))))


def _fence(block: Block) -> str:
    text = block.text.strip("\n").replace("```", f"`{ZERO_WIDTH_SPACE}`{ZERO_WIDTH_SPACE}`")
    if text.endswith("`"):
        text += ZERO_WIDTH_SPACE
    return defuse(f"```{block.language}\n{text}\n```")


def _lines(block: Block) -> Iterator[str]:
    """Each line stands for itself: styles are closed at its end and opened again on the next."""
    line: list[Run] = []
    for run in block.runs:
        first, *others = (run.text.replace("\n", " ") if block.heading else run.text).split("\n")
        line.append(replace(run, text=first))
        for other in others:
            yield _line(line)
            line = [replace(run, text=other)]
    yield _line(line)


def _line(runs: list[Run]) -> str:
    pieces: list[_Piece] = []
    for href, group in groupby(runs, key=lambda run: run.href):
        if href is None:
            pieces.extend(_piece(run) for run in group)
        else:
            pieces.extend(_link(href, list(group)))
    return _styled(pieces)


def _piece(run: Run) -> _Piece:
    if Mark.CODE in run.marks and not is_blank(run.text):
        return _code(run.text), _lasting(run.marks, [run])
    return _escape_start(_escape(run.text)), _lasting(run.marks, [run])


def _lasting(marks: Mark, runs: list[Run]) -> Mark:
    """The styles that reach to the end of the runs.

    The client takes the first `*` for the end of italics, be it escaped, and the first marker within code
    for the end of any style around it. Such a style is left out rather than torn.
    """
    marks &= ~Mark.CODE
    if any("*" in run.text for run in runs):
        marks &= ~Mark.ITALIC
    for run in runs:
        for mark, marker in _MARKERS.items():
            if Mark.CODE in run.marks and marker in run.text:
                marks &= ~mark
    return marks


def _link(href: str, runs: list[Run]) -> list[_Piece]:
    """A masked link, unless its text is an address itself: then the true one shows, or none is linked."""
    label = "".join(run.text for run in runs)
    if is_blank(label):
        return []
    if _IS_URL.fullmatch(label.strip()):
        return [(label.replace(label.strip(), _raw(href)), Mark.NONE)]
    if _URL.search(label):
        return [_piece(run) for run in runs]
    common = _lasting(reduce(and_, (run.marks for run in runs)), runs)
    inner = [
        _piece(replace(run, text=run.text.translate(_BRACKETS), marks=run.marks & ~common)) for run in runs
    ]
    before, after = label[: len(label) - len(label.lstrip())], label[len(label.rstrip()) :]
    return [(f"{before}[{_styled(inner)}]({_raw(href)}){after}", common)]


def _styled(pieces: Iterable[_Piece]) -> str:
    """The pieces with their markers, properly nested, white space outside of them (`** a**` is no bold)."""
    out = _Line()
    opened: list[Mark] = []
    gap = ""
    for text, marks in pieces:
        core = text.strip()
        if not core:
            gap += text
            continue
        while any(mark not in marks for mark in opened):
            out.close(_MARKERS[opened.pop()])
        out.space(gap + text[: len(text) - len(text.lstrip())])
        wanted = [mark for mark in _MARKERS if mark in marks and mark not in opened]
        if wanted or _GLUED_SPECIAL.match(core):
            out.end_address()
        for mark in wanted:
            opened.append(mark)
            out.put(_MARKERS[mark])
        out.put(core)
        gap = text[len(text.rstrip()) :]
    while opened:
        out.close(_MARKERS[opened.pop()])
    return out.text


class _Line:
    """A line being written; keeps apart what would run together."""

    def __init__(self) -> None:
        self.text = ""
        self._closed = False  # Whether a marker was closed last.

    def put(self, text: str) -> None:
        if self.text[-1:] == text[0] and text[0] in _CLOSERS:
            self.text += ZERO_WIDTH_SPACE
        self.text += text
        self._closed = False

    def close(self, marker: str) -> None:
        self.put(marker)
        self._closed = True

    def end_address(self) -> None:
        """What follows an address without a space would be taken for a part of it."""
        if not self._closed and "://" in self.text[self.text.rfind(" ") + 1 :]:
            self.text += " "

    def space(self, gap: str) -> None:
        if gap:
            self.text += " "


def _code(text: str) -> str:
    """Inline code: literal, between one backtick or two; a run of three would open a listing."""
    core = text.strip()
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    if "``" in core:
        core = core.replace("`", "'")
    if "`" in core:
        return f"{before}`` {core} ``{after}"
    return f"{before}`{core}`{after}"


def _escape(text: str) -> str:
    """Backslashes before whatever could be markup; an address stays an address."""
    parts: list[str] = []
    end = 0
    for url in _URL.finditer(text):
        parts += [_SPECIAL.sub(r"\\\g<0>", text[end : url.start()]), _raw(url[0])]
        end = url.end()
        if _GLUED_SPECIAL.match(text, end):
            parts.append(" ")  # A backslash would be taken for a part of the address.
    parts.append(_SPECIAL.sub(r"\\\g<0>", text[end:]))
    return "".join(parts)


def _raw(url: str) -> str:
    """The address with markup characters percent-encoded (RFC 3986, 2.1), which leads to the same page."""
    return _URL_SPECIAL.sub(lambda special: f"%{ord(special[0]):02X}", url)


def _escape_start(line: str) -> str:
    return _LINE_START.sub(r"\g<before>\\\g<marker>", line, count=1) if _LINE_START.match(line) else line
