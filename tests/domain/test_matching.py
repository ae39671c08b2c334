"""Which entry of a reading is which of those known."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from bot.domain.entries import Entry
from bot.domain.feeds import Identified
from bot.domain.identity import identify
from bot.domain.matching import KnownEntry, match, rematch, seen_entries, with_spare_names

NOON = datetime(2026, 1, 26, 12, tzinfo=UTC)


def known(entry_id: int, title: str = "", link: str | None = None, at: datetime | None = None) -> KnownEntry:
    return KnownEntry(entry_id=entry_id, title=title, link=link, published_at=at, first_seen_at=NOON)


def named(title: str, *keys: str, link: str | None = None, at: datetime | None = None) -> Identified:
    return Entry(title=title, link=link, published_at=at), keys


def ids(assigned: object) -> dict[int, int]:
    assert isinstance(assigned, dict)
    return {place: entry.entry_id for place, entry in assigned.items()}


def test_an_entry_is_known_by_any_of_its_names() -> None:
    assert {0: 9} == ids(match([named("A", "moved", "alias")], {"alias": known(9)}))


def test_of_two_that_claim_a_known_entry_the_likest_is_it() -> None:
    reading = [named("B", "guid"), named("A", "guid|a", "content")]
    assert {1: 9} == ids(match(reading, {"guid": known(9, "A"), "content": known(9, "A")}))


def test_an_entry_with_the_names_of_two_is_the_one_it_resembles() -> None:
    names = {"guid": known(8, "A"), "link": known(9, "B")}
    assert {0: 9} == ids(match([named("B", "guid", "link")], names))


def test_a_corrected_title_and_link_leave_an_entry_what_it_is() -> None:
    assert {0: 9} == ids(match([named("B", "guid", link="https://n.example/b")], {"guid": known(9, "A")}))


def test_the_same_title_at_the_same_time_is_the_same_entry() -> None:
    reading = [named("A", "new", at=NOON), named("B", "newer", at=NOON)]
    past = [known(1, "A", at=NOON), known(2, "B", at=NOON - timedelta(days=1))]
    assert {0: 1} == ids(rematch(reading, {}, past))


def test_a_title_alone_tells_only_where_most_of_the_feed_looks_new() -> None:
    few, many = ([named(title, f"new-{title}", at=NOON) for title in titles] for titles in ("ABC", "ABCDEF"))
    past = [known(number, title, at=NOON - timedelta(days=1)) for number, title in enumerate("ABCDEF")]
    assert {} == ids(rematch(few, {}, past))
    assert dict(enumerate(range(6))) == ids(rematch(many, {}, past))


def test_without_dates_two_titles_tell_that_a_feed_was_renamed() -> None:
    one, two = ([named(title, f"new-{title}") for title in titles] for titles in ("A", "AB"))
    past = [known(number, title) for number, title in enumerate("ABCDEF")]
    assert {} == ids(rematch(one, {}, past))
    assert {0: 0, 1: 1} == ids(rematch(two, {}, past))


def test_a_title_that_entries_share_tells_nothing() -> None:
    reading = [named("Weather", f"new-{n}") for n in range(6)]
    assert {} == ids(rematch(reading, {}, [known(1, "Weather")]))


def test_an_entry_that_is_there_under_its_old_name_is_not_taken_for_another() -> None:
    reading = [named("A", "new", at=NOON), named("A", "old", at=NOON)]
    assert {1: 1} == ids(rematch(reading, {1: known(1, "A", at=NOON)}, [known(1, "A", at=NOON)]))


def test_a_new_name_of_a_known_entry_is_learned_and_another_ones_name_is_not() -> None:
    reading = [named("A", "moved", "alias", "theirs")]
    [seen] = seen_entries(reading, {"alias": known(9), "theirs": known(8)}, {0: known(9)}, NOON)
    assert (("moved",), 9) == (seen.keys, seen.known and seen.known.entry_id)


ENTRIES = st.lists(
    st.builds(
        Entry,
        guid=st.none() | st.sampled_from(["1", "2", "https://n.example/a#1"]),
        link=st.none()
        | st.sampled_from(["https://n.example/", "https://n.example/a", "https://n.example/b"]),
        title=st.sampled_from(["", "A", "B", "C"]),
        body=st.sampled_from(["", "x"]),
    ),
    max_size=8,
)


@given(st.lists(ENTRIES, max_size=4))
def test_whatever_a_feed_does_to_its_names_every_entry_can_be_recorded(readings: list[list[Entry]]) -> None:
    """A new entry has a name that nobody has; no known entry is found twice in one reading."""
    names: dict[str, KnownEntry] = {}
    for entries in readings:
        reading = with_spare_names(identify(entries), names)
        seen = seen_entries(reading, names, match(reading, names), NOON)
        for each in seen:
            assert each.known is not None or each.keys
            assert not set(each.keys) & names.keys()
        assigned = [each.entry_id for each in match(reading, names).values()]
        assert len(set(assigned)) == len(assigned)
        for each in seen:
            who = each.known or known(len(names) + 1, each.entry.title, each.entry.link)
            names |= {key: who for key in each.keys if key not in names}


@given(ENTRIES)
def test_the_same_reading_again_brings_nothing_new(entries: list[Entry]) -> None:
    reading = identify(entries)
    names: dict[str, KnownEntry] = {}
    for number, (entry, keys) in enumerate(reading):
        names |= dict.fromkeys(keys, known(number, entry.title, entry.link))
    assert all(seen.known is not None for seen in seen_entries(reading, names, match(reading, names), NOON))
