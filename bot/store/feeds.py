"""Feeds, subscriptions and entries in the database. One method, one transaction."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from bot.domain.alerts import Alert
from bot.domain.feeds import Feed, FeedOrder
from bot.domain.fetching import Validators
from bot.domain.moving import Whereabouts
from bot.domain.pacing import Pace
from bot.ports import Ids
from bot.store.alerts import put_alerts
from bot.store.database import Database, Row, Transaction
from bot.store.group_commit import GroupCommit
from bot.store.moments import from_ms, span_from_ms, to_ms
from bot.store.options import option_values, subscription_from
from bot.store.readings import ReadingStore


class FeedStore(ReadingStore):
    """Implements `ports.FeedStore`."""

    def __init__(self, database: Database, ids: Ids) -> None:
        super().__init__(database)
        self._ids = ids
        self._unchanged = GroupCommit(self._put_unchanged)

    async def own_by_file(self, orders: Sequence[FeedOrder], now: datetime) -> None:
        """Make the subscriptions of the configuration file exactly these; those of other origins are left alone."""
        async with self._database.write() as tx:
            kept = {await self._subscribe(tx, order, now) for order in orders}
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
                paused_at = CASE WHEN subscriptions.removed_at IS NULL THEN subscriptions.paused_at END,
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
        rows = await self._database.read.all(
            """
            SELECT feeds.*, subscriptions.*, feeds.feed_id,
                   (SELECT lease_until FROM websub
                    WHERE websub.feed_id = :id AND state = 'active' AND pushed_at IS NOT NULL) AS pushed_until
            FROM feeds LEFT JOIN subscriptions ON subscriptions.feed_id = feeds.feed_id AND removed_at IS NULL
            WHERE feeds.feed_id = :id ORDER BY subscription_id
            """,
            {"id": feed_id},
        )
        assert rows
        return _feed(rows)

    async def record_unchanged(
        self, feed_id: int, at: datetime, next_poll_at: datetime, *, was_conditional: bool = True
    ) -> None:
        """A poll that brought nothing new; of those that end at the same time, many are stored in one transaction."""
        await self._unchanged.add(
            {
                "feed_id": feed_id,
                "at": to_ms(at),
                "next": to_ms(next_poll_at),
                "was_conditional": int(was_conditional),
            }
        )

    async def _put_unchanged(self, answers: list[dict[str, int]]) -> None:
        async with self._database.write() as tx:
            await tx.execute_many(
                """
                UPDATE feeds SET polled_at = :at, answered_at = :at, failures = 0, problem = NULL,
                    next_poll_at = :next, polls = CASE WHEN :was_conditional = 1 THEN polls + 1 ELSE 0 END
                WHERE feed_id = :feed_id
                """,
                answers,
            )

    async def resume(self, feed_id: int, now: datetime) -> None:
        """Trust a quarantined feed again, and ask it now. What it showed meanwhile is known, and is not posted."""
        async with self._database.write() as tx:
            await trust(tx, feed_id, now)

    async def tell_staff(self, alerts: Sequence[Alert], at: datetime) -> None:
        async with self._database.write() as tx:
            await put_alerts(tx, alerts, at)

    async def record_failure(
        self,
        feed_id: int,
        problem: str,
        at: datetime,
        next_poll_at: datetime | None,
        alerts: Sequence[Alert] = (),
    ) -> None:
        """A poll that brought nothing. `next_poll_at` None: never again."""
        async with self._database.write() as tx:
            await put_alerts(tx, alerts, at)
            await tx.execute(
                """
                UPDATE feeds SET polled_at = :at, failures = failures + 1, problem = :problem, next_poll_at = :next
                WHERE feed_id = :feed_id
                """,
                {"feed_id": feed_id, "problem": problem, "at": to_ms(at), "next": to_ms(next_poll_at)},
            )

    async def record_whereabouts(self, feed_id: int, whereabouts: Whereabouts) -> None:
        async with self._database.write() as tx:
            await tx.execute(
                """
                UPDATE feeds SET address = :address, moved_to = :moved_to, moved_count = :moved_count
                WHERE feed_id = :feed_id
                """,
                {"feed_id": feed_id, **asdict(whereabouts)},
            )

    async def put_off(self, feed_id: int, next_poll_at: datetime) -> None:
        """It was not asked after all; that is no failure."""
        async with self._database.write() as tx:
            await tx.execute(
                "UPDATE feeds SET next_poll_at = :next WHERE feed_id = :feed_id AND next_poll_at IS NOT NULL",
                {"feed_id": feed_id, "next": to_ms(next_poll_at)},
            )


async def trust(tx: Transaction, feed_id: int, now: datetime) -> None:
    """End a feed's quarantine, if it is in one."""
    await tx.execute(
        """
        UPDATE feeds SET quarantined_at = NULL, next_poll_at = :now
        WHERE feed_id = :feed_id AND quarantined_at IS NOT NULL
        """,
        {"feed_id": feed_id, "now": to_ms(now)},
    )


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


def _feed(rows: Sequence[Row]) -> Feed:
    """One row for each of its subscriptions; one where it has none."""
    row = rows[0]
    return Feed(
        feed_id=row["feed_id"],
        url=row["url"],
        title=row["title"],
        link=row["link"],
        validators=Validators(etag=row["etag"], last_modified=row["last_modified"]),
        body_hash=row["body_hash"],
        polls=row["polls"],
        failures=row["failures"],
        problem=row["problem"],
        answered_at=from_ms(row["answered_at"]),
        quarantined_at=from_ms(row["quarantined_at"]),
        pace=Pace(
            due_at=from_ms(row["next_poll_at"]) if row["answered_at"] else None,
            ttl=span_from_ms(row["ttl"]),
            period=span_from_ms(row["period"]),
            pushed_until=from_ms(row["pushed_until"]),
        ),
        whereabouts=Whereabouts(row["address"], row["moved_to"], row["moved_count"]),
        subscriptions=tuple(subscription_from(s) for s in rows if s["subscription_id"] is not None),
    )
