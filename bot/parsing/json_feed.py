"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/). One bad item never costs the others.

Numbers are kept as they are written: an id of 5,000 digits is a string like any other, and never computed.
"""

import html
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bot.domain.entries import Entry, Image, ParsedFeed
from bot.domain.markdown import first_image
from bot.domain.text import is_blank, plain, without_surrogates
from bot.domain.urls import absolute
from bot.errors import ParseError
from bot.parsing import values

_MOST_HUBS = 5


def parse(url: str, text: str) -> ParsedFeed:
    """The feed in `text`, fetched from `url`. Raises ParseError where there is none."""
    feed = _load(text)
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise ParseError("This is JSON, but no JSON Feed.")
    return ParsedFeed(
        title=plain(_string(feed, "title")),
        link=absolute(_string(feed, "home_page_url"), url),
        language=plain(_string(feed, "language"))[:35],
        hubs=tuple(_hubs(url, feed)),
        self_link=absolute(_string(feed, "feed_url"), url),
        entries=tuple(_entries(url, feed)),
    )


def _hubs(url: str, feed: dict[str, Any]) -> Iterator[str]:
    """Those that speak WebSub; the format knows others (rssCloud)."""
    for hub in _list(feed, "hubs")[:_MOST_HUBS]:
        if isinstance(hub, dict) and _string(hub, "type").lower() == "websub":
            address = absolute(_string(hub, "url"), url)
            if address:
                yield address


class _Number(str):
    """A number as it is written: good for an id, no text."""

    __slots__ = ()


def _load(text: str) -> Any:
    try:
        return json.loads(text, parse_int=_Number, parse_float=_Number, parse_constant=_Number)
    except RecursionError as error:
        raise ParseError("This JSON is nested too deeply to be read.") from error
    except ValueError as error:
        raise ParseError("This JSON is broken: it cannot be read to its end.") from error


def _entries(url: str, feed: dict[str, Any]) -> Iterator[Entry]:
    for item in feed["items"]:
        if not isinstance(item, dict):
            continue
        entry = _entry(url, feed, item)
        if entry.link or entry.image or not (is_blank(entry.title) and is_blank(entry.body)):
            yield entry


def _entry(url: str, feed: dict[str, Any], item: dict[str, Any]) -> Entry:
    link = absolute(_string(item, "url"), url) or absolute(_string(item, "external_url"), url)
    body = _body(item)
    published, revised = _moment(item, "date_published"), _moment(item, "date_modified")
    return Entry(
        guid=values.guid(_id(item)),
        link=link,
        title=plain(_string(item, "title")),
        body=body,
        image=_image(item, body, link or url),
        authors=values.names(_authors(item) or _authors(feed)),
        categories=values.names(
            tag for tag in _list(item, "tags") if isinstance(tag, str) and not isinstance(tag, _Number)
        ),
        published_at=published or revised,
        revised_at=revised,
    )


def _body(item: dict[str, Any]) -> str:
    """`content_html`, else `content_text` or `summary`, which are plain text."""
    if markup := _string(item, "content_html").strip():
        return markup
    text = _string(item, "content_text") or _string(item, "summary")
    return html.escape(text, quote=False)


def _image(item: dict[str, Any], body: str, base: str) -> Image | None:
    for key in ("image", "banner_image"):
        if address := absolute(_string(item, key), base):
            return Image(url=address)
    for attachment in _list(item, "attachments"):
        if not isinstance(attachment, dict) or not _string(attachment, "mime_type").lower().startswith(
            "image/"
        ):
            continue
        if address := absolute(_string(attachment, "url"), base):
            return Image(url=address, caption=plain(_string(attachment, "title")))
    return first_image(body, base_url=base) if "<img" in body.lower() else None


def _authors(place: dict[str, Any]) -> list[str]:
    """1.1 says `authors`, 1.0 said `author`; both have a `name`."""
    found = [author for author in (*_list(place, "authors"), place.get("author")) if isinstance(author, dict)]
    return [name for author in found if (name := _string(author, "name"))]


def _moment(item: dict[str, Any], key: str) -> datetime | None:
    """RFC 3339."""
    try:
        return values.moment(datetime.fromisoformat(_string(item, key).strip()))
    except ValueError:
        return None


def _list(place: dict[str, Any], key: str) -> list[Any]:
    value = place.get(key)
    return value if isinstance(value, list) else []


def _id(item: dict[str, Any]) -> str:
    """An id, though it be a number: "a reader should coerce it to a string"."""
    value = item.get("id")
    return value if isinstance(value, str) else ""


def _string(place: dict[str, Any], key: str) -> str:
    value = place.get(key)
    return without_surrogates(value) if isinstance(value, str) and not isinstance(value, _Number) else ""
