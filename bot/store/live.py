"""Live blogs, their updates and what their topics show of them, in the database. One method, one transaction."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from bot.domain.entries import Entry
from bot.domain.identity import canonical_link, page
from bot.domain.live_blogs import LiveBlog, LiveCard, LiveState, LiveTopic
from bot.domain.live_recordings import LiveRecording
from bot.domain.live_showing import Showing, View, is_day_due, may_show, with_showing
from bot.domain.live_updates import Known
from bot.domain.moderating import Ruling
from bot.domain.timers import TimerKind
from bot.domain.topics import Topic, TopicMessage
from bot.domain.wishes import Aspect
from bot.ports import Ids
from bot.store.database import Database, Transaction
from bot.store.links import claim_link
from bot.store.live_rows import (
    blog_from,
    blog_values,
    entry_from,
    entry_to,
    known_from,
    topic_from,
    topic_values,
    want_look,
)
from bot.store.live_views import all_stand, cards, fresh, is_closed_by_us, live_row, shown, stale, starter
from bot.store.moments import from_ms, to_ms
from bot.store.stories import insert_topic, read_story
from bot.store.timers import cancel
from bot.store.topics import put_ruling


class LiveStore:
    """Implements `ports.LiveStore`."""

    def __init__(self, database: Database, ids: Ids) -> None:
        self._database = database
        self._ids = ids

    async def due(self, now: datetime, limit: int) -> list[int]:
        rows = await self._database.read.all(
            "SELECT live_blog_id FROM live_blogs WHERE next_poll_at <= :now ORDER BY next_poll_at LIMIT :limit",
            {"now": to_ms(now), "limit": limit},
        )
        return [row["live_blog_id"] for row in rows]

    async def next_due_at(self, now: datetime) -> datetime | None:
        row = await self._database.read.one(
            "SELECT MIN(next_poll_at) AS at FROM live_blogs WHERE next_poll_at > :now", {"now": to_ms(now)}
        )
        return from_ms(row["at"]) if row else None

    async def get(self, live_blog_id: int) -> LiveBlog:
        row = await self._database.read.one(
            "SELECT * FROM live_blogs WHERE live_blog_id = :id", {"id": live_blog_id}
        )
        assert row is not None
        return blog_from(row)

    async def is_wanted(self, live_blog_id: int) -> bool:
        """Whether any of its topics can still show it."""
        row = await self._database.read.one(
            f"""
            SELECT 1 FROM {_WANTED}
            WHERE live_topics.live_blog_id = :id AND subscriptions.removed_at IS NULL LIMIT 1
            """,  # noqa: S608 - the part is ours, below.
            {"id": live_blog_id},
        )
        return row is not None

    async def is_waiting(self, live_blog_id: int, now: datetime) -> bool:
        """Whether a topic of it is just getting its thread, so that it can be shown only then."""
        row = await self._database.read.one(
            f"""
            SELECT 1 FROM {_WANTED}
            WHERE live_topics.live_blog_id = :id AND subscriptions.removed_at IS NULL
              AND topics.thread_id IS NULL AND topics.due_at <= :now
            LIMIT 1
            """,  # noqa: S608 - the part is ours, below.
            {"id": live_blog_id, "now": to_ms(now)},
        )
        return row is not None

    async def is_behind(self, live_blog_id: int) -> bool:
        """Whether a topic of it, in whatever state, has something yet to show."""
        row = await self._database.read.one(
            f"""
            SELECT 1 FROM {_WANTED}
            WHERE live_topics.live_blog_id = :id AND subscriptions.removed_at IS NULL
              AND topics.thread_id IS NOT NULL AND live_topics.revision <> live_blogs.revision
            LIMIT 1
            """,  # noqa: S608 - the part is ours, below.
            {"id": live_blog_id},
        )
        return row is not None

    async def known(self, live_blog_id: int) -> list[Known]:
        """All its updates, in the order in which they were first seen."""
        rows = await self._database.read.all(
            """
            SELECT update_id, update_key, content_hash, published_at, first_seen_at, prefix, missing, revisions
            FROM updates WHERE live_blog_id = :id ORDER BY update_id
            """,
            {"id": live_blog_id},
        )
        return [known_from(row) for row in rows]

    async def contents(self, update_ids: Iterable[int]) -> Mapping[int, Entry]:
        """What is shown of these updates."""
        found = {}
        for update_id in update_ids:
            row = await self._database.read.one(
                "SELECT content FROM updates WHERE update_id = :id", {"id": update_id}
            )
            if row is not None:
                found[update_id] = entry_from(row["content"])
        return found

    async def record(self, recording: LiveRecording) -> None:
        """All that a poll brought: the live blog as it is now, its updates, and when it is asked next."""
        async with self._database.write() as tx:
            await _put_updates(tx, recording)
            await tx.execute(
                """
                UPDATE live_blogs SET
                    state = :state, title = :title, etag = :etag, last_modified = :last_modified,
                    body_hash = :body_hash, failures = :failures, problem = :problem, active_at = :active_at,
                    signs = :signs, ended_at = :ended_at, ended_by = :ended_by, successor_url = :successor_url,
                    has_older = :has_older, revision = :revision, next_poll_at = :next_poll_at,
                    answered_at = CASE WHEN :failures = 0 THEN :at ELSE answered_at END
                WHERE live_blog_id = :live_blog_id
                """,
                {
                    **blog_values(recording.blog),
                    "at": to_ms(recording.at),
                    "next_poll_at": to_ms(recording.next_poll_at),
                },
            )
            if recording.blog.state is LiveState.NONE:
                await tx.execute(
                    "DELETE FROM live_topics WHERE live_blog_id = :id", {"id": recording.blog.live_blog_id}
                )

    async def behind(self, live_blog_id: int, yesterday: date) -> list[int]:
        """Topics that may have something to show: new, edited, the recap of a day or of the end.

        `yesterday` is the latest day that is over anywhere. Topics that people closed have to wait.
        """
        rows = await self._database.read.all(
            f"""
            SELECT topics.topic_id FROM {_WANTED}
            WHERE live_topics.live_blog_id = :id
              AND subscriptions.removed_at IS NULL AND subscriptions.paused_at IS NULL
              AND topics.thread_id IS NOT NULL
              AND (topics.state = 'open' OR live_topics.closed_case IS NOT NULL)
              AND (live_topics.revision <> live_blogs.revision OR live_topics.recapped_to < :yesterday
                   OR EXISTS (SELECT 1 FROM messages WHERE messages.topic_id = topics.topic_id
                              AND messages.kind = 'starter' AND messages.wanted_hash <> live_topics.recap_hash))
            ORDER BY topics.topic_id
            """,  # noqa: S608 - the part is ours, below.
            {"id": live_blog_id, "yesterday": str(yesterday)},
        )
        return [row["topic_id"] for row in rows]

    async def view(self, topic_id: int, yesterday: date) -> View | None:
        """What is recorded of a topic and its live blog. None where it shows none, or people closed it.

        All that it shows is read only where a recap may be due: at the end, or when `yesterday` has none yet.
        """
        read = self._database.read
        row = await live_row(read, topic_id)
        if row is None:
            return None
        story = await read_story(read, topic_id)
        live = topic_from(row, closed_by_us=await is_closed_by_us(read, row))
        if not may_show(story.topic, live):
            return None
        blog = await self.get(live.live_blog_id)
        updates, skipped = await fresh(read, live)
        return View(
            blog=blog,
            live=live,
            topic=story.topic,
            starter=await starter(read, topic_id),
            fresh=updates,
            skipped=skipped,
            stale=await stale(read, topic_id) if live.revision != blog.revision else (),
            shown=await shown(read, topic_id) if blog.ended_at or is_day_due(live, yesterday) else (),
            all_stand=await all_stand(read, topic_id),
            wished_name=next((str(w.value) for w in story.wishes if w.aspect is Aspect.NAME), None),
        )

    async def show(self, view: View, showing: Showing, now: datetime) -> bool:
        """Record what a topic shall show. False: something changed meanwhile, so that it has to be decided anew."""
        topic_id = view.topic.topic_id
        async with self._database.write() as tx:
            row = await live_row(tx, topic_id)
            before = await read_story(tx, topic_id)
            if row is None:
                return False
            live = topic_from(row, closed_by_us=await is_closed_by_us(tx, row))
            if live != view.live or not may_show(before.topic, live):
                return False
            ruling = Ruling(story=with_showing(before, showing), arm=showing.arm, cancel=showing.cancel)
            await put_ruling(tx, before, ruling, now)
            await tx.execute_many(
                """
                INSERT INTO update_messages (topic_id, update_id, record_id, revision)
                VALUES (:topic_id, :update_id, :record_id, :revision)
                ON CONFLICT (topic_id, update_id) DO UPDATE SET revision = excluded.revision
                """,
                [
                    {
                        "topic_id": topic_id,
                        "update_id": update_id,
                        "record_id": record_id,
                        "revision": revision,
                    }
                    for update_id, record_id, revision in showing.links
                ],
            )
            await _put_topic(tx, showing)
        return True

    async def of_topic(self, topic_id: int) -> tuple[LiveTopic, LiveState] | None:
        """What its timer has to know."""
        row = await live_row(self._database.read, topic_id)
        if row is None:
            return None
        live = topic_from(row, closed_by_us=await is_closed_by_us(self._database.read, row))
        return live, (await self.get(live.live_blog_id)).state

    async def topic_in(self, url: str, channel_id: int) -> Topic | None:
        """The topic of a channel that follows the page already."""
        return await _topic_in(self._database.read, url, channel_id)

    async def follow(
        self,
        url: str,
        topic: Topic,
        starter: TopicMessage,
        *,
        update_template: str,
        publisher: str,
        now: datetime,
    ) -> Topic | None:
        """A topic for a live blog that somebody asked for; a page that was done with is looked at anew.

        The topic that is there already, if somebody was faster. What followed it in the channel before does not again.
        """
        async with self._database.write() as tx:
            there = await _topic_in(tx, url, topic.channel_id)
            if there is not None:
                return there
            await _end_in_channel(tx, url, topic.channel_id, now)
            await insert_topic(tx, topic, starter, now)
            if link := page(url):
                await claim_link(tx, topic.channel_id, link, None, topic.topic_id)
            await tx.execute(
                """
                UPDATE live_blogs SET state = CASE WHEN state IN ('done', 'none') THEN 'candidate' ELSE state END,
                    body_hash = NULL, etag = NULL, last_modified = NULL, next_poll_at = :now
                WHERE link = :link
                """,
                {"link": canonical_link(url), "now": to_ms(now)},
            )
            await want_look(tx, self._ids.new(), url, topic.topic_id, now)
            await tx.execute(
                """
                UPDATE live_topics SET update_template = :template, publisher = :publisher WHERE topic_id = :id
                """,
                {"template": update_template, "publisher": publisher, "id": topic.topic_id},
            )
        return None

    async def cards(self, guild_id: int) -> list[LiveCard]:
        """What the guild's topics follow, in the order of their making."""
        return await cards(self._database.read, guild_id)

    async def unfollow(self, topic_id: int, now: datetime) -> bool:
        """End the following in one topic, with the close that was planned for its end; False: it was ended before.

        The topic, its messages and the record stay. The page is not asked any more where no topic wants it.
        """
        async with self._database.write() as tx:
            ended = await tx.execute(
                "UPDATE live_topics SET unfollowed_at = :now WHERE topic_id = :id AND unfollowed_at IS NULL",
                {"id": topic_id, "now": to_ms(now)},
            )
            await cancel(tx, topic_id, (TimerKind.LIVE,))
        return ended > 0


