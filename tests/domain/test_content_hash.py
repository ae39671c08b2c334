"""Whether an entry says the same as before."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from bot.domain.entries import Entry, Image
from bot.domain.revising import content_hash

ENTRY = Entry(
    guid="1",
    title="Rain",
    link="https://gazette.example/rain",
    body="<p>It rains &amp; rains.</p>",
    image=Image(url="https://gazette.example/rain.png"),
)


@pytest.mark.parametrize(
    "same",
    [
        replace(ENTRY, body='<p class="first">It rains <b>&amp;</b> rains.</p>'),
        replace(ENTRY, body="<p>It rains &#38; rains.</p>\n"),
        replace(ENTRY, body=f"{ENTRY.body}<img src='https://counter.example/pixel?now=1'>"),
        replace(ENTRY, body=f"{ENTRY.body}<p>Comments: <b>40</b></p>", title=" Rain "),
        replace(ENTRY, revised_at=datetime(2026, 1, 1, tzinfo=UTC), authors=("Alex",)),
        replace(ENTRY, link="http://gazette.example/rain?utm_source=rss"),
        replace(ENTRY, image=Image(url="https://gazette.example/rain.png?width=300")),
    ],
)
def test_what_reads_the_same_has_the_same_hash(same: Entry) -> None:
    before = replace(ENTRY, body=f"{ENTRY.body}<p>Comments: 12</p>") if "Comments" in same.body else ENTRY
    assert content_hash(before) == content_hash(same)


@pytest.mark.parametrize(
    "other",
    [
        replace(ENTRY, title="Snow"),
        replace(ENTRY, body="<p>It rains no more.</p>"),
        replace(ENTRY, link="https://gazette.example/snow"),
        replace(ENTRY, image=None),
    ],
)
def test_what_reads_otherwise_has_another_hash(other: Entry) -> None:
    assert content_hash(ENTRY) != content_hash(other)


@given(st.text(st.characters()), st.text(st.characters()))
def test_any_text_has_a_hash(title: str, body: str) -> None:
    assert 32 == len(content_hash(Entry(title=title, body=body)))
