"""Any bytes at all give a reading, None or a ParseError, and effort grows with size, not with its square."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings, strategies as st

from bot.errors import ParseError
from bot.parsing.live import parse_live

DATA = Path(__file__).parent / "data"
SEEDS = tuple(
    path.read_bytes() for path in sorted(DATA.iterdir()) if not path.name.endswith(".expected.json")
)
FRAGMENTS = st.sampled_from(
    [
        *rb"""< > & " ' { } [ ] , : null 1e999 \ud800 \u00 <!-- <![CDATA[ ]]> /* // </script> <script>""".split(),
        b'"@graph": [',
        b'{"liveBlogUpdate": [[[',
        b'"liveBlogUpdate": "x"',
        b'"@id": {"@id": 3}',
        b'"url": "http://["',
        b'"datePublished": -1e300',
        b" itemprop=liveBlogUpdate itemscope",
        b"<div itemscope>",
        b'<base href="http://[">',
        b'<time datetime="9999999999999">',
        b"\x00",
        b"\xff",
    ]
)
SCRIPT = '<script type="application/ld+json">'
MANY = 60_000


def survives(body: bytes, url: str = "https://www.aljazeera.com/news/liveblog/2026/5/4/a") -> None:
    with suppress(ParseError):
        parse_live(url, body)


@given(st.binary(max_size=400))
@example(b'{"liveBlogUpdate": [{"@id": [], "url": {"url": []}, "image": [[{}]], "author": [null, 1]}]}')
@example(b'{"liveBlogUpdate": [{"@id": "http://[#a", "url": "http://[#b"}], "url": "http://[#c"}')
@example(b'{"liveBlogUpdate": {"datePublished": "0001-01-01T00:00:00+14:00", "dateModified": 1e400}}')
@example(b'{"@graph": [{"@id": "a", "name": {"@id": "a"}}], "liveBlogUpdate": {"author": {"@id": "a"}}}')
@example(b'{"data": {"article": {"postType": "liveblog", "link": "http://[", "childrenMeta": [[]]}}}')
@example(b'{"liveTextStream": {"content": {"data": {"results": [{"header": [], "content": 1}]}}}}')
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    survives(body)


@settings(max_examples=200)
@given(st.sampled_from(SEEDS), st.data())
def test_a_damaged_page_is_read_or_refused(seed: bytes, data: st.DataObject) -> None:
    body = seed
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(body)))
        length = data.draw(st.integers(0, 60))
        body = body[:start] + data.draw(st.one_of(FRAGMENTS, st.binary(max_size=8))) + body[start + length :]

    survives(body)


@given(st.text(max_size=300))
@example("http://[")
@example("https://www.aljazeera.com/news/liveblog/2026/5/4/%ff%00")
def test_any_address_is_taken(url: str) -> None:
    survives(SEEDS[0], url)
    survives(
        b"<title>x</title><link rel=next href=?page=2>" + SCRIPT.encode() + b'{"liveBlogUpdate": [{}]}', url
    )


@pytest.mark.parametrize(
    "body",
    [
        SCRIPT + '{"a":' * MANY,
        SCRIPT + "[" * MANY + '"liveBlogUpdate"',
        SCRIPT + "{'liveBlogUpdate':" * MANY,
        SCRIPT + '{"liveBlogUpdate": ["' + '"a' * MANY,
        SCRIPT + '{"liveBlogUpdate": [' + "{'headline':'x'}," * MANY,
        SCRIPT + '{"liveBlogUpdate": [{"articleBody": "' + "<div>" * MANY + '"}]}',
        SCRIPT
        + '{"liveBlogUpdate": [{"articleBody": "'
        + "&amp;" * MANY
        + '", "headline": "'
        + "&" * MANY
        + '"}]}',
        SCRIPT + '{"liveBlogUpdate": [' + '{"datePublished": 1771369925000},' * MANY + "{}]}",
        SCRIPT + "[" + '{"liveBlogUpdate": [{"headline": "x"}]},' * MANY,
        SCRIPT + "/*" * MANY,
        SCRIPT + "<!--" * MANY,
        (SCRIPT + "{}</script>") * (MANY // 10),
        "<div>" * MANY,
        "<div itemscope itemprop=liveBlogUpdate>" * MANY,
        "<p itemscope itemprop=liveBlogUpdate><b itemprop=headline>x</b>" * (MANY // 10),
        "<amp-live-list><div items>" + "<p id=a>" * (MANY // 10),
        "<amp-live-list><div items>" * MANY,
        "<article id=block-a>" * MANY,
        '<a href="?page=with:block-a">' * MANY,
        '{"liveTextStream":' * MANY,
    ],
    ids=lambda body: body[:60],
)
def test_a_page_made_to_take_long_does_not(body: str) -> None:
    """Quadratic effort would be minutes here."""
    survives(body.encode(), "https://gazette.example/live")
