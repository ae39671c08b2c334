"""Plain text: cleaned, measured and cut."""

import pytest
from hypothesis import given, strategies as st

from bot.domain.text import boundary, clean, cut, defuse, is_blank, plain, units

TEXTS = st.text(st.characters() | st.sampled_from("ab \n\u200d\ufe0f😀🇬🇧👩🏽é\u0301,…"), max_size=80)


@given(TEXTS)
def test_a_cleaned_text_is_one_clean_line(text: str) -> None:
    cleaned = clean(text)

    assert cleaned == clean(cleaned) == " ".join(cleaned.split())
    assert cleaned == cleaned.encode().decode()


@pytest.mark.parametrize(
    ("text", "expected"), [("a\u202eb\u200bc\x00d\ufeff", "abcd"), ("a\r\n b\u2028c\u00a0d", "a b c d")]
)
def test_what_cannot_be_seen_is_removed(text: str, expected: str) -> None:
    assert expected == clean(text)


def test_the_joiners_of_words_and_families_stay() -> None:
    text = "\u0645\u06cc\u200c\u062e\u0648\u0631\u0645 👩\u200d👧"

    assert text == clean(text)


def test_a_tower_of_accents_is_lowered() -> None:
    assert "z" + "\u0335" * 4 + "a" == clean("z" + "\u0335" * 80 + "a")


def test_length_counts_what_lies_beyond_the_first_plane_twice() -> None:
    assert 5 == units("ab😀c")


@given(TEXTS, st.integers(0, 60))
def test_a_cut_fits_and_cutting_again_changes_nothing(text: str, limit: int) -> None:
    shorter = cut(text, limit)

    assert units(shorter) <= limit
    assert shorter == cut(shorter, limit)


def test_a_cut_ends_behind_a_word() -> None:
    assert "The ferry Aurora…" == cut("The ferry Aurora, returns", 20)


def test_a_single_long_word_is_cut_within() -> None:
    assert "aaaa…" == cut("a" * 30, 5)


@pytest.mark.parametrize("whole", ["👩\u200d👩\u200d👧", "👍🏽", "🇬🇧", "e\u0301", "❤\ufe0f"])
def test_a_visible_character_is_never_torn(whole: str) -> None:
    text = "x" + whole

    assert {0, 1, len(text)} >= {boundary(text, position) for position in range(len(text) + 1)}


@pytest.mark.parametrize("text", ["", "  ", "\u3164", "\u200b\u200d", "\u0301", "\u2800"])
def test_what_shows_nothing_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", "…", "€", "日"])
def test_what_shows_something_is_not_blank(text: str) -> None:
    assert not is_blank(text)


@pytest.mark.parametrize(
    "mention",
    ["@everyone", "@here", "<@1>", "<@!1>", "<@&1>", "<#1>", "</a:1>", "<:a:1>", "<a:b:1>", "<t:1:R>"],
)
def test_a_mention_is_broken(mention: str) -> None:
    broken = defuse(mention)

    assert mention not in broken
    assert mention == broken.replace("\u200b", "")


@given(st.text(max_size=200))
def test_any_markup_gives_a_plain_title(markup: str) -> None:
    assert plain(markup) == clean(plain(markup))
