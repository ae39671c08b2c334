"""Texts of live blogs as they come -> HTML."""

import html
import re

from bot.domain.text import without_surrogates

_TAG = re.compile(r"<[a-zA-Z/!]")
_ESCAPED_TAG = re.compile(
    r"&lt;/?(?:p|br|a|b|i|strong|em|ul|ol|li|div|span|h[1-6]|blockquote|figure|img)\b", re.IGNORECASE
)
_TWICE_ESCAPED = re.compile(r"&amp;(?=(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)")
_LINES = re.compile(r"\s*\n\s*")


def body_of(text: str) -> str:
    """The HTML that a publisher's text means; tags as published.

    What is escaped twice (`&amp;quot;`, Mirror) or as a whole (`&lt;p&gt;`) is unescaped once. A text without any
    tag is plain, as schema.org means it: its line breaks are its paragraphs (Express).
    """
    text = without_surrogates(text).strip()
    if not _TAG.search(text) and _ESCAPED_TAG.search(text):
        text = html.unescape(text)
    text = _TWICE_ESCAPED.sub("&", text)
    return text if _TAG.search(text) else _LINES.sub("<p>", text)
