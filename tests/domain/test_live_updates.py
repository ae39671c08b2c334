import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from bot.domain.entries import Entry, Image
from bot.domain.live import LiveReading
from bot.domain.live_updates import Known, compare, content_hash, is_edited, merged, prefix, updates_of

START = datetime(2026, 1, 26, 9, 0, tzinfo=UTC)
PAGE = "https://gazette.example/live"


def entry(number: int, **fields: object) -> Entry:
    given_fields = {
        "guid": f"u{number}",
        "title": f"Update {number}",
        "body": f"<p>This is what happened at the harbour at moment number {number} of the night.</p>",
        "published_at": START + timedelta(minutes=number),
    }
    return Entry(**{**given_fields, **fields})  # type: ignore[arg-type]  # fields of a test


def reading(*entries: Entry, title: str = "Storm live", image: Image | None = None) -> LiveReading:
    return LiveReading(url=PAGE, title=title, image=image, updates=entries)


def known(*entries: Entry, missing: int = 0) -> list[Known]:
    """As the store has what a reading of these brought."""
    return [
        Known(
            update_id=number,
            key=update.key,
            content_hash=update.content_hash,
            at=update.entry.published_at or START,
            published_at=update.entry.published_at,
            prefix=prefix(update.entry) if update.weak else "",
            missing=missing,
        )
        for number, update in enumerate(updates_of(reading(*entries)), 1)
    ]


def keys(*entries: Entry) -> list[str]:
    return [update.key.partition(":")[0] for update in updates_of(reading(*entries))]


def numbers(entries: Sequence[Entry]) -> list[str]:
    return [update.entry.title for update in updates_of(reading(*entries))]


def test_a_key_is_the_id_else_the_fragment_else_the_own_time_else_the_text() -> None:
    named = entry(0)
    linked = entry(1, guid=None, link=f"{PAGE}#u1")
    timed = entry(2, guid=None)
    two = [entry(n, guid=None, published_at=START) for n in (3, 4)]
    assert ["id"] == keys(named, *[])
    assert ["id", "link", "time"] == keys(timed, linked, named)
    assert {"hash"} == set(keys(*two, entry(5, guid=None, published_at=START + timedelta(hours=1)))[:2])


@pytest.mark.parametrize("link", [f"{PAGE}?update=7", "https://gazette.example/live/update-seven"])
def test_an_address_of_its_own_is_a_name(link: str) -> None:
    assert ["link"] == keys(entry(1, guid=None, link=link))


def test_the_address_of_the_page_is_no_name() -> None:
    assert ["time"] == keys(entry(1, guid=None, link=PAGE))


def test_updates_are_oldest_first_whatever_the_order_of_the_page() -> None:
    entries = [entry(n) for n in (3, 0, 4, 1, 2)]
    assert [f"Update {n}" for n in range(5)] == numbers(entries)


def test_updates_without_times_are_turned_round() -> None:
    assert ["Update 1", "Update 2"] == numbers([entry(n, published_at=None) for n in (2, 1)])


def test_what_all_updates_share_is_none_of_theirs() -> None:
    picture = Image(url="https://gazette.example/page.jpg")
    shared = [entry(n, title="Storm live", image=picture, published_at=START) for n in range(3)]
    found = [update.entry for update in updates_of(reading(*shared))]
    assert {("", None, None)} == {(each.title, each.image, each.published_at) for each in found}


def test_a_repeated_id_names_two_updates_apart() -> None:
    assert 2 == len(set(keys_of(entry(1), entry(2, guid="u1"))))
    assert 1 == len(keys_of(entry(1), entry(1)))


def keys_of(*entries: Entry) -> list[str]:
    return [update.key for update in updates_of(reading(*entries))]


def test_a_new_update_is_new_once() -> None:
    found = compare(updates_of(reading(entry(2), entry(1))), known(entry(1)))
    assert ["Update 2"] == [update.entry.title for update in found.new]
    assert ((), ()) == (found.edited, found.missing)


def test_another_text_is_an_edit_and_another_time_is_none() -> None:
    later = entry(1, published_at=START + timedelta(hours=1), revised_at=START, authors=("Ada",))
    assert () == compare(updates_of(reading(later)), known(entry(1))).edited
    assert 1 == len(compare(updates_of(reading(entry(1, body="<p>Corrected.</p>"))), known(entry(1))).edited)


