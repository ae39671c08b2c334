"""Which entries of a feed a channel wants, as one line that people type. Pure: no clock.

    ferry "cable car" elect*      entries in which any of these occurs
    -strike -/gold(en)? cup/      but none of these; /…/ is a regular expression
    title:ferry -title:live       only looked for in the title
    category:politics -category:sport   language:en   age:2d

Regular expressions are RE2's, which never backtracks: time grows with the text, not with what could match. Never run
`re` on an expression that somebody typed.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final

import re2

from bot.domain import html_reader
from bot.domain.durations import is_duration, parse_duration
from bot.domain.entries import Entry
from bot.domain.occurrence import fold, occurs
from bot.domain.text import clean, without_invisible, without_surrogates
from bot.domain.wording import Listing, Phrase, _
from bot.errors import RefusedError

LONGEST: Final = 1000
MOST_TERMS: Final = 50
_LONGEST_READ = 8_000  # Characters of an entry's text that are looked at.
# Instructions of RE2, of all expressions of a filter: what bounds the time where a state machine outgrows its memory.
_LARGEST_PROGRAMS = 3_000
_MEMORY = 2 << 20

_EXAMPLE = 'ferry "cable car" -strike category:politics language:en age:2d'
# Never a word: what begins like a quotation or an expression that does not end; but "http://…" is one.
_TERM = re.compile(
    r"(?P<minus>-?+)(?:(?P<key>[^\W\d_]+):)?"
    r'(?:"(?P<phrase>[^"]*)"|/(?P<regex>(?:[^/\\]|\\.)*)/|(?P<word>(?![^\W\d_]+:(?:"|/(?!/)))[^\s"/]\S*)?)[,;]*(?=\s|\Z)'
)
_QUOTES = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02", '"'))
_CONTROLS = re.compile(r"[\s\x00-\x1f]")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*")
_OPERATORS = ("AND", "OR", "NOT", "|", "||", "&", "&&", "!")


class Kind(StrEnum):
    WORDS = "words"
    BEGINNING = "beginning"  # Of a word: `elect*`.
    REGEX = "regex"
    CATEGORY = "category"
    LANGUAGE = "language"
    AGE = "age"


_TEXTUAL = (Kind.WORDS, Kind.BEGINNING, Kind.REGEX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One part of a filter. `text` is its canonical spelling; `value` is folded, but for a regular expression."""

    text: str
    kind: Kind
    value: str
    excluded: bool = False
    in_title: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """What passes: any of the words, any of the categories, any of the languages, and nothing that is excluded."""

    terms: tuple[Term, ...] = ()

    @property
    def text(self) -> str:
        """The canonical spelling, which reads as the same filter."""
        return " ".join(term.text for term in self.terms)


def parse_filter(text: str) -> Filter:
    """What a person means; "" lets everything pass. Raises RefusedError, with an example, for what has no meaning."""
    line = without_invisible(_CONTROLS.sub(" ", without_surrogates(text))).translate(_QUOTES).strip()
    if len(line) > LONGEST:
        raise RefusedError("A filter can have {limit} characters at most.", limit=LONGEST)
    terms: dict[Term, int] = {}
    for term in _terms(line):
        terms[term] = _compiled(term.value).programsize if term.kind is Kind.REGEX else 0
        if len(terms) > MOST_TERMS:
            raise RefusedError("A filter can have {limit} parts at most.", limit=MOST_TERMS)
        if sum(terms.values()) > _LARGEST_PROGRAMS:
            raise RefusedError("The regular expressions are too large. Use fewer or simpler ones.")
    if sum(term.kind is Kind.AGE for term in terms) > 1:
        raise RefusedError("A filter can have one age only, such as `age:2d`.")
    return Filter(tuple(terms))


def refusal(wanted: Filter, entry: Entry, *, language: str, now: datetime) -> Phrase | None:
    """Why an entry does not pass, or None. `language` is the feed's own ("en-GB"), or "" where it names none.

    Words are looked for in the title and the text, not in markup. What the entry does not tell (its date, the feed's
    language) is not held against it.
    """
    return (
        _language_refusal(wanted, language)
        or _category_refusal(wanted, entry)
        or _age_refusal(wanted, entry, now)
        or _text_refusal(wanted, entry)
    )


def _terms(line: str) -> Iterator[Term]:
    position = 0
    while position < len(line):
        found = _TERM.match(line, position)
        if found is None:
            raise _unreadable(line[position:])
        if found[0]:
            term = _term(found)
            if term:
                yield term
        position = found.end() + 1


