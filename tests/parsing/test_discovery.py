"""Which feeds a page offers, the best first."""

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from bot.domain.discovery import FeedKind, FeedOffer
from bot.parsing.discovery import discover

URL = "https://gazette.example/news/"
CORPUS = Path(__file__).parents[2] / ".." / "shared" / "corpus"


def offers(html: str, url: str = URL) -> list[tuple[str, str, FeedKind]]:
    return [(offer.url, offer.title, offer.kind) for offer in discover(url, html.encode()).feeds]


def urls(html: str, url: str = URL) -> list[str]:
    return [offer[0] for offer in offers(html, url)]


@pytest.mark.parametrize(
    ("media_type", "kind"),
    [
        ("application/rss+xml", FeedKind.RSS),
        ("Application/RSS+XML; charset=utf-8", FeedKind.RSS),
        ("application/rdf+xml", FeedKind.RSS),
        ("text/xml", FeedKind.RSS),
        ("application/atom+xml", FeedKind.ATOM),
        ("application/feed+json", FeedKind.JSON),
    ],
)
def test_a_feed_that_a_page_declares_is_offered(media_type: str, kind: FeedKind) -> None:
    html = f'<link rel="alternate" type="{media_type}" title="Gazette &amp;amp; News" href="../rss">'

    assert [("https://gazette.example/rss", "Gazette & News", kind)] == offers(html)


@pytest.mark.parametrize(
    "html",
    [
        '<link rel="alternate" type="text/html" hreflang="de" href="/de">',
        '<link rel="alternate stylesheet" type="text/xml" href="/dark">',
        '<link rel="canonical" type="application/rss+xml" href="/x">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/1">',
        '<link rel="alternate" type="application/json+oembed" href="/wp-json/oembed?url=feed.json">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:feed()">',
        '<link rel="alternate" type="application/rss+xml" href="">',
        '<a href="/news/feeding-the-cat">Cats</a><a href="/feedback">Tell us</a><a href="/feedback.aspx">Us</a>',
        '<a href="mailto:rss@gazette.example">Mail</a>',
        '<a href="https://feedly.com/i/subscription/feed/https://gazette.example/rss">Feedly</a>',
        '<a href="https://feeds.example/">All our feeds</a>',
    ],
)
def test_what_is_no_feed_is_not_offered(html: str) -> None:
    assert [] == offers(html)


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("/rss", "https://gazette.example/rss"),
        ("feed/", "https://gazette.example/news/feed/"),
        ("/world/rss.xml?edition=uk#top", "https://gazette.example/world/rss.xml?edition=uk"),
        ("/atom.xml", "https://gazette.example/atom.xml"),
        ("/index.xml", "https://gazette.example/index.xml"),
        ("/news.rss", "https://gazette.example/news.rss"),
        ("//feeds.gazette.example/top", "https://feeds.gazette.example/top"),
        ("feed://gazette.example/all", None),
        ("feed://gazette.example/rss/all", "https://gazette.example/rss/all"),
        ("feed:http://gazette.example/feed.json", "http://gazette.example/feed.json"),
    ],
)
def test_a_link_that_looks_like_a_feed_is_a_weaker_offer(href: str, address: str | None) -> None:
    expected = [(address, "Feed", FeedKind.LINK)] if address else []

    assert expected == offers(f'<a href="{href}"><img alt=RSS> Feed</a>')


def test_declared_feeds_go_before_links_and_comments_last() -> None:
    html = """<a href="/rss/sport">Sport</a>
      <link rel="alternate" type="application/rss+xml" title="Gazette » Comments Feed" href="/comments/feed/">
      <link rel="alternate" type="application/rss+xml" title="Gazette » Feed" href="/feed/">"""
    expected = ["feed/", "comments/feed/", "rss/sport"]

    assert [f"https://gazette.example/{path}" for path in expected] == urls(html)


def test_a_feed_is_offered_once() -> None:
    html = """<link rel="alternate" type="application/rss+xml" title="All" href="/rss">
      <a href="http://gazette.example/rss?utm_source=footer">RSS</a>"""

    assert [("https://gazette.example/rss", "All", FeedKind.RSS)] == offers(html)


def test_addresses_are_relative_to_the_page_s_base() -> None:
    html = '<base href="https://cdn.example/a/"><link rel=alternate type=application/rss+xml href=rss>'

    assert ["https://cdn.example/a/rss"] == urls(html)


def test_the_usual_places_are_guesses_but_for_what_is_offered() -> None:
    found = discover("https://gazette.example/blog/?p=1", b'<a href="/blog/rss">RSS</a>')

    assert (
        *(
            f"https://gazette.example{path}"
            for path in ("/blog/feed", "/blog/rss.xml", "/feed", "/rss", "/rss.xml")
        ),
        *(
            f"https://gazette.example{path}"
            for path in ("/feed.xml", "/atom.xml", "/index.xml", "/feed.json")
        ),
    ) == found.guesses


def test_links_of_the_site_that_look_like_live_blogs_are_named_once_in_the_order_of_the_page() -> None:
    html = (
        '<a href="/live/fire#top">Fire</a><a href="quake">LIVE: the quake</a><a href="/live/fire">More</a>'
        '<a href="/storm">Storm: as it happened</a><a href="/tv/live/1">TV</a><a href="/cats">Cats we live with</a>'
        '<a href="https://other.example/live/fire">Elsewhere</a>'
    )

    assert ("https://gazette.example/live/fire", "https://gazette.example/news/quake") == discover(
        URL, html.encode()
    ).lives


def test_a_live_blog_does_not_name_itself() -> None:
    url = "https://gazette.example/live/fire"

    assert () == discover(url, b'<a href="/live/fire#b1">One</a>').lives


def test_a_page_says_in_which_encoding_it_is() -> None:
    html = (
        '<meta charset="windows-1251"><link rel=alternate type=application/rss+xml title="Новости" href=/rss>'
    )
    (offer,) = discover(URL, html.encode("cp1251")).feeds

    assert "Новости" == offer.title


def test_no_more_is_offered_than_a_menu_shows() -> None:
    html = "".join(f'<a href="/rss/{number}">{number}</a>' for number in range(40))

    assert 25 == len(offers(html))


@given(st.binary(max_size=300), st.text(max_size=60))
def test_any_page_at_any_address_is_searched(body: bytes, url: str) -> None:
    found = discover(url, body)

    assert all(isinstance(offer, FeedOffer) for offer in found.feeds)


@pytest.mark.skipif(not CORPUS.exists(), reason="the shared corpus is not here")
@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("express_2024-07-18.html", "https://www.express.co.uk/posts/rss/"),
        ("guardian_2023-05-15.html", ""),
        ("mirror_2024-08-05.html", ""),
        ("ndtv_cricket-world-cup.html", ""),
        ("sportowefakty_falubaz.html", ""),
    ],
)
def test_real_pages_offer_their_feeds(name: str, offered: str) -> None:
    found = discover(URL, (CORPUS / "liveblogs" / "pages" / name).read_bytes())
    print([(offer.kind.value, offer.url, offer.title) for offer in found.feeds])  # noqa: T201

    assert not offered or any(offer.url.startswith(offered) for offer in found.feeds)
