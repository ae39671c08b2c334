"""HTML of any quality -> blocks of runs. Never: text of a script or a hidden element; more than linear time.

The tree comes from lexbor, which parses as browsers do. It is walked without recursion, so nesting costs no
stack; and since lexbor itself takes quadratic time on deep nesting (40,000 `<div>`: 2.6 s), tags nested
deeper than anybody writes are removed before it sees them.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.domain.blocks import Block, Document, Mark, Run
from bot.domain.entries import Image
from bot.domain.nesting import flattened
from bot.domain.pictures import caption, emoji, picture
from bot.domain.text import is_blank, without_invisible, without_surrogates
from bot.domain.urls import absolute, for_discord

LONGEST_INPUT: Final = 200_000
MOST_TEXT: Final = 16_000  # Characters of text after which reading stops; at most 12,000 are ever shown.
_DEEPEST_STYLE = 64  # Elements nested deeper keep their text, but change no style.
_MOST_IMAGES = 50
_LONGEST_INPUT_CAPTION = 2_000
_LONGEST_LINK = 512
_DEEPEST_LIST = 4


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DROPPED = _names(
    "script style title noscript template iframe object embed svg canvas audio video map button input select"
    " textarea option datalist meter progress rp frameset"
)
_BLOCKS = _names(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hgroup html legend li main menu nav ol p pre section summary table"
    " caption thead tbody tfoot tr ul listing xmp"
)
_MARKS = {
    **dict.fromkeys(("b", "strong", "h4", "h5", "h6", "th", "dt", "summary", "caption"), Mark.BOLD),
    **dict.fromkeys(("i", "em", "cite", "dfn", "var"), Mark.ITALIC),
    **dict.fromkeys(("u", "ins"), Mark.UNDERLINE),
    **dict.fromkeys(("s", "del", "strike"), Mark.STRIKE),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), Mark.CODE),
}
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3}

_HAS_TAG = re.compile(r"<[a-zA-Z/!]")
_BLANK_LINES = re.compile(r"[ \t]*\r?\n[ \t]*(?:\r?\n[ \t]*)+")
_SPACE = re.compile(r"\s+")
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_LANGUAGE = re.compile(r"\b(?:language|lang|highlight-source|brush:\s*)-?([a-z0-9+#]{1,15})\b", re.IGNORECASE)


@dataclass(slots=True)
class _Item:
    """One `li`: its marker is for its first block only."""

    marker: str
    used: bool = False


@dataclass(slots=True)
class _List:
    """One `ul` or `ol`; `number` is the next item's, None in a bulleted one."""

    number: int | None = None


@dataclass(slots=True)
class _Figure:
    """One picture with its caption, whichever comes first."""

    first_image: int
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """What the open elements mean for the text within them."""

    marks: Mark = Mark.NONE
    href: str | None = None
    heading: int = 0
    quoted: bool = False
    preformatted: bool = False
    language: str = ""
    row: bool = False
    in_table: bool = False
    depth: int = 0
    list: _List | None = None
    item: _Item | None = None
    figure: _Figure | None = None
    in_caption: bool = False


def read(html: str, base_url: str | None = None, *, most_text: int = MOST_TEXT) -> Document:
    """The blocks and pictures of a fragment or page; addresses are relative to `base_url` or its `<base>`."""
    text = without_surrogates(html[:LONGEST_INPUT])
    if not _HAS_TAG.search(text):
        text = _BLANK_LINES.sub("<p>", text.strip())  # Plain text: its blank lines are its paragraphs.
    tree = LexborHTMLParser(flattened(text))
    reader = _Reader(_base(tree, base_url), most_text)
    if tree.root is not None:
        reader.walk(tree.root)
    return Document(tuple(reader.blocks), tuple(reader.images))


def _base(tree: LexborHTMLParser, base_url: str | None) -> str | None:
    node = tree.css_first("base[href]")
    return (absolute(node.attributes.get("href") or "", base_url) if node is not None else None) or base_url


