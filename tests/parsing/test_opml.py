"""OPML: lists of feed readers and our own are read; hostile files cost nothing."""

from contextlib import suppress

import pytest
from hypothesis import example, given, strategies as st

from bot.domain.feeds import Options, Overflow
from bot.domain.outlines import Outline
from bot.domain.templates import Templates
from bot.errors import ParseError
from bot.parsing.opml import read_opml, write_opml

# As XML 1.0 can carry it; what it cannot is tested by itself.
TEXT = st.text(
    st.characters(min_codepoint=0x20, exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"),
    max_size=60,
)
NAMES = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=20)
WRITTEN = st.one_of(TEXT, st.just("{{ title }}\n\t<b>&amp;</b> \"'"))
OPTIONS = st.builds(
    Options,
    tags=st.lists(NAMES, max_size=5).map(tuple),
    mention_role_id=st.none() | st.integers(1, 2**63 - 1),
    filter=WRITTEN,
    name=WRITTEN,
    templates=st.builds(Templates, name=WRITTEN, starter=WRITTEN, update=WRITTEN),
    at_most=st.integers(1, 100),
    overflow=st.sampled_from(Overflow),
    follow_live=st.booleans(),
)
OUTLINES = st.builds(
    Outline,
    url=NAMES.map(lambda name: f"https://gazette.example/{name}?a=1&b=2"),
    link=st.none() | st.just("https://gazette.example/"),
    channel_id=st.none() | st.integers(1, 2**63 - 1),
    options=OPTIONS,
    paused=st.booleans(),
)


def opml(body: str, prolog: str = "") -> bytes:
    return f"{prolog}<opml version='2.0'><head/><body>{body}</body></opml>".encode()


def urls(body: str) -> list[str]:
    return [outline.url for outline in read_opml(opml(body)).outlines]


@given(st.lists(OUTLINES, max_size=4))
def test_what_is_written_is_read_again(outlines: list[Outline]) -> None:
    found = read_opml(write_opml("Feeds", [("#news", outlines)]))
    assert () == found.rejected
    keys = [(o.url, o.link, o.channel_id, o.options, o.paused) for o in outlines]
    assert keys == [(o.url, o.link, o.channel_id, o.options, o.paused) for o in found.outlines]
    assert all(("#news",) == outline.labels for outline in found.outlines)


@given(st.binary(max_size=300) | st.text(max_size=300).map(opml))
@example(b"<:")
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(ParseError):
        read_opml(body)


@given(st.text(max_size=50))
def test_any_text_can_be_written(text: str) -> None:
    outline = Outline(url="https://gazette.example/feed", title=text, options=Options(name=text, filter=text))
    [found] = read_opml(write_opml(text, [(text, [outline])])).outlines
    assert outline.url == found.url


def test_folders_and_categories_are_labels() -> None:
    [outline] = read_opml(
        opml(
            "<outline text='News'><outline text='Sea'>"
            "<outline type='rss' text='Ferries' xmlUrl='https://a.example/f' category='/travel/boats,World'/>"
            "</outline></outline>"
        )
    ).outlines
    assert ("News", "Sea", "boats", "World") == outline.labels
    assert "Ferries" == outline.title


def test_an_empty_folder_is_nothing() -> None:
    found = read_opml(opml("<outline text='News'/>"))
    assert ((), ()) == (found.outlines, found.rejected)


def test_the_order_is_the_files() -> None:
    body = "<outline text='x'><outline xmlUrl='https://a.example/1'/></outline><outline xmlUrl='https://a.example/2'/>"
    assert ["https://a.example/1", "https://a.example/2"] == urls(body)


@pytest.mark.parametrize(
    ("outline", "url"),
    [
        ("xmlurl='https://a.example/f'", "https://a.example/f"),
        ("XMLURL=' https://a.example/f '", "https://a.example/f"),
        ("xmlUrl='feed://a.example/f'", "https://a.example/f"),
        ("xmlUrl='feed:http://a.example/f'", "http://a.example/f"),
        ("xmlUrl='https://a.example/?a=1&b=2'", "https://a.example/?a=1&b=2"),
    ],
)
def test_what_others_write_loosely_is_understood(outline: str, url: str) -> None:
    assert [url] == urls(f"<outline text='A' {outline}/>")


@pytest.mark.parametrize(
    ("outline", "why"),
    [
        ("text='A' type='rss'", "it has no address of a feed (`xmlUrl`)"),
        ("text='A' type='rss' xmlUrl=''", "it has no address of a feed (`xmlUrl`)"),
        ("text='A' xmlUrl='javascript:alert(1)'", "its address is no http or https address"),
        ("text='A' xmlUrl='file:///etc/passwd'", "its address is no http or https address"),
        ("text='A' xmlUrl='https://a.example' n:atMost='0'", "its option `atMost` has no meaning"),
        ("text='A' xmlUrl='https://a.example' n:overflow='drop'", "its option `overflow` has no meaning"),
        ("text='A' xmlUrl='https://a.example' n:tags='{}'", "its option `tags` has no meaning"),
    ],
)
def test_a_bad_outline_is_told_and_the_others_are_read(outline: str, why: str) -> None:
    found = read_opml(
        opml(
            f"<outline {outline} xmlns:n='urn:nightdesk:opml:1'/><outline text='B' xmlUrl='https://b.example'/>"
        )
    )
    assert [("A", why)] == [(each.name, str(each.why)) for each in found.rejected]
    assert ["https://b.example"] == [each.url for each in found.outlines]


@pytest.mark.parametrize("body", [b"", b"nothing", b"<rss/>", b"<html><body>", b"\x00\x01", b"<opml"[:3]])
def test_what_is_no_opml_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError, match="no OPML file"):
        read_opml(body)


LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))


@pytest.mark.parametrize(
    "declared",
    [
        f"<!DOCTYPE opml [<!ENTITY l0 'ha'>{LAUGHS}]>",
        "<!DOCTYPE opml [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE opml [<!ENTITY % x SYSTEM 'http://127.0.0.1:9/x'> %x;]>",
    ],
)
def test_entities_are_refused_and_never_expanded(declared: str) -> None:
    with pytest.raises(ParseError):
        read_opml(opml("<outline text='&l9;&x;' xmlUrl='https://a.example/&l9;'/>", declared))


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(ParseError, match="more than 1 MB"):
        read_opml(b" " * 1_000_001)


def test_an_element_with_very_many_attributes_is_refused() -> None:
    attributes = " ".join(f"a{number}='>'" for number in range(10_000))
    with pytest.raises(ParseError, match="too long"):
        read_opml(opml(f"<outline xmlUrl='https://a.example' {attributes}/>"))


def test_folders_of_any_depth_are_read_or_refused_without_a_fault() -> None:
    deep = "<outline text='x'>" * 5_000 + "<outline xmlUrl='https://a.example'/>" + "</outline>" * 5_000
    with suppress(ParseError):
        assert len(read_opml(opml(deep)).outlines) <= 1


def test_very_many_outlines_are_read_up_to_a_limit() -> None:
    assert 10_000 == len(urls("<outline xmlUrl='https://a.example/f'/>" * 12_000))
