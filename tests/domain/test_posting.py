"""An item posted by hand: what fills its form, what is refused, what is shown."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from bot.domain.entries import Entry, Image, ParsedFeed
from bot.domain.messages import Button
from bot.domain.posting import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    Glimpse,
    Item,
    Order,
    checked,
    compose,
    from_json,
    item_of_message,
    item_of_page,
    to_json,
)
from bot.errors import RefusedError

AT = datetime(2026, 7, 1, tzinfo=UTC)
LINK = "https://gazette.example/fire"
MESSAGE = "https://discord.com/channels/1/2/3"
ITEM = Item(
    title="Harbour fire", link=LINK, text="Nobody was hurt.", publisher="The Gazette", published_at=AT
)


def test_a_page_fills_the_form() -> None:
    entry = Entry(
        title="Harbour fire",
        link=LINK,
        body="<p>Nobody &lt;b&gt; was hurt.</p>",
        image=Image(url="https://gazette.example/fire.jpg"),
        published_at=AT,
    )
    assert Item(
        title="Harbour fire",
        link=LINK,
        text="Nobody <b> was hurt.",
        image_url="https://gazette.example/fire.jpg",
        publisher="The Gazette",
        published_at=AT,
    ) == item_of_page(ParsedFeed(title="The Gazette", entries=(entry,)))


@pytest.mark.parametrize(
    ("seen", "title", "link", "text"),
    [
        (
            Glimpse(url=MESSAGE, content="Look!", title="Fire", link=LINK, text="All out."),
            "Fire",
            LINK,
            "All out.",
        ),
        (
            Glimpse(url=MESSAGE, content=f"Harbour fire\nsee {LINK}.\nNobody hurt"),
            "Harbour fire",
            LINK,
            "see .\nNobody hurt",
        ),
        (Glimpse(url=MESSAGE, content=f"<{LINK}>"), "", LINK, ""),
        (Glimpse(url=MESSAGE, content="Harbour fire"), "Harbour fire", None, ""),
        (Glimpse(url=MESSAGE), "", None, ""),
    ],
)
def test_a_message_fills_the_form(seen: Glimpse, title: str, link: str | None, text: str) -> None:
    item = item_of_message(seen)
    assert (title, link, text, MESSAGE) == (item.title, item.link, item.text, item.original)


@pytest.mark.parametrize(
    ("written", "headline"),
    [
        ("## Tonight: **sea ~~songs~~** __shanties__", "Tonight: sea ~~songs~~ shanties"),
        ("*Live* from `pier_9_north` at ||eight||", "Live from pier_9_north at eight"),
        ("5 * 3 ** 2, #1 of all", "5 * 3 ** 2, #1 of all"),
    ],
)
def test_a_headline_taken_from_a_message_is_without_its_markup(written: str, headline: str) -> None:
    assert headline == item_of_message(Glimpse(content=written, url=MESSAGE)).title


def test_a_typed_headline_stays_and_a_messages_gives_way_to_its_page() -> None:
    page = Item(title="From the page", link=LINK)
    assert "Typed" == Item(title="Typed").filled_in(page).title
    reposted = Item(title="Look!", original=MESSAGE).filled_in(page)
    assert ("From the page", MESSAGE) == (reposted.title, reposted.original)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (Item(title=" \u200b "), "headline"),
        (Item(title="x", link="gazette"), "address `gazette`"),
        (Item(title="x", link="javascript:alert(1)"), "address"),
        (Item(title="x", image_url="file:///etc/passwd"), "address"),
    ],
)
def test_what_cannot_be_shown_is_refused(typed: Item, told: str) -> None:
    with pytest.raises(RefusedError, match=told):
        checked(typed, Item())


def test_another_link_is_of_another_time() -> None:
    assert AT == checked(ITEM, ITEM).published_at
    moved = Item(title="x", link="https://gazette.example/other", published_at=AT)
    assert checked(moved, ITEM).published_at is None


def test_all_of_it_is_shown_and_the_original_is_linked() -> None:
    item = Item(
        title="Fire", link=LINK, text="One.\n\nTwo *not bold*\n@everyone", original=MESSAGE, published_at=AT
    )
    name, message = compose(item, 7, "Original message")
    [embed] = message.embeds
    assert ("[News] Fire", "Fire", LINK, "gazette.example", AT) == (
        name,
        embed.title,
        embed.url,
        embed.footer,
        embed.timestamp,
    )
    assert "One.\n\nTwo \\*not bold\\*\n@\u200beveryone" == embed.description
    assert (
        Button(label="Read at gazette.example", url=LINK),
        Button(label="Follow", custom_id="nightdesk:follow:7"),
        Button(label="Original message", url=MESSAGE),
    ) == message.buttons


@given(st.text(min_size=1, max_size=LONGEST_TITLE), st.text(max_size=LONGEST_TEXT))
def test_whatever_is_typed_fits_into_a_message(title: str, text: str) -> None:
    name, message = compose(Item(title=title, text=text), 7, "Original message")
    [embed] = message.embeds
    assert len(name) <= 100
    assert len(embed.title) <= 256
    assert len(embed.description) <= 4096


def test_an_order_survives_being_kept() -> None:
    order = Order(item=ITEM, channel_id=7, tags=("World",))
    assert order == from_json(to_json(order))
