"""What Guardian's pages say in their elements and not in their JSON-LD.

There, every update has the headline and dates of the whole, and its text ends after 1,000 characters. Each update's
own are in the element `#block-<@id>`: a `time`, an `h2`, the text, and "Updated at" where it was edited.
"""

import re
from dataclasses import replace

from selectolax.lexbor import LexborNode

from bot.domain.entries import Entry
from bot.domain.live import LiveReading
from bot.domain.text import is_blank, plain
from bot.domain.urls import absolute
from bot.parsing import values
from bot.parsing.live.markup import image_in
from bot.parsing.live.page import Page, attribute_of

_BLOCK = "block-"
_NOT_TEXT = frozenset(("header", "footer", "time", "aside", "script", "style", "svg", "button"))
_IS_LIVE = re.compile(r'"isLive"\s*:\s*(true|false)\b')


def complete(reading: LiveReading, page: Page) -> LiveReading:
    """The reading with what the page's elements add; any other site's reading as it is."""
    blocks = {
        attribute_of(node, "id").removeprefix(_BLOCK): node for node in page.tree.css(f'[id^="{_BLOCK}"]')
    }
    if not any(update.guid in blocks for update in reading.updates):
        return reading
    standfirst = page.tree.css_first('[data-gu-name="standfirst"]')
    is_live = _IS_LIVE.search(page.html)
    return replace(
        reading,
        updates=tuple(
            _completed(update, blocks.get(update.guid or ""), reading.url) for update in reading.updates
        ),
        standfirst=(standfirst.inner_html or "").strip() if standfirst is not None else reading.standfirst,
        is_live=is_live[1] == "true" if is_live else reading.is_live,
        older_url=_older(page) or reading.older_url,
    )


def _completed(update: Entry, block: LexborNode | None, url: str) -> Entry:
    if block is None:
        return update
    link = f"{url}?page=with:{_BLOCK}{update.guid}#{_BLOCK}{update.guid}"
    title = _title(block)
    body = "".join(_texts(block, title))
    own = body if not is_blank(plain(body)) else update.body
    moments = [values.read_moment(attribute_of(node, "datetime")) for node in block.css("time[datetime]")]
    published = moments[0] if moments else None
    return replace(
        update,
        link=link,
        title=(plain(title.text()) if title is not None else "") or update.title,
        body=own,
        image=image_in(own, link) or update.image,
        authors=values.names(_authors(block)) or update.authors,
        published_at=published or update.published_at,
        revised_at=(moments[-1] if len(moments) > 1 else None) or update.revised_at,
    )


def _title(block: LexborNode) -> LexborNode | None:
    """The `h2` above the text; one within it is a heading of the text."""
    if (title := block.css_first("header h2")) is not None:
        return title
    for child in block.iter():
        if child.tag == "h2":
            return child
        if child.tag not in _NOT_TEXT:
            return None
    return None


def _texts(block: LexborNode, title: LexborNode | None) -> list[str]:
    """The elements that are the update's text."""
    return [
        child.html or ""
        for child in block.iter()
        if child.tag not in _NOT_TEXT and (title is None or child.mem_id != title.mem_id)
    ]


def _authors(block: LexborNode) -> list[str]:
    """Who signed an update: names beside the time, which stands in a link."""
    names = [node for node in block.css("header span") if node.parent is None or node.parent.tag != "a"]
    return [node.text() for node in names]


def _older(page: Page) -> str | None:
    """The next page; page numbers are not told, only the first block that it shows."""
    for node in page.tree.css(f'a[href*="page=with:{_BLOCK}"]'):
        if node.text().strip() in ("Next", "Older") or attribute_of(node, "rel") == "next":
            return absolute(attribute_of(node, "href"), page.base)
    return None
