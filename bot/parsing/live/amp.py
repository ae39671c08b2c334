"""AMP's live list -> its items as updates (https://amp.dev/documentation/components/amp-live-list).

An item's `id` never changes and `data-sort-time` is when it was added. Sites that also have JSON-LD use the same ids
in the fragments of its addresses (Independent, `post-123`), so an update has one id, whichever is read.
"""

import html
import re

from selectolax.lexbor import LexborNode

from bot.domain.entries import Entry
from bot.domain.live import LiveReading
from bot.domain.text import plain
from bot.parsing import values
from bot.parsing.live.markup import MOST_UPDATES, image_in
from bot.parsing.live.page import Page, attribute_of

_NOT_TEXT = "script, style, amp-social-share, amp-ad, button, form"
_PICTURE = re.compile(r"<amp-img\b|(</amp-img\s*>)", re.IGNORECASE)


def read(page: Page) -> LiveReading | None:
    """The live blog of a page that has such a list, though it were empty, or None."""
    lists = page.tree.css("amp-live-list")
    if not lists:
        return None
    url = page.canonical or page.url
    items = page.tree.css("amp-live-list > [items] > [id]:not([data-tombstone])")
    updates = tuple(_update(item, url) for item in items[:MOST_UPDATES])
    return LiveReading(
        url=url, standfirst=html.escape(page.meta("description"), quote=False), updates=updates
    )


def is_over(page: Page) -> bool:
    """Whether the lists say that nothing will be added: `disabled` is meant for finished articles (and later pages)."""
    lists = page.tree.css("amp-live-list")
    return bool(lists) and all("disabled" in node.attributes for node in lists)


def _update(item: LexborNode, url: str) -> Entry:
    attributes = item.attributes
    guid, stated = values.guid(attributes.get("id") or ""), item.css_first("time[datetime]")
    title = item.css_first("h1, h2, h3, h4, [itemprop~=headline]")
    headline = plain(title.text()) if title is not None else ""
    published = values.read_moment(attribute_of(stated, "datetime")) if stated is not None else None
    for node in (title, stated, *item.css(_NOT_TEXT)):
        if node is not None:
            node.decompose()
    link = f"{url.partition('#')[0]}#{guid}"
    body = _PICTURE.sub(lambda tag: "" if tag[1] else "<img", (item.inner_html or "").strip())
    return Entry(
        guid=guid,
        link=link,
        title=headline,
        body=body,
        image=image_in(body, link),
        published_at=published or values.read_moment(attributes.get("data-sort-time")),
        revised_at=values.read_moment(attributes.get("data-update-time")),
    )
