"""What a list tells of a subscription, and proposals as they are kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from bot.domain.feeds import FeedOrder, Options, Overflow, Subscription
from bot.domain.subscriptions import (
    Candidate,
    Draft,
    Health,
    Offer,
    SubscriptionCard,
    draft_from_json,
    draft_to_json,
    offer_from_json,
    offer_to_json,
)
from bot.domain.templates import Templates

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SUBSCRIPTION = Subscription(subscription_id=1, channel_id=2, seeded=True)
CARD = SubscriptionCard(
    subscription=SUBSCRIPTION, feed_id=3, url="https://gazette.example/feed", next_poll_at=NOON
)
TEXT = st.text(max_size=20)
TEMPLATES = st.builds(Templates, name=TEXT, starter=TEXT, update=TEXT)
OPTIONS = st.builds(
    Options,
    tags=st.lists(TEXT, max_size=3).map(tuple),
    mention_role_id=st.none() | st.integers(1, 2**63 - 1),
    filter=TEXT,
    name=TEXT,
    templates=TEMPLATES,
    at_most=st.integers(1, 100),
    overflow=st.sampled_from(Overflow),
    follow_live=st.booleans(),
)


@pytest.mark.parametrize(
    ("card", "health"),
    [
        (CARD, Health.WORKS),
        (replace(CARD, subscription=replace(SUBSCRIPTION, seeded=False)), Health.WAITING),
        (replace(CARD, failures=2), Health.FAILING),
        (replace(CARD, failures=2, subscription=replace(SUBSCRIPTION, paused=True)), Health.PAUSED),
        (replace(CARD, failures=2, next_poll_at=None), Health.ENDED),
        (replace(CARD, quarantined_at=NOON, next_poll_at=None), Health.QUARANTINED),
    ],
)
def test_what_a_moderator_can_mend_is_told_first(card: SubscriptionCard, health: Health) -> None:
    assert health is card.health


def test_the_lag_is_the_median_so_that_one_wrong_date_tells_nothing() -> None:
    lags = tuple(timedelta(minutes=minutes) for minutes in (2, 9_999, 3))
    assert timedelta(minutes=3) == replace(CARD, lags=lags).lag
    assert CARD.lag is None


def test_a_subscription_is_called_by_its_own_name_then_its_publishers_then_its_address() -> None:
    named = replace(
        CARD, title="The Gazette", subscription=replace(SUBSCRIPTION, options=Options(name="News"))
    )
    assert ["News", "The Gazette", CARD.url] == [
        card.name for card in (named, replace(CARD, title="The Gazette"), CARD)
    ]


@given(
    st.builds(
        Offer,
        order=st.builds(
            FeedOrder, url=TEXT, channel_id=st.integers(1), post_last=st.integers(0, 25), options=OPTIONS
        ),
        candidates=st.lists(st.builds(Candidate, url=TEXT, title=TEXT, live=st.booleans()), max_size=3).map(
            tuple
        ),
        live=st.booleans(),
    )
)
def test_an_offer_is_kept_whole(offer: Offer) -> None:
    assert offer == offer_from_json(offer_to_json(offer))


@given(st.builds(Draft, subscription_id=st.integers(1), templates=TEMPLATES))
def test_a_draft_is_kept_whole(draft: Draft) -> None:
    assert draft == draft_from_json(draft_to_json(draft))
