from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from bot.domain.entries import Entry
from bot.domain.feeds import Feed, Identified, Subscription, backoff, decide, in_order

NOON = datetime(2026, 1, 26, 12, tzinfo=UTC)


def item(key: str, *aliases: str, published_at: datetime | None = None) -> Identified:
    return Entry(guid=key, title=key, published_at=published_at), (key, *aliases)


def feed(*, post_last: int = 0, seeded: bool = True) -> Feed:
    subscription = Subscription(subscription_id=1, channel_id=2, post_last=post_last, seeded=seeded)
    return Feed(feed_id=1, url="https://gazette.example/feed", subscriptions=(subscription,))


def test_an_entry_known_by_any_of_its_names_is_not_new() -> None:
    decision = decide(feed(), [item("moved", "alias"), item("b")], {"alias": 9})
    assert ["b"] == [keys[0] for _, keys in decision.new]


def test_a_known_entrys_new_names_are_learned() -> None:
    assert (("moved", 9),) == decide(feed(), [item("moved", "alias")], {"alias": 9}).aliases


def test_a_seeded_subscription_wants_just_the_new_entries() -> None:
    [(_, wanted)] = decide(feed(), [item("b"), item("a")], {"a": 9}).wanted
    assert ["b"] == [keys[0] for _, keys in wanted]


def test_a_first_poll_wants_the_newest_even_where_another_channel_made_them_known() -> None:
    [(_, wanted)] = decide(feed(post_last=1, seeded=False), [item("b"), item("a")], {"a": 8, "b": 9}).wanted
    assert ["b"] == [keys[0] for _, keys in wanted]


def test_dated_entries_are_ordered_by_date() -> None:
    late, early = item("late", published_at=NOON), item("early", published_at=NOON - timedelta(hours=1))
    assert (early, late) == in_order([early, late])


def test_a_document_with_an_undated_entry_is_turned_round() -> None:
    dated, undated = item("dated", published_at=NOON), item("undated")
    assert (undated, dated) == in_order([dated, undated])


@given(st.lists(st.sampled_from("abcdefgh"), unique=True), st.sets(st.sampled_from("abcdefgh")))
def test_every_entry_is_either_known_or_new(keys: list[str], known: set[str]) -> None:
    decision = decide(feed(), [item(key) for key in keys], dict.fromkeys(known, 1))
    assert set(keys) - known == {item_keys[0] for _, item_keys in decision.new}


@given(st.integers(1, 10_000), st.integers(1, 86_400))
def test_a_backoff_never_shrinks_and_ends_at_a_day(failures: int, seconds: int) -> None:
    interval = timedelta(seconds=seconds)
    wait = backoff(interval, failures)
    assert interval <= wait <= timedelta(days=1)
    assert wait <= backoff(interval, failures + 1)


def test_a_backoff_respects_what_the_server_asks() -> None:
    assert timedelta(hours=3) == backoff(timedelta(minutes=5), 1, timedelta(hours=3))
