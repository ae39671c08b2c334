"""Which words find a headline."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from bot.domain.headlines import Headline, has_all, words_of


def headline(name: str, title: str = "", *, publisher: str = "", link: str | None = None) -> Headline:
    return Headline(
        topic_id=1,
        thread_id=2,
        channel_id=3,
        name=name,
        title=title,
        publisher=publisher,
        link=link,
        at=datetime(2026, 7, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("harbour", True),
        ("FIRE harbour", True),
        ("fire mayor", False),
        ("straße", True),
        ("\uff28ARBOUR", True),
        ("arbo", True),
        ("evening", True),
        ("%", False),
    ],
)
def test_every_word_has_to_stand_in_the_name_or_the_title(words: str, found: bool) -> None:
    told = headline("[News] Fire in the HARBOURSTRASSE", "Fire in the Harbourstraße this evening")
    assert found is has_all(told, words_of(words))


def test_no_words_fit_everything() -> None:
    assert has_all(headline("anything"), ())


@given(st.text())
def test_a_title_is_found_by_all_of_its_own_words(title: str) -> None:
    assert has_all(headline("[News]", title), words_of(title))


def test_who_published_it_is_told_by_name_or_by_address() -> None:
    named = headline("x", publisher="The Gazette", link="https://gazette.example/1")
    assert ("The Gazette", "gazette.example", "") == (
        named.source,
        headline("x", link="https://gazette.example/1").source,
        headline("x").source,
    )
