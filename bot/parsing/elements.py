"""What feedparser mixes up or leaves out, read from the XML itself: direct children, verbatim ids, pictures.

lxml here never opens a file or an address, expands no entity and keeps libxml2's limits on depth and size.
It mends broken XML; where the mended tree has another number of items than feedparser found, nothing of it
is used (see `xml_feed`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from bot.domain.entries import Image
from bot.domain.text import cut, is_blank, plain
from bot.domain.urls import absolute
from bot.parsing import safe_xml

_ITEMS = frozenset({"item", "entry"})
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_MEDIA = "http://search.yahoo.com/mrss"
_ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
_BODIES = frozenset({"description", "summary", "content", "encoded"})
_NESTED = ("{*}description", "{*}summary", "{*}content", "{*}encoded", "{*}text")
_AMPERSAND = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)", re.DOTALL
)
_PREFIXES = {"media": _MEDIA, "itunes": _ITUNES}
_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")
_LONGEST_CAPTION = 300
_MOST_HUBS = 5
_WIDEST = 2000  # Wider than this is a print original; Discord shows 550.


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item as its own elements say: `captions` are texts that describe its media, not the entry."""

    guid: str | None
    link: str | None
    base: str | None
    image: Image | None
    captions: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The name of the root element, without namespace, the items in document order, and where news is pushed from."""

    root: str
    items: tuple[Item, ...]
    hubs: tuple[str, ...] = ()
    self_link: str | None = None


def read(text: str, url: str) -> Document:
    """The document in `text` (without a prolog), fetched from `url`; an unreadable one has no root and no items."""
    root = _parsed(text, recover=False)
    if root is None:
        root = _parsed(_AMPERSAND.sub(_mended, text), recover=True)
    if root is None:
        return Document(root="", items=())
    try:
        return Document(
            root=_name(root),
            items=tuple(_item(element, url) for element in _items(root)),
            hubs=_links_of_feed(root, "hub", url),
            self_link=next(iter(_links_of_feed(root, "self", url)), None),
        )
    except UnicodeDecodeError:  # libxml2 may mend a broken name into bytes that are no text.
        return Document(root="", items=())


def _parsed(text: str, *, recover: bool) -> etree._Element | None:
    try:
        return safe_xml.read(text.encode(), recover=recover, encoding="utf-8")
    except (etree.XMLSyntaxError, ValueError):
        return None


def _mended(found: re.Match[str]) -> str:
    """An ampersand that begins no entity of XML, as publishers write it in addresses and texts; CDATA as it is."""
    return found[0] if found[0].startswith("<") else "&amp;"


def _links_of_feed(root: etree._Element, relation: str, url: str) -> tuple[str, ...]:
    """Addresses of the feed's own links (Atom's, in RSS those of its channel) of one relation, in order."""
    places = [root, *root.iterchildren("{*}channel")]
    links = [
        link for place in places for link in place.iterchildren("{*}link") if _relation(link) == relation
    ]
    found = (absolute(link.get("href") or "", _base(link, url)) for link in links)
    return tuple(dict.fromkeys(address for address in found if address))[:_MOST_HUBS]


def _relation(link: etree._Element) -> str:
    return (link.get("rel") or "").strip().lower()


def _items(root: etree._Element) -> Iterator[etree._Element]:
    """Items of the feed's own format; an `item` inside an item belongs to an extension."""
    for element in root.iter("{*}item", "{*}entry"):
        if not any(_name(ancestor) in _ITEMS for ancestor in element.iterancestors()):
            yield element


def _item(element: etree._Element, url: str) -> Item:
    base = _base(element, url)
    children = list(element.iterchildren("*"))
    own = [child for child in children if _namespace(child) not in (_MEDIA, _ITUNES)]
    return Item(
        guid=_guid(own) or (element.get(_RDF_ABOUT) or "").strip() or None,
        link=_link(own, base),
        base=base if base != url else None,
        image=_image(element, children, base),
        captions=_captions(element, own),
    )


def _guid(children: list[etree._Element]) -> str | None:
    for child in children:
        if _name(child) in ("guid", "id") and _text(child):
            return _text(child)
    return None


def _link(children: list[etree._Element], base: str) -> str | None:
    """The page of the item: the item's own link element, never one nested in it (rbc.ru nests others)."""
    found: list[tuple[int, str]] = []
    permalink = None
    for child in children:
        name = _name(child)
        if name in ("link", "origLink") and (ranked := _ranked(child)):
            found.append(ranked)
        elif name == "guid" and child.get("isPermaLink", "true").strip().lower() == "true":
            permalink = permalink or _text(child)
    for _, address in sorted(found, key=lambda link: link[0]):
        if link := absolute(address, base):
            return link
    return absolute(permalink) if permalink else None


