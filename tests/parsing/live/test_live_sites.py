"""How single sites lead on: to an API, to older updates, to the next live blog."""

import json
from typing import Any

import pytest

from bot.domain.live import LiveReading
from bot.errors import ParseError
from bot.parsing.live import parse_live

URL = "https://gazette.example/news/live/2026/may/04/storm-live"
PAGE = "https://www.aljazeera.com/news/liveblog/2026/5/4/storm-live-coast-road-closed"
CLOSED = "This live blog is now closed."


def blog(*bodies: str, **more: Any) -> LiveReading:
    """A reading of a live blog whose updates have these texts, the newest first."""
    updates = [
        {"articleBody": body, "url": f"{URL}#u{number}", "datePublished": f"2026-05-04T1{9 - number}:00:00Z"}
        for number, body in enumerate(bodies)
    ]
    script = json.dumps({"url": URL, "liveBlogUpdate": updates, **more})
    reading = parse_live(URL, f'<script type="application/ld+json">{script}</script>'.encode())
    assert reading is not None
    return reading


def test_a_page_of_al_jazeera_is_a_live_blog_though_it_holds_no_updates() -> None:
    reading = parse_live(PAGE, b"<html><title>Storm live: Coast road closed</title>")
    assert reading is not None

    assert ("Storm live: Coast road closed", ()) == (reading.title, reading.updates)


def test_what_such_a_page_has_itself_is_read() -> None:
    script = json.dumps(
        {"url": PAGE, "liveBlogUpdate": [{"url": f"{PAGE}?update=77020", "headline": "Coast"}]}
    )
    reading = parse_live(PAGE, f'<script type="application/ld+json">{script}</script>'.encode())
    assert reading is not None

    assert ["77020"] == [update.guid for update in reading.updates]


@pytest.mark.parametrize(
    "document",
    [
        {"data": {"article": None}},
        {"data": {"posts": None}},
        {"data": {"article": {"postType": "post", "title": "Storm"}}},
        {"data": None},
        {"items": []},
        [],
        [[["x"]]],
    ],
)
def test_a_document_without_a_live_blog_is_none(document: Any) -> None:
    assert None is parse_live("https://www.aljazeera.com/graphql", json.dumps(document).encode())


def test_a_document_that_cannot_be_read_says_so() -> None:
    with pytest.raises(ParseError, match="JSON is broken"):
        parse_live("https://www.aljazeera.com/graphql", b'{"data": {"article": {"title": "Sto')


def test_json_ld_needs_no_page() -> None:
    reading = parse_live(URL, json.dumps({"liveBlogUpdate": [{"headline": "Ferries stop"}]}).encode())

    assert reading is not None
    assert ["Ferries stop"] == [update.title for update in reading.updates]


@pytest.mark.parametrize(
    "body",
    [
        f"<p>{CLOSED} Our coverage continues <a href='/news/live/2026/may/05/clean-up-live'>here</a>.</p>",
        "<p>This live page is closing. Join us <a href='/news/live/2026/may/05/clean-up-live'>here</a></p>",
        f"{CLOSED}<ul><li>Follow <a href='/news/live/2026/may/05/clean-up-live'>the clean-up</a></li></ul>",
    ],
)
def test_a_closing_page_names_its_successor(body: str) -> None:
    expected = "https://gazette.example/news/live/2026/may/05/clean-up-live"

    assert expected == blog(body).successor_url
    assert expected == blog("Goodnight.", description=body).successor_url


@pytest.mark.parametrize(
    "body",
    [
        "<p>Our coverage continues <a href='/news/live/2026/may/05/clean-up-live'>here</a>.</p>",
        f"<p>{CLOSED} Read what happened <a href='/news/live/2026/may/03/storm-live'>here</a>.</p>",
        f"<p>{CLOSED} Yesterday's is <a href='/news/live/storm-two-live'>here</a>.</p>",
        f"<p>{CLOSED} The story is <a href='/news/2026/may/04/storm'>here</a>.</p>",
        f"<p>{CLOSED} The latest is <a href='{URL}#u3'>here</a>.</p>",
        f"<p>{CLOSED} The latest is <a href='javascript:live()'>here</a>.</p>",
        f"<p>{CLOSED}</p><p>See the <a href='/sport/live/2026/may/04/match-live'>match</a>.</p>",
        CLOSED,
    ],
)
def test_no_other_link_is_taken_for_the_successor(body: str) -> None:
    assert None is blog(body).successor_url


def test_only_the_newest_update_can_end_a_live_blog() -> None:
    body = f"<p>{CLOSED} It continues <a href='/news/live/2026/may/05/clean-up-live'>here</a>.</p>"

    assert None is blog("A correction.", body).successor_url


@pytest.mark.parametrize(
    ("href", "older"),
    [
        ("?page=2", f"{URL}?page=2"),
        (f"{URL}/page/2", f"{URL}/page/2"),
        ("/news/2026/may/04/another-article", None),
        ("https://other.example/news/live/2026/may/04/storm-live?page=2", None),
        ("http://[", None),
    ],
)
def test_the_next_page_has_older_updates_only_below_the_same_address(href: str, older: str | None) -> None:
    script = '<script type="application/ld+json">{"liveBlogUpdate": []}</script>'
    reading = parse_live(URL, f'<link rel="next" href="{href}">{script}'.encode())
    assert reading is not None

    assert older == reading.older_url


def test_a_broken_script_hides_no_microdata() -> None:
    broken = '<script type="application/ld+json">{"liveBlogUpdate": [{"headline": "Sto</script>'
    items = (
        "<div itemscope><p itemscope itemprop=liveBlogUpdate><b itemprop=headline>Ferries stop</b></p></div>"
    )
    reading = parse_live(URL, f"{broken}{items}".encode())
    assert reading is not None

    assert ["Ferries stop"] == [update.title for update in reading.updates]


@pytest.mark.parametrize(
    ("block", "title", "body"),
    [
        ("<h2>Noon</h2><p>One</p><h2>Two</h2>", "Noon", "<p>One</p><h2>Two</h2>"),
        ("<p>One</p><h2>Two</h2>", "", "<p>One</p><h2>Two</h2>"),
        ("<header><h2>Noon</h2></header><p>One</p>", "Noon", "<p>One</p>"),
    ],
)
def test_a_heading_within_a_text_of_guardian_is_no_headline(block: str, title: str, body: str) -> None:
    script = json.dumps({"url": URL, "liveBlogUpdate": [{"@id": "65f0", "articleBody": "One"}]})
    page = f'<script type="application/ld+json">{script}</script><article id="block-65f0">{block}</article>'
    reading = parse_live(URL, page.encode())
    assert reading is not None

    assert [(title, body)] == [(update.title, update.body) for update in reading.updates]
