"""A page of HTML as the readers of live blogs see it. Never runs a script; never takes more than linear time."""

from collections.abc import Iterator
from functools import cached_property
from urllib.parse import SplitResult, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.domain.entries import Image
from bot.domain.nesting import flattened
from bot.domain.text import plain, without_surrogates
from bot.domain.urls import absolute


class Page:
    """The page in `html`, fetched from `url`. What it says of itself is read when asked for."""

    def __init__(self, url: str, html: str) -> None:
        self.url = url
        self.html = without_surrogates(html)
        self.tree = LexborHTMLParser(flattened(self.html))

    @cached_property
    def base(self) -> str:
        """What relative addresses on the page are relative to."""
        return self.address("base[href]", "href", self.url) or self.url

    @cached_property
    def canonical(self) -> str | None:
        return self.address('link[rel="canonical"][href]', "href")

    @cached_property
    def title(self) -> str:
        node = self.tree.css_first("title")
        return self.meta("og:title") or (plain(node.text()) if node is not None else "")

    @cached_property
    def language(self) -> str:
        node = self.tree.css_first("html[lang]")
        return plain(node.attributes.get("lang") or "")[:35] if node is not None else ""

    @cached_property
    def image(self) -> Image | None:
        url = self.address('meta[property="og:image"][content]', "content")
        return Image(url=url) if url else None

    def elements(self) -> Iterator[LexborNode]:
        """Every element, in document order."""
        return iter(()) if self.tree.root is None else self.tree.root.traverse(include_text=False)

    def meta(self, name: str) -> str:
        """The plain text of a `meta` with this property or name, or ""."""
        node = self.tree.css_first(f'meta[property="{name}"][content], meta[name="{name}"][content]')
        return plain(node.attributes.get("content") or "") if node is not None else ""

    def address(self, selector: str, attribute: str, base: str | None = None) -> str | None:
        """The absolute address that the first element of a kind has in an attribute."""
        node = self.tree.css_first(selector)
        return absolute(attribute_of(node, attribute), base or self.base) if node is not None else None


def attribute_of(node: LexborNode, name: str) -> str:
    """An attribute's text; "" where there is none."""
    return node.attributes.get(name) or ""


def parts_of(url: str) -> SplitResult:
    """An address in parts; a malformed one has none."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")
