"""How far we agree with the truths of feedparser's and gofeed's own tests: every miss is one that we can explain."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conformance_truths import ENTRY, FEED, Truth, agrees
from measure_conformance import CORPUS, Score, measure, reasons

from bot.domain.entries import Entry, Image, ParsedFeed

WHEN = datetime(2026, 2, 17, 12, tzinfo=UTC)
READING = ParsedFeed(
    title="Fish & chips",
    link="https://gazette.example/",
    language="en",
    ttl=timedelta(minutes=60),
    self_link="https://gazette.example/rss",
    entries=(
        Entry(
            guid="t3",
            link="https://gazette.example/1",
            title="Use List<T>",
            body='<base href="https://gazette.example/a/"><p>See <a title="x" href="b">b</a></p>',
            image=Image(url="https://gazette.example/1.jpg"),
            authors=("Ada",),
            categories=("News",),
            published_at=WHEN,
            revised_at=WHEN,
        ),
    ),
)
RIGHT: dict[tuple[str, str], Any] = {
    ("feed", "title"): "<b>Fish &amp;amp;</b> chips",
    ("feed", "link"): "https://gazette.example/",
    ("feed", "language"): "en",
    ("feed", "ttl"): "60",
    ("feed", "self_link"): "https://gazette.example/rss",
    ("feed", "number of entries"): 1,
    ("entry", "title"): "Use List&lt;T&gt;",
    ("entry", "body"): '<p>See <a href="https://gazette.example/a/b" title="x">b</a></p>',
    ("entry", "link"): "https://gazette.example/1",
    ("entry", "guid"): "t3",
    ("entry", "image"): "https://gazette.example/1.jpg",
    ("entry", "author"): "Ada (ada@gazette.example)",
    ("entry", "author's name"): "Ada",
    ("entry", "category"): "News",
    ("entry", "published_at"): WHEN,
    ("entry", "revised_at"): WHEN,
}
WRONG: dict[str, Any] = {
    "ttl": "61",
    "number of entries": 2,
    "published_at": WHEN - timedelta(seconds=1),
    "revised_at": None,
}


def truth(place: str, field: str, expected: Any) -> Truth:
    return Truth(file="x", name=field, field=field, expected=expected, index=0 if place == "entry" else None)


@pytest.mark.parametrize(("place", "field"), RIGHT)
def test_a_reading_agrees_with_what_is_right_and_with_nothing_else(place: str, field: str) -> None:
    assert agrees(truth(place, field, RIGHT[place, field]), READING)
    assert not agrees(truth(place, field, WRONG.get(field, "wrong")), READING)
    assert not agrees(truth(place, field, RIGHT[place, field]), ParsedFeed())
    assert not agrees(truth(place, field, RIGHT[place, field]), None)


def test_every_value_that_is_judged_is_tried_here() -> None:
    assert {("feed", field) for field in FEED} | {("entry", field) for field in ENTRY} == set(RIGHT)


@pytest.fixture(scope="module")
def scores() -> list[Score]:
    if not Path(CORPUS).exists():
        pytest.skip("the shared corpus is not here")
    return measure(CORPUS)


def test_we_agree_with_the_truths_but_for_misses_that_are_explained(scores: list[Score]) -> None:
    for score in scores:
        print(f"{score.suite}: {score.percentage:.1f} % of {score.judged} truths")  # noqa: T201

    assert [] == sorted({miss.key for score in scores for miss in score.misses} - set(reasons()))


def test_nothing_is_explained_that_is_no_miss(scores: list[Score]) -> None:
    assert [] == sorted(set(reasons()) - {miss.key for score in scores for miss in score.misses})


def test_no_truth_is_lost_to_the_comparison(scores: list[Score]) -> None:
    assert {"feedparser": 429, "gofeed": 224} == {score.suite: score.judged for score in scores}
