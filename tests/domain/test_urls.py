"""Addresses: resolved, restricted to the web, and spelt as Discord takes them."""

import pytest
from hypothesis import given, strategies as st

from bot.domain.urls import absolute, for_discord, site

BASE = "https://news.example/a/b"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("c", "https://news.example/a/c"),
        ("/c", "https://news.example/c"),
        ("//cdn.example/c", "https://cdn.example/c"),
        (" https://x.example/\n c ", "https://x.example/%20c"),
        ("", None),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("https://", None),
        ("https://x.example:port/", None),
        ("https://[::1", None),
    ],
)
def test_an_address_is_absolute_or_none(address: str, expected: str | None) -> None:
    assert expected == absolute(address, BASE)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://n.example/a_(b)", "https://n.example/a_%28b%29"),
        ("https://n.example/ü?q=ö#ß", "https://n.example/%C3%BC?q=%C3%B6#%C3%9F"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://me:secret@n.example/", "https://n.example/"),
        ("https://n.example/100%", "https://n.example/100%25"),
        ("https://n.example/%41", "https://n.example/%41"),
        ("https://n.example/@everyone", "https://n.example/%40everyone"),
        ("HTTPS://N.Example:8443/", "https://n.example:8443/"),
        ("http://127.0.0.1:8080/a", "http://127.0.0.1:8080/a"),
        ("http://[2001:db8::1]/a", "http://[2001:db8::1]/a"),
        ("http://intranet/a", None),
        ("http://-x-.example/", None),
        ("https://n.example/" + "x" * 2048, None),
        (None, None),
    ],
)
def test_an_address_for_discord(address: str | None, expected: str | None) -> None:
    assert expected == for_discord(address)


@given(st.text(max_size=80))
def test_no_address_breaks_out_of_a_link(text: str) -> None:
    address = for_discord("https://n.example/" + text)

    assert address is not None
    assert address.isascii()
    assert not set(address) & set('()<>[]\\` "\n|')


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_an_address_or_none(address: str, base: str) -> None:
    found = for_discord(absolute(address, base))

    assert found is None or found.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://news.example/feed?by=a@b", "news.example"),
        ("http://127.0.0.1:8080/feed", "127.0.0.1:8080"),
        ("https://ann:pa55@news.example/feed", "news.example"),
        ("https://ann@b:pa@55@news.example:81/", "news.example:81"),
        ("https://[broken/", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_site_is_named_without_the_login(address: str | None, expected: str) -> None:
    assert expected == site(address)
