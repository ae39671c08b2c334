"""What becomes of each entry in each subscription."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from bot.domain.deciding import Decision, Fate, Memory, decide, in_order
from bot.domain.entries import Entry
from bot.domain.feeds import Feed, Options, Overflow, Subscription
from bot.domain.matching import KnownEntry, SeenEntry
from bot.domain.messages import Message
from bot.domain.revising import Standing
from bot.domain.topics import MessageKind, TopicMessage
from bot.domain.wording import Phrase

NOON = datetime(2026, 1, 26, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def new(key: str, *, published_at: datetime | None = None, link: str | None = None) -> SeenEntry:
    entry = Entry(guid=key, title=key, link=link, published_at=published_at)
    return SeenEntry(entry=entry, keys=(key,), content_hash="new")


def known(key: str, entry_id: int = 9, *, content_hash: str = "old") -> SeenEntry:
    before = KnownEntry(entry_id=entry_id, title=key, first_seen_at=NOON - HOUR, content_hash="old")
    return SeenEntry(entry=Entry(guid=key, title=key), keys=(), known=before, content_hash=content_hash)


def subscription(
    subscription_id: int = 1,
    *,
    seeded: bool = True,
    post_last: int = 0,
    paused: bool = False,
    at_most: int = 20,
    overflow: Overflow = Overflow.DELAY,
) -> Subscription:
    return Subscription(
        subscription_id=subscription_id,
        channel_id=subscription_id * 100,
        post_last=post_last,
        paused=paused,
        seeded=seeded,
        options=Options(at_most=at_most, overflow=overflow),
    )


def feed(*subscriptions: Subscription, quarantined: bool = False) -> Feed:
    return Feed(
        feed_id=1,
        url="https://gazette.example/feed",
        answered_at=NOON - timedelta(minutes=5),
        quarantined_at=NOON if quarantined else None,
        subscriptions=subscriptions or (subscription(),),
    )


def fates(decision: Decision) -> dict[str, Fate]:
    return {v.seen.entry.title: v.fate for v in decision.verdicts}


def test_a_new_entry_is_wanted_and_a_known_one_is_not() -> None:
    decision = decide(feed(), [new("b"), known("a")], Memory(), NOON)
    assert {"a": Fate.KNOWN, "b": Fate.WANTED} == fates(decision)


def test_a_first_poll_is_silent_but_for_the_newest_that_were_asked_for() -> None:
    unseeded = feed(subscription(seeded=False, post_last=1))
    decision = decide(unseeded, [new("b"), new("a")], Memory(), NOON)
    assert {"a": Fate.SEEDED, "b": Fate.WANTED} == fates(decision)


def test_a_first_poll_wants_the_newest_even_where_another_channel_made_them_known() -> None:
    decision = decide(
        feed(subscription(seeded=False, post_last=1)), [known("b"), known("a", 8)], Memory(), NOON
    )
    assert {"a": Fate.SEEDED, "b": Fate.WANTED} == fates(decision)


def test_a_first_poll_counts_only_what_passes_the_filter() -> None:
    memory = Memory(refuse={1: lambda entry: Phrase("no b") if entry.title == "b" else None})
    unseeded = feed(subscription(seeded=False, post_last=1))
    decision = decide(unseeded, [new("b"), new("a")], memory, NOON)
    assert {"a": Fate.WANTED, "b": Fate.FILTERED} == fates(decision)


def test_a_filtered_entry_says_what_refused_it() -> None:
    memory = Memory(refuse={1: lambda _: Phrase("Its title says {word}.", word="sport")})
    [verdict] = decide(feed(), [new("a")], memory, NOON).verdicts
    assert (Fate.FILTERED, "Its title says sport.") == (verdict.fate, str(verdict.why))


def test_a_paused_subscription_wants_nothing() -> None:
    decision = decide(feed(subscription(paused=True)), [new("a")], Memory(), NOON)
    assert {"a": Fate.PAUSED} == fates(decision)


def test_a_page_that_another_feed_brought_to_the_channel_is_a_duplicate() -> None:
    memory = Memory(links={(100, "https://n.example/a"): 2})
    entries = [new("a", link="https://n.example/a"), new("b", link="https://n.example/b")]
    assert {"a": Fate.DUPLICATE, "b": Fate.WANTED} == fates(decide(feed(), entries, memory, NOON))


def test_a_page_of_a_live_blog_that_was_followed_by_hand_is_a_duplicate() -> None:
    memory = Memory(links={(100, "https://n.example/a"): None})
    decision = decide(feed(), [new("a", link="https://n.example/a")], memory, NOON)
    assert {"a": Fate.DUPLICATE} == fates(decision)


def test_entries_of_one_feed_are_no_duplicates_by_their_link() -> None:
    memory = Memory(links={(100, "https://n.example/a"): 1})
    decision = decide(feed(), [new("a", link="https://n.example/a")], memory, NOON)
    assert {"a": Fate.WANTED} == fates(decision)


def standing(entry_id: int = 9) -> Memory:
    starter = TopicMessage(record_id=5, topic_id=4, kind=MessageKind.STARTER, wanted=Message(content="a"))
    found = Standing(topic_id=4, entry_id=entry_id, subscription_id=1, starter=starter)
    return Memory(standing={(entry_id, 1): found})


def test_a_changed_entry_with_a_topic_is_revised() -> None:
    [verdict] = decide(feed(), [known("a", content_hash="changed")], standing(), NOON).verdicts
    assert (Fate.REVISED, 4) == (verdict.fate, verdict.standing and verdict.standing.topic_id)


def test_a_changed_entry_without_a_topic_is_only_known() -> None:
    assert {"a": Fate.KNOWN} == fates(decide(feed(), [known("a", content_hash="changed")], Memory(), NOON))


def test_more_topics_than_an_hour_takes_are_delayed_in_order() -> None:
    decision = decide(feed(subscription(at_most=2)), [new(key) for key in "dcba"], Memory(), NOON)
    assert [("a", None), ("b", None), ("c", NOON + HOUR), ("d", NOON + HOUR)] == [
        (v.seen.entry.title, v.at) for v in decision.verdicts
    ]


def test_the_topics_of_earlier_polls_count() -> None:
    memory = Memory(planned={1: [NOON - timedelta(minutes=50), NOON - timedelta(minutes=5)]})
    decision = decide(feed(subscription(at_most=2)), [new("b"), new("a")], memory, NOON)
    assert [NOON + timedelta(minutes=10), NOON + timedelta(minutes=55)] == [v.at for v in decision.verdicts]


def test_a_new_topic_never_comes_before_one_that_waits() -> None:
    memory = Memory(planned={1: [NOON + timedelta(minutes=20)]})
    [verdict] = decide(feed(), [new("a")], memory, NOON).verdicts
    assert (Fate.DELAYED, NOON + timedelta(minutes=20)) == (verdict.fate, verdict.at)


def test_a_digest_takes_the_last_place_of_the_hour() -> None:
    options = subscription(at_most=2, overflow=Overflow.DIGEST)
    decision = decide(feed(options), [new(key) for key in "dcba"], Memory(), NOON)
    assert {"a": Fate.WANTED, "b": Fate.DIGEST, "c": Fate.DIGEST, "d": Fate.DIGEST} == fates(decision)


def test_a_digest_waits_where_the_hour_has_no_place_left() -> None:
    memory = Memory(planned={1: [NOON]})
    options = subscription(at_most=1, overflow=Overflow.DIGEST)
    [verdict] = decide(feed(options), [new("a")], memory, NOON).verdicts
    assert (Fate.DIGEST, NOON + HOUR) == (verdict.fate, verdict.at)


def test_a_feed_that_changes_all_at_once_is_quarantined() -> None:
    old = NOON - timedelta(days=3)
    decision = decide(feed(), [new(key, published_at=old) for key in "abcdef"], Memory(), NOON)
    assert (True, {Fate.QUARANTINED}) == (decision.quarantined, set(fates(decision).values()))


def test_many_entries_that_are_news_by_their_date_are_wanted() -> None:
    decision = decide(feed(), [new(key, published_at=NOON) for key in "abcdef"], Memory(), NOON)
    assert (False, {Fate.WANTED}) == (decision.quarantined, set(fates(decision).values()))


def test_many_entries_dated_by_the_day_are_news_on_that_day() -> None:
    midnight = NOON.replace(hour=0)
    decision = decide(feed(), [new(key, published_at=midnight) for key in "abcdef"], Memory(), NOON)
    assert not decision.quarantined


def test_many_entries_without_dates_are_news_after_a_long_absence_only() -> None:
    entries = [new(key) for key in "abcdef"]
    assert decide(feed(), entries, Memory(), NOON).quarantined
    assert not decide(feed(), entries, Memory(), NOON + timedelta(days=2)).quarantined


def test_a_few_new_entries_are_no_mass_change() -> None:
    entries = [new(key) for key in "abcde"]
    assert not decide(feed(), entries, Memory(), NOON).quarantined


def test_a_minority_of_new_entries_is_no_mass_change() -> None:
    entries = [*(new(key) for key in "abcdef"), *(known(key, ord(key)) for key in "ghijkl")]
    assert not decide(feed(), entries, Memory(), NOON).quarantined


def test_a_first_poll_is_no_mass_change() -> None:
    decision = decide(feed(subscription(seeded=False)), [new(key) for key in "abcdef"], Memory(), NOON)
    assert (False, {Fate.SEEDED}) == (decision.quarantined, set(fates(decision).values()))


def test_of_a_quarantined_feed_nothing_is_posted_or_corrected() -> None:
    entries = [new("b"), known("a", content_hash="changed")]
    assert {"a": Fate.QUARANTINED, "b": Fate.QUARANTINED} == fates(
        decide(feed(quarantined=True), entries, standing(), NOON)
    )


def test_dated_entries_are_ordered_by_date() -> None:
    late, early = new("late", published_at=NOON), new("early", published_at=NOON - HOUR)
    assert (early, late) == in_order([early, late])


def test_a_document_with_an_undated_entry_is_turned_round() -> None:
    dated, undated = new("dated", published_at=NOON), new("undated")
    assert (undated, dated) == in_order([dated, undated])


MOMENTS = st.integers(-300, 300).map(lambda minutes: NOON + timedelta(minutes=minutes))
ENTRIES = st.lists(st.sampled_from("abcdefghijkl"), unique=True, max_size=12).flatmap(
    lambda keys: st.tuples(
        *(
            st.one_of(
                st.builds(new, st.just(key), published_at=st.none() | MOMENTS),
                st.builds(known, st.just(key), st.just(ord(key)), content_hash=st.sampled_from(["old", "x"])),
            )
            for key in keys
        )
    )
)
SUBSCRIPTIONS = st.builds(
    subscription,
    st.integers(1, 3),
    seeded=st.booleans(),
    post_last=st.integers(0, 3),
    paused=st.booleans(),
    at_most=st.integers(1, 4),
    overflow=st.sampled_from(Overflow),
)
FEEDS = st.lists(SUBSCRIPTIONS, max_size=3, unique_by=lambda s: s.subscription_id).map(
    lambda subscriptions: feed(*subscriptions)
)
PLANNED = st.dictionaries(st.integers(1, 3), st.lists(MOMENTS, max_size=4).map(sorted))


@given(FEEDS, ENTRIES, PLANNED)
def test_every_entry_gets_one_verdict_with_a_reason_in_every_subscription(
    given_feed: Feed, entries: tuple[SeenEntry, ...], planned: dict[int, list[datetime]]
) -> None:
    decision = decide(given_feed, entries, Memory(planned=planned), NOON)
    everywhere = [
        (s.subscription_id, id(seen)) for s in given_feed.subscriptions for seen in decision.entries
    ]
    assert everywhere == [(v.subscription.subscription_id, id(v.seen)) for v in decision.verdicts]
    assert all(str(v.why) for v in decision.verdicts)


@given(FEEDS, ENTRIES, PLANNED)
def test_no_entry_overtakes_an_older_one(
    given_feed: Feed, entries: tuple[SeenEntry, ...], planned: dict[int, list[datetime]]
) -> None:
    decision = decide(given_feed, entries, Memory(planned=planned), NOON)
    for each in given_feed.subscriptions:
        topics = decision.of(each, Fate.WANTED, Fate.DELAYED, Fate.DIGEST)
        times = [*planned.get(each.subscription_id, [])[-1:], *(v.at or NOON for v in topics)]
        assert sorted(times[1:]) == times[1:]
        assert not topics or times[-1] >= times[0]
        assert sorted(topics, key=lambda v: v.fate is Fate.DIGEST) == list(topics)
