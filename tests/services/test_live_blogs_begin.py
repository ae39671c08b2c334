import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from fake_forum import FORUM, TEXT
from live_newsroom import HOUR, PAGE, LiveNewsroom, live_newsroom, update
from newsroom import FEED, order

from bot.domain.feeds import Options
from bot.domain.live_blogs import LiveState
from bot.domain.templates import Templates
from bot.errors import FetchError, RefusedError


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[LiveNewsroom]:
    async with live_newsroom(tmp_path / "desk.db") as room:
        yield room


async def test_two_channels_follow_one_page_that_is_polled_once(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    await room.follow(channel_id=TEXT)
    room.write(update(1), update(0))
    asked = len(room.pages.asked)
    await room.poll()
    assert asked + 1 == len(room.pages.asked)
    for thread_id in room.forum.threads:
        shown = [e.title for m in room.forum.messages[thread_id] for e in m.message.embeds]
        assert ["Update 0", "Update 1"] == [title for title in shown if title.startswith("Update")]


async def test_a_page_is_followed_once_in_a_channel(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    with pytest.raises(RefusedError, match="followed already"):
        await room.follow()


async def test_two_who_ask_at_once_get_one_topic(room: LiveNewsroom) -> None:
    room.write(update(0))
    asked = [room.live.follow(PAGE, FORUM, Options()) for _ in range(2)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    await room.desk.publish()
    assert [False, True] == sorted(isinstance(answer, RefusedError) for answer in answers)
    assert 1 == len(room.forum.threads)


async def test_a_page_is_one_however_it_is_linked(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    room.write(update(0), url=f"{PAGE}?utm_source=feed")
    with pytest.raises(RefusedError, match="followed already"):
        await room.follow(url=f"{PAGE}?utm_source=feed")
    await room.follow(channel_id=TEXT, url=f"{PAGE}?utm_source=feed")
    assert PAGE == (await room.blog()).url


async def _unfollow(room: LiveNewsroom) -> None:
    [topic] = await room.desk.store.database.read.all(
        "SELECT topic_id FROM live_topics WHERE unfollowed_at IS NULL"
    )
    assert await room.desk.store.live.unfollow(topic["topic_id"], room.clock.now())


async def test_a_live_blog_that_is_not_followed_any_more_can_be_followed_again(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    first = room.thread
    await _unfollow(room)
    room.write(update(1), update(0))
    await room.poll()
    assert ["Update 0"] == room.texts()
    assert LiveState.DONE is (await room.blog()).state
    await room.follow()
    second = next(each for each in room.forum.threads if each != first.thread_id)
    assert [1, 2] == [_shown(room, thread_id) for thread_id in (first.thread_id, second)]
    room.write(update(2), update(1), update(0))
    await room.poll()
    assert [1, 3] == [_shown(room, thread_id) for thread_id in (first.thread_id, second)]


async def test_one_whose_day_after_its_end_is_over_can_be_followed_again(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    first = room.thread.thread_id
    room.write(update(0), is_live=False)
    await room.poll()
    await room.poll(after=25 * HOUR)
    assert LiveState.DONE is (await room.blog()).state
    stood = _shown(room, first)
    room.write(update(200), update(0), is_live=True)
    await room.follow()
    [second] = [each for each in room.forum.threads if each != first]
    assert (stood, 2) == (_shown(room, first), _shown(room, second))
    assert room.forum.threads[first].locked


def _shown(room: LiveNewsroom, thread_id: int) -> int:
    """Updates in a thread."""
    messages = room.forum.messages[thread_id]
    return sum(embed.title.startswith("Update") for each in messages for embed in each.message.embeds)


async def test_the_close_that_was_planned_is_off_where_the_following_ended(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    room.write(update(0), is_live=False)
    await room.poll()
    await _unfollow(room)
    await room.poll(after=HOUR)
    assert not room.thread.locked
    assert room.has_recap()


async def test_the_updates_template_knows_the_publisher(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow(options=Options(templates=Templates(update="By {{ publisher }}")))
    assert ["By The Gazette"] == [e.description for m in room.messages() for e in m.embeds]


async def test_it_refuses_what_is_over(room: LiveNewsroom) -> None:
    room.write(update(0), is_live=False)
    with pytest.raises(RefusedError, match="is over"):
        await room.follow()


async def test_it_refuses_a_page_that_is_no_live_blog(room: LiveNewsroom) -> None:
    room.pages.answers[PAGE] = None
    with pytest.raises(RefusedError, match="no live blog"):
        await room.follow()


async def test_a_failing_page_is_told_once(room: LiveNewsroom, caplog: pytest.LogCaptureFixture) -> None:
    room.write(update(0))
    await room.follow()
    room.pages.answers[PAGE] = FetchError("no answer within 20 s")
    for _ in range(3):
        await room.poll()
    assert 1 == caplog.text.count("no answer within 20 s")
    room.write(update(1), update(0))
    await room.poll()
    assert ["Update 0", "Update 1"] == room.texts()


@pytest.fixture
async def fed(room: LiveNewsroom) -> LiveNewsroom:
    """A feed with one entry, whose page has the address of a live blog."""
    await room.desk.subscribe(order(post_last=1))
    room.desk.fetcher.publish(FEED, "news/live/harbour-fire")
    return room


async def _read_feed(room: LiveNewsroom) -> None:
    await room.desk.poll()
    await room.desk.publish()
    await room.poll()
    await room.poll()


async def test_an_entry_whose_page_is_a_live_blog_is_followed_in_its_topic(fed: LiveNewsroom) -> None:
    fed.write(update(1), update(0))
    await _read_feed(fed)
    assert "[News] news/live/harbour-fire" == fed.thread.name
    assert ["Update 0", "Update 1"] == fed.texts()


async def test_a_page_that_is_no_live_blog_is_looked_at_once(fed: LiveNewsroom) -> None:
    fed.pages.answers[PAGE] = None
    await _read_feed(fed)
    assert [PAGE] == fed.pages.asked
    assert LiveState.NONE is (await fed.blog()).state


async def test_a_page_that_cannot_be_read_is_tried_again(fed: LiveNewsroom) -> None:
    fed.pages.answers[PAGE] = FetchError("no answer within 20 s")
    await _read_feed(fed)
    fed.write(update(0))
    await fed.poll()
    assert ["Update 0"] == fed.texts()


async def test_a_live_blog_that_is_over_at_first_sight_is_left_to_be_read_there(fed: LiveNewsroom) -> None:
    fed.write(update(1), update(0), is_live=False)
    await _read_feed(fed)
    await fed.poll(after=HOUR)
    assert [] == fed.texts()
    assert not fed.thread.locked
    assert not fed.has_recap()


async def test_a_live_blog_that_was_over_is_followed_if_it_goes_on(fed: LiveNewsroom) -> None:
    fed.write(update(0), is_live=False)
    await _read_feed(fed)
    fed.write(update(1), update(0), is_live=False)
    await fed.poll()
    assert [] == fed.texts()
    fed.write(update(2), update(1), update(0), is_live=True)
    await fed.poll()
    assert ["Update 2"] == fed.texts()


async def test_a_subscription_may_ask_not_to_follow(room: LiveNewsroom) -> None:
    silent = replace(order(post_last=1), options=Options(follow_live=False))
    await room.desk.subscribe(silent)
    room.desk.fetcher.publish(FEED, "news/live/harbour-fire")
    room.write(update(0))
    await _read_feed(room)
    assert [] == room.pages.asked


async def test_the_updates_template_knows_the_name_of_the_subscription(room: LiveNewsroom) -> None:
    options = Options(name="Harbour news", templates=Templates(update="By {{ publisher }}"))
    await room.desk.subscribe(replace(order(post_last=1), options=options))
    room.desk.fetcher.publish(FEED, "news/live/harbour-fire")
    room.write(update(0))
    await _read_feed(room)
    assert ["By Harbour news"] == [e.description for m in room.messages() for e in m.embeds]


async def test_the_templates_that_hold_now_word_names_and_updates(room: LiveNewsroom) -> None:
    before = replace(order(post_last=1), options=Options(name="Harbour news"))
    await room.desk.subscribe(before)
    room.desk.fetcher.publish(FEED, "news/live/harbour-fire")
    room.write(update(0))
    await _read_feed(room)
    named = Templates(name="{{ publisher }}: {{ title }}", update="By {{ publisher }}")
    await room.desk.subscribe(replace(before, options=Options(name="Harbour news", templates=named)))
    room.write(update(1), update(0), title="Harbour fire live: all safe")
    await room.poll()
    assert "By Harbour news" == room.messages()[-1].embeds[0].description
    assert "[News] Harbour news: Harbour fire live: all safe" == room.thread.name


async def test_what_nobody_wanted_any_more_is_followed_when_another_entry_leads_there(
    fed: LiveNewsroom,
) -> None:
    fed.write(update(0))
    await _read_feed(fed)
    await _unfollow(fed)
    await fed.poll()
    assert LiveState.DONE is (await fed.blog()).state
    other = "https://tribune.example/feed"
    await fed.desk.subscribe(order(post_last=1), order(url=other, channel_id=TEXT, post_last=1))
    fed.desk.fetcher.publish(other, "news/live/harbour-fire")
    await _read_feed(fed)
    assert LiveState.FOLLOWED is (await fed.blog()).state
    assert [1, 1] == [_shown(fed, thread_id) for thread_id in fed.forum.threads]


async def test_a_paused_subscription_catches_up_when_it_goes_on(fed: LiveNewsroom) -> None:
    fed.write(update(0))
    await _read_feed(fed)
    await _pause(fed, 1)
    fed.write(update(1), update(0))
    await fed.poll()
    assert ["Update 0"] == fed.texts()
    await _pause(fed, None)
    await fed.poll()
    assert ["Update 0", "Update 1"] == fed.texts()


async def _pause(room: LiveNewsroom, at: int | None) -> None:
    async with room.desk.store.database.write() as tx:
        await tx.execute("UPDATE subscriptions SET paused_at = :at", {"at": at})
