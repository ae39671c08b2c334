"""A schema.org LiveBlogPosting, from whatever markup -> LiveReading (https://schema.org/LiveBlogPosting).

Input is what JSON-LD says, microdata turned into the same shape: nested dicts and lists of any quality. A name may
carry a prefix (`schema:headline`); a value may be one, a list of them, nested lists, or an object that names itself.
What an update says only in repeating its live blog is no property of the update and dropped.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice, pairwise
from typing import Any
from urllib.parse import parse_qsl, unquote

from bot.domain.entries import Entry, Image
from bot.domain.live import LiveReading
from bot.domain.text import cut, plain, without_surrogates
from bot.domain.urls import absolute
from bot.parsing import values
from bot.parsing.live.markup import MOST_UPDATES, body_of, image_in, says_something
from bot.parsing.live.page import parts_of

UPDATES = "liveBlogUpdate"
Node = Mapping[str, Any]

_LONGEST_CAPTION = 300
_FEWEST_GAPS = 4
_ID_IN_QUERY = ("update", "post", "postid", "post_id", "blogpost")
_NUMBERED = re.compile(r"(.*?)(\d{1,4})")


def is_live_blog(node: Node) -> bool:
    """Whether an object has updates, though none yet; what it calls itself does not matter."""
    return _named(node, UPDATES) is not None


def read(node: Node, base: str, known: Mapping[str, Node]) -> LiveReading:
    """The live blog that `node` describes. Addresses are relative to `base`; `known` are objects by their `@id`."""
    reader = _Reader(base, known)
    blog = LiveReading(
        url=reader.address(node, "url", "mainEntityOfPage", "@id") or base,
        title=reader.text(node, "headline", "name"),
        standfirst=body_of(reader.string(node, "description")),
        image=reader.image(node),
        publisher=reader.text(node, "publisher"),
        authors=reader.names(node, "author"),
        language=reader.text(node, "inLanguage")[:35],
        published_at=reader.moment(node, "datePublished", "dateCreated", "coverageStartTime"),
        modified_at=reader.moment(node, "dateModified"),
        coverage_end=reader.moment(node, "coverageEndTime"),
    )
    found = [reader.update(update, blog) for update in islice(_objects(_named(node, UPDATES)), MOST_UPDATES)]
    return replace(blog, updates=tuple(_own(blog, [update for update in found if says_something(update)])))


class _Reader:
    """Reads properties of objects, given what addresses are relative to and what references refer to."""

    def __init__(self, base: str, known: Mapping[str, Node]) -> None:
        self._base = base
        self._known = known

    def update(self, node: Node, blog: LiveReading) -> Entry:
        link = self.address(node, "url", "mainEntityOfPage")
        body = body_of(self.string(node, "articleBody", "text", "description"))
        return Entry(
            guid=_guid(node, link, blog.url),
            link=link,
            title=self.text(node, "headline", "name"),
            body=body,
            image=self.image(node) or image_in(body, link or self._base),
            authors=self.names(node, "author"),
            published_at=self.moment(node, "datePublished", "dateCreated", "dateModified"),
            revised_at=self.moment(node, "dateModified"),
        )

    def string(self, node: Node, *names: str) -> str:
        """The first text of the first property that has one; of an object, its name."""
        return next((text for name in names for text in self._strings(_named(node, name))), "")

    def text(self, node: Node, *names: str) -> str:
        return plain(self.string(node, *names))

    def names(self, node: Node, name: str) -> tuple[str, ...]:
        return values.names(self._strings(_named(node, name)))

    def moment(self, node: Node, *names: str) -> Any:
        moments = (values.read_moment(value) for name in names for value in _flat(_named(node, name)))
        return next((moment for moment in moments if moment), None)

    def address(self, node: Node, *names: str) -> str | None:
        for name in names:
            for value in _flat(_named(node, name)):
                text = self._address_text(value)
                if not text.startswith("_:") and (address := absolute(text, self._base)):
                    return address
        return None

    def image(self, node: Node) -> Image | None:
        for name in ("image", "thumbnailUrl", "video"):
            for value in _flat(_named(node, name)):
                if url := absolute(self._address_text(value), self._base):
                    caption = self.text(value, "caption", "description") if isinstance(value, Mapping) else ""
                    return Image(url=url, caption=cut(caption, _LONGEST_CAPTION))
        return None

    def _strings(self, value: Any) -> Iterator[str]:
        for one in _flat(value):
            if isinstance(one, Mapping):
                yield from (text for text in _flat(_named(self._whole(one), "name")) if isinstance(text, str))
            elif isinstance(one, str) and one.strip():
                yield one

    def _whole(self, node: Node) -> Node:
        """The object itself, or the one it refers to by `@id`."""
        reference = node.get("@id")
        return self._known.get(reference, node) if isinstance(reference, str) and "name" not in node else node

    @staticmethod
    def _address_text(value: Any) -> str:
        """An address as such, or as an object has it."""
        if isinstance(value, Mapping):
            names = ("url", "contentUrl", "@id", "thumbnailUrl", "thumbnail")
            texts = (text for name in names for text in _flat(_named(value, name)))
            return next((text for text in texts if isinstance(text, str) and text.strip()), "")
        return value if isinstance(value, str) else ""


def _named(node: Node, name: str) -> Any:
    """A property, whatever prefix its name carries."""
    for key in (name, f"schema:{name}", f"http://schema.org/{name}", f"https://schema.org/{name}"):
        if (value := node.get(key)) is not None:
            return value
    return None


def _flat(value: Any) -> Iterator[Any]:
    """One value or the members of nested lists, in order; texts without half characters."""
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, list):
            stack.extend(reversed(one))
        elif isinstance(one, str):
            yield without_surrogates(one)
        elif isinstance(one, Mapping) and "@value" in one:
            stack.append(one["@value"])
        elif isinstance(one, Mapping) and "@list" in one:
            stack.append(one["@list"])
        elif one is not None:
            yield one


def _objects(value: Any) -> Iterator[Node]:
    return (one for one in _flat(value) if isinstance(one, Mapping))


def _guid(node: Node, link: str | None, blog_url: str) -> str | None:
    """The publisher's id of an update: its `@id`, else what tells its address from that of the live blog."""
    own = node.get("@id")
    if isinstance(own, str) and not own.startswith("_:") and own.strip() != blog_url:
        return values.guid(own)
    return id_in(link) if link else None


