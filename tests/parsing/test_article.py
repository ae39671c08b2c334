"""What a page says of itself, from whichever markup."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from bot.domain.entries import Entry, Image
from bot.errors import ParseError
from bot.parsing.article import parse_article

URL = "https://gazette.example/2026/07/fire?utm_source=feed"
CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"

OPEN_GRAPH = """<!doctype html><html lang="en"><head><title>Fire | The Gazette</title>
<meta property="og:title" content="Harbour fire &amp; smoke">
<meta property="og:description" content="Nobody was hurt &lt;yet&gt;.">
<meta property="og:image" content="/fire.jpg"><meta property="og:site_name" content="The Gazette">
<meta property="article:published_time" content="2026-07-01T10:00:00+02:00"><meta name="author" content="Kim Lee">
<link rel="canonical" href="https://gazette.example/2026/07/fire"></head><body></body></html>"""

JSON_LD = """<html><head><title>x</title><script type="application/ld+json">{broken</script>
<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
  {"@type": "WebSite", "name": "Site"},
  {"@type": ["NewsArticle"], "headline": "Harbour fire", "description": "Nobody was hurt.",
   "image": [{"url": "https://gazette.example/fire.jpg"}], "author": [{"name": "Kim Lee"}],
   "publisher": {"name": "The Gazette"}, "datePublished": "2026-07-01T08:00:00Z"}]}</script></head></html>"""


def entry(page: str) -> Entry:
    [found] = parse_article(URL, page.encode(), "text/html; charset=utf-8").entries
    return found


def test_open_graph_is_read_first() -> None:
    assert entry(OPEN_GRAPH) == Entry(
        link="https://gazette.example/2026/07/fire",
        title="Harbour fire & smoke",
        body="<p>Nobody was hurt &lt;yet&gt;.</p>",
        image=Image(url="https://gazette.example/fire.jpg"),
        authors=("Kim Lee",),
        published_at=datetime(2026, 7, 1, 8, tzinfo=UTC),
    )


def test_the_feed_is_called_as_the_site() -> None:
    assert "The Gazette" == parse_article(URL, OPEN_GRAPH.encode()).title
    assert "The Gazette" == parse_article(URL, JSON_LD.encode()).title


def test_json_ld_is_read_where_there_is_no_open_graph_even_beside_a_broken_script() -> None:
    assert entry(JSON_LD) == Entry(
        link=URL,
        title="Harbour fire",
        body="<p>Nobody was hurt.</p>",
        image=Image(url="https://gazette.example/fire.jpg"),
        authors=("Kim Lee",),
        published_at=datetime(2026, 7, 1, 8, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "page", ["<title> Harbour\n fire </title><h1>No</h1>", "<body><h1>Harbour <b>fire</b></h1>"]
)
def test_plain_html_has_a_title_or_a_heading(page: str) -> None:
    assert "Harbour fire" == entry(page).title


@pytest.mark.parametrize(
    "body", [b"", b"%PDF-1.7", b"<html><body><p>text</p>", b"<title> \xe2\x80\x8b </title>"]
)
def test_a_page_without_a_headline_is_no_article(body: bytes) -> None:
    with pytest.raises(ParseError):
        parse_article(URL, body)


def test_an_image_of_another_scheme_is_left_out() -> None:
    assert entry('<title>x</title><meta property="og:image" content="javascript:alert(1)">').image is None


@given(st.binary(max_size=2_000))
def test_whatever_the_bytes_are_it_is_a_page_or_a_parse_error(body: bytes) -> None:
    with suppress(ParseError):
        assert parse_article(URL, b"<title>x</title>" + body).entries


@given(
    st.recursive(
        st.text() | st.none() | st.integers(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["@type", "headline", "image", "url", "author", "name", "publisher"]), inner
            )
        ),
    )
)
def test_json_ld_of_any_shape_breaks_nothing(value: object) -> None:
    script = json.dumps(value).replace("<", "\\u003c")
    page = f'<title>Fire</title><script type="application/ld+json">{script}</script>'
    assert entry(page).title


@pytest.mark.skipif(not CORPUS.exists(), reason=f"needs the corpus of real pages in {CORPUS}")
def test_every_real_page_of_the_corpus_has_a_headline() -> None:
    pages = sorted((CORPUS / "liveblogs").rglob("*.html"))
    assert pages
    assert [] == [page.name for page in pages if not entry(page.read_text("utf-8", "replace")).title]


@pytest.mark.skipif(not CORPUS.exists(), reason=f"needs the corpus of hostile pages in {CORPUS}")
def test_every_hostile_page_of_the_corpus_is_a_page_or_a_parse_error() -> None:
    pages = sorted((CORPUS / "hostile").rglob("*.html"))
    assert pages
    for page in pages:
        with suppress(ParseError):
            assert parse_article(URL, page.read_bytes()).entries