def _unreadable(rest: str) -> RefusedError:
    if re.match(r'-?(?:[^\W\d_]+:)?"[^"]*$', rest):
        return RefusedError(
            "A quotation mark is not closed at {part}. Write for example {example}.",
            part=_code(rest),
            example='`"cable car"`',
        )
    if re.match(r"-?(?:[^\W\d_]+:)?/(?:[^/\\]|\\.)*\\?$", rest):
        return RefusedError(
            "A regular expression is not closed at {part}. Write for example {example}, or {quoted} for the text.",
            part=_code(rest),
            example="`/gold(en)? cup/`",
            quoted=_code(f'"{rest.split(maxsplit=1)[0]}"'),
        )
    return RefusedError(
        "After a closing quotation mark or slash comes a space, not {part}. Write for example {example}.",
        part=_code(rest),
        example=f"`{_EXAMPLE}`",
    )


def _term(found: re.Match[str]) -> Term | None:
    excluded, key = bool(found["minus"]), (found["key"] or "").lower()
    if found["regex"] is not None and key in ("", "title"):
        return _regex(found["regex"], excluded=excluded, in_title=bool(key))
    phrase = found["phrase"]
    value = clean(phrase if phrase is not None else (found["word"] or "").rstrip(",;"))
    if not found["minus"] and not key and phrase is None and not value:
        return None  # A comma that stood alone.
    match key:
        case "" | "title":
            return _words(value, quoted=phrase is not None, excluded=excluded, in_title=bool(key))
        case "category":
            return _category(value, quoted=phrase is not None, excluded=excluded)
        case "language":
            return _language(value, excluded=excluded)
        case "age":
            return _age(value, excluded=excluded)
    raise RefusedError(
        "There is no {key}; there are {known}. To look for the text itself, write it in quotation marks: {quoted}.",
        key=_code(f"{key}:"),
        known=Listing(("title:", "category:", "language:", "age:"), "`{}`"),
        quoted=_code(f'"{found[0].lstrip("-").replace(chr(34), "")}"'),
    )


def _regex(source: str, *, excluded: bool, in_title: bool) -> Term:
    if not source:
        raise RefusedError(
            "There is nothing between the slashes. Write for example {example}.", example="`/gold(en)? cup/`"
        )
    try:
        _compiled(source)
    except re2.error as error:
        raise RefusedError(
            "{part} is not a regular expression that I understand: {fault}",
            part=_code(f"/{source}/"),
            fault=_code(error.args[0].decode(errors="replace")),
        ) from None
    return Term(
        text=_spelt(f"/{source}/", excluded=excluded, in_title=in_title),
        kind=Kind.REGEX,
        value=source,
        excluded=excluded,
        in_title=in_title,
    )


def _words(value: str, *, quoted: bool, excluded: bool, in_title: bool) -> Term:
    if not quoted and value in _OPERATORS:
        raise RefusedError(
            "{part} has no meaning here: entries pass if any of the words occurs, and `-` excludes one. "
            "To look for the word itself, write {quoted}.",
            part=_code(value),
            quoted=_code(f'"{value}"'),
        )
    beginning = not quoted and len(value) > 1 and value.endswith("*")
    folded = fold(value.removesuffix("*") if beginning else value)
    if not any(unicodedata.category(character)[0] in "LNS" for character in folded):
        raise RefusedError(
            "There is no word to look for in {part}. Write for example {example}.",
            part=_code(_spelt(f'"{value}"' if quoted else value, excluded=excluded, in_title=in_title)),
            example=f"`{_EXAMPLE}`",
        )
    return Term(
        text=_spelt(f'"{value}"' if quoted else value, excluded=excluded, in_title=in_title),
        kind=Kind.BEGINNING if beginning else Kind.WORDS,
        value=folded,
        excluded=excluded,
        in_title=in_title,
    )


def _category(value: str, *, quoted: bool, excluded: bool) -> Term:
    if not fold(value):
        raise RefusedError(
            'Write the category after the colon: `category:politics`, `-category:"world news"`.'
        )
    text = _spelt("category:" + (f'"{value}"' if quoted else value), excluded=excluded)
    return Term(text=text, kind=Kind.CATEGORY, value=fold(value), excluded=excluded)


def _language(value: str, *, excluded: bool) -> Term:
    code = _language_code(value)
    if not _LANGUAGE.fullmatch(code):
        raise RefusedError("Write a language by its code: `language:en`, `-language:pt-br`.")
    text = _spelt(f"language:{code}", excluded=excluded)
    return Term(text=text, kind=Kind.LANGUAGE, value=code, excluded=excluded)


