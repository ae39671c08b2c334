"""Al Jazeera: a page that says little itself, and an API that has the live blog and each update as a document.

    shell   {"data": {"article": …}}   ->  all but the texts; `elsewhere` are the updates' addresses
    update  {"data": {"posts": …}}     ->  one update

The addresses are in `bot.domain.live_addresses`. Dates are GMT without saying so, links are relative.
"""

import html
import re
from collections.abc import Mapping
from typing import Any

from bot.domain.entries import Entry
from bot.domain.live import LiveReading, UpdateAddress
from bot.domain.live_addresses import data_address, update_address
from bot.domain.text import plain, without_surrogates
from bot.domain.urls import absolute
from bot.parsing import values
from bot.parsing.live.markup import MOST_UPDATES, body_of, image_in
from bot.parsing.live.page import Page

_PUBLISHER = "Al Jazeera"
Node = Mapping[str, Any]


def complete(reading: LiveReading | None, page: Page) -> LiveReading | None:
    """The reading, or what a page of theirs says of its live blog, which it does not hold."""
    if reading is not None or data_address(page.url) == page.url:
        return reading
    standfirst = html.escape(page.meta("description"), quote=False)
    return LiveReading(url=page.canonical or page.url, standfirst=standfirst, publisher=_PUBLISHER)


def read_document(document: Any, url: str) -> LiveReading | None:
    """The shell or the update in a JSON value, fetched from `url`; None for anything else."""
    data = document.get("data") if isinstance(document, Mapping) else None
    if not isinstance(data, Mapping):
        return None
    article, post = data.get("article"), data.get("posts")
    if isinstance(article, Mapping) and article.get("postType") == "liveblog":
        return _shell(article, url)
    if isinstance(post, Mapping) and post.get("postType") == "liveblog-update":
        link = absolute(_string(post, "link"), url) or url
        return LiveReading(url=link, publisher=_PUBLISHER, updates=(_update(post, link),))
    return None


def _shell(article: Node, url: str) -> LiveReading:
    is_live = article.get("isLive")
    excerpt = html.escape(plain(_string(article, "excerpt")), quote=False)
    return LiveReading(
        url=absolute(_string(article, "link"), url) or url,
        title=plain(_string(article, "title")),
        standfirst=f"<p>{excerpt}</p>{_string(article, 'content')}"
        if excerpt
        else _string(article, "content"),
        publisher=_PUBLISHER,
        is_live=is_live if isinstance(is_live, bool) else None,
        published_at=values.read_moment(article.get("date")),
        modified_at=values.read_moment(article.get("modified_gmt")),
        elsewhere=tuple(_addresses(article, url)),
    )


def _addresses(article: Node, url: str) -> list[UpdateAddress]:
    children = article.get("childrenMeta")
    found = (
        [child for child in children[:MOST_UPDATES] if isinstance(child, Mapping)]
        if isinstance(children, list)
        else []
    )
    named = [(str(child.get("id") or ""), child.get("publishedTime")) for child in found]
    return [
        UpdateAddress(
            guid=guid, url=update_address(url, int(guid)), published_at=values.read_moment(published)
        )
        for guid, published in named
        if re.fullmatch(r"\d{1,18}", guid, re.ASCII)
    ]


def _update(post: Node, link: str) -> Entry:
    guid = values.guid(str(post.get("id") or ""))
    own = f"{link}?update={guid}" if guid else link
    authors = post.get("author")
    body = body_of(_string(post, "content"))
    return Entry(
        guid=guid,
        link=own,
        title=plain(_string(post, "title")) if post.get("shouldDisplayTitle", True) else "",
        body=body,
        image=image_in(body, own),
        authors=values.names(
            _string(author, "name")
            for author in (authors if isinstance(authors, list) else [])
            if isinstance(author, Mapping)
        ),
        published_at=values.read_moment(post.get("date")),
        revised_at=values.read_moment(post.get("modified_gmt")),
    )


def _string(node: Node, name: str) -> str:
    value = node.get(name)
    return without_surrogates(value) if isinstance(value, str) else ""
