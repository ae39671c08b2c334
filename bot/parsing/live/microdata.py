"""Microdata in a page's own elements -> the live blog it describes (HTML Standard, 5.2 "Encoding microdata").

The elements become the same nested dicts that JSON-LD has, and are read as those are. Unlike the standard, `content`
counts on any element (NDTV), and texts that may carry markup come as HTML.
"""

from typing import Any

from selectolax.lexbor import LexborNode

from bot.domain.live import LiveReading
from bot.parsing.live import json_ld, postings
from bot.parsing.live.page import Page

_ADDRESSES = {
    **dict.fromkeys(("a", "area", "link"), "href"),
    **dict.fromkeys(("img", "amp-img", "audio", "embed", "iframe", "source", "track", "video"), "src"),
    "object": "data",
}
_MARKUP = frozenset(("articleBody", "description", "text"))
_LONGEST = 100_000  # Characters of one property.
Item = dict[str, Any]


def read(page: Page) -> LiveReading | None:
    """The live blog of a page, or None."""
    if postings.UPDATES not in page.html:
        return None
    return json_ld.read_documents(_items(page), page.base, page.canonical)


def _items(page: Page) -> list[Any]:
    """The items of a page that are no property of another, in document order."""
    items: list[Any] = []
    ancestors: list[tuple[int, Item | None]] = []  # Each open element and the item that it is in.
    for node in page.elements():
        parent = node.parent.mem_id if node.parent is not None else None
        while ancestors and ancestors[-1][0] != parent:
            ancestors.pop()
        scope = ancestors[-1][1] if ancestors else None
        item = _item(node) if "itemscope" in node.attributes else None
        for name in (node.attributes.get("itemprop") or "").split():
            if scope is not None and (item is not None or name not in scope):
                scope.setdefault(name, []).append(item if item is not None else _value(node, name))
        if item is not None and not (scope is not None and "itemprop" in node.attributes):
            items.append(item)
        ancestors.append((node.mem_id, item if item is not None else scope))
    return items


def _item(node: LexborNode) -> Item:
    attributes = node.attributes
    item: Item = {"@type": attributes.get("itemtype") or ""}
    if identity := attributes.get("itemid"):
        item["@id"] = identity
    return item


def _value(node: LexborNode, name: str) -> str:
    attributes = node.attributes
    stated = attributes.get("content")
    if stated is None and (address := _ADDRESSES.get(node.tag or "")):
        stated = attributes.get(address) or ""
    if stated is None:
        stated = attributes.get("datetime") or attributes.get("value")
    if stated is None:
        stated = (node.inner_html if name in _MARKUP else node.text()) or ""
    return stated[:_LONGEST]
