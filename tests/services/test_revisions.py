"""What the publisher changes is corrected in place: rarely, and never over a person."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from fake_forum import FakeMessage, FakeThread
from json_feed import FeedParser, Story, publish
from newsroom import FEED, Newsroom, newsroom, order

from bot.domain.revising import DEBOUNCE, LONGEST_REVISED, MOST_REVISIONS
from bot.domain.wishes import Aspect, Wish
from bot.store.live_rows import want_look

LATER = timedelta(minutes=6)
FERRY = Story(guid="1", image="https://gazette.example/ferry.jpg?v=1")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path / "desk.db") as desk:
        desk.read_with(desk.fetcher, FeedParser())
        await desk.subscribe(order(post_last=1))
        await read(desk, FERRY, after=timedelta())
        await desk.publish_until_settled()
        desk.forum.deeds.clear()
        yield desk


async def read(desk: Newsroom, *stories: Story, after: timedelta = LATER) -> None:
    """Ask the feed then, as a hub may make us, whether or not it is due."""
    publish(desk.fetcher, FEED, *stories)
    desk.clock.pass_time(after)
    [feed_id] = await desk.store.feeds.due(desk.clock.now() + timedelta(days=1), 2)
    await desk.polling.poll(feed_id)


async def settle(desk: Newsroom) -> None:
    desk.clock.pass_time(DEBOUNCE)
    await desk.publish_until_settled()


def thread(desk: Newsroom) -> FakeThread:
    [found] = desk.forum.threads.values()
    return found


def starter(desk: Newsroom) -> FakeMessage:
    return desk.forum.messages[thread(desk).thread_id][0]


async def test_a_changed_text_is_edited_in_place(desk: Newsroom) -> None:
    await read(desk, FERRY.but(text="It left at one."))
    await settle(desk)
    assert ["edit"] == desk.forum.deeds
    assert "It left at one." == starter(desk).message.embeds[0].description


async def test_a_changed_title_renames_the_thread(desk: Newsroom) -> None:
    await read(desk, FERRY.but(title="Ferry late"))
    await settle(desk)
    assert ["edit", "shape(name)"] == desk.forum.deeds
    assert ("[News] Ferry late", "Ferry late") == (
        thread(desk).name,
        starter(desk).message.embeds[0].title,
    )


@pytest.mark.parametrize(
    "churn",
    [
        FERRY.but(image="https://gazette.example/ferry.jpg?v=2"),
        FERRY.but(link="https://gazette.example/ferry?utm_source=rss"),
        FERRY.but(text="  It left   at noon. "),
    ],
)
async def test_what_reads_the_same_is_left_alone(desk: Newsroom, churn: Story) -> None:
    await read(desk, churn)
    await settle(desk)
    assert [] == desk.forum.deeds


async def test_a_new_date_alone_edits_nothing(desk: Newsroom) -> None:
    for _ in range(3):
        await read(desk, FERRY.but(at=desk.clock.now()))
        await settle(desk)
    assert [] == desk.forum.deeds


async def test_counts_in_the_text_edit_nothing(desk: Newsroom) -> None:
    await read(desk, FERRY.but(text="It left at noon. Comments: 3"))
    await settle(desk)
    desk.forum.deeds.clear()
    await read(desk, FERRY.but(text="It left at noon. Comments: 40"))
    await settle(desk)
    assert [] == desk.forum.deeds


async def test_changes_in_quick_succession_become_one_edit(desk: Newsroom) -> None:
    await read(desk, FERRY.but(title="Ferry"))
    await desk.publish()
    await read(desk, FERRY.but(title="Ferry late"), after=timedelta())
    await settle(desk)
    assert ["edit", "shape(name)"] == desk.forum.deeds
    assert "[News] Ferry late" == thread(desk).name


async def test_a_change_that_is_taken_back_leaves_the_name(desk: Newsroom) -> None:
    await read(desk, FERRY.but(title="Fery"))
    await read(desk, FERRY, after=timedelta())
    await settle(desk)
    assert ("[News] Ferry runs again", "Ferry runs again") == (
        thread(desk).name,
        starter(desk).message.embeds[0].title,
    )


async def test_an_old_picture_stays_where_the_new_text_has_none(desk: Newsroom) -> None:
    await read(desk, FERRY.but(text="It left at one.", image=None))
    await settle(desk)
    assert "https://gazette.example/ferry.jpg?v=1" == starter(desk).message.embeds[0].image_url


async def test_a_name_that_a_person_gave_stays(desk: Newsroom) -> None:
    thread(desk).name = "Ferries!"
    await desk.watching.changed(await desk.forum.sight(thread(desk).thread_id))
    await read(desk, FERRY.but(title="Ferry late"))
    await settle(desk)
    assert ("Ferries!", "Ferry late") == (thread(desk).name, starter(desk).message.embeds[0].title)


async def test_a_name_that_a_moderator_has_just_asked_for_stays(desk: Newsroom) -> None:
    wish = Wish(aspect=Aspect.NAME, value="Ferries!", due_at=desk.clock.now() + LATER * 2)
    topic = await desk.store.topics.by_thread(thread(desk).thread_id)
    assert topic is not None
    async with desk.store.database.write() as tx:
        await tx.execute(
            "INSERT INTO wishes (topic_id, aspect, wanted, due_at) VALUES (:id, 'name', '\"Ferries!\"', :due)",
            {"id": topic.topic_id, "due": int(wish.due_at.timestamp() * 1000)},
        )
        await tx.execute(
            "UPDATE topics SET due_at = :due WHERE topic_id = :id",
            {"id": topic.topic_id, "due": int(wish.due_at.timestamp() * 1000)},
        )
    await read(desk, FERRY.but(title="Ferry late"))
    await settle(desk)
    assert "Ferries!" == thread(desk).name


async def test_renames_keep_to_two_in_ten_minutes(desk: Newsroom) -> None:
    for title in ("One", "Two", "Three"):
        await read(desk, FERRY.but(title=title), after=timedelta(minutes=1))
        await desk.publish(after=DEBOUNCE)
        await desk.publish()
    assert ("[News] Two", "Three") == (thread(desk).name, starter(desk).message.embeds[0].title)
    await desk.publish_until_settled()
    assert "[News] Three" == thread(desk).name


async def test_an_entry_is_not_corrected_beyond_the_limit(desk: Newsroom) -> None:
    for number in range(MOST_REVISIONS + 3):
        await read(desk, FERRY.but(text=f"It left, says clerk no. {number}."))
        await settle(desk)
    assert MOST_REVISIONS == desk.forum.deeds.count("edit")


async def test_an_old_entry_is_not_corrected(desk: Newsroom) -> None:
    await read(desk, FERRY.but(text="It left at one."), after=LONGEST_REVISED + LATER)
    await settle(desk)
    assert [] == desk.forum.deeds


async def test_a_topic_that_waits_is_corrected_before_it_is_posted(desk: Newsroom) -> None:
    bus = Story(guid="2", title="Bus", link="https://gazette.example/bus")
    await read(desk, bus, FERRY)
    await read(desk, bus.but(title="Bus late"), FERRY)
    await desk.publish()
    assert ["[News] Ferry runs again", "[News] Bus late"] == desk.names()
    assert ["create_post"] == desk.forum.deeds


async def test_a_deleted_thread_is_not_made_again(desk: Newsroom) -> None:
    topic = await desk.store.topics.by_thread(thread(desk).thread_id)
    assert topic is not None
    await desk.store.topics.vanish(topic.topic_id)
    await read(desk, FERRY.but(title="Ferry late"))
    await settle(desk)
    assert [] == desk.forum.deeds


async def asleep(desk: Newsroom) -> None:
    thread(desk).archived = True
    await desk.watching.changed(await desk.forum.sight(thread(desk).thread_id))
    desk.forum.deeds.clear()


async def test_a_sleeping_thread_is_not_woken_for_its_text(desk: Newsroom) -> None:
    await asleep(desk)
    await read(desk, FERRY.but(text="It left at one."))
    await settle(desk)
    assert [] == desk.forum.deeds


async def test_a_sleeping_thread_is_woken_for_its_headline_and_sleeps_again(desk: Newsroom) -> None:
    await asleep(desk)
    await read(desk, FERRY.but(title="Ferry late"))
    await settle(desk)
    assert ("[News] Ferry late", True) == (thread(desk).name, thread(desk).archived)


async def test_a_closed_topic_is_corrected_and_stays_closed(desk: Newsroom) -> None:
    thread(desk).locked = True
    await desk.watching.changed(await desk.forum.sight(thread(desk).thread_id))
    await read(desk, FERRY.but(title="Ferry late"))
    await settle(desk)
    assert ("[News] Ferry late", True) == (thread(desk).name, thread(desk).locked)


@pytest.mark.parametrize(("state", "edits"), [("followed", 0), ("ended", 0), ("candidate", 1)])
async def test_what_a_live_blog_owns_is_its_own(desk: Newsroom, state: str, edits: int) -> None:
    topic = await desk.store.topics.by_thread(thread(desk).thread_id)
    assert topic is not None
    async with desk.store.database.write() as tx:
        await want_look(tx, 1, "https://gazette.example/ferry", topic.topic_id, desk.clock.now())
        await tx.execute("UPDATE live_blogs SET state = :state", {"state": state})
    await read(desk, FERRY.but(title="Ferry late"))
    await settle(desk)
    assert edits == desk.forum.deeds.count("edit")
