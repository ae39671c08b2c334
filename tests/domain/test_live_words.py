"""Sentences are our own, made after the ways in which publishers end live blogs; the corpus has theirs."""

import csv
from pathlib import Path

import pytest

from bot.domain.live_words import is_title_of_the_past, says_closed, says_goodbye

SENTENCES = Path(__file__).parents[2].parent / "shared" / "corpus" / "liveblogs" / "closing_sentences.tsv"


@pytest.mark.parametrize(
    "text",
    [
        "This live blog has now closed, thank you.",
        "Our live coverage has ended.",
        "Our live coverage for today has concluded. Read the story here.",
        "The live page is closed.",
        "Dieser Liveblog ist beendet.",
        "Wir schließen den Liveblog an dieser Stelle.",
        "Ce direct est maintenant terminé.",
        "C'est la fin de ce direct.",
        "Esta cobertura en vivo ha finalizado.",
        "Si chiude qui la nostra diretta.",
        "Esta cobertura ao vivo foi encerrada.",
        "Dit liveblog is gesloten.",
    ],
)
def test_a_sentence_that_says_closed_is_understood(text: str) -> None:
    assert says_closed(text)


@pytest.mark.parametrize(
    "text",
    [
        "The polls have now closed.",
        "Markets are now closed, and trading has ended.",
        "The shop has closed its doors amid the unrest.",
        "Yesterday's live blog is now closed; you can read it here.",
        "Our previous live blog has ended.",
        "Comments on this live blog are now closed.",
        "Voting in our live blog has closed.",
        "This live page will be closing soon.",
        "Die Wahllokale sind geschlossen.",
        "Les bureaux de vote sont fermés, le match est terminé.",
        "Los colegios electorales han cerrado.",
        "The parliament's session is over.",
        "",
    ],
)
def test_what_else_closes_closes_no_live_blog(text: str) -> None:
    assert not says_closed(text)


@pytest.mark.parametrize(
    "text",
    [
        "And with that, it's goodbye from us.",
        "We're wrapping up our live coverage for the night.",
        "This live page will be closing shortly.",
        "That's all for today. Thanks for following along.",
        "Das war's für heute, wir verabschieden uns.",
        "Merci de nous avoir suivis !",
        "Gracias por acompañarnos.",
    ],
)
def test_a_goodbye_is_understood(text: str) -> None:
    assert says_goodbye(text)


@pytest.mark.parametrize(
    "text",
    [
        "Good morning and thank you for joining us. The vote begins at ten.",
        "That's all from me; my colleague Ada is taking over.",
        "That's it from me. Jo will be with you for the rest of the evening.",
        "The prime minister said goodbye to her staff.",
        "We will end our dependence on gas, the minister said.",
        "",
    ],
)
def test_a_greeting_a_handover_and_the_goodbyes_of_others_are_none(text: str) -> None:
    assert not says_goodbye(text)


@pytest.mark.parametrize(
    ("title", "past"),
    [
        ("Storm hits the coast \u2013 as it happened", True),
        ("Storm hits the coast - as it happened", True),
        ("Der Sturm im Liveblog zum Nachlesen", True),
        ("Storm hits the coast \u2013 live", False),
        ("He told it as it happened to him", False),
    ],
)
def test_a_title_of_the_past_is_known(title: str, past: bool) -> None:
    assert past == is_title_of_the_past(title)


def _rows() -> list[dict[str, str]]:
    if not SENTENCES.is_file():
        return []
    with SENTENCES.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


CLOSED = ("closed", "closed+rollover", "closed-update", "closed-standfirst")
SOON = ("closing-soon", "closing+rollover", "last-update")


@pytest.mark.skipif(not _rows(), reason="the corpus of live blogs is not beside the project")
def test_the_sentences_of_real_publishers_are_told_apart() -> None:
    for row in _rows():
        text, kind = row["sentence"], row["kind"]
        if kind in CLOSED:
            assert says_closed(text, above=kind == "closed-standfirst"), text
        elif kind in SOON:
            assert says_goodbye(text), text
        elif kind == "not-closing":
            assert not says_closed(text), text
            assert not says_goodbye(text), text
