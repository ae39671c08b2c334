from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from bot.domain.cases import Actor
from bot.domain.digests import Proposal, digest, toggle
from bot.domain.moderating import Notices, Order
from bot.domain.recommendations import MOST, Recommendation, excerpt, post_from
from bot.domain.text import units
from bot.domain.topics import Sighting, Story, adopt
from bot.errors import RefusedError

NOW = datetime(2026, 1, 26, tzinfo=UTC)
HUGE = (1 << 63) - 1
SEEN = Sighting(thread_id=HUGE, guild_id=HUGE, channel_id=3, name="Rain", locked=False, archived=False)
LINK = "https://discord.com/channels/1/2/3"


def order(record_id: int = 50) -> Order:
    return Order(
        seen=SEEN,
        actor=Actor(user_id=7),
        reason="",
        notices=Notices(),
        at=NOW,
        case_id=60,
        record_id=record_id,
    )


def post(message_id: int, author: str = "Alex", text: str = "Wet") -> Recommendation:
    return Recommendation(message_id=message_id, author_id=8, author_name=author, excerpt=text, by=7, at=NOW)


def told(story: Story) -> str:
    listed = digest(story)
    assert listed is not None
    return listed.wanted.embeds[0].description


def recommended(*posts: Recommendation) -> Story:
    story = Story(adopt(5, SEEN))
    for each in posts:
        story = toggle(story, order(), Proposal(post=each), "Recommended posts").story
    return story


def test_the_newest_recommendation_comes_last() -> None:
    lines = told(recommended(post(HUGE - 1, "Alex"), post(HUGE - 2, "Kim"))).splitlines()
    assert ["1. [Alex](", "2. [Kim]("] == [line[: line.index("(") + 1] for line in lines]


def test_the_oldest_leaves_a_full_list() -> None:
    story = recommended(*(post(number) for number in range(1, MOST + 2)))
    assert list(range(2, MOST + 2)) == [each.message_id for each in story.recommendations]


def test_a_list_that_became_empty_before_it_was_sent_is_not_sent() -> None:
    listed = digest(recommended(post(1), post(1)))
    assert listed is not None
    assert listed.withdrawn


def test_an_excerpt_keeps_what_is_behind_a_spoiler() -> None:
    assert "The butler is ▒▒▒" == excerpt("The butler is ||guilty||")


def test_an_excerpt_names_emoji_and_hides_numbers_of_mentions() -> None:
    assert "Hi @… in #… :wave:" == excerpt("Hi <@!12> in <#13> <a:wave:14>")


def test_a_name_with_an_address_stays_a_link_to_the_post() -> None:
    assert "://" not in told(recommended(post(1, "https://evil.example"))).split("](")[0]


def test_a_post_without_a_text_is_listed_by_its_author() -> None:
    assert told(recommended(post(1, text=""))).endswith("/1)")


def test_a_post_that_was_deleted_leaves_the_list_at_the_next_recommendation() -> None:
    proposal = Proposal(post=post(3), deleted={1})
    story = toggle(recommended(post(1), post(2)), order(), proposal, "Recommended posts").story
    assert [2, 3] == [each.message_id for each in story.recommendations]


TEXT = st.text(max_size=300) | st.sampled_from(["@everyone", "<@1> @here " * 30, "*_`[]" * 60])


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=MOST))
def test_every_list_fits_into_discords_limits_and_pings_nobody(texts: list[tuple[str, str]]) -> None:
    posts = [post(HUGE - number, name, excerpt(text)) for number, (name, text) in enumerate(texts, 1)]
    lines = told(recommended(*posts))
    assert units(lines) <= 4096
    assert len(posts) == len(lines.splitlines())
    assert "@everyone" not in lines


@pytest.mark.parametrize(
    ("text", "expected"), [(LINK, (2, 3)), (" 3 ", (None, 3)), (LINK.replace(".com", "app.com"), (2, 3))]
)
def test_a_post_is_named_by_link_or_id(text: str, expected: tuple[int | None, int]) -> None:
    assert expected == post_from(text)


@pytest.mark.parametrize("text", ["rain", "https://evil.example/channels/1/2/3", LINK[:-2], "9" * 19])
def test_anything_else_names_no_post(text: str) -> None:
    with pytest.raises(RefusedError, match="no message"):
        post_from(text)
