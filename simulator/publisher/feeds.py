"""The same articles as RSS 2.0, Atom and JSON Feed. Pure."""

import json
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from lxml import etree

from .newsroom import Article, Edition

PAPER = "The Harbour Gazette"
ABOUT = "News from a harbour that does not exist"

_MEDIA = "http://search.yahoo.com/mrss/"
_ATOM = "http://www.w3.org/2005/Atom"


def links(article: Article, base: str) -> tuple[str, str | None]:
    """Where the article and its picture are."""
    picture = f"{base}/picture/{article.slug}.png" if article.picture else None
    return base + article.path, picture


def rss(edition: Edition, opened: datetime, base: str) -> bytes:
    """RSS 2.0 with Media RSS pictures."""
    root = etree.Element("rss", {"version": "2.0"}, nsmap={"media": _MEDIA, "atom": _ATOM})
    channel = etree.SubElement(root, "channel")
    _text(channel, "title", PAPER)
    _text(channel, "link", f"{base}/")
    _text(channel, "description", ABOUT)
    _text(channel, "language", "en")
    _text(channel, "lastBuildDate", format_datetime(opened + edition.changed, usegmt=True))
    etree.SubElement(
        channel,
        f"{{{_ATOM}}}link",
        {"rel": "self", "href": f"{base}/feed.xml", "type": "application/rss+xml"},
    )
    etree.SubElement(channel, f"{{{_ATOM}}}link", {"rel": "hub", "href": f"{base}/hub"})
    for article in edition.articles:
        _rss_item(channel, article, opened, base)
    return _bytes(root)


def _rss_item(channel: etree._Element, article: Article, opened: datetime, base: str) -> None:
    link, picture = links(article, base)
    item = etree.SubElement(channel, "item")
    _text(item, "title", article.title)
    _text(item, "link", link)
    _text(item, "guid", f"gazette:{article.slug}").set("isPermaLink", "false")
    _text(item, "pubDate", format_datetime(opened + article.published, usegmt=True))
    for section in article.sections:
        _text(item, "category", section)
    _text(item, "description", article.body)
    if picture:
        media = etree.SubElement(
            item, f"{{{_MEDIA}}}content", {"url": picture, "type": "image/png", "medium": "image"}
        )
        _text(media, f"{{{_MEDIA}}}description", article.picture or "")


def atom(edition: Edition, opened: datetime, base: str) -> bytes:
    """Atom (RFC 4287)."""
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})  # type: ignore[dict-item]  # None is the default namespace.
    _text(root, f"{{{_ATOM}}}title", PAPER)
    _text(root, f"{{{_ATOM}}}subtitle", ABOUT)
    _text(root, f"{{{_ATOM}}}id", "urn:x-gazette:front")
    _text(root, f"{{{_ATOM}}}updated", (opened + edition.changed).isoformat())
    etree.SubElement(root, f"{{{_ATOM}}}link", {"href": f"{base}/"})
    etree.SubElement(root, f"{{{_ATOM}}}link", {"rel": "self", "href": f"{base}/atom.xml"})
    etree.SubElement(root, f"{{{_ATOM}}}link", {"rel": "hub", "href": f"{base}/hub"})
    _text(etree.SubElement(root, f"{{{_ATOM}}}author"), f"{{{_ATOM}}}name", PAPER)
    for article in edition.articles:
        _atom_entry(root, article, opened, base)
    return _bytes(root)


def _atom_entry(root: etree._Element, article: Article, opened: datetime, base: str) -> None:
    link, picture = links(article, base)
    moment = (opened + article.published).isoformat()
    entry = etree.SubElement(root, f"{{{_ATOM}}}entry")
    _text(entry, f"{{{_ATOM}}}title", article.title)
    _text(entry, f"{{{_ATOM}}}id", f"urn:x-gazette:{article.slug}")
    _text(entry, f"{{{_ATOM}}}published", moment)
    _text(entry, f"{{{_ATOM}}}updated", moment)
    etree.SubElement(entry, f"{{{_ATOM}}}link", {"href": link})
    if picture:
        enclosure = {"rel": "enclosure", "href": picture, "type": "image/png", "title": article.picture or ""}
        etree.SubElement(entry, f"{{{_ATOM}}}link", enclosure)
    for section in article.sections:
        etree.SubElement(entry, f"{{{_ATOM}}}category", {"term": section})
    _text(entry, f"{{{_ATOM}}}summary", article.body).set("type", "html")


def json_feed(edition: Edition, opened: datetime, base: str) -> bytes:
    """JSON Feed 1.1."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": PAPER,
        "description": ABOUT,
        "home_page_url": f"{base}/",
        "feed_url": f"{base}/feed.json",
        "hubs": [{"type": "WebSub", "url": f"{base}/hub"}],
        "language": "en",
        "items": [_json_item(article, opened, base) for article in edition.articles],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _json_item(article: Article, opened: datetime, base: str) -> dict[str, Any]:
    link, picture = links(article, base)
    item: dict[str, Any] = {
        "id": f"gazette:{article.slug}",
        "url": link,
        "title": article.title,
        "content_html": article.body,
        "date_published": (opened + article.published).astimezone(UTC).isoformat(),
        "tags": list(article.sections),
    }
    return item | ({"image": picture} if picture else {})


def _text(parent: etree._Element, tag: str, text: str) -> etree._Element:
    element = etree.SubElement(parent, tag)
    element.text = text
    return element


def _bytes(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
