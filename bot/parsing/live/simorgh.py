"""BBC's own data of a live page (Simorgh): JSON as such, or in the scripts of a page.

Its JSON-LD has no ids; here every post has its `urn`, its dates and its text as a tree of blocks. Posts come 20 or so
a page, the newest page first.
"""

import html
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from bot.domain.entries import Entry
from bot.domain.live import LiveReading
from bot.domain.text import plain, without_surrogates
from bot.domain.urls import absolute
from bot.parsing import values
from bot.parsing.live import loose_json
from bot.parsing.live.markup import MOST_UPDATES, body_of, image_in, says_something
from bot.parsing.live.page import Page

_STREAM = "liveTextStream"
_PUBLISHER = "BBC"
_DEEPEST = 40
_ELEMENTS = {"paragraph": "p", "unorderedList": "ul", "orderedList": "ol", "listItem": "li"}
_STYLES = {"bold": "b", "italic": "i"}
Node = Mapping[str, Any]


def read_page(page: Page) -> LiveReading | None:
    """The live blog in a page's scripts, or None."""
    if f'"{_STREAM}"' not in page.html:
        return None
    for script in page.tree.css("script"):
        text = script.text()
        if f'"{_STREAM}"' not in text:
            continue
        try:
            document = loose_json.loads(
                text.partition("=")[2] if text.lstrip().startswith("window.") else text
            )
        except ValueError:
            continue
        if reading := read_document(document, page.canonical or page.url):
            return reading
    return None


def read_document(document: Any, url: str) -> LiveReading | None:
    """The live blog in a JSON value, that of the page at `url`; None where there is none."""
    for node in loose_json.objects(document):
        if isinstance(node.get(_STREAM), Mapping):
            return _live_blog(node, url)
    return None


def _live_blog(node: Node, url: str) -> LiveReading:
    content = _inner(node, _STREAM, "content", "data")
    seo, is_live = _inner(node, "seo"), node.get("isLive")
    posts = content.get("results")
    updates = (
        [_update(post, url) for post in posts[:MOST_UPDATES] if isinstance(post, Mapping)]
        if isinstance(posts, list)
        else []
    )
    return LiveReading(
        url=url,
        title=plain(_string(node, "title") or _string(seo, "seoTitle")),
        standfirst=_markup(_inner(node, "summaryPoints").get("content"))
        or body_of(_string(node, "description") or _string(seo, "seoDescription")),
        publisher=_PUBLISHER,
        language=plain(_string(node, "language"))[:35],
        is_live=is_live if isinstance(is_live, bool) else None,
        published_at=values.read_moment(seo.get("datePublished"))
        or values.read_moment(node.get("startDateTime")),
        modified_at=values.read_moment(seo.get("dateModified")),
        coverage_end=values.read_moment(node.get("endDateTime")),
        older_url=_older(_inner(content, "page"), url),
        updates=tuple(update for update in updates if says_something(update)),
    )


def _update(post: Node, url: str) -> Entry:
    urn, dates = _string(post, "urn"), _inner(post, "dates")
    link = f"{_bare(url)}?post={quote(urn, safe='')}#post" if urn else None
    body = _markup(post.get("content"))
    return Entry(
        guid=values.guid(urn),
        link=link,
        title=plain(_headline(post.get("header"))),
        body=body,
        image=image_in(body, url),
        published_at=values.read_moment(dates.get("firstPublished")) or values.read_moment(dates.get("time")),
        revised_at=values.read_moment(dates.get("lastPublished")),
    )


def _headline(header: Any) -> str:
    """The first block of a header; a second one is a line below it."""
    blocks = _inner(header, "model").get("blocks") if isinstance(header, Mapping) else None
    return _markup(blocks[0] if isinstance(blocks, list) and blocks else header)


def _markup(node: Any, depth: int = 0) -> str:
    """A tree of blocks as HTML; what lies deeper than anybody nests is left out."""
    if depth > _DEEPEST:
        return ""
    if isinstance(node, list):
        return "".join(_markup(one, depth + 1) for one in node)
    if not isinstance(node, Mapping):
        return ""
    model, kind = _inner(node, "model") or node, _string(node, "type")
    if kind == "fragment":
        return _styled(_string(model, "text"), model.get("attributes"))
    blocks = model.get("blocks")
    inner = (
        _markup(blocks, depth + 1)
        if isinstance(blocks, list)
        else html.escape(_string(model, "text"), quote=False)
    )
    if kind == "urlLink":
        return f'<a href="{html.escape(_string(model, "locator"))}">{inner}</a>'
    element = _ELEMENTS.get(kind)
    return f"<{element}>{inner}</{element}>" if element and inner else inner


def _styled(text: str, styles: Any) -> str:
    text = html.escape(text, quote=False)
    for style in styles if isinstance(styles, list) else []:
        if element := _STYLES.get(str(style)):
            text = f"<{element}>{text}</{element}>"
    return text


def _older(page: Node, url: str) -> str | None:
    index, total = page.get("index"), page.get("total")
    if isinstance(index, int) and isinstance(total, int) and 0 < index < total:
        return absolute(f"?page={index + 1}", _bare(url))
    return None


def _bare(url: str) -> str:
    return url.partition("#")[0].partition("?")[0]


def _inner(node: Node, *names: str) -> Node:
    """The object that a path of names leads to; an empty one where it leads nowhere."""
    for name in names:
        inner = node.get(name)
        if not isinstance(inner, Mapping):
            return {}
        node = inner
    return node


def _string(node: Node, name: str) -> str:
    value = node.get(name)
    return without_surrogates(value) if isinstance(value, str) else ""
