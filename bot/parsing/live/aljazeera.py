"""Al Jazeera: a page leads to an API that has the live blog (its "shell") and each update as a document of its own.

    page    /news/liveblog/2026/4/22/<slug>  ->  data_url, the shell's address
    shell   {"data": {"article": …}}         ->  all but the texts; `elsewhere` are the updates' addresses
    update  {"data": {"posts": …}}           ->  one update

The API answers GET on `/graphql` of the page's own host; it also wants the HTTP header `wp-site: aje`. Dates are GMT
without saying so, addresses are relative.
"""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlencode

from bot.domain.entries import Entry
from bot.domain.live import LiveReading, UpdateAddress
from bot.domain.text import plain, without_surrogates
from bot.domain.urls import absolute
from bot.parsing import values
from bot.parsing.live.markup import MOST_UPDATES, body_of, image_in
from bot.parsing.live.page import Page, parts_of

_SITES = {"www.aljazeera.com": "aje", "www.aljazeera.net": "aja"}
_PATH = re.compile(r"/news/liveblog/\d{4}/\d{1,2}/\d{1,2}/([^/]{1,300})/?")
_PUBLISHER = "Al Jazeera"
Node = Mapping[str, Any]


def complete(reading: LiveReading | None, page: Page) -> LiveReading | None:
    """The reading, or what the page says of itself, with the address of its data; any other site's as it is."""
    data_url = _shell_url(page.url)
    if data_url is None:
        return reading
    if reading is None:
        standfirst = html.escape(page.meta("description"), quote=False)
        reading = LiveReading(url=page.canonical or page.url, standfirst=standfirst, publisher=_PUBLISHER)
    return replace(reading, data_url=data_url)


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
        UpdateAddress(guid=guid, url=_update_url(url, guid), published_at=values.read_moment(published))
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


def _shell_url(url: str) -> str | None:
    parts = parts_of(url)
    found = _PATH.fullmatch(parts.path)
    if not found or parts.netloc.lower() not in _SITES:
        return None
    variables = {"name": unquote(found[1]), "postType": "liveblog", "preview": ""}
    return _api_url(url, "ArchipelagoSingleLiveBlogQuery", variables)


def _update_url(url: str, guid: str) -> str:
    variables = {"postID": int(guid), "postType": "liveblog-update", "preview": "", "isAmp": False}
    return _api_url(url, "LiveBlogUpdateQuery", variables)


def _api_url(url: str, operation: str, variables: Node) -> str:
    """The address of a query on the host of `url`."""
    parts = parts_of(url)
    query = {
        "wp-site": _SITES.get(parts.netloc.lower(), "aje"),
        "operationName": operation,
        "variables": json.dumps(variables, separators=(",", ":")),
        "extensions": "{}",
    }
    return f"{parts.scheme}://{parts.netloc}/graphql?{urlencode(query)}"


def _string(node: Node, name: str) -> str:
    value = node.get(name)
    return without_surrogates(value) if isinstance(value, str) else ""
