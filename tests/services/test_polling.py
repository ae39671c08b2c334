import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fake_forum import TEXT
from fake_publisher import FakeFetcher, InlineParser
from newsroom import FEED, Newsroom, newsroom, order

from bot.domain.entries import ParsedFeed
from bot.domain.feeds import POLLS_WITH_CONDITIONS
from bot.domain.fetching import Fetched, Validators
from bot.errors import FetchError, ParseError

LATER = timedelta(minutes=6)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path / "desk.db") as desk:
        yield desk


async def test_a_first_poll_is_silent(desk: Newsroom) -> None:
    await desk.subscribe(order())
    desk.fetcher.publish(FEED, "new", "old")
    await desk.poll()
    await desk.publish()
    assert [] == desk.names()


async def test_a_first_poll_posts_the_newest_that_were_asked_for_oldest_first(desk: Newsroom) -> None:
    await desk.subscribe(order(post_last=2))
    desk.fetcher.publish(FEED, "newest", "newer", "old")
    await desk.poll()
    await desk.publish()
    assert ["[News] newer", "[News] newest"] == desk.names()


async def test_a_new_entry_becomes_one_thread_however_often_it_is_seen(desk: Newsroom) -> None:
    await desk.subscribe(order())
    desk.fetcher.publish(FEED, "old")
    await desk.poll()
    for titles in (["new", "old"], ["newer", "new", "old"], ["newer", "new", "old"]):
        desk.fetcher.publish(FEED, *titles)
        await desk.poll(after=LATER)
        await desk.publish()
    assert ["[News] new", "[News] newer"] == desk.names()


async def test_an_entry_that_slides_back_into_the_window_is_not_new(desk: Newsroom) -> None:
    await desk.subscribe(order())
    for titles in (["b", "a"], ["b"], ["b", "a"]):
        desk.fetcher.publish(FEED, *titles)
        await desk.poll(after=LATER)
    await desk.publish()
    assert [] == desk.names()


async def test_a_feed_of_two_channels_is_fetched_once(desk: Newsroom) -> None:
    await desk.subscribe(order(post_last=1), order(channel_id=TEXT, post_last=1))
    desk.fetcher.publish(FEED, "a")
    await desk.poll()
    await desk.publish()
    assert [FEED] == [url for url, _ in desk.fetcher.asked]
    assert ["[News] a", "[News] a"] == desk.names()


async def test_a_channel_added_later_gets_its_own_first_poll_even_where_the_feed_has_not_changed(
    desk: Newsroom,
) -> None:
    await desk.subscribe(order())
    desk.fetcher.publish(FEED, "b", "a")
    await desk.poll()
    await desk.subscribe(order(), order(channel_id=TEXT, post_last=1))
    await desk.poll(after=LATER)
    await desk.publish()
    assert [("[News] b", TEXT)] == [(t.name, t.channel_id) for t in desk.forum.threads.values()]


async def test_an_unchanged_feed_is_asked_conditionally_and_stays_silent(desk: Newsroom) -> None:
    await desk.subscribe(order(post_last=1))
    desk.fetcher.publish(FEED, "a")
    await desk.poll()
    await desk.poll(after=LATER)
    assert [False, True] == [bool(validators.etag) for _, validators in desk.fetcher.asked]


async def test_a_removed_feed_is_not_asked_any_more_and_its_waiting_topics_are_forgotten(
    desk: Newsroom,
) -> None:
    await desk.subscribe(order(post_last=1))
    desk.fetcher.publish(FEED, "a")
    await desk.poll()
    await desk.subscribe()
    await desk.poll(after=LATER)
    await desk.publish()
    assert 1 == len(desk.fetcher.asked)
    assert [] == desk.names()


async def test_a_feed_that_comes_back_posts_nothing_twice(desk: Newsroom) -> None:
    await desk.subscribe(order(post_last=1))
    desk.fetcher.publish(FEED, "a")
    await desk.poll()
    await desk.publish()
    await desk.subscribe()
    await desk.subscribe(order(post_last=2))
    desk.fetcher.publish(FEED, "b", "a")
    await desk.poll(after=LATER)
    await desk.publish()
    assert ["[News] a", "[News] b"] == desk.names()


@pytest.mark.parametrize(
    "error", [FetchError("no answer within 20 s"), ParseError("this is an HTML page, not a feed")]
)
async def test_a_failing_feed_is_told_once_and_stops_no_other(
    desk: Newsroom, error: FetchError | ParseError, caplog: pytest.LogCaptureFixture
) -> None:
    other = "https://other.example/feed"
    await desk.subscribe(order(), order(other, post_last=1))
    desk.fetcher.fail(FEED, error)
    desk.fetcher.publish(other, "a")
    await desk.poll()
    await desk.poll(after=LATER)
    await desk.publish()
    assert ["[News] a"] == desk.names()
    assert 1 == caplog.text.count(str(error))


class Untitled(InlineParser):
    """Its feeds have no titles."""

    async def parse(self, url: str, body: bytes, content_type: str) -> ParsedFeed:
        return replace(await super().parse(url, body, content_type), title="")


