"""OPML 2.0 (http://opml.org/spec2.opml): subscription lists of this bot and of feed readers. Sans-IO.

Never opens an address, never expands an entity of the document. Our options are attributes in a namespace of our own,
as the specification wants extensions to be; other programs leave them alone.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from lxml import etree

from bot.domain.addresses import address_from
from bot.domain.feeds import Options, Overflow
from bot.domain.outlines import LONGEST_LIST, Outline, OutlineList, Rejected
from bot.domain.templates import Templates
from bot.domain.text import clean, cut
from bot.domain.urls import absolute
from bot.domain.wording import Phrase, _
from bot.errors import ParseError
from bot.parsing import safe_xml

T = TypeVar("T")

NAMESPACE = "urn:nightdesk:opml:1"
MOST = 10_000  # Outlines that are looked at.
_OURS = f"{{{NAMESPACE}}}"
_NAME = 100
_BARE = re.compile(rb"&(?!#?\w{1,32};)")  # As in "?a=1&b=2", where lists are written by hand.
_LONG = re.compile(rb"<[^<]{50000}")  # Reading an element takes the square of the number of its attributes.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, "Char".

NO_ADDRESS = _("it has no address of a feed (`xmlUrl`)")
BAD_ADDRESS = _("its address is no http or https address")
BAD_OPTION = _("its option `{option}` has no meaning")


def read_opml(body: bytes) -> OutlineList:
    """All feeds of a list. Raises ParseError, in one sentence for whoever gave the file, where it is none."""
    if len(body) > LONGEST_LIST:
        most = LONGEST_LIST // 1_000_000
        raise ParseError(f"This file has more than {most} MB, which no list of feeds needs.")
    if _LONG.search(body):
        raise ParseError("This OPML file has an element that is too long.")
    root = _root(body)
    if root is None or _local_name(root) != "opml":
        raise ParseError("This is no OPML file.")
    found = [_read(*each) for each in _feeds(root)]
    return OutlineList(
        outlines=tuple(each for each in found if isinstance(each, Outline)),
        rejected=tuple(each for each in found if isinstance(each, Rejected)),
    )


def write_opml(title: str, folders: Iterable[tuple[str, Iterable[Outline]]]) -> bytes:
    """A list of named folders with the feeds of each, with everything that `read_opml` takes over."""
    root = etree.Element("opml", {"version": "2.0"}, nsmap={"nightdesk": NAMESPACE})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = _writable(title)
    body = etree.SubElement(root, "body")
    for name, outlines in folders:
        folder = etree.SubElement(body, "outline", {"text": _writable(name)})
        for outline in outlines:
            etree.SubElement(folder, "outline", _attributes(outline))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _root(body: bytes) -> etree._Element | None:
    """The document, as far as it can be read."""
    try:
        root = safe_xml.read(_BARE.sub(b"&amp;", body), recover=True)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ParseError("This is no OPML file.") from error
    if root is not None and _declares_entities(root):
        raise ParseError("This OPML file declares entities, which no list of feeds needs.")
    return root


def _declares_entities(root: etree._Element) -> bool:
    declared = root.getroottree().docinfo.internalDTD
    # The stubs lack `entities`, and that there may be no DTD.
    return bool(declared) and bool(declared.entities())  # type: ignore[attr-defined]


def _feeds(root: etree._Element) -> Iterator[tuple[Mapping[str, str], tuple[str, ...]]]:
    """The attributes of each outline that should be a feed, with the folders around it."""
    waiting: list[tuple[etree._Element, tuple[str, ...]]] = [(each, ()) for each in reversed(_children(root))]
    seen = 0
    while waiting and seen < MOST:
        element, folders = waiting.pop()
        if not _is_outline(element):
            waiting += [(each, folders) for each in reversed(_children(element))]
            continue
        seen += 1
        children = [each for each in _children(element) if _is_outline(each)]
        attributes = _lowered(element)
        if "xmlurl" in attributes or ("type" in attributes and not children):
            yield attributes, folders
        name = clean(attributes.get("text") or attributes.get("title") or "")
        inner = (*folders, name) if name else folders
        waiting += [(each, inner) for each in reversed(children)]


def _children(element: etree._Element) -> list[etree._Element]:
    return list(element.iterchildren("*"))


def _local_name(element: etree._Element) -> str:
    """Without its namespace. QName would refuse names that a broken file may well have."""
    return str(element.tag).rpartition("}")[2].lower()


def _is_outline(element: etree._Element) -> bool:
    return _local_name(element) == "outline"


def _lowered(element: etree._Element) -> dict[str, str]:
    """Attributes of others by lower-case names (writers disagree on "xmlUrl"); ours as they are."""
    return {
        name if name.startswith(_OURS) else name.lower(): value
        for name, value in ((str(name), str(value)) for name, value in element.attrib.items())
    }


def _read(attributes: Mapping[str, str], folders: tuple[str, ...]) -> Outline | Rejected:
    title = attributes.get("title") or attributes.get("text") or ""
    address = attributes.get("xmlurl", "").strip()
    name = cut(clean(title) or clean(address), _NAME)
    if not address:
        return Rejected(name=name, why=Phrase(NO_ADDRESS))
    url = address_from(address)
    if url is None:
        return Rejected(name=name, why=Phrase(BAD_ADDRESS))
    ours = {key.removeprefix(_OURS): value for key, value in attributes.items() if key.startswith(_OURS)}
    try:
        return Outline(
            url=url,
            title=clean(title),
            link=absolute(attributes.get("htmlurl", "")),
            labels=tuple(dict.fromkeys((*folders, *_categories(attributes.get("category", ""))))),
            channel_id=_given(ours, "channel", _id),
            options=_options(ours),
            paused=ours.get("paused") == "true",
        )
    except _OptionError as error:
        return Rejected(name=name, why=Phrase(BAD_OPTION, option=error.option))


def _categories(text: str) -> Iterator[str]:
    """The last part of each path of the comma-separated list, as OPML 2.0 defines the attribute."""
    for path in text.split(","):
        name = clean(path.rpartition("/")[2])
        if name:
            yield name


class _OptionError(Exception):
    def __init__(self, option: str) -> None:
        super().__init__(option)
        self.option = option


def _attributes(outline: Outline) -> dict[str, str]:
    """What other programs read, then ours, each only where it says something."""
    options, usual = outline.options, Options()
    title = outline.options.name or outline.title or outline.url
    ours = {
        "channel": str(outline.channel_id) if outline.channel_id else "",
        "tags": json.dumps(options.tags, ensure_ascii=False) if options.tags else "",
        "mention": str(options.mention_role_id) if options.mention_role_id else "",
        "filter": options.filter,
        "name": options.name,
        "nameTemplate": options.templates.name,
        "starterTemplate": options.templates.starter,
        "updateTemplate": options.templates.update,
        "atMost": str(options.at_most) if options.at_most != usual.at_most else "",
        "overflow": options.overflow.value if options.overflow is not usual.overflow else "",
        "followLive": "" if options.follow_live else "false",
        "paused": "true" if outline.paused else "",
    }
    theirs = {
        "type": "rss",
        "text": title,
        "title": title,
        "xmlUrl": outline.url,
        "htmlUrl": outline.link or "",
    }
    named = theirs | {f"{_OURS}{name}": value for name, value in ours.items()}
    return {name: _writable(value) for name, value in named.items() if value}


def _options(ours: Mapping[str, str]) -> Options:
    usual = Options()
    return Options(
        tags=_given(ours, "tags", _tags) or (),
        mention_role_id=_given(ours, "mention", _id),
        filter=ours.get("filter", ""),
        name=ours.get("name", ""),
        templates=Templates(
            name=ours.get("nameTemplate", ""),
            starter=ours.get("starterTemplate", ""),
            update=ours.get("updateTemplate", ""),
        ),
        at_most=_given(ours, "atMost", _at_most) or usual.at_most,
        overflow=_given(ours, "overflow", Overflow) or usual.overflow,
        follow_live=ours.get("followLive") != "false",
    )


def _given(ours: Mapping[str, str], name: str, read: Callable[[str], T]) -> T | None:
    """Raises _OptionError where the value means nothing."""
    if name not in ours:
        return None
    try:
        return read(ours[name])
    except (ValueError, RecursionError) as error:
        raise _OptionError(name) from error


def _id(text: str) -> int:
    if not re.fullmatch("[0-9]{1,19}", text):
        raise ValueError(text)
    return int(text)


def _at_most(text: str) -> int:
    if not 1 <= _id(text) <= 100:
        raise ValueError(text)
    return int(text)


def _tags(text: str) -> tuple[str, ...]:
    tags = json.loads(text)
    if not isinstance(tags, list) or not all(isinstance(each, str) for each in tags):
        raise ValueError(text)
    return tuple(tags)


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)
