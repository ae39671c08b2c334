"""Whether words occur in a text, whatever the case and width of their letters. Pure.

A word is found as a whole: "art" is not in "party". Chinese, Japanese, Thai, Lao, Khmer, Burmese and Tibetan write no
spaces between words, and Korean writes its particles onto them, so in these scripts a word is found anywhere.
"""

import re
import unicodedata

from bot.domain.text import clean

_UNSPACED = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u19e0-\u19ff\u3040-\u318f\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]"
)


def fold(text: str) -> str:
    """One line in which letters that a reader takes for the same are the same (Unicode's NFKC and case folding).

    Accents stay. Turkish dotted and dotless i count as one, for upper case does not tell which was meant.
    """
    folded = unicodedata.normalize("NFKC", clean(text)).casefold()
    return clean(unicodedata.normalize("NFKC", folded).replace("i\u0307", "i").replace("\u0131", "i"))


def occurs(words: str, text: str, *, beginning: bool = False) -> bool:
    """Whether the words, one after the other, are in the text; both are folded. `beginning`: the last may go on."""
    start = text.find(words) if words else -1
    while start >= 0:
        end = start + len(words)
        if not _within_word(text, start) and (beginning or not _within_word(text, end)):
            return True
        start = text.find(words, start + 1)
    return False


def _within_word(text: str, position: int) -> bool:
    """Whether the characters on both sides belong to one word of a script that writes spaces."""
    return 0 < position < len(text) and all(map(_is_part_of_word, text[position - 1 : position + 1]))


def _is_part_of_word(character: str) -> bool:
    if _UNSPACED.match(character):
        return False
    return character == "_" or unicodedata.category(character)[0] in "LMN"