def test_a_headline_or_picture_that_is_only_missing_is_no_edit() -> None:
    full = entry(1, image=Image(url="https://gazette.example/own.jpg?w=1"))
    bare = replace(full, title="", image=None)
    assert not is_edited(content_hash(full), content_hash(bare))
    assert not is_edited(
        content_hash(full),
        content_hash(replace(full, image=Image(url="https://gazette.example/own.jpg?w=2"))),
    )
    assert (full.title, full.image) == (merged(full, bare).title, merged(full, bare).image)


def test_one_without_a_name_is_found_again_by_its_time_or_its_text() -> None:
    old = [entry(n, guid=None) for n in range(4)]
    edited = replace(old[1], body="<p>Something else entirely was found out by our reporters.</p>")
    redated = replace(old[2], published_at=START + timedelta(minutes=7))
    found = compare(updates_of(reading(old[3], redated, edited, old[0])), known(*reversed(old)))
    assert () == found.new
    assert 1 == len(found.edited)


@pytest.mark.parametrize("fields", [{}, {"published_at": None}])
def test_updates_that_only_have_new_ids_are_the_ones_from_before(fields: dict[str, object]) -> None:
    old = [entry(n, **fields) for n in range(4)]
    found = compare(updates_of(reading(*(replace(each, guid=f"{each.guid}-2") for each in old))), known(*old))
    assert ((), (), True) == (found.new, found.edited, found.overlaps)


@pytest.mark.parametrize(("count", "found_again"), [(20, 20), (300, 16)])
def test_of_many_without_names_the_newest_alone_are_looked_at(count: int, found_again: int) -> None:
    words = [hashlib.sha256(bytes([n % 256, n // 256])).hexdigest() for n in range(count)]
    old = [
        entry(n, guid=None, published_at=None, title="", body=f"<p>{words[n]} fire</p>") for n in range(count)
    ]
    new = [replace(each, body=each.body.replace("fire", "smoke")) for each in old]
    assert found_again == len(compare(updates_of(reading(*new)), known(*old)).edited)


def test_the_same_words_again_are_an_update_of_their_own() -> None:
    goal = {"title": "", "body": "<p>Goal!</p>"}
    old = [entry(1, **goal), entry(0)]
    found = compare(updates_of(reading(entry(7, **goal), entry(6))), known(*old))
    assert 2 == len(found.new)
    undated = [replace(each, published_at=None) for each in old]
    found = compare(
        updates_of(reading(entry(7, published_at=None, **goal), undated[1])),
        known(*undated),
    )
    assert 1 == len(found.new)


def test_an_update_that_leaves_the_window_is_not_missing() -> None:
    found = compare(
        updates_of(reading(*(entry(n) for n in range(9, 4, -1)))),
        known(*(entry(n) for n in range(9, -1, -1))),
    )
    assert () == found.missing


def test_an_update_between_neighbours_is_missing() -> None:
    page = [entry(n) for n in (6, 5, 4, 2, 1, 0)]
    found = compare(updates_of(reading(*page)), known(*(entry(n) for n in range(6, -1, -1))))
    assert [4] == [each.update_id for each in found.missing]


def test_what_lies_between_the_window_and_a_pinned_update_is_not_missing() -> None:
    page = [entry(n) for n in (9, 8, 7, 4)]
    found = compare(updates_of(reading(*page)), known(*(entry(n) for n in range(9, -1, -1))))
    assert () == found.missing


def test_an_update_that_comes_back_is_told() -> None:
    found = compare(updates_of(reading(entry(1))), known(entry(1), missing=3))
    assert [True] == [each.withdrawn for each in found.seen]


@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=25, unique=True), st.integers(0, 10**6), st.booleans()
)
def test_a_page_compared_with_itself_in_any_order_brings_nothing(
    shown: list[int], seed: int, named: bool
) -> None:
    entries = [entry(n) if named else entry(n, guid=None) for n in shown]
    shuffled = sorted(entries, key=lambda each: hash((each.title, seed)))
    found = compare(updates_of(reading(*shuffled)), known(*entries))
    assert ((), (), ()) == (found.new, found.edited, found.missing)
