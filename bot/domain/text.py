"""Plain text made fit to show: cleaned, measured as Discord measures, cut at a word. Pure; knows no markup.

Discord counts characters; whether those are code points (its API) or UTF-16 units (its clients) differs
from place to place, so `units` counts the larger of the two, UTF-16, and is safe for both.
"""

import html
import re
import unicodedata

ELLIPSIS = "…"
ZERO_WIDTH_SPACE = "\u200b"
_MAX_MARKS = 4  # Combining marks on one letter: no script needs more, "Zalgo" text has dozens.

# Controls, direction overrides and invisible characters. The joiners U+200C and U+200D stay: Persian words
# and family emoji are made with them. U+2800, U+3164 and U+115F look like nothing and fake an empty name.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_SPACE = re.compile(r"\s+")
_MARK_RUN = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{5,})"
)
_MENTION = re.compile(r"@(?=everyone|here)|<(?=@|#|/|:|[at]:|id:)", re.IGNORECASE)
_BREAKS = re.compile(r"\s+")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_COMMENT = re.compile(r"<!--[^<>]*-->")
_TAG = re.compile(
    r"</?(?:a|abbr|acronym|article|b|big|blockquote|br|center|cite|code|del|dfn|div|em|figure|font|h[1-6]|hr|i"
    r"|img|ins|kbd|li|mark|nobr|ol|p|pre|q|s|samp|section|small|span|strike|strong|sub|sup|time|tt|u|ul|var|wbr)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_BREAKING_TAG = re.compile(r"<(?:br|p|div|li|h[1-6])\b", re.IGNORECASE)
_LONGEST_TITLE = 8_000


def clean(text: str) -> str:
    """One line without control, invisible, direction-changing or half characters; white space folded."""
    text = _INVISIBLE.sub("", _SPACE.sub(" ", without_surrogates(text)))
    text = _MARK_RUN.sub(lambda run: run[0][:_MAX_MARKS], text)
    return _SPACE.sub(" ", text).strip()


def without_surrogates(text: str) -> str:
    """The text without halves of characters, which no database and no JSON encoder takes."""
    return _SURROGATES.sub("\ufffd", text)


def without_invisible(text: str) -> str:
    """The text without control, invisible and direction-changing characters; its white space stays."""
    return _INVISIBLE.sub("", text)


def plain(markup: str) -> str:
    """A headline as people read it: known HTML tags stripped, entities resolved, cleaned.

    Titles are nominally plain text in half of the formats and HTML in the others, and publishers use
    either in both, some escaping twice. Only names of real HTML elements are taken for tags: "List<T>" stays.
    """
    text = markup[:_LONGEST_TITLE]
    text = _COMMENT.sub("", text)
    text = _TAG.sub("", _BREAKING_TAG.sub(lambda tag: " " + tag[0], text))
    for _ in range(2):
        if not _ENTITY.search(text):
            break
        text = html.unescape(text)
    return clean(text)


def is_blank(text: str) -> bool:
    """Whether nothing in it can be seen."""
    return not any(unicodedata.category(character)[0] in "LNPS" for character in clean(text))


def units(text: str) -> int:
    """The length in UTF-16 units, never less than the number of code points."""
    return len(text) + sum(character > "\uffff" for character in text)


def cut(text: str, limit: int) -> str:
    """At most `limit` units, cut behind a word (in one huge word, a character) and marked with "…"."""
    if units(text) <= limit:
        return text
    head = _head(text, limit - 1)
    breaks = [found.start() for found in _BREAKS.finditer(head) if found.start() > len(head) // 2]
    if breaks and not text[len(head)].isspace():
        head = head[: breaks[-1]]
    head = head.rstrip().rstrip(",;:-\u2013\u2014(\u00ab\u201c").rstrip()
    return (head + ELLIPSIS) if limit > 0 else ""


def defuse(text: str) -> str:
    """The text with every mention broken by a zero-width space: it reads the same and pings nobody."""
    return _MENTION.sub(lambda start: start[0] + ZERO_WIDTH_SPACE, text)


def _head(text: str, limit: int) -> str:
    """The longest beginning of at most `limit` units that does not tear a visible character apart."""
    end = size = 0
    for end, character in enumerate(text):  # noqa: B007 - where the loop stopped is the answer
        size += 2 if character > "\uffff" else 1
        if size > limit:
            break
    else:
        return text
    return text[: boundary(text, end)]


def boundary(text: str, position: int) -> int:
    """The position, or the nearest one before it that does not tear a visible character apart."""
    for _ in range(16):
        if not 0 < position < len(text) or not _joined(text, position):
            break
        position -= 1
    return position


def _joined(text: str, position: int) -> bool:
    """Whether the characters on both sides of a position belong to one visible character."""
    before, after = text[position - 1], text[position]
    return (
        before == "\u200d"
        or after in "\u200d\ufe0f\ufe0e"
        or "\U0001f3fb" <= after <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= after <= "\U000e007f"  # the tags that make Scotland's flag
        or ("\U0001f1e6" <= after <= "\U0001f1ff" and "\U0001f1e6" <= before <= "\U0001f1ff")
        or unicodedata.category(after) in ("Mn", "Me", "Mc")
    )
