"""Texts in a person's language, from a small catalogue of the test's own."""

import logging
from pathlib import Path

import pytest

from bot.domain.wording import Listing, Phrase, _
from bot.errors import RefusedError
from bot.texts import Texts

UKRAINIAN = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\n"

msgid "{topic} is closed."
msgstr "{topic}: закрито."

msgid "You need {permissions}."
msgstr "Потрібно: {permissions}."

msgid "Manage Threads"
msgstr "Керувати гілками"

msgid "one topic"
msgid_plural "{count} topics"
msgstr[0] "{count} тема"
msgstr[1] "{count} теми"
msgstr[2] "{count} тем"

msgid "It is {state}."
msgstr "Це {стан}."

msgid "It is {moment}."
msgstr "Це {moment"

#, fuzzy
msgid "Guess"
msgstr "Здогад"

msgctxt "command"
msgid "close"
msgstr "закрити"

msgctxt "choice"
msgid "close"
msgstr "Закрити"

msgctxt "command"
msgid "info"
msgstr "info"
"""


@pytest.fixture
def texts(tmp_path: Path) -> Texts:
    folder = tmp_path / "uk" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "nightdesk.po").write_text(UKRAINIAN)
    return Texts(tmp_path)


def test_a_text_is_said_in_the_persons_language(texts: Texts) -> None:
    assert "<#5>: закрито." == texts.say("uk", "{topic} is closed.", topic="<#5>")


@pytest.mark.parametrize("locale", ["en-US", "en-GB", "ko", "", "uk-UA", "../uk"])
def test_a_language_without_a_catalogue_reads_english(texts: Texts, locale: str) -> None:
    assert "<#5> is closed." == texts.say(locale, "{topic} is closed.", topic="<#5>")


def test_a_text_that_is_not_translated_is_said_in_english(texts: Texts) -> None:
    assert "No such thing as 7." == texts.say("uk", "No such thing as {number}.", number=7)


def test_a_guess_of_the_tools_is_no_translation(texts: Texts) -> None:
    assert "Guess" == texts.say("uk", "Guess")


def test_nothing_stays_nothing(texts: Texts) -> None:
    assert "" == texts.say("uk", "")


@pytest.mark.parametrize(
    ("template", "params"), [("It is {state}.", {"state": "open"}), ("It is {moment}.", {"moment": "noon"})]
)
def test_a_broken_translation_falls_back_to_english_and_is_logged_once(
    texts: Texts, caplog: pytest.LogCaptureFixture, template: str, params: dict[str, str]
) -> None:
    caplog.set_level(logging.ERROR)
    said = [texts.say("uk", template, **params) for _time in range(3)]
    assert [template.format(**params)] * 3 == said
    assert [template] == [record.args[1] for record in caplog.records if isinstance(record.args, tuple)]


def test_braces_in_what_people_write_are_left_alone(texts: Texts) -> None:
    assert "{0} {topic}: закрито." == texts.say("uk", "{topic} is closed.", topic="{0} {topic}")


@pytest.mark.parametrize(
    ("count", "english", "ukrainian"),
    [
        (1, "one topic", "1 тема"),
        (3, "3 topics", "3 теми"),
        (5, "5 topics", "5 тем"),
        (21, "21 topics", "21 тема"),
    ],
)
def test_a_number_bends_the_words_as_the_language_does(
    texts: Texts, count: int, english: str, ukrainian: str
) -> None:
    said = [texts.say_n(locale, "one topic", "{count} topics", count) for locale in ("en-US", "uk")]
    assert [english, ukrainian] == said


@pytest.mark.parametrize(
    ("locale", "expected"),
    [("en-US", "a, b and c"), ("de", "a, b und c"), ("ja", "a、b、c"), ("uk", "a, b і c")],
)
def test_a_list_is_joined_as_the_language_does(texts: Texts, locale: str, expected: str) -> None:
    assert expected == texts.join(locale, ["a", "b", "c"])


def test_what_fills_a_text_is_translated_along(texts: Texts) -> None:
    needed = Listing((_("Manage Threads"), "View Channels"), each="*{}*")
    said = texts.say("uk", "You need {permissions}.", permissions=needed)
    assert "Потрібно: *Керувати гілками* і *View Channels*." == said
    closed = Phrase("{topic} is closed.", topic="X")
    assert "X: закрито. (5)" == texts.say("uk", "{what} ({number})", what=closed, number=5)


def test_a_word_is_translated_by_where_it_stands(texts: Texts) -> None:
    assert ["закрити", "Закрити", None] == [
        texts.name("uk", context, "close") for context in ("command", "choice", "option")
    ]


def test_a_name_that_stays_english_is_not_sent_to_discord(texts: Texts) -> None:
    assert [None, None] == [texts.name(locale, "command", "info") for locale in ("uk", "en-GB")]


@pytest.mark.parametrize(
    ("items", "expected"), [((), ""), (("a",), "a"), (("a", "b"), "a and b"), (("a", "b", "c"), "a, b and c")]
)
def test_a_refusal_is_english_until_it_is_translated(items: tuple[str, ...], expected: str) -> None:
    error = RefusedError("You need {permissions}.", permissions=Listing(items))
    assert f"You need {expected}." == str(error)


def test_a_speaker_says_what_the_texts_say_in_one_language(texts: Texts) -> None:
    speaker = texts.speaker("uk")
    assert "X: закрито." == speaker.say("{topic} is closed.", topic="X")
    assert "2 теми" == speaker.say_n("one topic", "{count} topics", 2)
    assert "a і b" == speaker.join(["a", "b"])
