"""What `parse` takes, what it refuses and how it says so, and what it corrects."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.entries import Entry, Image
from bot.errors import ParseError
from bot.parsing import parse

URL = "https://news.example/feeds/all.xml"
MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/"'


def rss(items: str, namespaces: str = "") -> bytes:
    return f'<rss version="2.0" {namespaces}><channel><title>T</title>{items}</channel></rss>'.encode()


def only(body: bytes, content_type: str = "") -> Entry:
    (entry,) = parse(URL, body, content_type).entries
    return entry


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "The body is empty."),
        (b" \r\n\t\xef\xbb\xbf", "The body is empty."),
        (b"<!DOCTYPE html><html><body>Hi</body></html>", "This is an HTML page, not a feed."),
        (b"\n<!-- a --><HTML lang=en><p>x", "This is an HTML page, not a feed."),
        (b'<?xml version="1.0"?><!DOCTYPE html><html xmlns="x"/>', "This is an HTML page, not a feed."),
        (b'{"error": "no such feed"}', "This is JSON, but no JSON Feed."),
        (b"[1, 2]", "This is JSON, but no JSON Feed."),
        (b'{"items": [', "This JSON is broken: it cannot be read to its end."),
        (b'{"items": ' + b"[" * 100_000, "This JSON is nested too deeply to be read."),
        (b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>', "This is a sitemap, not a feed."),
        (b"<opml version='2.0'><body/></opml>", "This is an OPML list of feeds, not a feed."),
        (b"<note><to>you</to></note>", "This is XML, but no feed (neither RSS nor Atom)."),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "This is neither XML nor JSON, so no feed."),
        (b"Service unavailable", "This is neither XML nor JSON, so no feed."),
    ],
)
def test_what_is_no_feed_is_refused_with_one_sentence(body: bytes, sentence: str) -> None:
    with pytest.raises(ParseError) as error:
        parse(URL, body)

    assert sentence == str(error.value)


def test_a_feed_without_entries_is_a_feed() -> None:
    assert () == parse(URL, rss("")).entries


def test_a_body_that_is_a_path_opens_no_file() -> None:
    with pytest.raises(ParseError):
        parse(URL, b"/etc/hostname")


def test_an_external_entity_is_never_read() -> None:
    body = b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + rss(
        "<item><title>&x;</title></item>"
    )

    assert "&x;" == only(body).title


def test_a_link_nested_in_an_item_does_not_replace_its_own() -> None:
    nested = "<more><link>https://news.example/other</link></more>"

    assert "https://news.example/own" == only(rss(f"<item><link>/own</link>{nested}</item>")).link


def test_the_description_of_a_picture_is_its_caption_and_not_the_body() -> None:
    items = """<item><title>t</title><media:content url="https://i.example/a.jpg" medium="image" width="800"/>
      <media:description>By the pier</media:description><description>The news</description></item>"""
    entry = only(rss(items, MEDIA))

    assert "The news" == entry.body
    assert Image(url="https://i.example/a.jpg", caption="By the pier") == entry.image


def test_the_widest_picture_wins_but_no_print_original() -> None:
    pictures = "".join(
        f'<media:content url="https://i.example/{width}.jpg" medium="image" width="{width}"/>'
        for width in (140, 1200, 700, 6000)
    )
    image = only(rss(f"<item>{pictures}</item>", MEDIA)).image

    assert Image(url="https://i.example/1200.jpg") == image


def test_a_video_is_no_picture_but_its_thumbnail_is() -> None:
    media = """<media:group><media:content url="https://i.example/a.mp4" type="video/mp4"/>
      <media:thumbnail url="https://i.example/a.jpg"/></media:group>"""

    assert Image(url="https://i.example/a.jpg") == only(rss(f"<item>{media}</item>", MEDIA)).image


def test_an_undeclared_media_prefix_means_what_it_always_means() -> None:
    item = '<item><title>t</title><media:thumbnail url="https://i.example/a.jpg"/></item>'

    assert Image(url="https://i.example/a.jpg") == only(rss(item)).image


def test_counting_pixels_and_share_buttons_are_no_pictures() -> None:
    body = (
        '<img src="https://i.example/p.gif" width="1" height="1"><img src="https://i.example/twitter_icon.png">'
        '<img src="https://i.example/real.jpg">'
    )

    assert (
        Image(url="https://i.example/real.jpg")
        == only(rss(f"<item><description><![CDATA[{body}]]></description></item>")).image
    )


def test_an_id_is_kept_verbatim_and_never_resolved() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://x.example/">
      <entry><id>t3_abc</id><title>t</title></entry></feed>"""

    assert "t3_abc" == only(body).guid


