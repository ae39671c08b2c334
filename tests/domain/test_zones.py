"""Time zones: checked, and suggested while somebody types."""

import re
from datetime import UTC, datetime
from importlib.resources import files

import pytest
from hypothesis import given, strategies as st

from bot.domain.local_times import local_time
from bot.domain.zones import parse_zone, suggest_zones
from bot.errors import RefusedError

NAMES = set(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        (" europe/BERLIN ", "Europe/Berlin"),
        ("america/new york", "America/New_York"),
        ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("UTC", "UTC"),
        ("us/eastern", "US/Eastern"),
        ("Etc/GMT+5", "Etc/GMT+5"),
    ],
)
def test_a_zone_gets_its_proper_spelling(text: str, expected: str) -> None:
    assert expected == parse_zone(text)


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("Berlin", "Europe/Berlin"),
        ("Europe/Berln", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("kathmandoo", "Asia/Kathmandu"),
        ("America/Sao Paolo", "America/Sao_Paulo"),
    ],
)
def test_an_unknown_zone_is_refused_with_the_nearest_name(text: str, near: str) -> None:
    with pytest.raises(RefusedError, match=re.escape(f"`{near}`?")):
        parse_zone(text)


@pytest.mark.parametrize(
    "text", ["", " ", "qqqqqqq", "../../etc/passwd", "/etc/localtime", "Factory", "\0", "Z" * 6000]
)
def test_what_is_like_no_zone_is_refused_with_examples(text: str) -> None:
    with pytest.raises(RefusedError, match="as in `Europe/Berlin`"):
        parse_zone(text)


def test_the_library_has_every_zone() -> None:
    summer = datetime(2026, 7, 1, tzinfo=UTC)

    assert {2026} == {local_time(summer, parse_zone(name)).year for name in NAMES - {"Factory"}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("berlin", ["Europe/Berlin"]),
        ("ber", ["Atlantic/Bermuda", "Europe/Berlin", "Australia/Canberra"]),
        ("new y", ["America/New_York"]),
        ("utc", ["UTC", "Etc/UTC"]),
        ("berln", ["Europe/Berlin"]),
        ("us/east", ["US/East-Indiana", "US/Eastern"]),
        ("Z" * 6000, []),
    ],
)
def test_the_likeliest_zone_comes_first(text: str, expected: list[str]) -> None:
    assert expected == suggest_zones(text)


def test_places_come_before_older_names() -> None:
    suggested = suggest_zones("a", limit=1000)

    assert suggested.index("America/Anchorage") < suggested.index("America/Atka")


def test_nothing_typed_yet_offers_zones_around_the_world() -> None:
    offered = suggest_zones("")

    assert 25 == len(offered) == len(NAMES & set(offered))
    assert 3 == len(suggest_zones("", limit=3))


@given(st.text() | st.sampled_from(sorted(NAMES)), st.integers(1, 25))
def test_suggestions_are_zones_no_more_than_asked_for_and_none_twice(text: str, limit: int) -> None:
    suggested = suggest_zones(text, limit)

    assert len(set(suggested)) == len(suggested) <= limit
    assert suggested == [parse_zone(name) for name in suggested]


@given(st.text(max_size=120))
def test_any_text_is_a_zone_or_refused(text: str) -> None:
    try:
        assert parse_zone(text) in NAMES
    except RefusedError:
        assert text not in NAMES - {"Factory"}
