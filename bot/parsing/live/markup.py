"""What all readers of live blogs share: texts as they come -> HTML, and what is worth a message."""

import html
import re
from typing import Final

from bot.domain.entries import Entry, Image
from bot.domain.markdown import first_image
from bot.domain.text import is_blank, plain, without_surrogates

MOST_UPDATES: Final = 2_000  # Of one page, from its top; the longest seen has 428.
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


def image_in(body: str, base: str) -> Image | None:
    """The first picture of a body that has any."""
    return first_image(body, base_url=base) if "<img" in body.lower() else None


def says_something(update: Entry) -> bool:
    """Whether there is anything to tell of an update; one that is only a video still has its id and place."""
    return bool(update.guid or update.image) or not is_blank(plain(update.title + update.body))
