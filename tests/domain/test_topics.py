import itertools

import pytest
from hypothesis import given, strategies as st

from bot.domain.topics import TRANSITIONS, Sighting, State, Topic, Verb, change, observe, thread_id_from
from bot.errors import RefusedError

TOPIC = Topic(topic_id=1, channel_id=2, name="a", thread_id=3, guild_id=4, state=State.OPEN, shown=State.OPEN)


def seen(*, locked: bool = False, archived: bool = False, name: str = "a") -> Sighting:
    return Sighting(thread_id=3, guild_id=4, channel_id=2, name=name, locked=locked, archived=archived)


@pytest.mark.parametrize(("state", "verb"), list(itertools.product(State, Verb)))
def test_a_verb_follows_the_table_or_is_refused(state: State, verb: Verb) -> None:
    topic = Topic(topic_id=1, channel_id=2, name="a", state=state)
    if (state, verb) in TRANSITIONS:
        assert TRANSITIONS[state, verb] is change(topic, verb).state
    else:
        with pytest.raises(RefusedError):
            change(topic, verb)


def test_nothing_happens_to_a_topic_that_is_gone() -> None:
    assert not [verb for state, verb in TRANSITIONS if state is State.GONE]


def test_a_lock_by_hand_is_adopted() -> None:
    assert State.CLOSED is observe(TOPIC, seen(locked=True)).state


def test_a_lock_that_we_are_still_showing_is_not_taken_for_a_persons() -> None:
    closing = Topic(topic_id=1, channel_id=2, name="a", thread_id=3, state=State.CLOSED, shown=State.OPEN)
    assert (State.CLOSED, State.OPEN) == (observe(closing, seen()).state, observe(closing, seen()).shown)


@given(st.builds(seen, locked=st.booleans(), archived=st.booleans(), name=st.text(min_size=1)))
def test_seeing_the_same_twice_changes_nothing_more(sighting: Sighting) -> None:
    once = observe(TOPIC, sighting)
    assert once == observe(once, sighting)


@pytest.mark.parametrize(
    "text",
    [
        "1234567890",
        " 1234567890 ",
        "<#1234567890>",
        "https://discord.com/channels/1/1234567890",
        "https://discord.com/channels/1/1234567890/55",
        "https://ptb.discord.com/channels/1/1234567890/",
    ],
)
def test_a_thread_is_named_by_id_mention_or_link(text: str) -> None:
    assert 1234567890 == thread_id_from(text)


@pytest.mark.parametrize(
    "text", ["", "rain", "-1", "<@1>", "https://example.com/channels/1/2", "9" * 19, "\uff11\uff12"]
)
def test_anything_else_names_no_thread(text: str) -> None:
    with pytest.raises(RefusedError, match="no such topic"):
        thread_id_from(text)
