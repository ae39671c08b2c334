"""What tells that an entry is a live blog, and that a live blog has ended. Pure: no clock, no I/O.

The end is never taken from one publisher's meaning of a field: `coverageEndTime` alone proves nothing, for some set it
to the last change, to a day after the start, or to now. Each sign counts once it has stood, and the blog has been
silent, for as long as `PATIENCE` asks. Rules and evidence: docs/decisions/0018.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from bot.domain.entries import Entry
from bot.domain.live import LiveReading
from bot.domain.live_words import is_title_of_the_past, says_closed, says_goodbye
from bot.domain.markdown import to_markdown
from bot.domain.text import clean


class Sign(StrEnum):
    """What told of an end; the values are stored."""

    FLAG = "flag"  # The site's own flag says that it is not live.
    SENTENCE = "sentence"  # The page says that the live blog is closed.
    TITLE = "title"  # "… - as it happened", or "… live: …" became "… updates: …".
    END = "end"  # A time of its end, in the past, appeared where there was none before (WordPress).
    GOODBYE = "goodbye"  # The newest update says goodbye, or the page that it will close soon.
    CHANGED = "changed"  # The page is no live blog any more.
    GONE = "gone"  # The page is not there any more (404, 410).
    SILENCE = "silence"


QUIET = timedelta(minutes=30)
# The longest silence seen in a blog that went on was 4.4 hours.
PATIENCE: Mapping[Sign, timedelta] = {
    Sign.FLAG: timedelta(),
    Sign.SENTENCE: timedelta(),
    Sign.TITLE: timedelta(),
    Sign.END: QUIET,
    Sign.GOODBYE: QUIET,
    Sign.CHANGED: QUIET,
    Sign.GONE: QUIET,
    Sign.SILENCE: timedelta(hours=8),
}
PLAIN = tuple(sign for sign, patience in PATIENCE.items() if not patience)
REPEATS = 3  # Answers in a row: a page may be away, or look otherwise, by mistake.


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What readings have shown so far. `since`: the signs that stand now, and since when.

    `lacked_end`: some reading had no time of its end; `past_end`: the last one had one, in the past; `end_disproved`:
    such a time was followed by an update. `repeats`: answers in a row that had no live blog.
    """

    since: Mapping[Sign, datetime] = field(default_factory=dict)
    was_live: bool = False  # by its title
    lacked_end: bool = False
    past_end: bool = False
    end_disproved: bool = False
    repeats: int = 0


def look(signs: Signs, reading: LiveReading, newest: Entry | None, now: datetime, *, grew: bool) -> Signs:
    """The signs after a reading whose newest update is `newest`; `grew`: it has updates that are new to us."""
    after = replace(
        signs,
        was_live=signs.was_live or _is_live_title(reading.title),
        end_disproved=signs.end_disproved or (signs.past_end and grew),
        past_end=reading.coverage_end is not None and reading.coverage_end <= now,
        repeats=0,
    )
    standing = {sign: signs.since.get(sign, now) for sign in _standing(after, reading, newest)}
    return replace(after, since=standing, lacked_end=signs.lacked_end or reading.coverage_end is None)


def _standing(signs: Signs, reading: LiveReading, newest: Entry | None) -> set[Sign]:
    standfirst = plain_text(reading.standfirst)
    texts = [standfirst, *([clean(newest.title), plain_text(newest.body)] if newest else [])]
    found = set()
    if reading.is_live is False:
        found.add(Sign.FLAG)
    if says_closed(standfirst, above=True) or any(says_closed(text) for text in texts[1:]):
        found.add(Sign.SENTENCE)
    if is_title_of_the_past(reading.title) or (signs.was_live and _is_updates_title(reading.title)):
        found.add(Sign.TITLE)
    if signs.past_end and signs.lacked_end and not signs.end_disproved:
        found.add(Sign.END)
    if any(says_goodbye(text) for text in texts):
        found.add(Sign.GOODBYE)
    return found


def miss(signs: Signs, sign: Sign, now: datetime) -> Signs:
    """The signs after an answer without the live blog: CHANGED or GONE."""
    since = {**signs.since, sign: signs.since.get(sign, now)}
    return replace(signs, since=since, repeats=signs.repeats + 1)


def told_by(signs: Signs, active_at: datetime, now: datetime) -> Sign | None:
    """The sign that tells of the end now; None: it goes on. `active_at`: when its newest update came."""
    for sign, patience in PATIENCE.items():
        if sign is Sign.SILENCE:
            stood_since = active_at
        elif sign in signs.since and not (sign in (Sign.CHANGED, Sign.GONE) and signs.repeats < REPEATS):
            stood_since = max(signs.since[sign], active_at) if patience else now
        else:
            continue
        if now - stood_since >= patience:
            return sign
    return None


def still_told(signs: Signs) -> bool:
    """Whether the page itself still says that it is over, so that a late update does not open it again."""
    return any(sign in signs.since for sign in PLAIN)


def plain_text(html: str) -> str:
    """The words of an HTML fragment, a paragraph a line."""
    return "\n".join(block.text for block in to_markdown(html, limit=4_000).blocks)


_LIVE_TITLE = re.compile(
    r"\blive(?: updates| blog| news)?\s*[:!\u2013\u2014-]|\blive(?: updates| blog)?!?$|^live-?(?:blog|ticker)\b",
    re.IGNORECASE,
)
_UPDATES_TITLE = re.compile(r"\bupdates?\s*:", re.IGNORECASE)
_LIVE_PATH = re.compile(
    r"/(?:live|live-news|live-updates|live-blogs?|liveblogs?|liveticker|live-ticker|directo|en-direct)/[^/]"
    r"|/(?:live-?blog|liveticker|newsblog)-[^/]"
    r"|/live-\d{5,}(?:/|$)"
    r"|[-/](?:live-?blog|live-?ticker|live-updates)(?:[-.]\w+)*/?$",
    re.IGNORECASE,
)
_NO_BLOG_PATH = re.compile(
    r"/(?:videos?|av|audio|sounds?|radio|podcasts?|tv|iplayer|watch|live-?streams?|live-tv|live-radio|events?|tickets)(?:/|$)",
    re.IGNORECASE,
)
_NO_BLOG_HOST = re.compile(
    r"(?:^|\.)(?:youtube\.com|youtu\.be|twitch\.tv|facebook\.com|tiktok\.com|instagram\.com)$"
)
_NO_BLOG_TITLE = re.compile(
    r"\b(?:to|i|you|we|they|who|people) live\b|\b(?:watch|listen)\b.{0,40}\blive\b"
    r"|\blive ?-?stream|\blive (?:music|album|review|show|tour)\b",
    re.IGNORECASE,
)


def live_candidate(entry: Entry) -> str | None:
    """The address worth one look, where an entry's link or title says that its page is a live blog that goes on."""
    if not entry.link or is_title_of_the_past(entry.title) or _NO_BLOG_TITLE.search(entry.title):
        return None
    parts = urlsplit(entry.link)
    if parts.scheme not in ("http", "https") or _NO_BLOG_HOST.search(parts.netloc.lower()):
        return None
    if _NO_BLOG_PATH.search(parts.path):
        return None
    is_live = bool(_LIVE_PATH.search(parts.path)) or _is_live_title(entry.title)
    return entry.link if is_live else None


def _is_live_title(title: str) -> bool:
    return bool(_LIVE_TITLE.search(clean(title)))


def _is_updates_title(title: str) -> bool:
    text = clean(title)
    return bool(_UPDATES_TITLE.search(text)) and not _is_live_title(text)
