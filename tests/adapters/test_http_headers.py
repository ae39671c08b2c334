"""Headers of strangers are read with distrust."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, strategies as st

from bot.adapters import http_headers
from bot.domain.fetching import Validators

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", timedelta(seconds=120)),
        ("0", timedelta(0)),
        ("86401", timedelta(hours=24)),
        ("9" * 5000, timedelta(hours=24)),
        ("Wed, 01 Jul 2026 12:05:00 GMT", timedelta(minutes=5)),
        ("Wednesday, 01-Jul-26 12:05:00 GMT", timedelta(minutes=5)),
        ("Wed, 01 Jul 2026 12:05:00 -0000", timedelta(minutes=5)),
        ("Wed, 01 Jul 2026 11:00:00 GMT", timedelta(0)),
        ("Fri, 01 Jan 2100 00:00:00 GMT", timedelta(hours=24)),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("Wed, 99 Jul 2026 12:05:00 GMT", None),
    ],
)
def test_a_wish_to_wait_is_seconds_or_a_date_and_at_most_a_day(
    value: str, expected: timedelta | None
) -> None:
    assert expected == http_headers.retry_after({"Retry-After": value}, NOW)


def test_links_are_read_with_all_their_relations() -> None:
    values = [
        '<https://hub.example/>; rel="hub", </feed.xml>; title="a, b"; rel="self alternate"',
        "<https://other.example/hub>;rel=HUB;x=y",
    ]
    expected = (
        ("hub", "https://hub.example/"),
        ("self", "https://gazette.example/feed.xml"),
        ("alternate", "https://gazette.example/feed.xml"),
        ("hub", "https://other.example/hub"),
    )
    assert expected == http_headers.links(values, "https://gazette.example/rss")


@pytest.mark.parametrize(
    "value", ["", "<", "<>; rel=hub", "<javascript:x>; rel=hub", "<https://a.example/>", "rel=hub"]
)
def test_a_link_without_relation_or_address_is_none(value: str) -> None:
    assert () == http_headers.links([value], "https://gazette.example/rss")


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d{1,3} [A-Z][a-z]{2} \d{1,6} \d\d:\d\d:\d\d [+-]?\w{1,6}"))
@example("Wed, 01 Jul 9999 23:59:59 -9999")
def test_no_wish_breaks_anything(value: str) -> None:
    wish = http_headers.retry_after({"Retry-After": value}, NOW)
    assert wish is None or timedelta(0) <= wish <= timedelta(hours=24)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("max-age=300", timedelta(minutes=5)),
        ("public, Max-Age=60, must-revalidate", timedelta(minutes=1)),
        ('max-age="60"', timedelta(minutes=1)),
        ("public,max-age=0", timedelta(0)),
        ("max-age=9999999999", timedelta(days=365)),
        ("max-age=" + "9" * 5000, None),
        ("s-maxage=300", None),
        ("no-cache, max-age=300", None),
        ("no-store, max-age=300", None),
        ("max-age=-1", None),
        ("max-age=soon", None),
        ("", None),
    ],
)
def test_freshness_is_what_the_server_promises(value: str, expected: timedelta | None) -> None:
    assert expected == http_headers.max_age({"Cache-Control": value})


def test_validators_are_kept_as_sent() -> None:
    headers = {"ETag": 'W/"a b"', "Last-Modified": "yesterday, about noon"}
    assert Validators(etag='W/"a b"', last_modified="yesterday, about noon") == http_headers.validators(
        headers
    )


@pytest.mark.parametrize("etag", ["", '"caf\u00e9"', '"\udce9"', '"a\x01"', "x" * 1025])
def test_a_validator_that_could_not_be_sent_back_is_dropped(etag: str) -> None:
    assert Validators() == http_headers.validators({"ETag": etag, "Last-Modified": etag})
