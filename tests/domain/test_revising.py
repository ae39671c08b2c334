"""Whether an entry says something else than before, and what follows for its topic."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from bot.domain.entries import Entry, Image
from bot.domain.messages import Embed, Message
from bot.domain.revising import Corrected, Correction, content_hash, correct, corrected, is_revisable
from bot.domain.topics import MessageKind, State, Story, Topic, TopicMessage
from bot.domain.wishes import Aspect, Wish

NOON = datetime(2026, 1, 26, 12, tzinfo=UTC)
FERRY = Entry(
    guid="1",
    title="Ferry",
    link="https://n.example/ferry",
    body="<p>It left, 3 comments.</p>",
    image=Image(url="https://n.example/a.jpg?v=1"),
    authors=("Ann",),
    published_at=NOON,
)


@pytest.mark.parametrize(
    "churn",
    [
        {"published_at": NOON + timedelta(days=1)},
        {"revised_at": NOON},
        {"authors": ("Ann", "Bob")},
        {"categories": ("World",)},
        {"guid": "2"},
        {"link": "http://n.example/ferry?utm_source=rss"},
        {"body": "<div>It  left, <b>41</b> comments.</div>"},
        {"image": Image(url="https://n.example/a.jpg?v=2", caption="A ferry")},
    ],
)
def test_what_changes_by_itself_is_no_other_content(churn: dict[str, object]) -> None:
    assert content_hash(FERRY) == content_hash(Entry(**{**_fields(FERRY), **churn}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Ferry late"},
        {"body": "<p>It did not leave, 3 comments.</p>"},
        {"link": "https://n.example/boat"},
        {"image": Image(url="https://n.example/b.jpg")},
        {"image": None},
    ],
)
def test_what_a_reader_sees_is_other_content(change: dict[str, object]) -> None:
    assert content_hash(FERRY) != content_hash(Entry(**{**_fields(FERRY), **change}))  # type: ignore[arg-type]


def _fields(entry: Entry) -> dict[str, object]:
    return {name: getattr(entry, name) for name in Entry.__dataclass_fields__}


def test_a_starter_that_reads_the_same_is_not_edited() -> None:
    before = Message(embeds=(Embed(title="A", image_url="https://n.example/a.jpg?1", timestamp=NOON),))
    after = Message(embeds=(Embed(title="A", image_url="https://n.example/a.jpg?2"),))
    assert corrected(before, after) is None


def test_a_starter_that_reads_otherwise_keeps_its_picture() -> None:
    before = Message(embeds=(Embed(title="A", image_url="https://n.example/a.jpg"),))
    after = Message(embeds=(Embed(title="B"), Embed(title="C")))
    expected = Message(embeds=(Embed(title="B", image_url="https://n.example/a.jpg"), Embed(title="C")))
    assert expected == corrected(before, after)


@pytest.mark.parametrize(
    ("age", "revisions", "expected"),
    [
        (timedelta(days=7), 23, True),
        (timedelta(days=7, seconds=1), 0, False),
        (timedelta(), 24, False),
    ],
)
def test_an_entry_is_corrected_for_a_week_and_not_for_ever(
    age: timedelta, revisions: int, expected: bool
) -> None:
    assert expected == is_revisable(NOON - age, revisions, NOON)


STARTER = TopicMessage(
    record_id=2, topic_id=1, kind=MessageKind.STARTER, wanted=Message(content="A"), message_id=3
)


def ruled(
    *, name: str = "A", given: str | None = "A", wish: str | None = None, archived: bool = False
) -> Corrected | None:
    topic = Topic(topic_id=1, channel_id=9, name=name, thread_id=3, shown=State.OPEN, archived=archived)
    wishes = (Wish(aspect=Aspect.NAME, value=wish, due_at=NOON),) if wish else ()
    correction = Correction(topic_id=1, entry_id=4, name="B", wanted=Message(content="B"), at=NOON)
    return correct(Story(topic, wishes=wishes), STARTER, correction, given)


def name_wished(after: Corrected | None) -> object:
    assert after is not None
    return next((wish.value for wish in after.story.wishes if wish.aspect is Aspect.NAME), None)


def test_a_name_of_ours_is_changed() -> None:
    after = ruled()
    assert ("B", "B") == (name_wished(after), after and after.given_name)


def test_a_rename_of_ours_that_waits_is_replaced() -> None:
    assert "B" == name_wished(ruled(given="A2", wish="A2"))


@pytest.mark.parametrize(
    ("name", "given", "wish"),
    [("Mine", "A", None), ("A", "A", "Mine"), ("A", None, None), ("Mine", "A2", None)],
)
def test_a_name_of_a_person_stays(name: str, given: str | None, wish: str | None) -> None:
    after = ruled(name=name, given=given, wish=wish)
    assert (wish, given) == (name_wished(after), after and after.given_name)


def test_a_sleeping_thread_with_a_persons_name_is_left_alone() -> None:
    assert ruled(name="Mine", archived=True) is None


@given(st.text(), st.text(), st.text())
def test_any_entry_has_a_hash(title: str, body: str, link: str) -> None:
    entry = Entry(title=title, body=body, link=f"https://n.example/{link}")
    assert 32 == len(content_hash(entry))
