"""How an entry is presented: its thread's name, its starter, and the updates of a live blog."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from bot.domain.entries import Entry, Image
from bot.domain.messages import Embed, Message
from bot.domain.presenting import present, update_embed
from bot.domain.rendering import headline, starter, thread_name
from bot.domain.templates import Templates
from bot.domain.topics import follow_id

WHEN = datetime(2026, 2, 17, 23, 12, tzinfo=UTC)
USUAL = Templates()
FERRY = Entry(
    link="https://gazette.example/ferry",
    title="Ferry *Aurora* returns",
    body="<p>She sailed at <i>dawn</i>.</p>",
    image=Image(url="https://i.example/a.jpg", caption="A pier"),
    authors=("Ann Lee", "Bo Ek"),
    categories=("Politics", "Sea"),
    published_at=WHEN,
)


def shown(entry: Entry, templates: Templates = USUAL, *, role: int | None = None) -> tuple[str, Message]:
    return present(
        entry,
        templates,
        publisher="The Gazette",
        publisher_link="https://gazette.example/",
        topic_id=7,
        mention_role_id=role,
    )


@pytest.mark.parametrize("entry", [FERRY, Entry(), Entry(title="t"), Entry(body="b", revised_at=WHEN)])
def test_without_templates_an_entry_has_the_usual_look(entry: Entry) -> None:
    usual = starter(
        entry,
        publisher="The Gazette",
        publisher_link="https://gazette.example/",
        follow_id=follow_id(7),
        mention_role_id=5,
    )

    assert (thread_name(headline(entry)), usual) == shown(entry, role=5)


def test_an_update_shows_its_own_time_headline_text_picture_and_author() -> None:
    assert Embed(
        title="Ferry \\*Aurora\\* returns",
        url="https://gazette.example/ferry",
        description="She sailed at *dawn*.\n-# A pier",
        image_url="https://i.example/a.jpg",
        author="Ann Lee, Bo Ek",
        footer="The Gazette",
        timestamp=WHEN,
    ) == update_embed(FERRY, USUAL, publisher="The Gazette")


def test_an_update_without_a_headline_gets_none() -> None:
    assert Embed(description="Kick-off.") == update_embed(Entry(body="Kick-off."), USUAL)


def test_a_headline_made_of_the_first_words_is_not_said_twice() -> None:
    update = Entry(title="The ferry has sailed…", body="<p>The ferry has sailed again, at dawn.</p>")

    assert Embed(description="The ferry has sailed again, at dawn.") == update_embed(update, USUAL)


def test_a_headline_that_is_only_the_beginning_of_a_word_stays() -> None:
    update = Entry(title="Goal", body="<p><b>Goalkeeper</b> hurt.</p>")

    assert "Goal" == update_embed(update, USUAL).title


def test_an_update_that_says_nothing_is_no_empty_embed() -> None:
    assert Embed(title="Untitled") == update_embed(Entry(authors=("",)), USUAL)


def test_an_update_of_a_picture_alone_is_that_picture() -> None:
    update = Entry(image=Image(url="https://i.example/a.jpg"))

    assert Embed(image_url="https://i.example/a.jpg") == update_embed(update, USUAL)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@given(
    st.builds(Entry, title=st.text(max_size=400), body=st.text(max_size=6000), authors=st.tuples(st.text()))
)
def test_any_update_fits_and_pings_nobody(update: Entry) -> None:
    embed = update_embed(update, USUAL, publisher=update.title)

    texts = (embed.title, embed.description, embed.author, embed.footer)
    assert [True] * 4 == [
        units(text) <= limit for text, limit in zip(texts, (256, 2400, 256, 2048), strict=True)
    ]
    assert not re.search(r"@(?:everyone|here)|<(?:@|#|/|a?:\w|t:|id:)", "\n".join(texts), re.IGNORECASE)