def id_in(link: str) -> str | None:
    """The id that an address has in its fragment (`#751105`) or query (`?update=4512107`)."""
    parts = parts_of(link)
    if fragment := unquote(parts.fragment).strip("/ "):
        return values.guid(fragment)
    query = dict(parse_qsl(parts.query)) if parts.query.count("&") < 100 else {}
    return next((values.guid(query[name]) for name in _ID_IN_QUERY if query.get(name)), None)


def _own(blog: LiveReading, updates: list[Entry]) -> Iterator[Entry]:
    """The updates without what they repeat of the live blog, and without ids and dates that tell nothing apart."""
    blanked = _shared(blog, updates)
    if _are_invented(updates):
        blanked |= {"published_at", "revised_at"}
    if _are_numbered(updates):
        blanked |= {"guid", "link"}
    for update in updates:
        repeated = {
            name for name in ("title", "image", "authors") if getattr(update, name) == getattr(blog, name)
        }
        if update.link == blog.url:
            repeated.add("link")
        yield replace(update, **{name: _BLANK[name] for name in blanked | repeated})


_BLANK: dict[str, Any] = {
    "guid": None,
    "link": None,
    "title": "",
    "image": None,
    "authors": (),
    "published_at": None,
    "revised_at": None,
}


def _shared(blog: LiveReading, updates: list[Entry]) -> set[str]:
    """Properties that are the same in all updates. Two may agree by chance, and a third would then change both."""
    found = set()
    for name in _BLANK:
        seen = {getattr(update, name) for update in updates}
        is_telling = len(updates) > 2 or name in ("guid", "link") or not seen.isdisjoint(_dates(blog))
        if len(updates) > 1 and len(seen) == 1 and is_telling:
            found.add(name)
    return found


def _dates(blog: LiveReading) -> set[datetime | None]:
    return {blog.published_at, blog.modified_at} - {None}


def _are_numbered(updates: list[Entry]) -> bool:
    """Whether ids count places on the page from the newest down (`#post1` …, Times of India), so name no update."""
    found = [match for update in updates if (match := _NUMBERED.fullmatch(update.guid or ""))]
    dates = [update.published_at for update in updates if update.published_at]
    if len(found) < 2 or not len(found) == len(dates) == len(updates):
        return False
    first = int(found[0][2])
    return (
        first in (0, 1)
        and [int(match[2]) for match in found] == list(range(first, first + len(found)))
        and len({match[1] for match in found}) == 1
        and dates == sorted(dates, reverse=True)
        and dates[0] > dates[-1]
    )


def _are_invented(updates: list[Entry]) -> bool:
    """Whether dates lie at equal distances, to the millisecond but not to the minute (New York Times, 2020)."""
    dates = [update.published_at for update in updates if update.published_at]
    gaps = [abs(later - earlier) for earlier, later in pairwise(dates)]
    return (
        len(gaps) >= _FEWEST_GAPS
        and len(dates) == len(updates)
        and max(gaps) - min(gaps) <= timedelta(milliseconds=2)
        and bool(gaps[0] % timedelta(minutes=1))
    )
