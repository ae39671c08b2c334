"""Which live blog goes on where this one ends: what a closing page links to ("… our coverage continues here").

Only a text that says it ends is looked at, and only links in a sentence that leads on: otherwise the live blogs of
yesterday and of other matters, which every live blog links to, would be taken for the next one.
"""

import re
from datetime import date

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.domain.entries import Entry
from bot.domain.identity import canonical_link
from bot.domain.live import LiveReading
from bot.domain.live_signs import live_candidate, plain_text
from bot.domain.live_words import says_closed, says_goodbye
from bot.domain.nesting import flattened
from bot.domain.urls import absolute
from bot.parsing.live.page import attribute_of

_LONGEST = 20_000
_MOST_LINKS = 50
_LEADS_ON = re.compile(
    r"\b(?:here|continu\w+|follow|join|new (?:live )?(?:blog|page)|latest|next|tomorrow|hier|weiter|fortsetzung|neuen?"
    r"|ici|suivez|suite|aquí|sigue\w*|siga\w*|qui|continua\w*|segui\w*|aqui|acompanh\w+)\b",
    re.IGNORECASE,
)
_LEADS_BACK = re.compile(
    r"\b(?:yesterday|previous|earlier|last night|gestern|vorherig\w*|d.hier|ayer|ieri|ontem|gisteren)\b",
    re.IGNORECASE,
)
_DATE = re.compile(r"/(20\d\d)/(\d{1,2}|[a-z]{3})/(\d{1,2})(?:/|$)", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def successor_of(reading: LiveReading) -> str | None:
    """The address of the next live blog, where the standfirst or the newest update ends this one and names it."""
    newest = max(reading.updates, key=_when) if any(u.published_at for u in reading.updates) else None
    newest = newest or next(iter(reading.updates), None)
    texts = [(reading.standfirst, reading.url)]
    if newest is not None:
        texts.append((newest.body, newest.link or reading.url))
    for markup, base in texts:
        if "<a" in markup and _ends(markup):
            for link in _leading_on(markup, base):
                if _is_next(link, reading.url):
                    return link
    return None


def _when(update: Entry) -> float:
    return update.published_at.timestamp() if update.published_at else 0.0


def _ends(markup: str) -> bool:
    text = plain_text(markup[:_LONGEST])
    return says_closed(text, above=True) or says_goodbye(text)


def _leading_on(markup: str, base: str) -> list[str]:
    tree = LexborHTMLParser(flattened(markup[:_LONGEST]))
    found = []
    for node in tree.css("a[href]")[:_MOST_LINKS]:
        around = _sentence(node)
        if _LEADS_ON.search(around) and not _LEADS_BACK.search(around):
            found.append(absolute(attribute_of(node, "href"), base))
    return [link for link in found if link]


def _sentence(node: LexborNode) -> str:
    """The text around a link: its block, as far as a few elements up."""
    for _ in range(4):
        if node.parent is None or node.tag in ("p", "li", "div", "td", "blockquote"):
            break
        node = node.parent
    return node.text()[:1_000]


def _is_next(link: str, url: str) -> bool:
    """Whether a link leads to another live blog, none of an earlier day."""
    if live_candidate(Entry(link=link)) is None or canonical_link(link) == canonical_link(url):
        return False
    own, other = _day(url), _day(link)
    return own is None or other is None or other >= own


def _day(url: str) -> date | None:
    """The day in an address: `/2026/4/22/` or `/2023/may/15/`."""
    found = _DATE.search(url)
    if not found:
        return None
    month = found[2].lower()
    try:
        return date(int(found[1]), _MONTHS.index(month) + 1 if month.isalpha() else int(month), int(found[3]))
    except ValueError:
        return None
