"""What a channel gets of its feeds: each page once, no more topics in an hour than wanted, and nothing is lost."""

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import chain
from pathlib import Path

import pytest
from fake_forum import FORUM, TEXT
from json_feed import FeedParser, Story, publish
from newsroom import FEED, Newsroom, newsroom

from bot.domain.feeds import FeedOrder, Options, Overflow
from bot.domain.messages import Message
from bot.domain.topics import MessageKind, Topic, TopicMessage

LATER = timedelta(minutes=6)
OTHER = "https://other.example/feed"
OLD = Story(guid="old", title="Old", link="https://gazette.example/old")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path / "desk.db") as desk:
        desk.read_with(desk.fetcher, FeedParser())
        yield desk


async def subscribe(
    desk: Newsroom, options: Options | None = None, *, url: str = FEED, channel_id: int = FORUM
) -> None:
    """With its first poll behind it."""
    await desk.subscribe(FeedOrder(url=url, channel_id=channel_id, options=options or Options()))
    await read(desk, OLD)


async def read(desk: Newsroom, *stories: Story, url: str = FEED) -> None:
    publish(desk.fetcher, url, *stories)
    await desk.poll(after=LATER)
    await desk.publish()


def entries(*titles: str) -> list[Story]:
    """Newest first, as a feed lists them."""
    return [
        Story(guid=title, title=title, link=f"https://gazette.example/{title}") for title in reversed(titles)
    ]


async def test_a_page_that_two_feeds_bring_gets_one_topic_in_a_channel(desk: Newsroom) -> None:
    await desk.subscribe(
        FeedOrder(url=FEED, channel_id=FORUM),
        FeedOrder(url=OTHER, channel_id=FORUM),
        FeedOrder(url=OTHER, channel_id=TEXT),
    )
    publish(desk.fetcher, FEED, OLD)
    publish(desk.fetcher, OTHER, OLD)
    await desk.poll()
    publish(desk.fetcher, FEED, Story(guid="1", link="https://gazette.example/ferry?utm_source=a"), OLD)
    publish(desk.fetcher, OTHER, Story(guid="2", link="http://gazette.example/ferry?utm_source=b"), OLD)
    await desk.poll(after=LATER)
    await desk.publish()
    assert [FORUM, TEXT] == sorted(thread.channel_id for thread in desk.forum.threads.values())


async def test_entries_of_one_feed_on_one_page_each_get_their_topic(desk: Newsroom) -> None:
    await subscribe(desk)
    page = "https://gazette.example/ferry"
    await read(desk, Story(guid="2", title="B", link=page), Story(guid="1", title="A", link=page), OLD)
    assert ["[News] A", "[News] B"] == desk.names()


async def test_links_to_a_front_page_make_no_duplicates(desk: Newsroom) -> None:
    await desk.subscribe(*(FeedOrder(url=url, channel_id=FORUM, post_last=1) for url in (FEED, OTHER)))
    for url in (FEED, OTHER):
        publish(desk.fetcher, url, Story(guid=url, title=url, link="https://gazette.example/"))
    await desk.poll()
    await desk.publish()
    assert 2 == len(desk.names())


async def test_a_filter_keeps_out_what_it_refuses(desk: Newsroom) -> None:
    await subscribe(desk, Options(filter="-sport"))
    await read(desk, *entries("Ferry", "Sport"), OLD)
    await read(desk, *entries("Ferry", "Sport", "Bus"), OLD)
    assert ["[News] Ferry", "[News] Bus"] == desk.names()