def _age(value: str, *, excluded: bool) -> Term:
    if excluded or not is_duration(value):
        raise RefusedError("Write the greatest age of entries like this: `age:12h`, `age:2d`, `age:1w`.")
    parse_duration(value)
    spelt = f'"{value}"' if " " in value else value
    return Term(text=f"age:{spelt}", kind=Kind.AGE, value=value)


def _spelt(text: str, *, excluded: bool, in_title: bool = False) -> str:
    return "-" * excluded + "title:" * in_title + text


def _language_code(language: str) -> str:
    return language.strip().lower().replace("_", "-")


def _language_refusal(wanted: Filter, language: str) -> Phrase | None:
    code = _language_code(language)
    terms = [term for term in wanted.terms if term.kind is Kind.LANGUAGE]
    if not code or not terms:
        return None
    fitting = [term for term in terms if code == term.value or code.startswith(f"{term.value}-")]
    if excluding := [term for term in fitting if term.excluded]:
        return Phrase(
            _("Its language, {language}, is excluded by {term}."),
            language=_code(code),
            term=_code(excluding[0].text),
        )
    included = _included(terms)
    if not included or any(term in fitting for term in included):
        return None
    return Phrase(
        _("Its language, {language}, is not among {terms}."), language=_code(code), terms=_listing(included)
    )


def _category_refusal(wanted: Filter, entry: Entry) -> Phrase | None:
    terms = [term for term in wanted.terms if term.kind is Kind.CATEGORY]
    if not terms:
        return None
    own = {fold(category) for category in entry.categories}
    return _refused(terms, [term for term in terms if term.value in own], _("It is not in {terms}."))


def _age_refusal(wanted: Filter, entry: Entry, now: datetime) -> Phrase | None:
    at = entry.published_at or entry.revised_at
    for term in wanted.terms:
        if term.kind is Kind.AGE and at is not None and now - at > parse_duration(term.value):
            return Phrase(_("It is older than {term} allows."), term=_code(term.text))
    return None


def _text_refusal(wanted: Filter, entry: Entry) -> Phrase | None:
    terms = [term for term in wanted.terms if term.kind in _TEXTUAL]
    if not terms:
        return None
    text = _Text.of(entry)
    found = [term for term in terms if text.has(term)]
    return _refused(terms, found, _("None of {terms} occurs in it."))


def _refused(terms: list[Term], found: list[Term], none_of: str) -> Phrase | None:
    """Why what was found of the terms is not enough, or too much."""
    if excluding := [term for term in found if term.excluded]:
        return Phrase(_("It is excluded by {term}."), term=_code(excluding[0].text))
    included = _included(terms)
    if not included or any(term in found for term in included):
        return None
    return Phrase(none_of, terms=_listing(included))


def _included(terms: list[Term]) -> list[Term]:
    return [term for term in terms if not term.excluded]


@dataclass(frozen=True, slots=True)
class _Text:
    """An entry's title, and its text line by line, as read for words and for regular expressions."""

    title: str
    body: str
    folded_title: str
    folded_body: str

    @classmethod
    def of(cls, entry: Entry) -> "_Text":
        document = html_reader.read(entry.body, entry.link, most_text=_LONGEST_READ)
        lines = [clean(line) for block in document.blocks for line in block.text.split("\n")]
        title, body = clean(entry.title)[:_LONGEST_READ], "\n".join(lines)[:_LONGEST_READ]
        return cls(title, body, fold(title), "\n".join(map(fold, body.split("\n"))))

    def has(self, term: Term) -> bool:
        if term.kind is Kind.REGEX:
            places = [unicodedata.normalize("NFC", place) for place in (self.title, self.body)]
            return any(_compiled(term.value).search(place) for place in places[: 1 if term.in_title else 2])
        beginning = term.kind is Kind.BEGINNING
        if occurs(term.value, self.folded_title, beginning=beginning):
            return True
        return not term.in_title and occurs(term.value, self.folded_body, beginning=beginning)


@lru_cache(maxsize=64)
def _compiled(source: str) -> "re2._Regexp":
    options = re2.Options()
    options.case_sensitive = False
    options.never_capture = True
    options.log_errors = False
    options.max_mem = _MEMORY
    return re2.compile(unicodedata.normalize("NFC", source), options)


def _listing(terms: list[Term]) -> Listing:
    return Listing(tuple(_code(term.text) for term in terms))


def _code(text: str) -> str:
    """A part of what was typed, as it stands and inert."""
    return f"`{text.replace('`', chr(39))}`"
