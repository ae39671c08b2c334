"""HTML -> Discord Markdown, rule by rule; golden bodies are in `data/bodies.json`."""

import json
from pathlib import Path

import pytest

from bot.domain.entries import Image
from bot.domain.markdown import LONGEST, cut, escape, to_markdown
from bot.domain.text import units

BASE = "https://n.example/a/b"
BODIES = json.loads((Path(__file__).parent / "data" / "bodies.json").read_text())


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body["rule"])
def test_a_body_reads_as_its_golden_text(body: dict[str, str]) -> None:
    assert body["markdown"] == to_markdown(body["html"], base_url=BASE).text


def test_pictures_are_collected_with_their_captions_and_not_printed() -> None:
    html = """<p>Text</p><img src="/one.jpg" alt="One [x](y)"><figure><img data-src="two.jpg" alt="Two">
        <figcaption>The <i>second</i> picture</figcaption></figure><img src="data:image/png;base64,AA==">"""
    markdown = to_markdown(html, base_url=BASE)

    assert "Text" == markdown.text
    assert (
        Image(url="https://n.example/one.jpg", caption="One [x](y)"),
        Image(url="https://n.example/a/two.jpg", caption="The second picture"),
    ) == markdown.images


def test_a_base_element_goes_before_the_base_url() -> None:
    html = '<base href="https://m.example/x/"><a href="y">z</a>'

    assert "[z](https://m.example/x/y)" == to_markdown(html, base_url=BASE).text


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 30_000 + "deep",
        "<blockquote>" * 15_000 + "deep",
        "<b><i>" * 15_000 + "deep",
        "<ul><li>" * 15_000 + "deep",
        "</div>" * 30_000 + "deep",
    ],
    ids=["div", "blockquote", "b", "li", "closing"],
)
def test_text_nested_too_deeply_is_still_read(html: str) -> None:
    assert "deep" in to_markdown(html).text


def test_the_output_is_capped() -> None:
    markdown = to_markdown("<p>" + "word " * 40_000)

    assert units(markdown.text) <= LONGEST
    assert markdown.text.endswith("word…")


@pytest.mark.parametrize(
    ("html", "limit", "expected"),
    [
        ("<p>One two three four</p>", 13, "One two…"),
        ("<p>One</p><p>Two</p>", 7, "One …"),
        (
            "<p>First paragraph.</p><h2>A heading</h2><p>Second paragraph of the text.</p>",
            32,
            "First paragraph. …",
        ),
        ("<p>one <b>two three four five six</b></p>", 22, "one **two three…**"),
        ('<p><a href="https://n.example/">one two three four</a></p>', 33, "[one two…](https://n.example/)"),
        ("<pre>a = 1\nb = 2\nc = 3\nd = 4</pre>", 24, "```\na = 1\nb = 2…\n```"),
        ("<p>日本語の文章には空白がありません。</p>", 8, "日本語の文章に…"),
        ("<p>Already short…</p><p>" + "x" * 40, 20, "Already short…"),
        ("<p>Nothing fits</p>", 1, ""),
        ("<p>Nothing fits</p>", 0, ""),
    ],
)
def test_a_text_is_cut_without_tearing_its_markup(html: str, limit: int, expected: str) -> None:
    assert expected == cut(to_markdown(html), limit).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](b)", "\\[a\\](b)"),
        ("*_~`|\\", "\\*\\_\\~\\`\\|\\\\"),
        ("# no heading", "\\# no heading"),
        ("-# no small print", "\\-# no small print"),
        ("- no item", "\\- no item"),
        ("1. no item", "1\\. no item"),
        ("> no quote", "\\> no quote"),
        ("C# and #1 and -5 and 3.5", "C# and #1 and -5 and 3.5"),
        ("#hashtag", "#hashtag"),
        ("https://n.example/a_b_c", "https://n.example/a_b_c"),
        ("https://n.example/a**b", "https://n.example/a%2A%2Ab"),
        ("@everyone <@1>", "@\u200beveryone \\<\u200b@1\\>"),
    ],
)
def test_plain_text_is_escaped_to_show_as_it_is(text: str, expected: str) -> None:
    assert expected == escape(text)