class _Reader:
    """Walks a tree once, in document order, and collects blocks and pictures."""

    def __init__(self, base: str | None, most_text: int) -> None:
        self.blocks: list[Block] = []
        self.images: list[Image] = []
        self._base = base
        self._runs: list[Run] = []
        self._start = _Context()  # What the block being collected began in.
        self._size = 0
        self._most_text = most_text

    def walk(self, root: LexborNode) -> None:
        """Visits every node in document order until enough text is read; the stack is ours, not Python's."""
        stack: list[tuple[LexborNode, _Context]] = []
        node: LexborNode | None = root
        context = _Context()
        while node is not None and self._size < self._most_text:
            inner = self._enter(node, context, len(stack))
            if inner is not None and (child := node.first_child) is not None:
                stack.append((node, context))
                node, context = child, inner
                continue
            if inner is not None:
                self._leave(node, inner)
            while node.next is None and stack:
                inner = context
                node, context = stack.pop()
                self._leave(node, inner)
            node = node.next
        self._flush()

    def _enter(self, node: LexborNode, context: _Context, depth: int) -> _Context | None:
        """The context of an element's children, or None where they are not to be visited."""
        tag = node.tag or ""
        if tag == "-text":
            self._add(node.text_content or "", context)
            return None
        if not node.is_element_node:
            return None if depth else context
        if tag in _DROPPED:
            return None
        if tag == "br":
            self._add_break(context)
            return None
        attributes = node.attributes
        if _is_hidden(attributes):
            return None
        if tag == "img":
            self._add_image(attributes, context)
            return None
        if tag in _BLOCKS:
            self._separate(context)
        elif tag == "hr":
            self._flush()
        elif tag in ("td", "th") and context.row and self._runs:
            self._add(" | ", replace(context, marks=Mark.NONE, href=None))
        elif tag == "q":
            self._add("\u201c", context)
        return context if depth > _DEEPEST_STYLE else self._inner(node, tag, attributes, context)

    def _leave(self, node: LexborNode, inner: _Context) -> None:
        tag = node.tag or ""
        if tag in _BLOCKS:
            self._separate(inner)
        elif tag == "q":
            self._add("\u201d", inner)
        if inner.figure is not None and _is_figure(tag, node.attributes):
            self._finish_figure(inner)

    def _inner(
        self, node: LexborNode, tag: str, attributes: dict[str, str | None], outer: _Context
    ) -> _Context:
        context = outer
        if tag in _MARKS:
            context = replace(context, marks=context.marks | _MARKS[tag])
        if tag == "a":
            address = absolute(attributes.get("href") or "", self._base)
            context = replace(context, href=for_discord(address, limit=_LONGEST_LINK) or context.href)
        elif tag in _HEADINGS and not context.depth:
            context = replace(context, heading=_HEADINGS[tag])
        elif tag == "blockquote":
            context = replace(context, quoted=True)
        elif tag in ("pre", "listing", "xmp"):
            found = _LANGUAGE.search(_classes(node))
            context = replace(context, preformatted=True, language=found[1].lower() if found else "")
        elif tag in ("ul", "ol", "menu", "dir"):
            number = _number(attributes.get("start")) if tag == "ol" else None
            context = replace(
                context, list=_List(number), depth=min(context.depth + 1, _DEEPEST_LIST), item=None
            )
        elif tag == "li":
            context = replace(context, item=_Item(_marker(context)), depth=max(context.depth, 1))
        elif tag == "table":
            context = replace(context, in_table=True, row=False)
        elif tag == "tr":
            context = replace(context, row=context.in_table and not _is_layout(node))
        elif tag in ("dt", "dd"):
            context = replace(context, row=True)
        if _is_figure(tag, attributes):
            context = replace(context, figure=_Figure(len(self.images)))
        if context.figure and (tag == "figcaption" or "wp-caption-text" in (attributes.get("class") or "")):
            context = replace(context, in_caption=True)
        return context

    def _add(self, text: str, context: _Context) -> None:
        text = without_invisible(text[: self._most_text])
        if context.in_caption and context.figure:
            context.figure.caption = (context.figure.caption + text)[:_LONGEST_INPUT_CAPTION]
            return
        if not context.preformatted:
            text = _SPACE.sub(" ", text)
            if not self._runs or self._runs[-1].text[-1:] in (" ", "\n"):
                text = text.lstrip()
        if not text:
            return
        if not self._runs:
            self._start = context
        last = self._runs[-1] if self._runs else None
        if last and last.marks == context.marks and last.href == context.href:
            self._runs[-1] = replace(last, text=last.text + text)
        else:
            self._runs.append(Run(text, context.marks, context.href))
        self._size += len(text)

    def _add_break(self, context: _Context) -> None:
        """One `br` ends a line, two end a paragraph."""
        if context.in_caption or context.row or context.heading:
            self._add(" ", context)
        elif context.preformatted:
            self._add("\n", context)
        elif self._runs and self._runs[-1].text.endswith("\n"):
            self._flush()
        elif self._runs:
            last = self._runs[-1]
            self._runs[-1] = replace(last, text=last.text.rstrip(" ") + "\n")

    def _add_image(self, attributes: dict[str, str | None], context: _Context) -> None:
        if character := emoji(attributes):
            self._add(character, context)
        elif len(self.images) < _MOST_IMAGES and (image := picture(attributes, self._base)):
            self.images.append(image)

    def _finish_figure(self, context: _Context) -> None:
        figure = context.figure
        if figure is None or is_blank(figure.caption):
            return
        index = figure.first_image
        if index < len(self.images):
            self.images[index] = replace(self.images[index], caption=caption(figure.caption))
        else:
            self._add(figure.caption, replace(context, in_caption=False))
            self._flush()
        figure.caption = ""

    def _separate(self, context: _Context) -> None:
        """A block begins or ends: in a table row or a caption that is a space, elsewhere a new block."""
        if context.in_caption or (context.row and context.in_table):
            self._add(" ", context)
        else:
            self._flush()

    def _flush(self) -> None:
        runs, start, self._runs = self._runs, self._start, []
        while runs and not (stripped := runs[-1].text.rstrip()):
            runs.pop()
        if not runs or is_blank("".join(run.text for run in runs)):
            return
        runs[-1] = replace(runs[-1], text=stripped)
        item = start.item
        marker = item.marker if item and not item.used else ""
        if item:
            item.used = True
        fence = start.preformatted
        self.blocks.append(
            Block(
                runs=tuple(runs),
                heading=0 if fence else start.heading,
                quoted=start.quoted and not fence,
                depth=0 if fence else start.depth,
                marker="" if fence else marker,
                row=start.row,
                fence=fence,
                language=start.language,
            )
        )