async def test_a_feed_without_a_title_is_named_by_its_site_and_never_by_its_login(desk: Newsroom) -> None:
    url = "https://ann:pa55@gazette.example/feed"
    desk.read_with(desk.fetcher, Untitled())
    await desk.subscribe(order(url=url, post_last=1))
    desk.fetcher.publish(url, "news")
    await desk.poll()
    await desk.publish()
    [starter] = [post.message for posts in desk.forum.messages.values() for post in posts]
    assert "gazette.example" in repr(starter)
    assert "pa55" not in repr(starter)


async def test_a_failing_feed_is_asked_less_and_less_often(desk: Newsroom) -> None:
    await desk.subscribe(order())
    desk.fetcher.fail(FEED, FetchError("no answer within 20 s"))
    waits = []
    for _ in range(12):
        await desk.poll()
        due_at = await desk.store.feeds.next_due_at(desk.clock.now())
        assert due_at is not None
        waits.append(due_at - desk.clock.now())
        desk.clock.pass_time(waits[-1])
    assert [timedelta(minutes=m) for m in (5, 10, 20, 40)] == waits[:4]
    assert timedelta(days=1) == waits[-1]


async def test_a_failing_feed_waits_at_least_as_long_as_its_server_asked(desk: Newsroom) -> None:
    await desk.subscribe(order())
    desk.fetcher.fail(FEED, FetchError("too many requests", status=429, retry_after=timedelta(hours=2)))
    await desk.poll()
    assert desk.clock.now() + timedelta(hours=2) == await desk.store.feeds.next_due_at(desk.clock.now())


async def test_a_feed_that_is_gone_for_good_is_not_asked_again(desk: Newsroom) -> None:
    await desk.subscribe(order())
    desk.fetcher.fail(FEED, FetchError("gone", status=410, gone=True))
    await desk.poll()
    assert await desk.store.feeds.next_due_at(desk.clock.now()) is None


async def test_an_entry_seen_by_a_feed_that_recovers_is_posted(
    desk: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    await desk.subscribe(order())
    desk.fetcher.publish(FEED, "a")
    await desk.poll()
    desk.fetcher.fail(FEED, FetchError("no answer"))
    await desk.poll(after=LATER)
    desk.fetcher.publish(FEED, "b", "a")
    await desk.poll(after=LATER)
    await desk.publish()
    assert ["[News] b"] == desk.names()
    assert "works again" in caplog.text


async def test_an_answer_of_the_same_bytes_is_no_news(desk: Newsroom) -> None:
    await desk.subscribe(order())
    desk.fetcher.publish(FEED, "a")
    await desk.poll()
    parser = CountingParser()
    desk.read_with(WithoutValidators(desk.fetcher), parser)
    for _ in range(2):
        await desk.poll(after=LATER)
    assert [] == parser.read


async def test_an_empty_answer_of_a_feed_that_worked_is_no_news(
    desk: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    await desk.subscribe(order())
    for titles in (["a"], [], ["b", "a"]):
        desk.fetcher.publish(FEED, *titles)
        await desk.poll(after=LATER)
    await desk.publish()
    assert ["[News] b"] == desk.names()
    assert "empty" not in caplog.text


async def test_a_feed_that_was_always_empty_is_told_of(
    desk: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    await desk.subscribe(order())
    desk.fetcher.publish(FEED)
    await desk.poll()
    assert "the answer is empty" in caplog.text


async def test_now_and_then_a_feed_is_asked_without_conditions(desk: Newsroom) -> None:
    await desk.subscribe(order())
    desk.fetcher.publish(FEED, "a")
    for _ in range(2 * POLLS_WITH_CONDITIONS + 4):
        await desk.poll(after=LATER)
    asked = [validators == Validators() for _, validators in desk.fetcher.asked]
    assert [0, POLLS_WITH_CONDITIONS + 1, 2 * POLLS_WITH_CONDITIONS + 2] == [
        number for number, whole in enumerate(asked) if whole
    ]


async def test_many_answers_without_news_are_stored_together(desk: Newsroom) -> None:
    await desk.subscribe(*(order(f"https://{n}.example/feed") for n in range(50)))
    feed_ids = await desk.store.feeds.due(desk.clock.now(), 99)
    then = desk.clock.now() + LATER
    await asyncio.gather(
        *(desk.store.feeds.record_unchanged(each, desk.clock.now(), then) for each in feed_ids)
    )
    assert [] == await desk.store.feeds.due(desk.clock.now(), 99)
    assert sorted(feed_ids) == sorted(await desk.store.feeds.due(then, 99))


class CountingParser(InlineParser):
    """Remembers what it read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    async def parse(self, url: str, body: bytes, content_type: str) -> ParsedFeed:
        self.read.append(url)
        return await super().parse(url, body, content_type)


class WithoutValidators:
    """A server that never says "not modified"."""

    def __init__(self, fetcher: FakeFetcher) -> None:
        self._fetcher = fetcher

    async def fetch(self, url: str, validators: Validators) -> Fetched:  # noqa: ARG002 - the port's.
        return replace(await self._fetcher.fetch(url, Validators()), validators=Validators())
