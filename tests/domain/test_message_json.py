"""A message's canonical JSON: what the database stores and what the hash is taken of."""

from datetime import UTC, datetime

from hypothesis import given, strategies as st

from bot.domain.messages import Button, Embed, Message, content_hash, from_json, to_json

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
MOMENTS = st.datetimes(timezones=st.just(UTC))
MESSAGES = st.builds(
    Message,
    content=TEXTS,
    embeds=st.lists(
        st.builds(
            Embed,
            title=TEXTS,
            url=st.none() | TEXTS.filter(bool),
            description=TEXTS,
            timestamp=st.none() | MOMENTS,
            colour=st.none() | st.integers(0, 0xFFFFFF),
        ),
        max_size=2,
    ).map(tuple),
    buttons=st.lists(
        st.builds(Button, label=TEXTS.filter(bool), custom_id=TEXTS.filter(bool)), max_size=2
    ).map(tuple),
    mention_role_id=st.none() | st.integers(0, 2**63),
)


@given(MESSAGES)
def test_a_message_survives_the_database(message: Message) -> None:
    assert message == from_json(to_json(message))


def test_the_spelling_is_canonical() -> None:
    message = Message(
        content="ü",
        embeds=(Embed(title="t", timestamp=datetime(2026, 2, 17, tzinfo=UTC), colour=0),),
        buttons=(Button(label="Follow", custom_id="f"),),
    )

    assert (
        '{"buttons":[{"custom_id":"f","label":"Follow"}],"content":"\\u00fc",'
        '"embeds":[{"colour":0,"timestamp":"2026-02-17T00:00:00+00:00","title":"t"}]}'
    ) == to_json(message)


@given(MESSAGES, MESSAGES)
def test_messages_that_differ_have_different_hashes(one: Message, other: Message) -> None:
    assert (one == other) == (content_hash(one) == content_hash(other))
