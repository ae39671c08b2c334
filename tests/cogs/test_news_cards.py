from bot.domain.feeds import Options, Subscription
from bot.domain.subscriptions import SubscriptionCard
from bot.texts import Texts
from cogs.news_cards import card_lines, named

SPEAKER = Texts.load().speaker("en-US")


def card(name: str, problem: str = "") -> SubscriptionCard:
    return SubscriptionCard(
        subscription=Subscription(subscription_id=1, channel_id=2, options=Options(name=name, filter=name)),
        feed_id=3,
        url="https://gazette.example/feed",
        failures=3,
        problem=problem,
    )


def test_no_link_can_be_hidden_in_a_name_that_a_publisher_chose() -> None:
    told = named(card("[a](b) see [free nitro](https://x.example) [c](d)"))
    assert "](" not in told
    assert "free nitro" in told


def test_a_name_neither_styles_the_list_nor_names_anybody() -> None:
    told = named(card("*Gazette* <@&5> @everyone"))
    assert told.startswith("\\*Gazette\\*")
    assert "<@&5>" not in told
    assert "@everyone" not in told


def test_the_longest_of_everything_leaves_room_for_five_in_an_embed() -> None:
    assert len(card_lines(card("*<" * 500, "`[" * 500), SPEAKER)) <= 800
