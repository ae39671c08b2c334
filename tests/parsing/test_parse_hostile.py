"""Any bytes at all give a feed or a ParseError."""

from contextlib import suppress
from pathlib import Path

from hypothesis import example, given, settings, strategies as st

from bot.errors import ParseError
from bot.parsing import parse

SEEDS = tuple(
    path.read_bytes()
    for path in sorted((Path(__file__).parent / "data").iterdir())
    if not path.name.endswith(".expected.json")
)
TOKENS = (
    rb"""< > & ]]> <![CDATA[ <item> </item> <entry> <link> " &#0; &#x110000; { } [ null 1e999 \ud800 <!--"""
)
FRAGMENTS = st.sampled_from(
    [
        *TOKENS.split(),
        b"\x00",
        b"\xff\xfe",
        b"<link href=",
        b"<!ENTITY a 'b'>",
        b" xml:base='//['",
        b'"items": 3',
    ]
)


def survives(body: bytes, content_type: str = "") -> None:
    with suppress(ParseError):
        parse("https://news.example/feed", body, content_type)


@given(st.binary(max_size=400), st.text(max_size=40))
@example(
    b"<rss><channel><item><pubDate>0000-00-00T99:99:99Z</pubDate></item></channel></rss>", "charset=\x00"
)
@example(b'<rss version="2.0"><channel><item><title>t</title><link a="" b="" href="&#xD800;"', "")
@example(b'{"items": [{"url": "http://["}]}', "application/json")
@example(
    b"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='http://['><entry><link href='a'/></entry></feed>",
    "",
)
def test_any_bytes_give_a_feed_or_a_parse_error(body: bytes, content_type: str) -> None:
    survives(body, content_type)


@settings(max_examples=150)
@given(st.sampled_from(SEEDS), st.data())
def test_a_damaged_feed_gives_a_feed_or_a_parse_error(seed: bytes, data: st.DataObject) -> None:
    body = seed
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(body)))
        length = data.draw(st.integers(0, 60))
        body = body[:start] + data.draw(st.one_of(FRAGMENTS, st.binary(max_size=8))) + body[start + length :]

    survives(body)
