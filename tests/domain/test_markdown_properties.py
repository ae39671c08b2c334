"""Whatever the HTML: within the limit, no live mention, nothing torn, and the words are the publisher's."""

import html
import re

from hypothesis import given, settings, strategies as st

from bot.domain.markdown import cut, escape, to_markdown
from bot.domain.text import clean, is_blank, units, without_invisible, without_surrogates

LIVE_MENTION = re.compile(r"@(?:everyone|here)|<(?:@|#|/|a?:\w|t:|id:)", re.IGNORECASE)
NASTY = "abc 12.\n*_~`|\\#->+<[](){}@:/.&;!'\"=\u200b\u202eé日😀"
TOKENS = [
    "@everyone",
    "@here",
    "<@1>",
    "<@&2>",
    "<#3>",
    "<t:1:R>",
    "<:a:1>",
    "https://n.example/a_b*c",
    "http://",
    "```",
    "**",
]
WORDS = st.lists(st.sampled_from(TOKENS) | st.text(NASTY, max_size=8) | st.text(max_size=3), max_size=6).map(
    "".join
)
TAG_NAMES = (
    "p b i u s code pre h1 h4 ul ol li blockquote table tr td th div br figure figcaption dl dt dd q span"
)
TAGS = st.sampled_from(TAG_NAMES.split()) | st.sampled_from(
    ["a href='https://n.example/x_(y)'", "a href='@here'"]
)


def element(parts: tuple[str, list[str]]) -> str:
    tag, children = parts
    return f"<{tag}>{''.join(children)}</{tag.split()[0]}>"


FRAGMENTS = st.recursive(
    WORDS.map(html.escape) | WORDS,
    lambda inner: st.tuples(TAGS, st.lists(inner, max_size=4)).map(element),
    max_leaves=12,
)


def unescaped(markdown: str) -> str:
    """What a person reads where there is no markup but escapes."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", markdown).replace("\u200b", "")


def is_balanced(markdown: str) -> bool:
    """Every listing that is opened is closed, each on a line that begins with the fence."""
    return markdown.count("```") == 2 * len(
        re.findall(r"^```[^`\n]*\n[\s\S]*?\n```$", markdown, re.MULTILINE)
    )


@settings(max_examples=300)
@given(FRAGMENTS, st.integers(0, 300))
def test_any_html_gives_safe_markdown_at_any_length(fragment: str, limit: int) -> None:
    markdown = to_markdown(fragment, base_url="https://n.example/")
    shorter = cut(markdown, limit)

    for text in (markdown.text, shorter.text):
        assert text == text.encode().decode()
        assert not LIVE_MENTION.search(text)
        assert is_balanced(text)
    assert units(shorter.text) <= limit
    assert shorter == cut(shorter, limit)


@given(FRAGMENTS)
def test_asking_for_less_is_the_same_as_cutting(fragment: str) -> None:
    assert cut(to_markdown(fragment), 60).text == to_markdown(fragment, limit=60).text


@settings(max_examples=300)
@given(WORDS)
def test_escaped_text_reads_as_it_was_written(text: str) -> None:
    words = re.sub(r"(?i)https?://\S*", "", text)  # Addresses may be spelt differently.

    assert clean(words) == unescaped(escape(words))


@given(st.text(max_size=200))
def test_text_without_markup_becomes_a_paragraph_that_reads_the_same(text: str) -> None:
    words = re.sub(r"\s+", " ", re.sub(r"(?i)https?://\S*", "", text))
    seen = re.sub(
        r"\s+", " ", without_invisible(without_surrogates(html.unescape(html.escape(words))))
    ).strip()

    read = unescaped(to_markdown(f"<p>{html.escape(words)}</p>").text)

    assert ("" if is_blank(seen) else seen) == read
