"""An article's page -> a feed of this one entry: what the page says of itself for others to show.

Sans-IO and synchronous, in time linear in the page; it raises nothing but `bot.errors.ParseError`. What a page says is
asked in this order: Open Graph (https://ogp.me/), JSON-LD (https://schema.org/Article), plain HTML.
"""

import html
from collections.abc import Mapping
from typing import Any

from bot.domain.entries import Entry, Image, ParsedFeed
from bot.domain.text import is_blank, plain
from bot.domain.urls import absolute
from bot.errors import ParseError
from bot.parsing.encoding import decode
from bot.parsing.live import loose_json
from bot.parsing.live.page import Page
from bot.parsing.values import names, read_moment

_WHITE = " \t\r\n\f\v\0\ufeff"
_KINDS = ("Article", "Posting")  # NewsArticle, LiveBlogPosting, …
_SUMMARY_LIMIT = 4_000
_MOST_VALUES = 20_000  # of one page's JSON-LD

Node = Mapping[str, Any]


def parse_article(url: str, body: bytes, content_type: str = "") -> ParsedFeed:
    """The page in `body`, fetched from `url` with the HTTP header `content_type` (it may be empty).

    The feed's title is the site's name; the entry's body is the summary. Raises ParseError, in one sentence for the
    person who gave the address, where the page has no headline.
    """
    text = decode(body, content_type).lstrip(_WHITE)
    if "<" not in text:
        raise ParseError("This is no page of HTML.")
    page = Page(url, text)
    told = _article(page)
    title = page.meta("og:title") or _text(told, "headline", "name") or page.title or _heading(page)
    if is_blank(title):
        raise ParseError("This page has no headline.")
    entry = Entry(
        link=page.canonical or page.address('meta[property="og:url"][content]', "content") or url,
        title=title,
        body=_body(page.meta("og:description") or _text(told, "description") or page.meta("description")),
        image=page.image or _image(told, page.base),
        authors=names(_strings(told.get("author"))) or names([page.meta("author")]),
        published_at=read_moment(page.meta("article:published_time"))
        or read_moment(_text(told, "datePublished")),
    )
    site = page.meta("og:site_name") or _text(told, "publisher")
    return ParsedFeed(title=site, link=page.base, language=page.language, entries=(entry,))


def _article(page: Page) -> Node:
    """What JSON-LD says of the first article; scripts that cannot be read are passed over."""
    for script in page.tree.css('script[type^="application/ld+json" i]'):
        try:
            document = loose_json.loads(script.text())
        except ValueError:
            continue
        for node in loose_json.objects(document, most=_MOST_VALUES):
            if any(str(kind).endswith(_KINDS) for kind in _list(node.get("@type"))):
                return node
    return {}


def _text(node: Node, *properties: str) -> str:
    texts = (plain(text) for name in properties for text in _strings(node.get(name)))
    return next((text for text in texts if not is_blank(text)), "")


def _strings(value: Any) -> list[str]:
    """The texts of a value; an object is told by its name."""
    named = [each.get("name") if isinstance(each, Mapping) else each for each in _list(value)]
    return [each for each in named if isinstance(each, str)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _image(node: Node, base: str) -> Image | None:
    for value in _list(node.get("image")):
        address = value.get("url") if isinstance(value, Mapping) else value
        found = absolute(address, base) if isinstance(address, str) else None
        if found:
            return Image(url=found)
    return None


def _heading(page: Page) -> str:
    node = page.tree.css_first("h1")
    return plain(node.text()) if node is not None else ""


def _body(summary: str) -> str:
    return f"<p>{html.escape(summary[:_SUMMARY_LIMIT])}</p>" if summary else ""