def test_a_date_of_the_dublin_core_is_when_an_entry_was_published() -> None:
    item = "<item><title>t</title><dc:date>2026-02-17T12:00:00+01:00</dc:date></item>"
    entry = only(rss(item, 'xmlns:dc="http://purl.org/dc/elements/1.1/"'))

    assert datetime(2026, 2, 17, 11, tzinfo=UTC) == entry.published_at


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tue, 17 Feb 2026 23:12:05 -0500", datetime(2026, 2, 18, 4, 12, 5, tzinfo=UTC)),
        ("Tue, 17 Feb 2026 23:12:05", datetime(2026, 2, 17, 23, 12, 5, tzinfo=UTC)),
        ("2026-02-17", datetime(2026, 2, 17, tzinfo=UTC)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("99999-01-01T00:00:00Z", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_date_is_utc_or_none(text: str, expected: datetime | None) -> None:
    assert expected == only(rss(f"<item><title>t</title><pubDate>{text}</pubDate></item>")).published_at


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "mailto:a@b.example", "http://", "https://[", "ftp://a.example/"]
)
def test_only_web_addresses_are_links(link: str) -> None:
    assert None is only(rss(f"<item><title>t</title><link>{link}</link></item>")).link


def test_a_counting_redirect_gives_way_to_where_it_leads() -> None:
    item = """<item><title>t</title><link>http://feeds.example/~r/1</link>
      <feedburner:origLink>https://news.example/1</feedburner:origLink></item>"""
    entry = only(rss(item, 'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'))

    assert "https://news.example/1" == entry.link


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Fish &amp;amp; chips", "Fish & chips"),
        ("<![CDATA[Fish &amp; <b>chips</b>]]>", "Fish & chips"),
        ("Use List&lt;T&gt; well", "Use List<T> well"),
        ("<![CDATA[one<br/>two\n three]]>", "one two three"),
        ("\u202egpj.exe\u200b\u2066 safe", "gpj.exe safe"),
        ("5 &lt; 6", "5 < 6"),
    ],
)
def test_a_title_is_plain_text(title: str, expected: str) -> None:
    assert expected == only(rss(f"<item><title>{title}</title></item>")).title


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<?xml version='1.0' encoding='windows-1251'?>", ""),
        ("", "application/rss+xml; charset=windows-1251"),
        ("<?xml version='1.0' encoding='windows-1251'?>", "text/xml; charset=utf-8"),
    ],
)
def test_the_prolog_goes_before_the_header(body: str, content_type: str) -> None:
    text = body + rss("<item><title>Привет</title></item>").decode()

    assert "Привет" == only(text.encode("cp1251"), content_type).title


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_goes_before_the_prolog(encoding: str) -> None:
    text = "<?xml version='1.0' encoding='iso-8859-1'?>" + rss("<item><title>Größe €</title></item>").decode()

    assert "Größe €" == only(text.encode(encoding)).title


def test_latin_1_that_calls_itself_utf_8_is_read_right() -> None:
    text = "<?xml version='1.0' encoding='utf-8'?>" + rss("<item><title>Größe</title></item>").decode()

    assert "Größe" == only(text.encode("latin-1")).title


def test_an_encoding_that_is_none_of_the_web_is_ignored() -> None:
    text = "<?xml version='1.0' encoding='punycode'?>" + rss("<item><title>Größe</title></item>").decode()

    assert "Größe" == only(text.encode()).title


def test_a_plain_text_body_keeps_its_angle_brackets() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id>
      <summary type="text">a &lt; b and c &gt; d</summary></entry></feed>"""

    assert "a &lt; b and c &gt; d" == only(body).body


def test_text_full_of_tags_is_html_whatever_it_says() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id>
      <summary>&lt;p&gt;Hello&lt;/p&gt;</summary></entry></feed>"""

    assert "<p>Hello</p>" == only(body).body


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ("<ttl>20</ttl>", timedelta(minutes=20)),
        ("<ttl>0</ttl>", None),
        ("<ttl>99999999</ttl>", None),
        ("<ttl>soon</ttl>", None),
        (
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            timedelta(hours=6),
        ),
        ("<sy:updatePeriod>yearly</sy:updatePeriod>", timedelta(days=7)),
    ],
)
def test_how_often_a_feed_wishes_to_be_asked(elements: str, expected: timedelta | None) -> None:
    body = rss(elements, 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"')

    assert expected == parse(URL, body).ttl


def test_a_feed_that_calls_itself_html_is_a_feed() -> None:
    prolog = (
        b'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://w3.example/x.dtd"><!-- x -->'
    )

    assert "T" == parse(URL, prolog + rss("")).title


def test_the_text_of_another_relation_is_no_link() -> None:
    item = "<item><title>t</title><link rel='enclosure'>/a.mp3</link><link href='/page'/></item>"

    assert "https://news.example/page" == only(rss(item)).link


@pytest.mark.parametrize(
    ("entry", "base"),
    [
        (
            "<content type='html' xml:base='https://c.example/'>&lt;a href='x'></content>",
            "https://c.example/",
        ),
        ("<content type='html' xml:base='c/'>&lt;a href='x'></content>", "https://news.example/feeds/c/"),
        ("<content type='html'>&lt;a href='x'></content>", URL),
        ("<link href='/page'/><content type='html'>&lt;a href='x'></content>", None),
        ("<content type='html'>&lt;a href='https://x.example'></content>", None),
    ],
)
def test_relative_addresses_go_with_what_they_are_relative_to(entry: str, base: str | None) -> None:
    """Without a base they are relative to the entry's link."""
    body = only(f"<feed xmlns='http://www.w3.org/2005/Atom'><entry>{entry}</entry></feed>".encode()).body

    assert (f'<base href="{base}">' if base else "") == body.partition("<a")[0]
