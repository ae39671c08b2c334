"""HTML made shallow enough for a parser whose effort grows with depth. Pure; it knows tags, not their meaning.

lexbor takes quadratic time on deep nesting (40,000 `<div>`: 2.5 s). Here, tags that are nested deeper than
anybody writes are removed before it sees them, in one pass; their text stays.
"""

import re
from collections import Counter
from typing import Final

DEEPEST: Final = 256


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OPTIONAL_END = _names("p li td th tr dt dd option thead tbody tfoot br img hr wbr input meta link source")
_FOREIGN = frozenset(("svg", "math"))  # Only in these does "/>" close an element,
_ENDING_FOREIGN = _names(  # and each of these ends them (HTML Standard, 13.2.6.5).
    "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu"
    " meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var"
)
_MARKUP = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    r"|<(script|style)\b.*?(?:</\1\s*>|\Z)"
    r"""|<(/?)([a-z][a-z0-9-]*+)(?:[^<>=]++|=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))?)*+>?""",
    re.IGNORECASE | re.DOTALL,
)


def flattened(html: str) -> str:
    """The same without tags nested deeper than 256. What scripts, styles and comments contain is no tag."""
    if html.count("<") <= DEEPEST:
        return html
    depth = foreign = 0
    open_tags: Counter[str] = Counter()

    def shallow(found: re.Match[str]) -> str:
        nonlocal depth, foreign
        closing, name = found[2], (found[3] or "").lower()
        if name in _ENDING_FOREIGN:
            foreign = 0
        if foreign and found[1]:
            return ""  # There, a script is an element like any other, and nobody needs it.
        if not name or name in _OPTIONAL_END:
            return found[0]
        if foreign and found[0].endswith("/>"):
            return found[0]
        if closing and not open_tags[name]:
            return found[0]  # It closes nothing.
        level = depth if closing else depth + 1  # How deep the element is that this tag opens or closes.
        depth = level - 1 if closing else level
        open_tags[name] += -1 if closing else 1
        if name in _FOREIGN:
            foreign = max(foreign + (-1 if closing else 1), 0)
        return "" if level > DEEPEST else found[0]

    return _MARKUP.sub(shallow, html)
