"""Real live blogs, real updates at simulated poll times, and hostile pages."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bot.domain.entries import Entry
from bot.domain.live import LiveReading
from bot.errors import ParseError
from bot.parsing.live import parse_live

CORPUS = Path(__file__).parents[3] / ".." / "shared" / "corpus"
LIVE_BLOGS = CORPUS / "liveblogs"
SEQUENCES = ("express_royal", "guardian_like_paged", "mirror_riots")

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the shared corpus is not here")


class Count(NamedTuple):
    """How many updates a page has, and how many different ids, dates and headlines are their own."""

    updates: int
    ids: int
    dates: int
    titles: int
    is_live: bool | None = None


def read(path: Path) -> LiveReading | None:
    return parse_live("https://pages.example/live", path.read_bytes())


def live_blog(name: str) -> LiveReading:
    reading = read(LIVE_BLOGS / name)
    assert reading is not None
    return reading


def count(reading: LiveReading) -> Count:
    updates = reading.updates
    return Count(
        updates=len(updates),
        ids=len({update.guid for update in updates if update.guid}),
        dates=len({update.published_at for update in updates if update.published_at}),
        titles=sum(bool(update.title) for update in updates),
        is_live=reading.is_live,
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pages/express_2024-07-18.html", Count(9, 9, 8, 9)),  # Two updates of the same minute.
        ("pages/guardian_2023-05-15.html", Count(10, 10, 10, 3, is_live=True)),  # Times from its elements.
        ("pages/mediacloud_1727473717.html", Count(8, 0, 8, 8)),  # `#post1` is whatever is newest.
        ("pages/mirror_2024-08-05.html", Count(428, 428, 428, 428)),
        ("pages/ndtv_cricket-world-cup.html", Count(40, 40, 40, 40)),  # Microdata.
        ("reconstructed/guardian_fixture_2021-02-22_031f44db.html", Count(13, 13, 13, 0)),
        ("reconstructed/guardian_fixture_2023-12-19_2f9bff9c.html", Count(11, 11, 11, 6)),
        ("reconstructed/nyt_2020-03-06.html", Count(10, 10, 0, 10)),  # Its dates are invented.
        ("reconstructed/quintype_1.html", Count(1, 0, 1, 1)),
        ("reconstructed/schemaorg_example_json.html", Count(3, 0, 3, 3)),
        ("reconstructed/schemaorg_example_microdata.html", Count(3, 0, 3, 3)),
        ("bbc_simorgh/live_cvp5r6m6mgpt.trimmed.json", Count(1, 1, 1, 1, is_live=True)),
        ("aljazeera_api/update--4512107.json", Count(1, 1, 1, 1)),
        ("aljazeera_api/update--4514943.json", Count(1, 1, 1, 1)),
    ],
)
def test_a_real_live_blog_is_read_whole(name: str, expected: Count) -> None:
    assert expected == count(live_blog(name))


@pytest.mark.parametrize("name", ["amp_independent_penalty.html", "sportowefakty_falubaz.html"])
def test_a_page_that_only_looks_like_a_live_blog_is_none(name: str) -> None:
    assert None is read(LIVE_BLOGS / "pages" / name)


def test_every_page_of_the_corpus_is_in_the_table() -> None:
    found = {path.name for folder in ("pages", "reconstructed") for path in (LIVE_BLOGS / folder).iterdir()}

    assert 13 == len(found)


def test_guardian_s_texts_are_whole_and_its_edits_known() -> None:
    reading = live_blog("pages/guardian_2023-05-15.html")
    first, second = reading.updates[:2]

    assert ("Jennifer Rankin",) == first.authors
    assert first.body.endswith("</blockquote>")
    assert len(first.body) > 2_000
    assert datetime(2023, 5, 15, 11, 34, 39, tzinfo=UTC) == second.published_at
    assert datetime(2023, 5, 15, 11, 36, 34, tzinfo=UTC) == second.revised_at
    assert 5 == sum(update.revised_at is not None for update in reading.updates)
    assert reading.older_url is not None
    assert reading.older_url.endswith("?page=with:block-64620b428f08e408b758aed8&filterKeyEvents=false")
    assert reading.standfirst.startswith("<div")


def test_a_time_of_the_end_is_what_the_page_claims() -> None:
    assert (
        datetime(2024, 7, 19, 10, 48, tzinfo=UTC) == live_blog("pages/express_2024-07-18.html").coverage_end
    )
    assert None is live_blog("pages/mirror_2024-08-05.html").coverage_end


def test_al_jazeera_s_shell_names_every_update() -> None:
    reading = live_blog("aljazeera_api/shell--iran-war-live.json")

    assert reading.is_live is True
    assert 25 == len({update.guid for update in reading.elsewhere})
    assert datetime(2026, 4, 22, 4, tzinfo=UTC) == reading.elsewhere[0].published_at
    assert "postID%22%3A4512107" in reading.elsewhere[1].url


def snapshots(name: str) -> list[tuple[dict[str, Any], LiveReading]]:
    folder = LIVE_BLOGS / "sequences" / name
    events = json.loads((folder / "truth.json").read_text())["events"]
    return [(event, live_blog(f"sequences/{name}/{event['snapshot']:02}.html")) for event in events]


@pytest.mark.parametrize("name", SEQUENCES)
def test_each_reading_shows_the_updates_that_are_there_in_their_order(name: str) -> None:
    """`truth.json` numbers updates; each must have one id in all readings, and no two the same."""
    ids: dict[int, str | None] = {}
    for event, reading in snapshots(name):
        shown = [update.guid for update in reading.updates]
        assert [
            ids.setdefault(index, guid) for index, guid in zip(event["visible"], shown, strict=True)
        ] == shown

    assert len(ids) == len(set(ids.values()) - {None})


@pytest.mark.parametrize("name", SEQUENCES)
def test_an_update_looks_the_same_in_every_reading_until_it_is_edited(name: str) -> None:
    last: dict[int, Entry] = {}
    for event, reading in snapshots(name):
        for index, update in zip(event["visible"], reading.updates, strict=True):
            seen = last.get(index)
            is_edited = seen is not None and replace(seen, revised_at=None) != replace(
                update, revised_at=None
            )
            assert (index in event["edited"] and seen is not None) == is_edited
            last[index] = update


@pytest.mark.parametrize("name", SEQUENCES)
def test_a_closing_sentence_in_the_description_reaches_the_reading(name: str) -> None:
    for event, reading in snapshots(name):
        assert event["closed"] == ("now closed" in reading.standfirst)


@pytest.mark.parametrize(
    ("name", "updates"),
    [
        ("ld_dup_scripts", 3),
        ("ld_empty", 0),
        ("ld_epoch_ms", 3),
        ("ld_graph", 3),
        ("ld_html_headline", 1),
        ("ld_js_comment", 3),
        ("ld_mentions", 1),
        ("ld_nestedlist", 3),
        ("ld_newline_in_string", 3),
        ("ld_no_zone", 3),
        ("ld_ok", 3),
        ("ld_schema_prefix", 3),
        ("ld_semicolon", 3),
        ("ld_single_dict", 1),
        ("ld_single_quotes", 3),
        ("ld_trailing_comma", 3),
        ("ld_unquoted_ctl", 3),
    ],
)
def test_a_hostile_script_is_read_all_the_same(name: str, updates: int) -> None:
    reading = read(CORPUS / "hostile" / f"{name}.html")

    assert reading is not None
    assert updates == len(reading.updates) == len({update.guid for update in reading.updates})


def test_a_script_nested_without_end_is_no_live_blog() -> None:
    assert None is read(CORPUS / "hostile" / "ld_deep.html")


def test_every_hostile_file_gives_a_reading_none_or_a_parse_error() -> None:
    outcomes = {"reading": 0, "none": 0, "error": 0}
    for path in sorted((CORPUS / "hostile").iterdir()):
        try:
            outcomes["reading" if read(path) else "none"] += 1
        except ParseError:
            outcomes["error"] += 1
    print(outcomes)  # noqa: T201

    assert 17 == outcomes["reading"]
