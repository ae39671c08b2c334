"""Lists of news topics: which, in which order, and for whom."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from fake_forum import FORUM, GUILD, TEXT, Person
from newsroom import FEED, Newsroom, newsroom, order

from bot.domain.headlines import PAGE, Headlines, words_of
from bot.errors import RefusedError
from bot.services.browsing import Browsing
from bot.services.moderation import Ask

ALEX = Person(8, "Alex")
OTHER = "https://herald.example/feed"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path / "desk.db") as desk:
        yield desk


@pytest.fixture
def shelf(desk: Newsroom) -> Browsing:
    return Browsing(desk.store.headlines, desk.forum)


async def post(desk: Newsroom, feed: str, *titles: str, channel_id: int = FORUM) -> None:
    """The feed's newest items, the newest first, each in a thread."""
    await desk.subscribe(order(), order(OTHER, TEXT), order(feed, channel_id, post_last=len(titles)))
    for url in (FEED, OTHER):
        desk.fetcher.publish(url, *(titles if url == feed else ()))
    await desk.poll(after=timedelta(hours=1))
    await desk.publish()


def titles(page: Headlines) -> list[str]:
    return [headline.title for headline in page.entries]


async def test_the_newest_stands_first_with_what_is_told_of_it(desk: Newsroom, shelf: Browsing) -> None:
    await post(desk, FEED, "newest", "older")
    page = await shelf.newest(GUILD, ALEX)
    assert (["newest", "older"], False) == (titles(page), page.has_next)
    first = page.entries[0]
    assert ("[News] newest", "The Gazette", "https://gazette.example/newest", False) == (
        first.name,
        first.publisher,
        first.link,
        first.closed,
    )


async def test_a_closed_topic_is_told_to_be_closed(desk: Newsroom, shelf: Browsing) -> None:
    await post(desk, FEED, "done")
    thread_id = next(iter(desk.forum.threads))
    await desk.moderation.close(_ask(thread_id), "")
    assert (await shelf.newest(GUILD, ALEX)).entries[0].closed


async def test_an_archived_topic_is_listed_and_a_deleted_one_is_not(desk: Newsroom, shelf: Browsing) -> None:
    await post(desk, FEED, "gone", "asleep")
    asleep, gone = desk.forum.threads
    desk.forum.threads[asleep].archived = True
    topic = await desk.store.topics.by_thread(gone)
    assert topic is not None
    await desk.store.topics.vanish(topic.topic_id)
    assert ["asleep"] == titles(await shelf.newest(GUILD, ALEX))


async def test_a_thread_of_people_is_no_news(desk: Newsroom, shelf: Browsing) -> None:
    await desk.moderation.close(_ask(desk.forum.add_thread("A question").thread_id), "")
    assert [] == titles(await shelf.newest(GUILD, ALEX))


async def test_topics_of_channels_out_of_sight_are_left_out(desk: Newsroom, shelf: Browsing) -> None:
    await post(desk, FEED, "seen")
    await post(desk, OTHER, "unseen", channel_id=TEXT)
    desk.forum.hidden_channels = {TEXT}
    assert ["seen"] == titles(await shelf.newest(GUILD, ALEX))


async def test_another_guild_has_none_of_it(desk: Newsroom, shelf: Browsing) -> None:
    await post(desk, FEED, "ours")
    assert [] == titles(await shelf.newest(GUILD + 1, ALEX))


async def test_pages_follow_each_other_without_gap_or_repetition(
    desk: Newsroom,
) -> None:
    shelf = Browsing(desk.store.headlines, desk.forum, chunk=3)
    news = [f"item {number}" for number in range(PAGE + 3)]
    await post(desk, FEED, *news)
    first, second = [await shelf.newest(GUILD, ALEX, page=number) for number in (0, 1)]
    assert (news[:PAGE], True) == (titles(first), first.has_next)
    assert (news[PAGE:], False) == (titles(second), second.has_next)


async def test_a_search_finds_what_has_all_words(desk: Newsroom, shelf: Browsing) -> None:
    await post(desk, FEED, "Storm warning lifted", "Harbour fire", "Storm over the HARBOUR")
    found = await shelf.newest(GUILD, ALEX, words=words_of("harbour storm"))
    assert ["Storm over the HARBOUR"] == titles(found)


async def test_one_feed_can_be_asked_for(desk: Newsroom, shelf: Browsing) -> None:
    await post(desk, FEED, "ours")
    await post(desk, OTHER, "theirs", channel_id=TEXT)
    [feed] = [each for each in await shelf.suggest_feeds(GUILD, ALEX, "") if each.channel_id == TEXT]
    assert ["theirs"] == titles(await shelf.newest(GUILD, ALEX, feed_id=feed.feed_id))


async def test_a_feed_is_known_by_choice_or_by_name_to_those_who_see_its_channel(
    desk: Newsroom, shelf: Browsing
) -> None:
    await post(desk, FEED, "ours")
    [feed] = [each for each in await shelf.suggest_feeds(GUILD, ALEX, "gazette") if each.channel_id == FORUM]
    assert feed.feed_id == await shelf.feed_id(GUILD, ALEX, str(feed.feed_id))
    assert feed.feed_id == await shelf.feed_id(GUILD, ALEX, " the gazette ")
    desk.forum.hidden_channels = {FORUM}
    with pytest.raises(RefusedError, match="no such feed"):
        await shelf.feed_id(GUILD, ALEX, str(feed.feed_id))


def _ask(thread_id: int) -> Ask:
    return Ask(guild_id=GUILD, thread_id=thread_id, caller=Person())
