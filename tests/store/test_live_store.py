from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from fake_clock import CountingIds
from hypothesis import given, strategies as st

from bot.domain.entries import Entry, Image
from bot.domain.live_blogs import LiveBlog, LiveState, LiveTopic
from bot.domain.live_recordings import LiveRecording
from bot.domain.live_signs import Sign, Signs
from bot.store.database import Database
from bot.store.live import LiveStore
from bot.store.live_rows import entry_from, entry_to, want_look
from bot.store.live_views import all_stand, fresh, live_row, shown, stale, starter

NOW = datetime(2026, 1, 26, 9, 0, 0, 123000, tzinfo=UTC)
TEXT = st.text(max_size=20)
MOMENTS = st.none() | st.integers(0, 10**12).map(lambda ms: datetime.fromtimestamp(ms // 1000, UTC))


@given(
    st.builds(
        Entry,
        guid=st.none() | st.text(min_size=1, max_size=20),
        link=st.none() | st.text(min_size=1, max_size=20),
        title=TEXT,
        body=TEXT,
        image=st.none() | st.builds(Image, url=st.text(min_size=1, max_size=20), caption=TEXT),
        authors=st.lists(TEXT, max_size=3).map(tuple),
        published_at=MOMENTS,
    )
)
def test_an_update_comes_back_as_it_was_stored(entry: Entry) -> None:
    assert entry == entry_from(entry_to(entry))


async def test_a_live_blog_comes_back_as_it_was_stored(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "desk.db")
    async with database.write() as tx:
        await want_look(tx, 7, "https://gazette.example/live?utm_source=x", 1, NOW)
    store = LiveStore(database, CountingIds())
    blog = LiveBlog(
        live_blog_id=7,
        url="https://gazette.example/live?utm_source=x",
        state=LiveState.ENDED,
        title="Storm",
        body_hash="abc",
        problem="no answer",
        failures=2,
        active_at=NOW,
        signs=Signs(since={Sign.GOODBYE: NOW}, was_live=True, lacked_end=True, repeats=2),
        ended_at=NOW,
        ended_by="goodbye",
        successor_url="https://gazette.example/two",
        has_older=True,
        revision=4,
    )
    await store.record(LiveRecording(blog=blog, at=NOW, next_poll_at=NOW + timedelta(minutes=1)))
    assert blog == await store.get(7)
    assert NOW + timedelta(minutes=1) == await store.next_due_at(NOW)
    await database.close()


async def test_what_following_asks_is_answered_by_an_index(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "desk.db")
    asked: list[str] = []
    await database._reader.set_trace_callback(asked.append)
    store, read = LiveStore(database, CountingIds()), database.read
    await store.due(NOW, 9)
    await store.next_due_at(NOW)
    await store.is_wanted(1)
    await store.is_waiting(1, NOW)
    await store.known(1)
    await store.contents([1])
    await store.behind(1, date(2026, 1, 25))
    await store.of_topic(1)
    await store.topic_in("https://gazette.example/live", 1)
    await store.cards(1)
    await fresh(read, LiveTopic(topic_id=1, live_blog_id=1))
    await fresh(read, LiveTopic(topic_id=1, live_blog_id=1, shown_to=5))
    for view in (live_row, starter, stale, shown, all_stand):
        await view(read, 1)
    await database._reader.set_trace_callback(lambda _: None)
    assert len(asked) > 15
    for query in asked:
        plan = [row["detail"] for row in await read.all(f"EXPLAIN QUERY PLAN {query}")]
        assert not [step for step in plan if step.startswith("SCAN") and "INDEX" not in step], (query, plan)
    await database.close()
