"""Bytes -> entries: detects the format and dispatches, one format a file.

Sans-IO and synchronous: it opens no file and no address, whatever the bytes say. It may take half a second
of processor time on the largest feeds, so callers run it in a thread. It never raises anything but
`bot.errors.ParseError`, whatever the bytes are.
"""

import re

from bot.domain.entries import ParsedFeed
from bot.errors import ParseError
from bot.parsing import json_feed, xml_feed
from bot.parsing.encoding import decode

_HTML = re.compile(
    r"(?:\s|<\?[^>]*>|<!--(?:(?!-->).)*-->|<!doctype\s[^>]*>)*<(?:html|head|body|title|meta|script|style|div|p)\b",
    re.IGNORECASE | re.DOTALL,
)
_START = re.compile(r"<(?:\?xml|!DOCTYPE|(?:[a-z]+:)?(?:rss|feed|rdf|channel)\b)", re.IGNORECASE)
_WHITE = " \t\r\n\f\v\0\ufeff"
_JUNK_BEFORE = 20_000  # Characters in which a warning of the publisher's own server may precede the feed.


def parse(url: str, body: bytes, content_type: str = "") -> ParsedFeed:
    """The feed in `body`, fetched from `url` with the HTTP header `content_type` (it may be empty).

    Raises ParseError, in one sentence for the publisher or the operator, where there is no feed.
    """
    text = decode(body, content_type).lstrip(_WHITE)
    if not text:
        raise ParseError("The body is empty.")
    if text.startswith(("{", "[")):
        return json_feed.parse(url, text)
    if _HTML.match(text, 0, _JUNK_BEFORE):
        raise ParseError("This is an HTML page, not a feed.")
    start = _START.search(text, 0, _JUNK_BEFORE)
    if start is None and "<" not in text[:_JUNK_BEFORE]:
        raise ParseError("This is neither XML nor JSON, so no feed.")
    return xml_feed.parse(url, text[start.start() :] if start else text)