def _is_hidden(attributes: dict[str, str | None]) -> bool:
    return "hidden" in attributes or bool(_HIDING.search(attributes.get("style") or ""))


def _is_figure(tag: str, attributes: dict[str, str | None]) -> bool:
    return tag == "figure" or "wp-caption" in (attributes.get("class") or "").split()


def _is_layout(row: LexborNode) -> bool:
    """Whether a table row only places things: one cell, or whole paragraphs and lists in a cell."""
    cells = 0
    cell = row.first_child
    while cell is not None:
        if cell.tag in ("td", "th"):
            cells += 1
            inner = cell.first_child
            while inner is not None:
                if inner.tag in ("p", "div", "ul", "ol", "table", "blockquote", "h1", "h2", "h3"):
                    return True
                inner = inner.next
        cell = cell.next
    return cells < 2


def _classes(node: LexborNode) -> str:
    """The classes of a listing and of the `code` in it, where its language is named."""
    child = node.first_child
    inner = child.attributes.get("class") if child is not None and child.tag == "code" else None
    return f"{node.attributes.get('class') or ''} {inner or ''}"


def _marker(context: _Context) -> str:
    if context.list is None or context.list.number is None:
        return "- "
    context.list.number += 1
    return f"{context.list.number - 1}. "


def _number(text: str | None) -> int:
    """The number an attribute begins with ("32px"), else 1."""
    found = re.match(r"\s*(\d{1,6})", text or "", re.ASCII)
    return int(found[1]) if found else 1