_WANTED = """live_topics
    JOIN live_blogs ON live_blogs.live_blog_id = live_topics.live_blog_id
        AND live_topics.unfollowed_at IS NULL
    JOIN topics ON topics.topic_id = live_topics.topic_id AND topics.state <> 'gone'
    LEFT JOIN subscriptions ON subscriptions.subscription_id = topics.subscription_id"""


async def _topic_in(tx: Transaction, url: str, channel_id: int) -> Topic | None:
    row = await tx.one(
        f"""
        SELECT topics.topic_id FROM {_WANTED}
        WHERE live_blogs.link = :link AND live_blogs.next_poll_at IS NOT NULL
          AND topics.channel_id = :channel_id AND subscriptions.removed_at IS NULL
        """,  # noqa: S608 - the part is ours, above.
        {"link": canonical_link(url), "channel_id": channel_id},
    )
    return (await read_story(tx, row["topic_id"])).topic if row else None


async def _end_in_channel(tx: Transaction, url: str, channel_id: int, now: datetime) -> None:
    await tx.execute(
        """
        UPDATE live_topics SET unfollowed_at = :now
        WHERE unfollowed_at IS NULL
          AND live_blog_id IN (SELECT live_blog_id FROM live_blogs WHERE link = :link)
          AND topic_id IN (SELECT topic_id FROM topics WHERE channel_id = :channel_id)
        """,
        {"link": canonical_link(url), "channel_id": channel_id, "now": to_ms(now)},
    )


