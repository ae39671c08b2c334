"""One topic that lists several entries."""

from hypothesis import given, strategies as st

from bot.domain.listing import Listed, list_entries
from bot.domain.rendering import DESCRIPTION_LIMIT, NAME_LIMIT
from bot.domain.text import units
from bot.domain.topics import topic_id_from


def test_an_entry_without_an_address_is_listed_by_its_title() -> None:
    _, [starter] = list_entries([Listed(entry_id=1, title="*Ferry*")], publisher="Gazette", topic_id=7)
    assert r"1. \*Ferry\*" == starter.embeds[0].description


def test_a_title_that_holds_an_address_is_still_a_link() -> None:
    listed = [Listed(entry_id=1, title="See https://a.example", link="https://b.example/")]
    _, [starter] = list_entries(listed, publisher="Gazette", topic_id=7)
    assert starter.embeds[0].description.endswith("(https://b.example/)")
    assert "://a" not in starter.embeds[0].description


def test_the_first_message_can_be_followed_and_found_again() -> None:
    _, [starter] = list_entries([Listed(entry_id=1, title="Ferry")], publisher="Gazette", topic_id=7)
    assert [7] == [topic_id_from(button.custom_id or "") for button in starter.buttons]


LISTED = st.lists(
    st.builds(
        Listed,
        entry_id=st.integers(1, 9),
        title=st.text(max_size=300),
        link=st.none() | st.text(max_size=40).map(lambda text: f"https://n.example/{text}"),
    ),
    min_size=1,
    max_size=60,
)


@given(LISTED, st.text(max_size=300))
def test_nothing_is_left_out_and_no_message_is_too_long(listed: list[Listed], publisher: str) -> None:
    name, messages = list_entries(listed, publisher=publisher, topic_id=7)
    pages = [message.embeds[0].description for message in messages]
    lines = "\n".join(pages).split("\n")
    assert [f"{number}." for number in range(1, len(listed) + 1)] == [line.split(" ")[0] for line in lines]
    assert all(units(page) <= DESCRIPTION_LIMIT for page in pages)
    assert units(name) <= NAME_LIMIT