async def test_a_filter_that_cannot_be_read_keeps_nothing_out_and_is_told(
    desk: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    await subscribe(desk, Options(filter="/(/"))
    await read(desk, *entries("Ferry"), OLD)
    assert ["[News] Ferry"] == desk.names()
    assert 1 == caplog.text.count("no filter")


async def test_a_paused_subscription_notes_entries_and_posts_what_comes_after(desk: Newsroom) -> None:
    await subscribe(desk)
    await set_paused(desk, at="1")
    await read(desk, *entries("Missed"), OLD)
    await set_paused(desk, at="NULL")
    await read(desk, *entries("Missed", "Ferry"), OLD)
    assert ["[News] Ferry"] == desk.names()


async def set_paused(desk: Newsroom, at: str) -> None:
    async with desk.store.database.write() as tx:
        await tx.execute(f"UPDATE subscriptions SET paused_at = {at}")  # noqa: S608 - the test's own word.


async def test_topics_beyond_the_limit_come_later_in_order(desk: Newsroom) -> None:
    await subscribe(desk, Options(at_most=2))
    await read(desk, *entries("A", "B", "C", "D", "E"), OLD)
    assert ["[News] A", "[News] B"] == desk.names()
    await desk.publish(after=timedelta(hours=1))
    assert ["[News] A", "[News] B", "[News] C", "[News] D"] == desk.names()
    await read(desk, *entries("A", "B", "C", "D", "E", "F"), OLD)
    await desk.publish_until_settled()
    assert [f"[News] {title}" for title in "ABCDEF"] == desk.names()


async def test_a_digest_lists_what_is_beyond_the_limit_in_order(desk: Newsroom) -> None:
    await subscribe(desk, Options(at_most=2, overflow=Overflow.DIGEST))
    await read(desk, *entries("A", "B", "C", "D"), OLD)
    assert ["[News] A", "[News] The Gazette: 3 headlines"] == desk.names()
    assert [["1. [B]", "2. [C]", "3. [D]"]] == listed(desk)


async def test_what_comes_before_a_digest_is_posted_joins_it(desk: Newsroom) -> None:
    await subscribe(desk, Options(at_most=1, overflow=Overflow.DIGEST))
    await read(desk, *entries("A"), OLD)
    await read(desk, *entries("A", "B", "C"), OLD)
    await read(desk, *entries("A", "B", "C", "D"), OLD)
    assert ["[News] A"] == desk.names()
    await desk.publish_until_settled()
    assert ["[News] A", "[News] The Gazette: 3 headlines"] == desk.names()
    assert [["1. [B]", "2. [C]", "3. [D]"]] == listed(desk)


async def test_a_long_digest_takes_several_messages(desk: Newsroom) -> None:
    await subscribe(desk, Options(at_most=1, overflow=Overflow.DIGEST))
    now = desk.clock.now() + LATER
    titles = [f"{number:03} {'long ' * 30}" for number in range(60)]
    await read(desk, *(story.but(at=now) for story in entries(*titles)), OLD.but(at=now))
    await desk.publish_until_settled()
    pages = listed(desk)
    numbers = [line.split(" ")[0] for line in chain.from_iterable(pages)]
    assert len(pages) > 2
    assert [f"{number}." for number in range(1, 61)] == numbers


def listed(desk: Newsroom) -> list[list[str]]:
    """The lines of each message of the last topic, without their addresses."""
    thread_id = list(desk.forum.threads)[-1]
    return [
        [line.split("](")[0] + "]" for line in found.message.embeds[0].description.split("\n")]
        for found in desk.forum.messages[thread_id]
    ]


async def test_a_digested_entry_is_not_posted_again_by_another_feed(desk: Newsroom) -> None:
    limited = Options(at_most=1, overflow=Overflow.DIGEST)
    await desk.subscribe(
        FeedOrder(url=FEED, channel_id=FORUM, options=limited), FeedOrder(url=OTHER, channel_id=FORUM)
    )
    publish(desk.fetcher, FEED, OLD)
    publish(desk.fetcher, OTHER, OLD)
    await desk.poll()
    await read(desk, *entries("A", "B"), OLD)
    await read(desk, Story(guid="x", title="B", link="https://gazette.example/B"), OLD, url=OTHER)
    await desk.publish_until_settled()
    assert ["[News] The Gazette: 2 headlines"] == desk.names()


async def test_a_live_blog_that_a_moderator_follows_gets_no_second_topic_by_a_feed(desk: Newsroom) -> None:
    await subscribe(desk)
    link = "https://gazette.example/live/ferry"
    topic = Topic(topic_id=desk.ids.new(), channel_id=FORUM, name="[News] Ferry, live")
    starter = TopicMessage(
        record_id=desk.ids.new(),
        topic_id=topic.topic_id,
        kind=MessageKind.STARTER,
        wanted=Message(content="Ferry, live"),
    )
    await desk.store.live.follow(link, topic, starter, update_template="", publisher="", now=desk.clock.now())
    await read(desk, Story(guid="1", title="Ferry: follow it here", link=f"{link}?utm_source=rss"), OLD)
    assert ["[News] Ferry, live"] == desk.names()
