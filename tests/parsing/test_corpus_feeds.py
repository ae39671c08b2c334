"""Real, sample, hostile and conformance feeds, all the way from bytes to a message that Discord takes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.identity import identify
from bot.domain.rendering import headline, starter, thread_name
from bot.errors import ParseError
from bot.parsing import parse

CORPUS = Path(__file__).parents[2] / ".." / "shared" / "corpus"
LIVE_MENTION = re.compile(r"@(?:everyone|here)|<(?:@|#|/|a?:\w|t:|id:)", re.IGNORECASE)

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the shared corpus is not here")


def files(folder: str) -> Iterator[Path]:
    for path in sorted((CORPUS / folder).rglob("*")):
        if path.is_file() and path.suffix != ".gz" and not path.name.endswith(".truth.json"):
            yield path


def entries_shown(path: Path) -> int:
    """How many entries of a file become messages, each checked against Discord's limits."""
    try:
        feed = parse("https://feeds.example/all.xml", path.read_bytes())
    except ParseError:
        return 0
    identified = identify(feed.entries)
    assert len({names[0] for _, names in identified}) == len(identified)
    for entry, names in identified:
        assert all(0 < len(name) <= 200 for name in names)
        name = thread_name(headline(entry))
        assert name.startswith("[News] ")
        assert 7 < utf16(name) <= 100
        message = starter(entry, publisher=feed.title, publisher_link=feed.link, follow_id="follow:1")
        (embed,) = message.embeds
        assert 0 < utf16(embed.title) <= 256
        assert utf16(embed.title) + utf16(embed.description) + utf16(embed.footer) <= 6000
        assert utf16(embed.description) <= 4096
        assert not LIVE_MENTION.search(embed.title + embed.description + embed.footer)
        assert all(
            0 < utf16(button.label) <= 80 and len(button.url or "") <= 512 for button in message.buttons
        )
    return len(identified)


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    ("folder", "feeds", "entries"),
    [
        ("feeds/real", 186, 5_100),
        ("feeds/sample", 140, 210),
        ("hostile", 45, 170),
        ("feeds/conformance/gofeed", 95, 98),
        ("feeds/conformance/feedparser", 630, 640),
    ],
)
def test_every_feed_of_the_corpus_is_shown_within_limits(folder: str, feeds: int, entries: int) -> None:
    shown = [entries_shown(path) for path in files(folder)]
    print(f"{folder}: {sum(map(bool, shown))} of {len(shown)} files yield {sum(shown)} entries")  # noqa: T201

    assert sum(map(bool, shown)) >= feeds
    assert sum(shown) >= entries
