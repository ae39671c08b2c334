"""What a topic's card says of strangers' addresses."""

import pytest

from bot.domain.topics import Topic
from bot.ports import TopicCard
from bot.texts import Texts
from cogs.cards import topic_card


def fields(card: TopicCard) -> dict[str, str]:
    embed = topic_card(card, Texts.load().speaker("en-GB"))
    return {str(field.name): str(field.value) for field in embed.fields}


def card(
    *,
    title: str = "Fire",
    link: str = "https://gazette.example/a",
    feed: str = "https://gazette.example/feed",
    publisher: str = "The Gazette",
) -> TopicCard:
    return TopicCard(
        topic=Topic(topic_id=1, channel_id=2, name="Fire"),
        entry_title=title,
        entry_link=link,
        feed_title=publisher,
        feed_url=feed,
    )


def test_no_address_of_an_entry_breaks_out_of_its_link() -> None:
    shown = fields(card(link="https://gazette.example/a) [safe](https://evil.example/"))
    assert "[Fire](https://gazette.example/a%29%20%5Bsafe%5D%28https://evil.example/)" == shown["Entry"]


def test_no_headline_breaks_out_of_its_link() -> None:
    shown = fields(card(title="Fire](https://evil.example) [more"))
    assert "[Fire)(https://evil.example) (more](https://gazette.example/a)" == shown["Entry"]


def test_no_link_hides_in_the_name_of_a_publisher() -> None:
    shown = fields(card(publisher="[One](https://evil.example) [two](https://evil.example)"))["Feed"]
    assert "](" not in shown.replace("\\", "")


@pytest.mark.parametrize(
    ("feed", "shown"),
    [
        ("https://gazette.example/feed", "https://gazette.example/feed"),
        ("https://ann:pa55@gazette.example/feed", "https://gazette.example/feed"),
        ("http://ann:pa55@intranet/feed", "intranet"),
    ],
)
def test_a_feed_s_address_is_shown_without_its_login(feed: str, shown: str) -> None:
    assert f"The Gazette\n{shown}" == fields(card(feed=feed))["Feed"]
