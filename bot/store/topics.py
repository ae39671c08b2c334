"""Topics and their messages in the database. One method, one transaction."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.domain.cases import Case
from bot.domain.messages import to_json
from bot.domain.moderating import Ruling
from bot.domain.timers import Timer, TimerKind
from bot.domain.topics import State, Story, Topic, TopicMessage
from bot.domain.wishes import Aspect, Wish
from bot.errors import StaleTimerError
from bot.ports import TopicCard, TopicName
from bot.store.cases import (
    close_pending_cases,
    edit_reason,
    insert_case,
    latest_case,
    mark_undone,
    was_deleted,
)
from bot.store.database import Database, Transaction
from bot.store.live_rows import note_live_case
from bot.store.moments import from_ms, to_ms
from bot.store.recommendations import keep_recommendations
from bot.store.stories import (
    confirm,
    insert_bare,
    insert_topic,
    note_rename,
    read_story,
    save_story,
    topic_from,
)
from bot.store.timers import arm, cancel, finish


class TopicStore:
    """Implements `ports.TopicStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due_channels(self, now: datetime, limit: int) -> list[int]:
        """Channels with topics to work on, the longest waiting first."""
        rows = await self._database.read.all(
            "SELECT channel_id FROM topics WHERE due_at <= :now GROUP BY channel_id ORDER BY MIN(due_at) LIMIT :limit",
            {"now": to_ms(now), "limit": limit},
        )
        return [row["channel_id"] for row in rows]

    async def due_topics(self, channel_id: int, now: datetime, limit: int) -> list[int]:
        """The channel's topics to work on, in the order in which they were wanted."""
        rows = await self._database.read.all(
            """
            SELECT topic_id FROM topics WHERE channel_id = :channel_id AND due_at <= :now
            ORDER BY topic_id LIMIT :limit
            """,
            {"channel_id": channel_id, "now": to_ms(now), "limit": limit},
        )
        return [row["topic_id"] for row in rows]

    async def next_due_at(self, now: datetime) -> datetime | None:
        row = await self._database.read.one(
            "SELECT MIN(due_at) AS at FROM topics WHERE due_at > :now", {"now": to_ms(now)}
        )
        return from_ms(row["at"]) if row else None

    async def story(self, topic_id: int) -> Story:
        return await read_story(self._database.read, topic_id)

    async def exists(self, topic_id: int) -> bool:
        return (
            await self._database.read.one("SELECT 1 FROM topics WHERE topic_id = :id", {"id": topic_id})
            is not None
        )

    async def thread_of(self, topic_id: int) -> int | None:
        row = await self._database.read.one(
            "SELECT thread_id FROM topics WHERE topic_id = :id", {"id": topic_id}
        )
        return row["thread_id"] if row else None

    async def by_thread(self, thread_id: int) -> Topic | None:
        row = await self._database.read.one("SELECT * FROM topics WHERE thread_id = :id", {"id": thread_id})
        return topic_from(row) if row else None

    async def change(
        self,
        topic: Topic,
        decide: Callable[[Story], Ruling],
        now: datetime,
        ringing: Timer | None = None,
        *,
        ends: str = "done",
    ) -> Story:
        """Read, decide, write, in one transaction; an exception of `decide` leaves everything as it was.

        `topic` is stored first if its thread is new to us. What `decide` returns becomes due at once. `ringing` is the
        timer whose effect this is: it ends along, "done" or "failed"; StaleTimerError where it is not ours to ring any
        more.
        """
        async with self._database.write() as tx:
            if ringing is not None and not await finish(tx, ringing, ends):
                raise StaleTimerError("this timer was moved, cancelled or rung meanwhile")
            row = await tx.one("SELECT topic_id FROM topics WHERE thread_id = :id", {"id": topic.thread_id})
            if row is None:
                await insert_bare(tx, topic, now, due=False)
            before = await read_story(tx, row["topic_id"] if row else topic.topic_id)
            ruling = decide(before)
            await put_ruling(tx, before, ruling, now)
        return ruling.story

    async def want_moved(self, topic: Topic, starter: TopicMessage, moved_from: int, at: datetime) -> int:
        """A topic that goes on in another channel; the id of the one that is there already, if it was moved before."""
        async with self._database.write() as tx:
            row = await tx.one(
                "SELECT topic_id FROM topics WHERE moved_from = :thread_id AND channel_id = :channel_id",
                {"thread_id": moved_from, "channel_id": topic.channel_id},
            )
            if row is not None:
                return int(row["topic_id"])
            await insert_topic(tx, topic, starter, at)
            await tx.execute(
                "UPDATE topics SET moved_from = :thread_id WHERE topic_id = :id",
                {"thread_id": moved_from, "id": topic.topic_id},
            )
        return topic.topic_id

    async def grant(self, topic_id: int, wish: Wish, at: datetime) -> None:
        """Discord shows the wish: it is done, unless something else was wished meanwhile."""
        async with self._database.write() as tx:
            await tx.execute(
                "DELETE FROM wishes WHERE topic_id = :id AND aspect = :aspect AND wanted = :wanted",
                {"id": topic_id, "aspect": wish.aspect, "wanted": json.dumps(wish.value)},
            )
            if wish.aspect is Aspect.ARCHIVED:
                await tx.execute(
                    "UPDATE topics SET archived = :archived WHERE topic_id = :id",
                    {"id": topic_id, "archived": int(bool(wish.value))},
                )
            if wish.aspect is Aspect.NAME:
                await note_rename(tx, topic_id, str(wish.value), at)

    async def put_off_wish(self, topic_id: int, aspect: Aspect, due_at: datetime) -> None:
        async with self._database.write() as tx:
            await tx.execute(
                """
                UPDATE wishes SET due_at = :due_at, attempts = attempts + 1 WHERE topic_id = :id AND aspect = :aspect
                """,
                {"id": topic_id, "aspect": aspect, "due_at": to_ms(due_at)},
            )

    async def drop_wish(self, topic_id: int, aspect: Aspect, problem: str) -> None:
        """Discord refuses it: the wish goes, and its case says why."""
        async with self._database.write() as tx:
            await tx.execute(
                "DELETE FROM wishes WHERE topic_id = :id AND aspect = :aspect",
                {"id": topic_id, "aspect": aspect},
            )
            await close_pending_cases(tx, topic_id, problem)

    async def mark_attempt(self, message: TopicMessage, at: datetime) -> None:
        """Committed before the request: from now on just this was perhaps sent."""
        async with self._database.write() as tx:
            await tx.execute(
                "UPDATE messages SET attempted = :attempted, attempted_at = :at WHERE record_id = :id",
                {"id": message.record_id, "attempted": to_json(message.wanted), "at": to_ms(at)},
            )

    async def has_message(self, topic_id: int, message_id: int) -> bool:
        """Whether Discord's message is known to be one of the topic's."""
        row = await self._database.read.one(
            "SELECT 1 FROM messages WHERE topic_id = :id AND message_id = :message_id",
            {"id": topic_id, "message_id": message_id},
        )
        return row is not None

    async def clear_attempt(self, record_id: int) -> None:
        """It is known not to have been sent."""
        async with self._database.write() as tx:
            await tx.execute(
                "UPDATE messages SET attempted = NULL, attempted_at = NULL WHERE record_id = :id",
                {"id": record_id},
            )

    async def confirm_message(self, record_id: int, message_id: int, shown_hash: str) -> None:
        async with self._database.write() as tx:
            await confirm(tx, record_id, message_id, shown_hash)

    async def confirm_thread(
        self, topic: Topic, starter: TopicMessage, message_id: int, shown_hash: str
    ) -> None:
        """The thread stands: its ids, and the starter it shows."""
        async with self._database.write() as tx:
            await confirm(tx, starter.record_id, message_id, shown_hash)
            await tx.execute(
                """
                UPDATE topics SET thread_id = :thread_id, guild_id = :guild_id, shown = :shown,
                                  attempts = 0, problem = NULL
                WHERE topic_id = :topic_id
                """,
                {
                    "thread_id": topic.thread_id,
                    "guild_id": topic.guild_id,
                    "shown": State.OPEN,
                    "topic_id": topic.topic_id,
                },
            )

    async def confirm_state(self, topic_id: int, shown: State, *, archived: bool, at: datetime) -> None:
        async with self._database.write() as tx:
            await tx.execute(
                "UPDATE topics SET shown = :shown, archived = :archived, confirmed_at = :at WHERE topic_id = :id",
                {"id": topic_id, "shown": shown, "archived": int(archived), "at": to_ms(at)},
            )

    async def settle(self, story: Story) -> bool:
        """Discord shows what is wanted: nothing is due, and what was pending is done. False if the wish has changed."""
        async with self._database.write() as tx:
            if await read_story(tx, story.topic.topic_id) != story:
                return False
            await tx.execute(
                """
                UPDATE topics SET attempts = 0, rearchive = 0, problem = NULL,
                    due_at = (SELECT MIN(wishes.due_at) FROM wishes WHERE wishes.topic_id = topics.topic_id)
                WHERE topic_id = :id
                """,
                {"id": story.topic.topic_id},
            )
            await close_pending_cases(tx, story.topic.topic_id, "done", but_changes=bool(story.wishes))
        return True

    async def defer(self, topic_id: int, due_at: datetime | None, problem: str) -> None:
        """Try again then; None: not before somebody changes something."""
        async with self._database.write() as tx:
            await tx.execute(
                """
                UPDATE topics SET due_at = :due_at, problem = :problem, attempts = attempts + 1 WHERE topic_id = :id
                """,
                {"id": topic_id, "due_at": to_ms(due_at), "problem": problem},
            )
            if due_at is None:
                await close_pending_cases(tx, topic_id, problem)

    async def defer_channel(self, channel_id: int, until: datetime) -> None:
        """Leave the channel's waiting threads alone until then; those that stand already are not held up."""
        async with self._database.write() as tx:
            await tx.execute(
                """
                UPDATE topics SET due_at = :until
                WHERE channel_id = :channel_id AND due_at < :until AND thread_id IS NULL
                """,
                {"channel_id": channel_id, "until": to_ms(until)},
            )

    async def withdraw(self, topic_id: int, problem: str) -> None:
        """Give up a change that Discord refuses: the topic is again what Discord shows, and its case says why."""
        async with self._database.write() as tx:
            values = {"id": topic_id}
            await tx.execute(
                "UPDATE topics SET state = shown, due_at = NULL, rearchive = 0 WHERE topic_id = :id", values
            )
            await tx.execute(
                """
                UPDATE messages SET withdrawn = 1
                WHERE topic_id = :id AND kind IN ('notice', 'hours') AND message_id IS NULL
                """,
                values,
            )
            await close_pending_cases(tx, topic_id, problem)

    async def vanish(self, topic_id: int, case: Case | None = None) -> None:
        """The thread does not exist any more; it is never made again. The case is kept unless one told so before."""
        async with self._database.write() as tx:
            row = await tx.one("SELECT state FROM topics WHERE topic_id = :id", {"id": topic_id})
            if row is None or (row["state"] == State.GONE and case is None):
                return
            await tx.execute(
                "UPDATE topics SET state = 'gone', shown = 'gone', due_at = NULL WHERE topic_id = :id",
                {"id": topic_id},
            )
            await cancel(tx, topic_id, tuple(TimerKind))
            await tx.execute("DELETE FROM wishes WHERE topic_id = :id", {"id": topic_id})
            await close_pending_cases(tx, topic_id, "the thread is gone")
            if case is not None and not await was_deleted(tx, topic_id):
                await insert_case(tx, case)

    async def note_channel_problem(self, channel_id: int, problem: str, now: datetime) -> bool:
        """Remember what is wrong with a channel. True if the operator has not been told yet."""
        async with self._database.write() as tx:
            changed = await tx.execute(
                """
                INSERT INTO channel_problems (channel_id, problem, since_at) VALUES (:channel_id, :problem, :now)
                ON CONFLICT (channel_id) DO UPDATE SET problem = excluded.problem, since_at = excluded.since_at
                WHERE channel_problems.problem <> excluded.problem
                """,
                {"channel_id": channel_id, "problem": problem, "now": to_ms(now)},
            )
        return changed > 0

    async def clear_channel_problem(self, channel_id: int) -> bool:
        """True if there was one."""
        if not await self._database.read.one(
            "SELECT 1 FROM channel_problems WHERE channel_id = :id", {"id": channel_id}
        ):
            return False
        async with self._database.write() as tx:
            return (
                await tx.execute("DELETE FROM channel_problems WHERE channel_id = :id", {"id": channel_id})
                > 0
            )

    async def find(self, guild_id: int, text: str, limit: int) -> list[TopicName]:
        """The guild's newest topics whose name contains the text, whatever its case."""
        rows = await self._database.read.all(
            """
            SELECT thread_id, name, state FROM topics
            WHERE guild_id = :guild_id AND state <> 'gone' AND LOWER(name) LIKE :pattern ESCAPE '\\'
            ORDER BY topic_id DESC LIMIT :limit
            """,
            {"guild_id": guild_id, "pattern": f"%{_escape_like(text.lower())}%", "limit": limit},
        )
        return [TopicName(row["thread_id"], row["name"], State(row["state"])) for row in rows]

    async def card(self, thread_id: int) -> TopicCard | None:
        """All that `/topic info` shows."""
        row = await self._database.read.one(
            """
            SELECT topics.*, COALESCE(entries.link, posts.link) AS entry_link,
                   COALESCE(entries.title, posts.title) AS entry_title, entries.published_at,
                   feeds.url AS feed_url, feeds.title AS feed_title
            FROM topics
            LEFT JOIN entries ON entries.entry_id = topics.entry_id
            LEFT JOIN feeds ON feeds.feed_id = entries.feed_id
            LEFT JOIN posts ON posts.topic_id = topics.topic_id
            WHERE thread_id = :thread_id
            """,
            {"thread_id": thread_id},
        )
        if row is None:
            return None
        return TopicCard(
            topic=topic_from(row),
            entry_title=row["entry_title"] or "",
            entry_link=row["entry_link"],
            published_at=from_ms(row["published_at"]),
            feed_title=row["feed_title"] or "",
            feed_url=row["feed_url"],
            case=await latest_case(self._database.read, row["topic_id"]),
            problem=row["problem"],
        )


async def put_ruling(tx: Transaction, before: Story, ruling: Ruling, now: datetime) -> None:
    """Store all that was decided about a story; what has changed of it becomes due at once."""
    if ruling.story != before:
        await save_story(tx, before, ruling.story, now)
        await keep_recommendations(tx, before, ruling.story)
    await cancel(tx, before.topic.topic_id, ruling.cancel)
    await cancel(tx, before.topic.topic_id, ruling.settles, repeating=False)
    for timer in ruling.arm:
        await arm(tx, replace(timer, topic_id=before.topic.topic_id))
    if ruling.case is not None:
        await insert_case(tx, replace(ruling.case, topic_id=before.topic.topic_id))
        await mark_undone(tx, ruling.undoes, ruling.case.case_id)
        if ruling.with_live_blog:
            await note_live_case(tx, replace(ruling.case, topic_id=before.topic.topic_id))
    for edit in ruling.edits:
        await edit_reason(tx, edit)


def _escape_like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
