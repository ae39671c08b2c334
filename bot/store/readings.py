"""What the database knows about a reading of a feed, and the one transaction that records it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from bot.domain.listing import Listed, WaitingDigest
from bot.domain.matching import KnownEntry
from bot.domain.recordings import EntryRecord, Posting, Recording
from bot.domain.revising import Correction, Standing, correct
from bot.errors import StoreError
from bot.store.alerts import put_alerts
from bot.store.database import Database, Row, Transaction
from bot.store.links import claim_link, is_taken
from bot.store.live_rows import want_look
from bot.store.moments import from_ms, span_to_ms, to_ms
from bot.store.stories import insert_bare, message_from, put_message, put_wish, read_story

T = TypeVar("T")

BATCH = 500

# By a live blog: its page says what the topic shows. A page that nobody has seen yet owns nothing.
_OWNED = """
    SELECT 1 FROM live_topics JOIN live_blogs ON live_blogs.live_blog_id = live_topics.live_blog_id
    WHERE live_topics.topic_id = topics.topic_id AND live_blogs.state <> 'candidate'
"""


class ReadingStore:
    """Implements `ports.ReadingStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def known(self, feed_id: int, names: Iterable[str]) -> Mapping[str, KnownEntry]:
        """Which of these names were seen before, and the entry each belongs to."""
        found: dict[str, KnownEntry] = {}
        for some in _batched(sorted(set(names))):
            rows = await self._database.read.all(
                f"""
                SELECT entry_aliases.alias, entries.* FROM entry_aliases
                JOIN entries ON entries.entry_id = entry_aliases.entry_id
                WHERE entry_aliases.feed_id = :feed_id AND alias IN ({_places(some)})
                """,  # noqa: S608 - our own placeholders.
                {"feed_id": feed_id, **_named(some)},
            )
            found |= {row["alias"]: _known(row) for row in rows}
        return found

    async def past(self, feed_id: int, limit: int) -> list[KnownEntry]:
        """The feed's latest entries, the newest first."""
        rows = await self._database.read.all(
            "SELECT * FROM entries WHERE feed_id = :feed_id ORDER BY entry_id DESC LIMIT :limit",
            {"feed_id": feed_id, "limit": limit},
        )
        return [_known(row) for row in rows]

    async def links(
        self, channel_ids: Collection[int], links: Iterable[str]
    ) -> Mapping[tuple[int, str], int | None]:
        """The feed that brought a page to a channel first, where one did."""
        found: dict[tuple[int, str], int | None] = {}
        for channel_id in set(channel_ids):
            for some in _batched(sorted(set(links))):
                rows = await self._database.read.all(
                    f"""
                    SELECT link, feed_id FROM channel_links
                    WHERE channel_id = :channel_id AND link IN ({_places(some)})
                    """,  # noqa: S608 - our own placeholders.
                    {"channel_id": channel_id, **_named(some)},
                )
                found |= {(channel_id, row["link"]): row["feed_id"] for row in rows}
        return found

    async def planned(self, subscription_id: int, limit: int) -> list[datetime]:
        """When the subscription's latest topics were or will be due, oldest first."""
        rows = await self._database.read.all(
            """
            SELECT COALESCE(planned_at, created_at) AS at FROM topics
            WHERE subscription_id = :id ORDER BY topic_id DESC LIMIT :limit
            """,
            {"id": subscription_id, "limit": limit},
        )
        return [from_ms(row["at"]) for row in reversed(rows)]

    async def standing(self, entry_ids: Iterable[int]) -> Mapping[tuple[int, int], Standing]:
        """The topics of these entries, by entry and subscription. What a live blog owns is not among them."""
        found: dict[tuple[int, int], Standing] = {}
        for some in _batched(sorted(set(entry_ids))):
            rows = await self._database.read.all(
                f"""
                SELECT topics.topic_id, topics.entry_id, topics.subscription_id, messages.record_id, messages.kind,
                       messages.wanted, messages.shown_hash, messages.message_id, messages.attempted,
                       messages.attempted_at, messages.withdrawn
                FROM topics JOIN messages ON messages.topic_id = topics.topic_id AND messages.kind = 'starter'
                WHERE topics.entry_id IN ({_places(some)}) AND topics.subscription_id IS NOT NULL
                    AND topics.state <> 'gone'
                    AND NOT EXISTS ({_OWNED})
                """,  # noqa: S608 - our own placeholders.
                _named(some),
            )
            found |= {(row["entry_id"], row["subscription_id"]): _standing(row) for row in rows}
        return found

    async def waiting_digest(self, subscription_id: int, now: datetime) -> WaitingDigest | None:
        """The subscription's digest that is still to be posted."""
        topic = await self._database.read.one(
            """
            SELECT topic_id, planned_at FROM topics
            WHERE subscription_id = :id AND entry_id IS NULL AND thread_id IS NULL AND state <> 'gone'
                AND planned_at > :now
            ORDER BY topic_id DESC LIMIT 1
            """,
            {"id": subscription_id, "now": to_ms(now)},
        )
        if topic is None:
            return None
        messages = await self._database.read.all(
            "SELECT * FROM messages WHERE topic_id = :topic_id ORDER BY record_id",
            {"topic_id": topic["topic_id"]},
        )
        listed = await self._database.read.all(
            """
            SELECT entries.entry_id, entries.title, entries.link
            FROM digest_entries JOIN entries ON entries.entry_id = digest_entries.entry_id
            WHERE digest_entries.topic_id = :topic_id ORDER BY digest_entries.entry_id
            """,
            {"topic_id": topic["topic_id"]},
        )
        return WaitingDigest(
            topic_id=topic["topic_id"],
            at=from_ms(topic["planned_at"]),
            messages=tuple(message_from(row) for row in messages),
            listed=tuple(Listed(entry_id=e["entry_id"], title=e["title"], link=e["link"]) for e in listed),
        )

    async def record(self, recording: Recording) -> None:
        """Entries, topics, corrections and the validators of the answer they came with: all of it, or nothing."""
        async with self._database.write() as tx:
            await _insert_entries(tx, recording)
            for posting in recording.postings:
                await _post(tx, posting, recording.feed_id, recording.at)
            await _correct(tx, recording.corrections)
            await tx.execute_many(
                "UPDATE subscriptions SET seeded_at = :at WHERE subscription_id = :id",
                [{"id": subscription_id, "at": to_ms(recording.at)} for subscription_id in recording.seeded],
            )
            await put_alerts(tx, recording.alerts, recording.at)
            await _note_answer(tx, recording)


async def _post(tx: Transaction, posting: Posting, feed_id: int, at: datetime) -> None:
    """Unless another feed of the channel was faster with the page, in this very moment."""
    topic = posting.topic
    if posting.joins:
        await _join(tx, posting)
    else:
        if not posting.listed and await is_taken(tx, topic.channel_id, posting.links, feed_id):
            return
        if not await insert_bare(tx, topic, at, due=True, planned_at=posting.at):
            return
    for message in posting.messages:
        await put_message(tx, message)
    if posting.live is not None:
        await want_look(tx, *posting.live, topic.topic_id, at)
    for link in posting.links:
        await claim_link(tx, topic.channel_id, link, feed_id, topic.topic_id)
    await tx.execute_many(
        """
        INSERT INTO digest_entries (subscription_id, entry_id, topic_id) VALUES (:subscription_id, :entry_id, :topic_id)
        ON CONFLICT (subscription_id, entry_id) DO NOTHING
        """,
        [
            {"subscription_id": topic.subscription_id, "entry_id": each, "topic_id": topic.topic_id}
            for each in posting.listed
        ],
    )


async def _join(tx: Transaction, posting: Posting) -> None:
    """Raises StoreError where Discord was asked for the digest meanwhile: the reading is taken in anew."""
    renamed = await tx.execute(
        """
        UPDATE topics SET name = :name, given_name = :name
        WHERE topic_id = :id AND thread_id IS NULL AND state <> 'gone' AND NOT EXISTS (
            SELECT 1 FROM messages WHERE messages.topic_id = topics.topic_id
            AND (attempted_at IS NOT NULL OR message_id IS NOT NULL))
        """,
        {"id": posting.topic.topic_id, "name": posting.topic.name},
    )
    if not renamed:
        raise StoreError("a digest was posted while entries were to join it; reading the feed again")


async def _correct(tx: Transaction, corrections: Sequence[Correction]) -> None:
    revised = {c.entry_id for c in corrections if await _apply(tx, c)}
    await tx.execute_many(
        "UPDATE entries SET revisions = revisions + 1 WHERE entry_id = :id",
        [{"id": entry_id} for entry_id in revised],
    )


async def _apply(tx: Transaction, correction: Correction) -> bool:
    """Wish for the correction. True where Discord shows what it replaces, so that it counts as a revision."""
    values = {"id": correction.topic_id}
    owned = await tx.one(
        f"SELECT 1 FROM topics WHERE topic_id = :id AND EXISTS ({_OWNED})",  # noqa: S608 - our own constant.
        values,
    )
    row = await tx.one("SELECT * FROM messages WHERE topic_id = :id AND kind = 'starter'", values)
    given = await tx.one("SELECT given_name FROM topics WHERE topic_id = :id", values)
    if owned or row is None or given is None:
        return False
    before, starter = await read_story(tx, correction.topic_id), message_from(row)
    after = correct(before, starter, correction, given["given_name"])
    if after is None:
        return False
    await put_message(tx, after.starter)
    for wish in after.story.wishes:
        await put_wish(tx, correction.topic_id, wish)
    await tx.execute(
        """
        UPDATE topics SET name = :name, rearchive = :rearchive, given_name = :given_name,
            due_at = CASE WHEN thread_id IS NULL OR due_at < :due_at THEN due_at ELSE :due_at END
        WHERE topic_id = :id
        """,
        {
            **values,
            "name": after.story.topic.name,
            "rearchive": int(after.story.topic.rearchive),
            "given_name": after.given_name,
            "due_at": to_ms(correction.due_at),
        },
    )
    return starter.is_shown


async def _insert_entries(tx: Transaction, recording: Recording) -> None:
    for some in _batched(recording.new):  # In parts: the event loop has its turn between them.
        await tx.execute_many(
            """
            INSERT INTO entries (entry_id, feed_id, entry_key, guid, link, title, published_at, first_seen_at,
                                 content_hash)
            VALUES (:entry_id, :feed_id, :entry_key, :guid, :link, :title, :published_at, :first_seen_at,
                    :content_hash)
            """,
            [_entry_values(recording, record) for record in some],
        )
    await tx.execute_many(
        "UPDATE entries SET title = :title, link = :link, content_hash = :content_hash WHERE entry_id = :entry_id",
        [_content_values(record) for record in recording.changed],
    )
    names = [(key, record.entry_id) for record in recording.new for key in record.keys]
    for some_names in _batched((*names, *recording.aliases)):
        await tx.execute_many(
            """
            INSERT INTO entry_aliases (feed_id, alias, entry_id) VALUES (:feed_id, :alias, :entry_id)
            ON CONFLICT (feed_id, alias) DO NOTHING
            """,
            [
                {"feed_id": recording.feed_id, "alias": alias, "entry_id": entry_id}
                for alias, entry_id in some_names
            ],
        )


def _entry_values(recording: Recording, record: EntryRecord) -> dict[str, object]:
    return {
        **_content_values(record),
        "feed_id": recording.feed_id,
        "entry_key": record.keys[0],
        "guid": record.entry.guid,
        "published_at": to_ms(record.entry.published_at),
        "first_seen_at": to_ms(recording.at),
    }


def _content_values(record: EntryRecord) -> dict[str, object]:
    return {
        "entry_id": record.entry_id,
        "link": record.entry.link,
        "title": record.entry.title,
        "content_hash": record.content_hash,
    }


async def _note_answer(tx: Transaction, recording: Recording) -> None:
    await tx.execute(
        """
        UPDATE feeds SET title = :title, link = :link, language = :language, etag = :etag,
            last_modified = :last_modified, ttl = :ttl, period = COALESCE(:period, period),
            body_hash = :body_hash, polled_at = :at, answered_at = :at, failures = 0,
            problem = NULL, next_poll_at = :next, polls = CASE WHEN :was_conditional = 1 THEN polls + 1 ELSE 0 END,
            quarantined_at = CASE WHEN :quarantined = 1 THEN :at ELSE quarantined_at END
        WHERE feed_id = :feed_id
        """,
        {
            "title": recording.parsed.title,
            "link": recording.parsed.link,
            "language": recording.parsed.language,
            "etag": recording.validators.etag,
            "last_modified": recording.validators.last_modified,
            "ttl": span_to_ms(recording.parsed.ttl),
            "period": span_to_ms(recording.period),
            "body_hash": recording.body_hash,
            "at": to_ms(recording.at),
            "next": to_ms(recording.next_poll_at),
            "was_conditional": int(recording.was_conditional),
            "quarantined": int(recording.quarantined),
            "feed_id": recording.feed_id,
        },
    )


def _known(row: Row) -> KnownEntry:
    return KnownEntry(
        entry_id=row["entry_id"],
        title=row["title"],
        link=row["link"],
        published_at=from_ms(row["published_at"]),
        first_seen_at=from_ms(row["first_seen_at"]),
        content_hash=row["content_hash"],
        revisions=row["revisions"],
    )


def _standing(row: Row) -> Standing:
    return Standing(
        topic_id=row["topic_id"],
        entry_id=row["entry_id"],
        subscription_id=row["subscription_id"],
        starter=message_from(row),
    )


def _batched(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Databases limit the parameters of one statement."""
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def _named(values: Sequence[object]) -> dict[str, object]:
    return {f"k{i}": value for i, value in enumerate(values)}


def _places(values: Sequence[object]) -> str:
    return ", ".join(f":k{i}" for i in range(len(values)))
