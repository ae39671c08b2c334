"""What `parse_live` reads from JSON-LD of every quality."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.entries import Image
from bot.domain.live import LiveReading
from bot.errors import ParseError
from bot.parsing.live import parse_live

URL = "https://gazette.example/news/live/storm"


def update(number: int, **more: Any) -> dict[str, Any]:
    return {
        "@type": "BlogPosting",
        "headline": f"Headline {number}",
        "articleBody": f"Body {number}",
        "datePublished": f"2026-02-17T23:0{number}:00Z",
        "url": f"{URL}#u{number}",
        **more,
    }


def blog(*updates: Any, **more: Any) -> dict[str, Any]:
    return {"@type": "LiveBlogPosting", "headline": "Storm: live", "liveBlogUpdate": list(updates), **more}


def page(*scripts: str, head: str = "") -> bytes:
    tags = "".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)
    return f"<!doctype html><html lang=en><head>{head}{tags}</head><body><p>Storm</p></body></html>".encode()


def read(*documents: Any, head: str = "") -> LiveReading:
    scripts = [document if isinstance(document, str) else json.dumps(document) for document in documents]
    reading = parse_live(URL, page(*scripts, head=head))
    assert reading is not None
    return reading


def guids(reading: LiveReading) -> list[str | None]:
    return [update.guid for update in reading.updates]


GOOD = json.dumps(blog(update(1), update(2)))


@pytest.mark.parametrize(
    "script",
    [
        GOOD,
        GOOD + ";",
        f"/* live */ {GOOD} // end",
        f"<!-- {GOOD} -->",
        f"<![CDATA[ {GOOD} ]]>",
        f"//<![CDATA[\n{GOOD}\n//]]>",
        f"var data = {GOOD};",
        GOOD.replace("}]", "},]"),
        GOOD.replace("Body 1", "Body\n\t1"),
        GOOD.replace('"Body 1"', "NaN"),
        GOOD.replace('"Body 1"', '"She said "go" at once"'),
        GOOD.replace('"', "'"),
        GOOD.replace('"', "'").replace("Body 1", "It's on"),
        GOOD.replace('"', "&quot;"),
        GOOD.replace('"@type"', "type").replace('"headline"', "headline"),
        GOOD.removesuffix("]}"),
        f"[{GOOD}]",
        f"[[{GOOD}]]",
        f'{{"@graph": [{{"@type": "WebPage"}}, {GOOD}]}}',
        f'{{"@type": "WebPage", "mainEntity": {GOOD}}}',
        GOOD.replace('"LiveBlogPosting"', '["BlogPosting", "LiveBlogPosting"]'),
        GOOD.replace("liveBlogUpdate", "schema:liveBlogUpdate").replace("articleBody", "schema:articleBody"),
        GOOD.replace("liveBlogUpdate", "http://schema.org/liveBlogUpdate"),
    ],
)
def test_a_script_of_any_quality_is_read(script: str) -> None:
    assert ["u1", "u2"] == guids(read(script))


def test_one_bad_script_hides_no_good_one() -> None:
    assert ["u1"] == guids(read('{"a": ', blog(update(1)), "function () {"))


def test_scripts_about_the_same_live_blog_are_put_together() -> None:
    assert ["u1", "u2", "u3"] == guids(read(blog(update(1), update(2)), blog(update(2), update(3))))


def test_another_live_blog_on_the_page_is_left_alone() -> None:
    other = blog(update(9), url="https://gazette.example/news/live/other")

    assert ["u1"] == guids(read(other, blog(update(1), url=URL)))


def test_a_live_blog_without_updates_is_one() -> None:
    assert () == read(blog()).updates


def test_a_page_that_names_no_updates_is_no_live_blog() -> None:
    assert None is parse_live(URL, page('{"@type": "LiveBlogPosting", "headline": "Storm"}'))


def test_a_live_blog_that_cannot_be_read_is_no_page_without_one() -> None:
    with pytest.raises(ParseError, match="broken"):
        parse_live(URL, page('{"liveBlogUpdate": [{"headline": "Sto'))


def test_an_empty_body_is_unreadable() -> None:
    with pytest.raises(ParseError, match="empty"):
        parse_live(URL, b" \n")


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2026-02-17T23:00:00Z", datetime(2026, 2, 17, 23, tzinfo=UTC)),
        ("2026-02-17T23:00:00+0530", datetime(2026, 2, 17, 17, 30, tzinfo=UTC)),
        ("2026-02-17 23:00:00 +05:30", datetime(2026, 2, 17, 17, 30, tzinfo=UTC)),
        ("2026-02-17T23:00:00", datetime(2026, 2, 17, 23, tzinfo=UTC)),
        ("Tue, 17 Feb 2026 23:00:00 GMT", datetime(2026, 2, 17, 23, tzinfo=UTC)),
        (1771369200000, datetime(2026, 2, 17, 23, tzinfo=UTC)),
        ("1771369200", datetime(2026, 2, 17, 23, tzinfo=UTC)),
        (["2026-02-17T23:00:00Z"], datetime(2026, 2, 17, 23, tzinfo=UTC)),
        ({"@value": "2026-02-17T23:00:00Z"}, datetime(2026, 2, 17, 23, tzinfo=UTC)),
        ("yesterday", None),
        (True, None),
        (10**400, None),
        (None, None),
    ],
)
def test_a_date_is_read_in_any_shape_or_is_none(date: Any, expected: datetime | None) -> None:
    assert expected == read(blog(update(1, datePublished=date))).updates[0].published_at


@pytest.mark.parametrize(
    "author",
    ["Ada", ["Ada"], {"name": "Ada"}, [{"name": "Ada"}], [[{"name": ["Ada"]}]], {"@id": "#ada"}],
)
def test_an_author_is_a_name_an_object_a_list_or_a_reference(author: Any) -> None:
    person = {"@type": "Person", "@id": "#ada", "name": "Ada"}

    assert ("Ada",) == read(person, blog(update(1, author=author))).updates[0].authors


@pytest.mark.parametrize(
    "image",
    [
        "/a.jpg",
        ["/a.jpg", "/b.jpg"],
        {"url": "/a.jpg"},
        {"contentUrl": "https://gazette.example/a.jpg"},
        [{"@type": "ImageObject"}, {"@id": "/a.jpg"}],
    ],
)
def test_an_image_is_an_address_an_object_or_a_list(image: Any) -> None:
    assert Image(url="https://gazette.example/a.jpg") == read(blog(update(1, image=image))).updates[0].image


@pytest.mark.parametrize(
    ("more", "guid"),
    [
        ({"@id": "646219928f08"}, "646219928f08"),
        ({"@id": "_:b0"}, "u1"),
        ({"@id": URL}, "u1"),
        ({"url": f"{URL}?update=4512107"}, "4512107"),
        ({"url": f"{URL}?page=2#post-12"}, "post-12"),
        ({"url": f"{URL}/its-own-page"}, None),
        ({"url": None}, None),
    ],
)
def test_an_update_has_the_id_that_its_publisher_gave_it(more: dict[str, Any], guid: str | None) -> None:
    assert [guid] == guids(read(blog(update(1, **more), url=URL)))


def test_places_on_a_page_are_no_ids() -> None:
    """Times of India calls the newest update `#post1`, whichever it is."""
    found = read(blog(*(update(9 - place, url=f"{URL}#post{place}") for place in (1, 2, 3))))

    assert [(None, None)] * 3 == [(update.guid, update.link) for update in found.updates]


def test_what_all_updates_agree_in_is_not_their_own() -> None:
    default = {"image": "https://gazette.example/default.png"}

    assert [None] * 3 == [u.image for u in read(blog(*(update(n, **default) for n in (3, 2, 1)))).updates]


def test_two_updates_of_the_same_minute_keep_their_time() -> None:
    same = {"datePublished": "2026-02-17T23:00:00Z"}
    found = read(blog(update(2, **same), update(1, **same), datePublished="2026-02-17T20:00:00Z"))

    assert [datetime(2026, 2, 17, 23, tzinfo=UTC)] * 2 == [u.published_at for u in found.updates]


def test_dates_at_equal_distances_are_invented() -> None:
    """New York Times lays them out between the first and the last, anew at every update."""
    dates = [1771369200_000 + number * 7_262_381 for number in range(6)]
    found = read(blog(*(update(number, datePublished=date) for number, date in enumerate(dates))))

    assert {None} == {u.published_at for u in found.updates}


def test_what_an_update_repeats_of_its_live_blog_is_not_its_own() -> None:
    repeated = {"headline": "Storm: live", "author": "Ada", "datePublished": "2026-02-17T20:00:00Z"}
    found = read(blog(update(1, **repeated), update(2, **repeated), **repeated))

    assert ("Ada",) == found.authors
    assert [("", (), None)] * 2 == [(u.title, u.authors, u.published_at) for u in found.updates]


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("It&#39;s", "It's", "It&#39;s"),
        ("&amp;quot;Go&amp;quot;", '"Go"', "&quot;Go&quot;"),
        ("<b>Go</b>", "Go", "<b>Go</b>"),
        ("&lt;p&gt;Go&lt;/p&gt;", "<p>Go</p>", "<p>Go</p>"),
        ("One.\nTwo.", "One. Two.", "One.<p>Two."),
        ("<p>One.</p>\n<p>Two.</p>", "One. Two.", "<p>One.</p>\n<p>Two.</p>"),
        ("One.Two", "One.Two", "One.Two"),
    ],
)
def test_a_headline_is_plain_text_and_a_body_html(text: str, title: str, body: str) -> None:
    (found,) = read(blog(update(1, headline=text, articleBody=text))).updates

    assert (title, body) == (found.title, found.body)


def test_what_the_live_blog_does_not_say_the_page_does() -> None:
    head = """<title>T</title><meta property="og:title" content="Storm &amp; flood"><link rel=next href="?page=2">
      <meta property="og:site_name" content="Gazette"><meta property="og:image" content="/storm.jpg">"""
    found = read({"liveBlogUpdate": []}, head=head)

    assert ("Storm & flood", "Gazette", "en") == (found.title, found.publisher, found.language)
    assert Image(url="https://gazette.example/storm.jpg") == found.image
    assert f"{URL}?page=2" == found.older_url
