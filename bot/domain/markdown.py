"""HTML as publishers write it -> Discord Markdown that says the same and nothing more.

Never: a live mention, markup of the feed's own making, a link that shows one address and leads to another, a
torn fence, link or emphasis, or more than linear time. Pure: nothing is fetched.

The way is HTML -> blocks of runs of plain text (`html_reader`) -> Markdown (`marking`). Runs hold no markup,
so cutting them cannot break any: markup is written last.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.domain import html_reader
from bot.domain.blocks import Block, Run
from bot.domain.entries import Image
from bot.domain.marking import escape, separator, write_block
from bot.domain.text import ELLIPSIS, boundary, units

__all__ = ["LONGEST", "Markdown", "cut", "escape", "first_image", "to_markdown"]

LONGEST = 12_000
_MARGIN = 1000  # Read beyond the limit, so that `cut` sees there is more.
_SHORTEST_PIECE = 24  # A shorter beginning of a paragraph says nothing; the text ends before it.


@dataclass(frozen=True, slots=True)
class Markdown:
    """A text that can still be cut. `text` is Discord Markdown, escaped; lengths are UTF-16 units."""

    blocks: tuple[Block, ...] = ()
    images: tuple[Image, ...] = ()

    @property
    def text(self) -> str:
        return "".join(_written(self.blocks))


def to_markdown(html: str, *, base_url: str | None = None, limit: int = LONGEST) -> Markdown:
    """At most `limit` (12,000) units of Markdown for an HTML fragment; its links are relative to `base_url`.

    Only as much is read as can be shown, so a small limit also takes little time.
    """
    limit = min(limit, LONGEST)
    document = html_reader.read(html, base_url, most_text=limit + _MARGIN)
    return cut(Markdown(document.blocks, document.images), limit)


def first_image(html: str, *, base_url: str | None = None) -> Image | None:
    """The first picture in the HTML that is no icon and no counting pixel, with its caption or alt text."""
    images = html_reader.read(html, base_url).images
    return images[0] if images else None


def cut(markdown: Markdown, limit: int) -> Markdown:
    """At most `limit` units, ended at a block or word and marked with "…". Cutting again changes nothing."""
    kept: list[Block] = []
    size = 0
    for written, block in zip(_written(markdown.blocks), markdown.blocks, strict=True):
        if size + units(written) > limit:
            return replace(markdown, blocks=_ended(kept, block, limit))
        kept.append(block)
        size += units(written)
    return markdown


def _written(blocks: tuple[Block, ...]) -> Iterator[str]:
    """Each block as Markdown, with what separates it from the one before."""
    for number, block in enumerate(blocks):
        yield (separator(blocks[number - 1], block) if number else "") + write_block(block)


def _ended(kept: list[Block], block: Block, limit: int) -> tuple[Block, ...]:
    """The blocks that fit, then as much as fits of the one that does not; no heading is left without its text."""
    piece = _beginning(block, _room(kept, block, limit))
    if piece is not None and (len(piece.text) >= _SHORTEST_PIECE or not kept):
        return (*kept, piece)
    while kept and kept[-1].heading:
        kept.pop()
    if not kept or kept[-1].text.endswith((ELLIPSIS, "...")):
        return tuple(kept)
    *kept, last = kept
    room = _room(kept, last, limit)
    more = replace(last, runs=(*last.runs, Run(" " + ELLIPSIS)))
    end = more if units(write_block(more)) <= room else _beginning(last, room)
    return tuple(kept) if end is None else (*kept, end)


def _room(kept: list[Block], block: Block, limit: int) -> int:
    """The units that are left for a block behind others."""
    used = sum(units(written) for written in _written(tuple(kept)))
    return limit - used - (units(separator(kept[-1], block)) if kept else 0)


def _beginning(block: Block, room: int) -> Block | None:
    """The longest beginning of a block that takes at most `room` units with its "…", or None.

    The written length grows with the text, give or take a marker, so the place is found by halving and then
    checked.
    """
    text = block.text
    low, high = 0, min(len(text), max(room, 0))
    while low < high:
        middle = (low + high + 1) // 2
        if units(write_block(_first(block, middle))) <= room:
            low = middle
        else:
            high = middle - 1
    for end in (_word_end(block, low), low, low - 8, low // 2):
        if end > 0 and units(write_block(piece := _first(block, boundary(text, end)))) <= room:
            return piece
    return None


def _word_end(block: Block, end: int) -> int:
    """The end of the last whole word (of a listing: line) before a position, unless that loses most of the text."""
    text = block.text
    if end >= len(text) or (text[end].isspace() and not block.fence):
        return end
    breaks = max(text.rfind("\n", 0, end + 1), -1 if block.fence else text.rfind(" ", 0, end))
    return breaks if breaks > end // 2 else end


def _first(block: Block, length: int) -> Block:
    """The block's first characters, with "…" behind them in the style of the last."""
    runs: list[Run] = []
    for run in block.runs:
        runs.append(replace(run, text=run.text[:length]))
        length -= len(run.text)
        if length <= 0:
            break
    last = runs[-1]
    runs[-1] = replace(last, text=last.text.rstrip().rstrip(",;:-\u2013\u2014") + ELLIPSIS)
    return replace(block, runs=tuple(runs))
