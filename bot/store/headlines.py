"""News topics of a guild as members look for them, the newest first. Reads only."""

from collections.abc import Sequence

from bot.domain.headlines import FeedName, Headline
from bot.domain.topics import State
from bot.store.database import Database, Row
from bot.store.moments import from_ms

_NEWEST = (1 << 63) - 1
_HEADLINES = """
    SELECT topics.topic_id, topics.thread_id, topics.channel_id, topics.name AS thread_name, topics.state,
           COALESCE(entries.title, posts.title, live_blogs.title, '') AS title,
           COALESCE(entries.link, posts.link, live_blogs.url) AS link,
           COALESCE(NULLIF(subscriptions.name, ''), feeds.title, posts.publisher, '') AS publisher,
           COALESCE(entries.published_at, topics.created_at) AS at
    FROM topics
    LEFT JOIN subscriptions ON subscriptions.subscription_id = topics.subscription_id
    LEFT JOIN feeds ON feeds.feed_id = subscriptions.feed_id
    LEFT JOIN entries ON entries.entry_id = topics.entry_id
    LEFT JOIN posts ON posts.topic_id = topics.topic_id
    LEFT JOIN live_topics ON live_topics.topic_id = topics.topic_id
    LEFT JOIN live_blogs ON live_blogs.live_blog_id = live_topics.live_blog_id
    WHERE topics.topic_id < :before AND topics.thread_id IS NOT NULL AND topics.state <> 'gone' AND
"""
_OF_GUILD = """
    topics.guild_id = :guild_id AND COALESCE(topics.subscription_id, posts.topic_id, live_topics.topic_id) IS NOT NULL
    ORDER BY topics.topic_id DESC LIMIT :limit
"""
_OF_FEED = """
    topics.subscription_id IN (SELECT subscription_id FROM subscriptions WHERE feed_id = :feed_id)
    ORDER BY topics.topic_id DESC LIMIT :limit
"""


class HeadlineStore:
    """Implements `ports.HeadlineStore`.

    A long list is read chunk by chunk along an index, from the one before topic `before` on: others read in between.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_guild(self, guild_id: int, limit: int, before: int | None) -> Sequence[Headline]:
        """News topics of the guild, also archived ones."""
        return await self._read(_HEADLINES + _OF_GUILD, limit, before, guild_id=guild_id)

    async def of_feed(self, feed_id: int, limit: int, before: int | None) -> Sequence[Headline]:
        """News topics of a feed, in all its guilds."""
        return await self._read(_HEADLINES + _OF_FEED, limit, before, feed_id=feed_id)

    async def _read(self, sql: str, limit: int, before: int | None, **values: int) -> Sequence[Headline]:
        values |= {"before": _NEWEST if before is None else before, "limit": limit}
        return [_headline(row) for row in await self._database.read.all(sql, values)]

    async def feeds(self, guild_id: int) -> Sequence[FeedName]:
        """The feeds in channels of the guild, and in those whose guild is not known yet."""
        rows = await self._database.read.all(
            """
            SELECT feeds.feed_id, subscriptions.channel_id,
                   COALESCE(NULLIF(subscriptions.name, ''), NULLIF(feeds.title, ''), feeds.url) AS name
            FROM subscriptions JOIN feeds ON feeds.feed_id = subscriptions.feed_id
            WHERE (subscriptions.guild_id = :guild_id OR subscriptions.guild_id IS NULL)
                AND subscriptions.removed_at IS NULL
            ORDER BY feeds.feed_id
            """,
            {"guild_id": guild_id},
        )
        return [
            FeedName(feed_id=row["feed_id"], channel_id=row["channel_id"], name=row["name"]) for row in rows
        ]


def _headline(row: Row) -> Headline:
    return Headline(
        topic_id=row["topic_id"],
        thread_id=row["thread_id"],
        channel_id=row["channel_id"],
        name=row["thread_name"],
        title=row["title"],
        link=row["link"],
        publisher=row["publisher"],
        at=from_ms(row["at"]),
        closed=row["state"] == State.CLOSED,
    )
