"""Names and starters: what members see of an entry, always within Discord's limits."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from bot.domain.entries import Entry, Image
from bot.domain.messages import Button, Embed, Message
from bot.domain.rendering import BUTTON_URL_LIMIT, headline, starter, thread_name

LIVE_MENTION = re.compile(r"@(?:everyone|here)|<(?:@|#|/|a?:\w|t:|id:)", re.IGNORECASE)
HOSTILE = Path(__file__).parents[2] / ".." / "shared" / "corpus" / "hostile" / "discord_titles.json"
WHEN = datetime(2026, 2, 17, 23, 12, tzinfo=UTC)


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def start(
    entry: Entry, publisher: str = "The Gazette", link: str | None = None, role: int | None = None
) -> Message:
    return starter(
        entry, publisher=publisher, publisher_link=link, follow_id="follow:1", mention_role_id=role
    )


def assert_fits(message: Message) -> None:
    """Discord's documented limits, counted the strict way; and nothing of the feed's can ping."""
    (embed,) = message.embeds
    sizes = [utf16(text) for text in (embed.title, embed.description, embed.footer, embed.author)]
    assert [size <= limit for size, limit in zip(sizes, (256, 4096, 2048, 256), strict=True)] == [True] * 4
    assert 0 < sum(sizes) <= 6000
    assert utf16(message.content) <= 2000
    assert all(0 < utf16(button.label) <= 80 and len(button.url or "") <= 512 for button in message.buttons)
    assert all(url.startswith(("http://", "https://")) for url in (embed.url, embed.image_url) if url)
    for text in (embed.title, embed.description, embed.footer):
        assert not LIVE_MENTION.search(text)
        assert text == text.encode().decode()


def test_a_starter_says_what_an_entry_says() -> None:
    entry = Entry(
        guid="1",
        link="https://gazette.example/ferry_(2026)",
        title="Ferry *Aurora* returns",
        body="<p>She sailed at <i>dawn</i>, see <a href='/log'>the log</a>.</p>",
        image=Image(url="https://i.example/a.jpg", caption="The [Aurora]"),
        published_at=WHEN,
    )

    assert Message(
        embeds=(
            Embed(
                title="Ferry \\*Aurora\\* returns",
                url="https://gazette.example/ferry_%282026%29",
                description=(
                    "She sailed at *dawn*, see [the log](https://gazette.example/log).\n-# The \\[Aurora\\]"
                ),
                image_url="https://i.example/a.jpg",
                footer="The Gazette",
                timestamp=WHEN,
            ),
        ),
        buttons=(
            Button(label="Read at The Gazette", url="https://gazette.example/ferry_%282026%29"),
            Button(label="Follow", custom_id="follow:1"),
        ),
    ) == start(entry)


def test_only_the_configured_role_is_mentioned() -> None:
    message = start(Entry(title="@everyone <@&7>"), role=42)

    assert ("<@&42>", 42) == (message.content, message.mention_role_id)
    assert_fits(message)


def test_an_entry_without_a_link_is_read_at_its_publisher() -> None:
    buttons = start(Entry(title="t"), link="https://gazette.example/").buttons

    assert Button(label="Read at The Gazette", url="https://gazette.example/") == buttons[0]


@pytest.mark.parametrize(
    "link", [None, "https://gazette.example/" + "x" * BUTTON_URL_LIMIT, "http://intranet/"]
)
def test_without_an_address_that_discord_takes_there_is_no_link_button(link: str | None) -> None:
    assert ["Follow"] == [button.label for button in start(Entry(title="t", link=link)).buttons]


def test_the_time_of_a_revision_stands_in_for_the_time_of_publication() -> None:
    assert WHEN == start(Entry(title="t", revised_at=WHEN)).embeds[0].timestamp


@pytest.mark.parametrize("caption", ["", "\u200b", "Ferry returns", "ferry"])
def test_a_caption_that_says_nothing_new_is_left_out(caption: str) -> None:
    entry = Entry(
        title="Ferry returns", body="Text", image=Image(url="https://i.example/a.jpg", caption=caption)
    )

    assert "Text" == start(entry).embeds[0].description


def test_the_caption_of_a_picture_that_cannot_be_shown_is_left_out() -> None:
    entry = Entry(title="t", body="Text", image=Image(url="ftp://i.example/a.jpg", caption="A pier"))

    assert ("Text", None) == (start(entry).embeds[0].description, start(entry).embeds[0].image_url)


def test_a_long_text_is_cut_to_a_summary() -> None:
    description = start(Entry(title="t", body="<p>" + "word " * 2000)).embeds[0].description

    assert description.endswith("word…")
    assert 700 < len(description) <= 800


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (Entry(title="A title", body="A body"), "A title"),
        (Entry(title="\u3164", body="<p>A <b>body</b></p><p>More</p>"), "A body"),
        (Entry(body="word " * 100), "word " * 23 + "word…"),
        (Entry(), "Untitled"),
    ],
)
def test_a_missing_title_falls_back_to_the_text(entry: Entry, expected: str) -> None:
    assert expected == headline(entry)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Ferry returns", "[News] Ferry returns"),
        ("[News] [News] Ferry", "[News] Ferry"),
        ("word " * 40, "[News] " + "word " * 17 + "word…"),
        ("😀" * 90, "[News] " + "😀" * 46 + "…"),
        ("", "[News] Untitled"),
        ("\u3164", "[News] Untitled"),
        ("a\nb\u202ec", "[News] a bc"),
        ("@everyone", "[News] @\u200beveryone"),
        ("**bold**", "[News] **bold**"),
    ],
)
def test_a_thread_name(title: str, expected: str) -> None:
    assert expected == thread_name(title)


NASTY = st.text(max_size=400) | st.lists(
    st.sampled_from(["@everyone", "<@1>", "*_~`", "word ", "😀", "\u0301"])
).map("".join)


@given(NASTY, st.sampled_from(["[News] ", "", "🗞 ", "[A rather long prefix of a careful operator] "]))
def test_a_name_fits_keeps_its_prefix_and_pings_nobody(title: str, prefix: str) -> None:
    name = thread_name(title, prefix)

    assert name.startswith(prefix)
    assert len(prefix) < len(name)
    assert utf16(name) <= 100
    assert not LIVE_MENTION.search(name)


@given(st.text(max_size=300), st.text(max_size=150))
def test_a_name_fits_whatever_the_prefix(title: str, prefix: str) -> None:
    assert 0 < utf16(thread_name(title, prefix)) <= 100


@settings(max_examples=200)
@given(
    st.builds(
        Entry,
        title=NASTY,
        link=st.none() | st.text(max_size=40).map(lambda path: "https://n.example/" + path),
        body=NASTY.map(lambda text: f"<p>{text}</p>") | NASTY,
        image=st.none() | st.builds(Image, url=st.just("https://n.example/i.jpg"), caption=NASTY),
    ),
    NASTY,
)
def test_any_entry_gives_a_message_that_discord_takes(entry: Entry, publisher: str) -> None:
    assert_fits(start(entry, publisher=publisher))


@pytest.mark.skipif(not HOSTILE.exists(), reason="the shared corpus is not here")
def test_hostile_titles_give_names_and_messages_that_discord_takes() -> None:
    for title in json.loads(HOSTILE.read_text()):
        assert 7 < utf16(thread_name(title)) <= 100
        assert_fits(start(Entry(title=title, body=title)))