async def _put_updates(tx: Transaction, recording: LiveRecording) -> None:
    await tx.execute_many(
        """
        INSERT INTO updates (update_id, live_blog_id, update_key, content, content_hash, prefix, published_at,
                             first_seen_at)
        VALUES (:id, :live_blog_id, :key, :content, :hash, :prefix, :published_at, :at)
        ON CONFLICT (live_blog_id, update_key) DO NOTHING
        """,
        [
            {
                "id": record.update_id,
                "live_blog_id": recording.blog.live_blog_id,
                "key": record.key,
                "content": entry_to(record.entry),
                "hash": record.content_hash,
                "prefix": record.prefix,
                "published_at": to_ms(record.entry.published_at),
                "at": to_ms(recording.at),
            }
            for record in recording.new
        ],
    )
    await tx.execute_many(
        """
        UPDATE updates SET content = :content, content_hash = :hash, prefix = :prefix, revisions = revisions + 1
        WHERE update_id = :id
        """,
        [
            {
                "id": record.update_id,
                "content": entry_to(record.entry),
                "hash": record.content_hash,
                "prefix": record.prefix,
            }
            for record in recording.edited
        ],
    )
    await tx.execute_many(
        "UPDATE updates SET missing = :missing, revisions = revisions + :changed WHERE update_id = :id",
        [
            {"id": update_id, "missing": missing, "changed": int(changed)}
            for update_id, missing, changed in recording.missing
        ],
    )


async def _put_topic(tx: Transaction, showing: Showing) -> None:
    await tx.execute(
        """
        UPDATE live_topics SET revision = :revision, shown_to = :shown_to, title = :title, recapped_to = :recapped_to,
                               usual_starter = :usual_starter, recap_hash = :recap_hash, ended_for = :ended_for
        WHERE topic_id = :topic_id
        """,
        topic_values(showing.live),
    )
    if showing.name is not None:
        await tx.execute(
            "UPDATE topics SET given_name = :name WHERE topic_id = :id",
            {"name": showing.name.value, "id": showing.live.topic_id},
        )
