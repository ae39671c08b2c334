"""A guild's subscriptions in the database, as commands list and change them. One method, one transaction."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain.feeds import FeedOrder, Options
from bot.domain.snowflakes import moment_of
from bot.domain.subscriptions import SubscriptionCard
from bot.domain.topics import Topic, TopicMessage
from bot.ports import Ids, SubscriptionName
from bot.store.database import Database, Row, Transaction
from bot.store.feeds import trust, unsubscribe
from bot.store.moments import from_ms, to_ms
from bot.store.options import option_values, subscription_from
from bot.store.stories import insert_topic

WEEK = timedelta(days=7)
LAGS = 20  # Entries from which the lag is told.


class SubscriptionStore:
    """Implements `ports.SubscriptionStore`."""

    def __init__(self, database: Database, ids: Ids) -> None:
        self._database = database
        self._ids = ids

    async def unplaced(self) -> list[int]:
        """Channels of subscriptions whose guild is not known yet."""
        rows = await self._database.read.all(
            "SELECT DISTINCT channel_id FROM subscriptions WHERE guild_id IS NULL AND removed_at IS NULL"
        )
        return [row["channel_id"] for row in rows]

    async def place(self, channel_id: int, guild_id: int) -> None:
        """Note in which guild a channel is."""
        async with self._database.write() as tx:
            await tx.execute(
                "UPDATE subscriptions SET guild_id = :guild_id WHERE channel_id = :channel_id",
                {"guild_id": guild_id, "channel_id": channel_id},
            )

    async def count(self, guild_id: int) -> int:
        row = await self._database.read.one(
            "SELECT COUNT(*) AS n FROM subscriptions WHERE guild_id = :guild_id AND removed_at IS NULL",
            {"guild_id": guild_id},
        )
        assert row is not None
        return int(row["n"])

    async def names(self, guild_id: int) -> list[SubscriptionName]:
        """All of the guild's, as people call them, in the order of their making."""
        rows = await self._database.read.all(
            """
            SELECT subscriptions.subscription_id, subscriptions.channel_id, subscriptions.name, feeds.title, feeds.url
            FROM subscriptions JOIN feeds ON feeds.feed_id = subscriptions.feed_id
            WHERE subscriptions.guild_id = :guild_id AND subscriptions.removed_at IS NULL
            ORDER BY subscriptions.subscription_id
            """,
            {"guild_id": guild_id},
        )
        return [
            SubscriptionName(
                row["subscription_id"],
                row["name"] or row["title"] or row["url"],
                row["channel_id"],
                row["url"],
            )
            for row in rows
        ]

    async def cards(
        self, guild_id: int, now: datetime, *, limit: int, offset: int = 0
    ) -> list[SubscriptionCard]:
        """Some of the guild's subscriptions, in the order of their making."""
        rows = await self._database.read.all(
            f"{_CARDS} ORDER BY subscriptions.subscription_id LIMIT :limit OFFSET :offset",
            {"guild_id": guild_id, "week": to_ms(now - WEEK), "limit": limit, "offset": offset},
        )
        return [await self._card(row) for row in rows]

    async def card(self, guild_id: int, subscription_id: int, now: datetime) -> SubscriptionCard | None:
        row = await self._database.read.one(
            f"{_CARDS} AND subscriptions.subscription_id = :id",
            {"guild_id": guild_id, "week": to_ms(now - WEEK), "id": subscription_id},
        )
        return await self._card(row) if row else None

    async def _card(self, row: Row) -> SubscriptionCard:
        return SubscriptionCard(
            subscription=subscription_from(row),
            feed_id=row["feed_id"],
            url=row["url"],
            title=row["title"],
            created_by=None if row["origin"] == "file" else row["created_by"],
            polled_at=from_ms(row["polled_at"]),
            answered_at=from_ms(row["answered_at"]),
            next_poll_at=from_ms(row["next_poll_at"]),
            quarantined_at=from_ms(row["quarantined_at"]),
            failures=row["failures"],
            problem=row["problem"],
            topics=row["topics"],
            lags=await self._lags(row),
        )

    async def _lags(self, row: Row) -> tuple[timedelta, ...]:
        """Of the latest entries that came while the subscription was there; a thread's id tells when it was made."""
        rows = await self._database.read.all(
            """
            SELECT topics.thread_id, entries.published_at
            FROM topics JOIN entries ON entries.entry_id = topics.entry_id
            WHERE topics.subscription_id = :id AND topics.thread_id IS NOT NULL
              AND entries.published_at IS NOT NULL AND entries.first_seen_at > :seeded_at
            ORDER BY topics.topic_id DESC LIMIT :limit
            """,
            {"id": row["subscription_id"], "seeded_at": row["seeded_at"] or 0, "limit": LAGS},
        )
        lags = [moment_of(each["thread_id"]) - from_ms(each["published_at"]) for each in rows]
        return tuple(max(lag, timedelta()) for lag in lags)

    async def add(
        self, orders: Iterable[tuple[FeedOrder, datetime]], guild_id: int, user_id: int, now: datetime
    ) -> list[int | None]:
        """The ids of new subscriptions, each with the moment of its first poll; None where the channel has it already.

        One that was removed starts anew.
        """
        async with self._database.write() as tx:
            return [
                await self._subscribe(tx, order, poll_at=poll_at, guild_id=guild_id, user_id=user_id, now=now)
                for order, poll_at in orders
            ]

    async def _subscribe(
        self,
        tx: Transaction,
        order: FeedOrder,
        *,
        poll_at: datetime,
        guild_id: int,
        user_id: int,
        now: datetime,
    ) -> int | None:
        feed_id = await self._feed_id(tx, order.url, poll_at)
        row = await tx.one(
            """
            INSERT INTO subscriptions (subscription_id, feed_id, channel_id, guild_id, origin, created_by, created_at,
                                       post_last, tags, mention_role_id, filter, name, name_template,
                                       starter_template, update_template, at_most, overflow, follow_live)
            VALUES (:id, :feed_id, :channel_id, :guild_id, 'command', :user_id, :now,
                    :post_last, :tags, :mention_role_id, :filter, :name, :name_template,
                    :starter_template, :update_template, :at_most, :overflow, :follow_live)
            ON CONFLICT (feed_id, channel_id) DO UPDATE SET
                guild_id = excluded.guild_id, origin = excluded.origin, created_by = excluded.created_by,
                created_at = excluded.created_at, post_last = excluded.post_last, tags = excluded.tags,
                mention_role_id = excluded.mention_role_id, filter = excluded.filter, name = excluded.name,
                name_template = excluded.name_template, starter_template = excluded.starter_template,
                update_template = excluded.update_template, at_most = excluded.at_most,
                overflow = excluded.overflow, follow_live = excluded.follow_live,
                paused_at = NULL, seeded_at = NULL, removed_at = NULL
            WHERE subscriptions.removed_at IS NOT NULL
            RETURNING subscription_id
            """,
            {
                "id": self._ids.new(),
                "feed_id": feed_id,
                "channel_id": order.channel_id,
                "guild_id": guild_id,
                "user_id": user_id,
                "now": to_ms(now),
                "post_last": order.post_last,
                **option_values(order.options),
            },
        )
        return int(row["subscription_id"]) if row else None

    async def _feed_id(self, tx: Transaction, url: str, poll_at: datetime) -> int:
        """One that is polled already is polled earlier for the newcomer, unless it fails: then it is left alone."""
        row = await tx.one(
            """
            INSERT INTO feeds (feed_id, url, next_poll_at) VALUES (:id, :url, :poll_at)
            ON CONFLICT (url) DO UPDATE SET next_poll_at = CASE
                WHEN feeds.next_poll_at IS NULL THEN excluded.next_poll_at
                WHEN feeds.failures = 0 AND feeds.next_poll_at > excluded.next_poll_at THEN excluded.next_poll_at
                ELSE feeds.next_poll_at END
            RETURNING feed_id
            """,
            {"id": self._ids.new(), "url": url, "poll_at": to_ms(poll_at)},
        )
        assert row is not None
        return int(row["feed_id"])

    async def remove(self, subscription_id: int, now: datetime) -> None:
        """Stop it. What it posted stays; its feed is not asked any more where nobody else wants it."""
        async with self._database.write() as tx:
            await unsubscribe(tx, subscription_id, now)
            await tx.execute(
                """
                UPDATE feeds SET next_poll_at = NULL
                WHERE feed_id = (SELECT feed_id FROM subscriptions WHERE subscription_id = :id) AND NOT EXISTS (
                    SELECT 1 FROM subscriptions WHERE subscriptions.feed_id = feeds.feed_id AND removed_at IS NULL)
                """,
                {"id": subscription_id},
            )

    async def pause(self, subscription_id: int, now: datetime) -> None:
        async with self._database.write() as tx:
            await tx.execute(
                "UPDATE subscriptions SET paused_at = :now WHERE subscription_id = :id",
                {"id": subscription_id, "now": to_ms(now)},
            )

    async def resume(self, subscription_id: int, now: datetime) -> None:
        """Post what comes from now on; a feed that was held back is trusted, one that had ended is asked again."""
        async with self._database.write() as tx:
            row = await tx.one(
                "UPDATE subscriptions SET paused_at = NULL WHERE subscription_id = :id RETURNING feed_id",
                {"id": subscription_id},
            )
            assert row is not None
            await trust(tx, row["feed_id"], now)
            await tx.execute(
                "UPDATE feeds SET next_poll_at = :now WHERE feed_id = :feed_id AND next_poll_at IS NULL",
                {"feed_id": row["feed_id"], "now": to_ms(now)},
            )

    async def want_test(self, topic: Topic, starter: TopicMessage, now: datetime) -> None:
        """A topic on trial, which belongs to no subscription."""
        async with self._database.write() as tx:
            await insert_topic(tx, topic, starter, now)

    async def edit(self, subscription_id: int, channel_id: int, options: Options) -> bool:
        """False where that channel has the feed already. Topics that Discord was never asked for move along."""
        async with self._database.write() as tx:
            values = {"id": subscription_id, "channel_id": channel_id}
            if await tx.one(_TAKEN, values):
                return False
            # One that was removed there gives its place up; its topics know their channel by themselves.
            await tx.execute(
                f"""
                UPDATE subscriptions SET channel_id = -subscription_id
                WHERE subscription_id <> :id AND channel_id = :channel_id AND feed_id = ({_FEED})
                """,  # noqa: S608 - our own constant.
                values,
            )
            await tx.execute(
                """
                UPDATE subscriptions SET channel_id = :channel_id, tags = :tags, mention_role_id = :mention_role_id,
                    filter = :filter, name = :name, name_template = :name_template,
                    starter_template = :starter_template, update_template = :update_template, at_most = :at_most,
                    overflow = :overflow, follow_live = :follow_live
                WHERE subscription_id = :id
                """,
                {**values, **option_values(options)},
            )
            await tx.execute(_MOVE_UNTRIED, values)
            return True


_FEED = "SELECT feed_id FROM subscriptions WHERE subscription_id = :id"
_TAKEN = f"""
    SELECT 1 FROM subscriptions
    WHERE subscription_id <> :id AND channel_id = :channel_id AND removed_at IS NULL AND feed_id = ({_FEED})
"""  # noqa: S608 - our own constant.
_MOVE_UNTRIED = """
    UPDATE topics SET channel_id = :channel_id
    WHERE subscription_id = :id AND thread_id IS NULL AND NOT EXISTS (
        SELECT 1 FROM messages WHERE messages.topic_id = topics.topic_id
        AND (attempted_at IS NOT NULL OR message_id IS NOT NULL))
"""
_CARDS = """
    SELECT subscriptions.*, feeds.url, feeds.title, feeds.polled_at, feeds.answered_at, feeds.next_poll_at,
           feeds.failures, feeds.problem, feeds.quarantined_at,
           (SELECT COUNT(*) FROM topics WHERE topics.subscription_id = subscriptions.subscription_id
            AND topics.created_at >= :week) AS topics
    FROM subscriptions JOIN feeds ON feeds.feed_id = subscriptions.feed_id
    WHERE subscriptions.guild_id = :guild_id AND subscriptions.removed_at IS NULL
"""
