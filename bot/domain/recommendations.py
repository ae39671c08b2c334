"""A recommended post as a value: whose it is and how it begins. Pure; never holds a whole post.

What is kept is plain text; `domain.digests` escapes it where it is shown.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from bot.domain.text import clean, cut
from bot.errors import RefusedError

MOST = 25  # in one list
_EXCERPT = 200
_SPOILER = re.compile(r"\|\|.+?\|\|", re.DOTALL)
_EMOJI = re.compile(r"<a?(:\w+:)\d+>", re.ASCII)
_MENTION = re.compile(r"<([@#])[!&]?\d+>", re.ASCII)
_LINK = re.compile(r"https?://(?:\w+\.)?discord(?:app)?\.com/channels/\d+/(\d{1,19})/(\d{1,19})/?", re.ASCII)
_ID = re.compile(r"\d{1,19}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """`excerpt` is empty where Discord did not let us read the post; `by` is the moderator."""

    message_id: int
    author_id: int | None
    author_name: str
    excerpt: str
    by: int
    at: datetime


def excerpt(content: str) -> str:
    """The beginning of a post in plain words; what is behind a spoiler stays there."""
    text = _SPOILER.sub("▒▒▒", content)
    text = _MENTION.sub(r"\1…", _EMOJI.sub(r"\1", text))
    return cut(clean(text), _EXCERPT)


def post_from(text: str) -> tuple[int | None, int]:
    """Thread (None: not said) and message that a person names by link or id. Raises RefusedError for anything else."""
    text = text.strip()
    if link := _LINK.fullmatch(text):
        return _snowflake(link[1]), _snowflake(link[2])
    if _ID.fullmatch(text):
        return None, _snowflake(text)
    raise RefusedError("That is no message. Choose *Copy Message Link* in its menu, and give me that.")


def _snowflake(digits: str) -> int:
    if int(digits) >= 1 << 63:
        raise RefusedError("That is no message. Choose *Copy Message Link* in its menu, and give me that.")
    return int(digits)
