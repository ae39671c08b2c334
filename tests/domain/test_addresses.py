"""Addresses as people type them."""

import pytest

from bot.domain.addresses import address_from


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("https://gazette.example/feed", "https://gazette.example/feed"),
        ("http://gazette.example", "http://gazette.example"),
        (" gazette.example/feed ", "https://gazette.example/feed"),
        ("//gazette.example/feed", "https://gazette.example/feed"),
        ("<https://gazette.example/feed>", "https://gazette.example/feed"),
        ("feed://gazette.example/feed", "https://gazette.example/feed"),
        ("feed:https://gazette.example/feed", "https://gazette.example/feed"),
        ("FEED:http://gazette.example/feed", "http://gazette.example/feed"),
        ("localhost:8000/feed", "https://localhost:8000/feed"),
        ("gazette.example:8080", "https://gazette.example:8080"),
        ("ftp://gazette.example/feed", None),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("mailto:ann@gazette.example", None),
        ("gazette", None),
        ("", None),
        ("https://", None),
        ("https://[::1", None),
    ],
)
def test_an_address_is_understood_as_it_is_meant(typed: str, meant: str | None) -> None:
    assert meant == address_from(typed)
