"""Feeds, subscriptions and entries in the database. One method, one transaction."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from bot.domain.feeds import EntryRecord, Feed, FeedOrder, Recording
from bot.domain.fetching import Validators
from bot.ports import Ids
from bot.store.database import Database, Row, Transaction
from bot.store.moments import from_ms, to_ms
from bot.store.options import option_values, subscription_from
from bot.store.stories import insert_topic


class FeedStore:
    """Implements `ports.FeedStore`."""

    def __init__(self, database: Database, ids: Ids) -> None:
        self._database = database
        self._ids = ids

    async def own_by_file(self, orders: Sequence[FeedOrder], now: datetime) -> None:
        """Make the subscriptions of the configuration file exactly these; those of other origins are left alone."""
        async with self._database.write() as tx:
            kept = [await self._subscribe(tx, order, now) for order in orders]
            live = await tx.all(
                "SELECT subscription_id FROM subscriptions WHERE origin = 'file' AND removed_at IS NULL"
            )
            for row in live:
                if row["subscription_id"] not in kept:
                    await unsubscribe(tx, row["subscription_id"], now)
            await _rest_feeds_without_subscriptions(tx)

    async def _subscribe(self, tx: Transaction, order: FeedOrder, now: datetime) -> int:
        feed_id = await self._feed_id(tx, order.url, now)
        row = await tx.one(
            """
            INSERT INTO subscriptions (subscription_id, feed_id, channel_id, origin, post_last, tags, mention_role_id,
                                       filter, name, name_template, starter_template, update_template, at_most,
                                       overflow, follow_live)
            VALUES (:id, :feed_id, :channel_id, 'file', :post_last, :tags, :mention_role_id,
                    :filter, :name, :name_template, :starter_template, :update_template, :at_most,
                    :overflow, :follow_live)
            ON CONFLICT (feed_id, channel_id) DO UPDATE SET
                origin = 'file', post_last = excluded.post_last, tags = excluded.tags,
                mention_role_id = excluded.mention_role_id, filter = excluded.filter, name = excluded.name,
                name_template = excluded.name_template, starter_template = excluded.starter_template,
                update_template = excluded.update_template, at_most = excluded.at_most,
                overflow = excluded.overflow, follow_live = excluded.follow_live,
                -- One that comes back starts anew: what came meanwhile is not posted in a heap.
                seeded_at = CASE WHEN subscriptions.removed_at IS NULL THEN subscriptions.seeded_at END,
                removed_at = NULL
            RETURNING subscription_id
            """,
            {
                "id": self._ids.new(),
                "feed_id": feed_id,
                "channel_id": order.channel_id,
                "post_last": order.post_last,
                **option_values(order.options),
            },
        )
        assert row is not None
        return int(row["subscription_id"])

    async def _feed_id(self, tx: Transaction, url: str, now: datetime) -> int:
        row = await tx.one(
            """
            INSERT INTO feeds (feed_id, url, next_poll_at) VALUES (:id, :url, :now)
            ON CONFLICT (url) DO UPDATE SET next_poll_at = COALESCE(feeds.next_poll_at, excluded.next_poll_at)
            RETURNING feed_id
            """,
            {"id": self._ids.new(), "url": url, "now": to_ms(now)},
        )
        assert row is not None
        return int(row["feed_id"])

    async def due(self, now: datetime, limit: int) -> list[int]:
        rows = await self._database.read.all(
            "SELECT feed_id FROM feeds WHERE next_poll_at <= :now ORDER BY next_poll_at LIMIT :limit",
            {"now": to_ms(now), "limit": limit},
        )
        return [row["feed_id"] for row in rows]

    async def next_due_at(self, now: datetime) -> datetime | None:
        row = await self._database.read.one(
            "SELECT MIN(next_poll_at) AS at FROM feeds WHERE next_poll_at > :now", {"now": to_ms(now)}
        )
        return from_ms(row["at"]) if row else None

    async def get(self, feed_id: int) -> Feed:
        feed = await self._database.read.one("SELECT * FROM feeds WHERE feed_id = :id", {"id": feed_id})
        assert feed is not None
        subscriptions = await self._database.read.all(
            "SELECT * FROM subscriptions WHERE feed_id = :id AND removed_at IS NULL ORDER BY subscription_id",
            {"id": feed_id},
        )
        return _feed(feed, subscriptions)

    async def known(self, feed_id: int, keys: Iterable[str]) -> Mapping[str, int]:
        """Which of these keys were seen before, and the entry each belongs to."""
        found: dict[str, int] = {}
        for some in batched(sorted(set(keys)), 500):
            names = {f"k{i}": key for i, key in enumerate(some)}
            rows = await self._database.read.all(
                f"""
                SELECT alias, entry_id FROM entry_aliases
                WHERE feed_id = :feed_id AND alias IN (:{", :".join(names)})
                """,  # noqa: S608 - our own placeholders.
                {"feed_id": feed_id, **names},
            )
            found |= {row["alias"]: row["entry_id"] for row in rows}
        return found

    async def record_reading(self, recording: Recording) -> None:
        """Entries, wanted topics and the validators of the answer they came with: all of it, or nothing."""
        async with self._database.write() as tx:
            await _insert_entries(tx, recording)
            for topic, starter in recording.topics:
                await insert_topic(tx, topic, starter, recording.at)
            await tx.execute_many(
                "UPDATE subscriptions SET seeded_at = :at WHERE subscription_id = :id",
                [{"id": subscription_id, "at": to_ms(recording.at)} for subscription_id in recording.seeded],
            )
            await tx.execute(
                """
                UPDATE feeds SET title = :title, link = :link, etag = :etag, last_modified = :last_modified
                WHERE feed_id = :feed_id
                """,
                {
                    "title": recording.parsed.title,
                    "link": recording.parsed.link,
                    "etag": recording.validators.etag,
                    "last_modified": recording.validators.last_modified,
                    "feed_id": recording.feed_id,
                },
            )
            await _answered(tx, recording.feed_id, recording.at, recording.next_poll_at)

    async def record_unchanged(self, feed_id: int, at: datetime, next_poll_at: datetime) -> None:
        async with self._database.write() as tx:
            await _answered(tx, feed_id, at, next_poll_at)

    async def record_failure(
        self, feed_id: int, problem: str, at: datetime, next_poll_at: datetime | None
    ) -> None:
        """A poll that brought nothing. `next_poll_at` None: never again."""
        async with self._database.write() as tx:
            await tx.execute(
                """
                UPDATE feeds SET polled_at = :at, failures = failures + 1, problem = :problem, next_poll_at = :next
                WHERE feed_id = :feed_id
                """,
                {"feed_id": feed_id, "problem": problem, "at": to_ms(at), "next": to_ms(next_poll_at)},
            )


def batched(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """Databases limit the parameters of one statement."""
    return (items[start : start + size] for start in range(0, len(items), size))


async def _answered(tx: Transaction, feed_id: int, at: datetime, next_poll_at: datetime) -> None:
    await tx.execute(
        """
        UPDATE feeds SET polled_at = :at, answered_at = :at, failures = 0, problem = NULL, next_poll_at = :next
        WHERE feed_id = :feed_id
        """,
        {"feed_id": feed_id, "at": to_ms(at), "next": to_ms(next_poll_at)},
    )


async def _insert_entries(tx: Transaction, recording: Recording) -> None:
    await tx.execute_many(
        """
        INSERT INTO entries (entry_id, feed_id, entry_key, guid, link, title, published_at, first_seen_at)
        VALUES (:entry_id, :feed_id, :entry_key, :guid, :link, :title, :published_at, :first_seen_at)
        """,
        [_entry_values(recording, record) for record in recording.entries],
    )
    names = [(key, record.entry_id) for record in recording.entries for key in record.keys]
    await tx.execute_many(
        """
        INSERT INTO entry_aliases (feed_id, alias, entry_id) VALUES (:feed_id, :alias, :entry_id)
        ON CONFLICT (feed_id, alias) DO NOTHING
        """,
        [
            {"feed_id": recording.feed_id, "alias": alias, "entry_id": entry_id}
            for alias, entry_id in (*names, *recording.aliases)
        ],
    )


def _entry_values(recording: Recording, record: EntryRecord) -> dict[str, object]:
    return {
        "entry_id": record.entry_id,
        "feed_id": recording.feed_id,
        "entry_key": record.keys[0],
        "guid": record.entry.guid,
        "link": record.entry.link,
        "title": record.entry.title,
        "published_at": to_ms(record.entry.published_at),
        "first_seen_at": to_ms(recording.at),
    }


async def unsubscribe(tx: Transaction, subscription_id: int, now: datetime) -> None:
    """Stop a subscription; topics that were never tried are forgotten, one perhaps sent is still looked up."""
    values = {"id": subscription_id, "now": to_ms(now)}
    await tx.execute("UPDATE subscriptions SET removed_at = :now WHERE subscription_id = :id", values)
    await tx.execute(
        """
        UPDATE topics SET state = 'gone', due_at = NULL
        WHERE subscription_id = :id AND thread_id IS NULL AND due_at IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM messages WHERE messages.topic_id = topics.topic_id
            AND (attempted_at IS NOT NULL OR message_id IS NOT NULL))
        """,
        values,
    )


async def _rest_feeds_without_subscriptions(tx: Transaction) -> None:
    await tx.execute(
        """
        UPDATE feeds SET next_poll_at = NULL WHERE NOT EXISTS (
            SELECT 1 FROM subscriptions WHERE subscriptions.feed_id = feeds.feed_id AND removed_at IS NULL)
        """
    )


def _feed(row: Row, subscriptions: Sequence[Row]) -> Feed:
    return Feed(
        feed_id=row["feed_id"],
        url=row["url"],
        title=row["title"],
        link=row["link"],
        validators=Validators(etag=row["etag"], last_modified=row["last_modified"]),
        failures=row["failures"],
        problem=row["problem"],
        subscriptions=tuple(subscription_from(s) for s in subscriptions),
    )