def _ranked(link: etree._Element) -> tuple[int, str] | None:
    """RSS keeps the address as text, Atom in `href`: a page for people goes before anything else."""
    text, href = _text(link), (link.get("href") or "").strip()
    if _name(link) == "origLink":  # FeedBurner's `link` is a counting redirect; this is where it leads.
        return (-1, text) if text else None
    if (link.get("rel") or "alternate").strip().lower() not in (
        "alternate",
        "http://www.iana.org/assignments/relation/alternate",
    ):
        return None
    if text:
        return 0, text
    if not href:
        return None
    kind = (link.get("type") or "text/html").lower()
    return (1 if "html" in kind else 2), href


def _captions(element: etree._Element, own: list[etree._Element]) -> frozenset[str]:
    """Texts of pictures and of elements within elements, where the item does not say them itself as well.

    feedparser takes them for the item's content (NYT, El País: media:description; rbc.ru: related links).
    """
    bodies = {_text(child) for child in own if _name(child) in _BODIES}
    nested = (
        node
        for node in element.iter(*_NESTED)
        if node.getparent() is not element or _namespace(node) == _MEDIA
    )
    return frozenset({_text(node) for node in nested} - bodies - {""})


def _image(element: etree._Element, children: list[etree._Element], base: str) -> Image | None:
    """The best picture: media content or thumbnail, picture enclosure, then the podcast's cover."""
    media = [node for node in element.iter("*") if _namespace(node) == _MEDIA]
    sized = [(_width(node), node) for node in media if _is_picture(node)]
    sized.sort(key=lambda pair: pair[0], reverse=True)  # A stable sort: the first of the widest wins.
    for _, node in sized:
        if url := absolute(node.get("url") or _text(node), base):
            return Image(url=url, caption=_caption_of(node, element))
    for child in children:
        address = child.get("url") or child.get("href") or ""
        if _is_enclosed_picture(child, address) and (url := absolute(address, base)):
            return Image(url=url)
    for child in children:
        if _name(child) == "image" and (url := _cover(child, base)):
            return Image(url=url)
    return None


def _is_picture(node: etree._Element) -> bool:
    name = _name(node)
    if name == "thumbnail":
        return True
    if name != "content":
        return False
    kind, medium = (node.get("type") or "").lower(), (node.get("medium") or "").lower()
    return (
        medium == "image"
        or kind.startswith("image/")
        or (not kind and not medium and _is_picture_url(node.get("url") or ""))
    )


def _is_enclosed_picture(child: etree._Element, address: str) -> bool:
    if _name(child) != "enclosure" and (_name(child) != "link" or child.get("rel") != "enclosure"):
        return False
    kind = (child.get("type") or "").lower()
    return kind.startswith("image/") or (not kind and _is_picture_url(address))


def _is_picture_url(address: str) -> bool:
    return address.lower().split("?")[0].endswith(_PICTURES)


def _cover(child: etree._Element, base: str) -> str | None:
    """`itunes:image href`, or an RSS `image` with a `url` in it or as its text."""
    inner = child.find("{*}url")
    address = child.get("href") or (_text(inner) if inner is not None else _text(child))
    return absolute(address, base) if address else None


def _width(node: etree._Element) -> int:
    """The declared width; unknown ones count as good, thumbnails as small, print originals as nothing."""
    width = (node.get("width") or "").strip()
    if width.isascii() and width.isdigit() and len(width) < 6:
        return int(width) if int(width) <= _WIDEST else 1
    return 400 if _name(node) == "content" else 200


def _caption_of(node: etree._Element, item: etree._Element) -> str:
    """media:description, else media:title, of the picture itself, its group, or the item."""
    places: list[etree._Element] = [node]
    while places[-1] is not item and (parent := places[-1].getparent()) is not None:
        places.append(parent)
    titles = {
        plain(_text(child))
        for child in item.iterchildren("*")
        if _name(child) == "title" and _namespace(child) != _MEDIA
    }
    for name in ("description", "text", "title"):
        for place in places:
            for child in place.iterchildren("*"):
                if _namespace(child) == _MEDIA and _name(child) == name:
                    caption = plain(_text(child))
                    if not is_blank(caption) and caption not in titles:
                        return cut(caption, _LONGEST_CAPTION)
    return ""


def _base(element: etree._Element, url: str) -> str:
    """What relative addresses in an element mean (XML Base): the nearest `xml:base`es, joined, else `url`."""
    bases: list[str] = []
    node: etree._Element | None = element
    while node is not None:
        if declared := node.get(_XML_BASE):
            bases.append(declared)
        node = node.getparent()
    result = url
    for declared in reversed(bases):
        result = absolute(declared, result) or result
    return result


def _name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2].rpartition(":")[2]


def _namespace(element: etree._Element) -> str:
    """The namespace without its last slash; an undeclared prefix means what it always means."""
    namespace, _, name = element.tag.rpartition("}")
    return namespace[1:].rstrip("/") if namespace else _PREFIXES.get(name.rpartition(":")[0], "")


def _text(element: etree._Element) -> str:
    return "".join(str(text) for text in element.itertext()).strip()
