"""JSON as publishers' templates write it -> values. Raises ValueError only; linear, and never deep in the stack.

Valid JSON is left to `json`. What that refuses is read again with patience: comments, commas behind the last
element, single quotes, bare names, line breaks and quotation marks in strings, `NaN`, escaped entities, all
that wraps a script (HTML comments, CDATA, an assignment, a semicolon), and closing brackets that are missing.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any, Final

DEEPEST: Final = 100
_LONGEST_NUMBER = 20
_END = r"\s*+(?:[,:}\]]|/[/*]|\Z)"  # What may follow a string: a quotation mark before anything else is text.
_TOKEN = re.compile(
    rf"""
      (?P<skip>  [\s;]++ | //\s*(?:<!\[CDATA\[|\]\]>) | /\*.*?(?:\*/|\Z) | //[^\n]*+ | <!--|-->|<!\[CDATA\[|\]\]> )
    | "(?P<double>(?:[^"\\]++|\\.|"(?!{_END}))*+)(?P<closed>"|\Z)
    | '(?P<single>(?:[^'\\]++|\\.|'(?!{_END}))*+)(?P<shut>'|\Z)
    | (?P<mark>[{{}}\[\],:])
    | (?P<word>[^\s{{}}\[\],:"';/<]++)
    | (?P<other>.)
    """,
    re.DOTALL | re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\n": ""}
_WORDS = {"true": True, "false": False}
_NUMBER = re.compile(r"-?\d{1,20}(?:\.\d{1,20})?")


def loads(text: str) -> Any:
    """The value in `text`; several values behind each other come as a list. Raises ValueError where there is none."""
    text = text.strip().rstrip("; \r\n")
    if '"' not in text and "&quot;" in text:
        text = html.unescape(text)
    try:
        return _DECODER.decode(text)
    except RecursionError as error:
        raise ValueError(_TOO_DEEP) from error
    except ValueError:
        return _Patient().read(text)


def objects(
    document: Any, *, but: tuple[str, ...] = (), most: int | None = None
) -> Iterator[Mapping[str, Any]]:
    """Every object in a value, outer before inner, in document order.

    What stands in properties whose names end in one of `but` is left out. Ends after `most` values of any kind.
    """
    stack = [document]
    for _ in count() if most is None else range(most):
        if not stack:
            return
        value = stack.pop()
        if isinstance(value, list):
            stack.extend(reversed(value))
        elif isinstance(value, Mapping):
            yield value
            stack.extend(reversed([inner for name, inner in value.items() if not name.endswith(but)]))


def _integer(text: str) -> int | str:
    return int(text) if len(text) <= _LONGEST_NUMBER else text


_DECODER = json.JSONDecoder(strict=False, parse_int=_integer, parse_constant=lambda _: None)
_TOO_DEEP = "nested too deeply"


class _Patient:
    """Reads token by token; the stack of open containers is its own, not Python's."""

    def __init__(self) -> None:
        self._roots: list[Any] = []
        self._open: list[dict[str, Any] | list[Any]] = []
        self._names: list[str | None] = []  # For each open container: the name whose value comes next.

    def read(self, text: str) -> Any:
        for token in _TOKEN.finditer(text):
            match token.lastgroup:
                case "mark":
                    self._mark(token[0])
                case "word" if self._open:
                    self._place(_word(token[0]))
                case "closed" | "shut":
                    if not token[token.lastgroup]:
                        raise ValueError("ends within a string")
                    self._place(_unescaped(token["double"] or token["single"] or ""))
        if not self._roots:
            raise ValueError("no object and no list")
        return self._roots[0] if len(self._roots) == 1 else self._roots

    def _mark(self, mark: str) -> None:
        match mark:
            case "{":
                self._begin({})
            case "[":
                self._begin([])
            case "}":
                self._end(dict)
            case "]":
                self._end(list)
            case "," if self._names:
                self._names[-1] = None

    def _begin(self, container: dict[str, Any] | list[Any]) -> None:
        if len(self._open) >= DEEPEST:
            raise ValueError(_TOO_DEEP)
        self._place(container)
        self._open.append(container)
        self._names.append(None)

    def _end(self, kind: type) -> None:
        """Closes the innermost container of a kind, and what was left open in it."""
        if not any(isinstance(container, kind) for container in self._open):
            return
        while True:
            self._names.pop()
            if isinstance(self._open.pop(), kind):
                return

    def _place(self, value: Any) -> None:
        container = self._open[-1] if self._open else None
        if container is None:
            if isinstance(value, dict | list):
                self._roots.append(value)
        elif isinstance(container, list):
            container.append(value)
        elif self._names[-1] is None and not isinstance(value, dict | list):
            self._names[-1] = str(value)
        else:
            container[self._names[-1] or ""] = value
            self._names[-1] = None


def _word(word: str) -> Any:
    if word in ("null", "undefined", "NaN", "Infinity", "-Infinity"):
        return None
    if _NUMBER.fullmatch(word):
        return float(word) if "." in word else int(word)
    return _WORDS.get(word, word)


def _unescaped(text: str) -> str:
    text = _ESCAPE.sub(_character, text)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # Two halves make a character.


def _character(escape: re.Match[str]) -> str:
    code = escape[1]
    return chr(int(code[1:], 16)) if len(code) > 1 else _ESCAPED.get(code, code)
