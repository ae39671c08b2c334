"""How far our reading of feeds agrees with the truths of feedparser's and gofeed's own tests.

Run `python scripts/measure_conformance.py [CORPUS]`: prints the percentage of each, what was not judged because we
carry no such value, and every miss with its reason from tests/parsing/conformance_misses.toml.
"""

import re
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import feedparser_truths
import gofeed_truths
from conformance_truths import Truth, agrees

from bot.domain.entries import ParsedFeed
from bot.errors import ParseError
from bot.parsing import parse

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / ".." / "shared" / "corpus"
EXPLAINED = ROOT / "tests" / "parsing" / "conformance_misses.toml"
_ENTRY = re.compile(rb"(<(?:\w+:)?(?:item|entry)\b[^>]*(?<!/)>)(.*?</(?:\w+:)?(?:item|entry)\s*>)", re.DOTALL)
_HEADLINE = b"<title>Headline</title>"
UNEXPLAINED = "not explained"


@dataclass(kw_only=True)
class Score:
    """The outcome of one suite. `unread` counts truths by the name of what we do not carry."""

    suite: str
    agreed: int = 0
    misses: list[Truth] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)

    @property
    def judged(self) -> int:
        return self.agreed + len(self.misses)

    @property
    def percentage(self) -> float:
        return 100 * self.agreed / self.judged


def measure(corpus: Path) -> list[Score]:
    root = corpus / "feeds" / "conformance"
    return [
        _score("feedparser", root, feedparser_truths.files(root), feedparser_truths.truths),
        _score("gofeed", root, gofeed_truths.files(root), gofeed_truths.truths),
    ]


def _score(
    suite: str, root: Path, files: Iterable[Path], truths: Callable[[Path, Path], list[Truth]]
) -> Score:
    score = Score(suite=suite)
    for path in files:
        feed = _reading(path, root)
        for truth in truths(root, path):
            if truth.field is None:
                score.unread[truth.name] += 1
            elif agrees(truth, feed):
                score.agreed += 1
            else:
                score.misses.append(truth)
    return score


def _filled(body: bytes) -> bytes:
    """The feed with a headline for each entry that has none: one with nothing to read in it is left out by design."""
    return _ENTRY.sub(
        lambda entry: entry[0] if b"title" in entry[0] else entry[1] + _HEADLINE + entry[2], body
    )


def _reading(path: Path, root: Path) -> ParsedFeed | None:
    body = path.read_bytes()
    address = path.relative_to(root / path.relative_to(root).parts[0]).as_posix()
    try:
        return parse(
            f"{feedparser_truths.HOST}/tests/{address}", _filled(body), feedparser_truths.content_type(body)
        )
    except ParseError:
        return None


def reasons() -> Mapping[str, str]:
    """Why each explained miss is one, by its key."""
    table = tomllib.loads(EXPLAINED.read_text())
    return {key: group["reason"] for group in table["explained"] for key in group["misses"]}


def main() -> None:
    explained = reasons()
    for score in measure(Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS):
        unread = sum(score.unread.values())
        print(
            f"{score.suite}: {score.percentage:.1f} % of {score.judged} truths"
            f" ({len(score.misses)} missed, {unread} of things we do not carry)"
        )
        for name, count in score.unread.most_common():
            print(f"    not carried: {count:4} {name}")
        for reason, count in Counter(
            explained.get(miss.key, UNEXPLAINED) for miss in score.misses
        ).most_common():
            print(f"    {count:4} missed: {reason}")
        for miss in score.misses:
            if miss.key not in explained:
                print(f"    {UNEXPLAINED}: {miss.key} should be {miss.expected!r}")


if __name__ == "__main__":
    main()
