"""What a text consists of, between HTML and Markdown: blocks of runs, and the pictures that were among them.

Pure values. The text of a run is what people read: no markup, no escape, no mention syntax of anybody's.
"""

from dataclasses import dataclass
from enum import Flag, auto

from bot.domain.entries import Image


class Mark(Flag):
    """The styles that Discord can show, from the outermost to the innermost."""

    NONE = 0
    BOLD = auto()
    ITALIC = auto()
    UNDERLINE = auto()
    STRIKE = auto()
    CODE = auto()


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style. `href` is an http(s) address as Discord takes it, or None."""

    text: str
    marks: Mark = Mark.NONE
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph, heading, list item, table row or listing.

    `heading` is 1 to 3, or 0 for none. `marker` begins a list item ("- ", "2. "); `depth` is how many
    lists it is in, also where it continues an item. `row` says that it belongs close to its neighbours.
    `fence` is a listing, in `language`.
    """

    runs: tuple[Run, ...]
    heading: int = 0
    quoted: bool = False
    depth: int = 0
    marker: str = ""
    row: bool = False
    fence: bool = False
    language: str = ""

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Document:
    """Blocks in reading order, and the pictures with their captions."""

    blocks: tuple[Block, ...] = ()
    images: tuple[Image, ...] = ()
