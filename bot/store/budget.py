"""Our news topics that are awake, as candidates for sleep. Reads only; answered by the index of what is awake."""

from collections.abc import Mapping

from bot.domain.topics import Topic
from bot.store.database import Database
from bot.store.stories import topic_from


class BudgetStore:
    """Implements `ports.BudgetStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def may_sleep(self, guild_id: int) -> Mapping[int, Topic]:
        """By thread: the guild's news topics within reach that are awake, but for live blogs that are followed."""
        rows = await self._database.read.all(
            """
            SELECT topics.* FROM topics
            LEFT JOIN posts ON posts.topic_id = topics.topic_id
            LEFT JOIN live_topics ON live_topics.topic_id = topics.topic_id
            LEFT JOIN live_blogs ON live_blogs.live_blog_id = live_topics.live_blog_id
                AND live_topics.unfollowed_at IS NULL
            WHERE topics.guild_id = :guild_id AND topics.archived = 0 AND topics.state <> 'gone'
                AND topics.thread_id IS NOT NULL AND topics.suspended_at IS NULL AND topics.pinned = 0
                AND COALESCE(topics.subscription_id, posts.topic_id, live_topics.topic_id) IS NOT NULL
                AND COALESCE(live_blogs.state, '') <> 'followed'
            """,
            {"guild_id": guild_id},
        )
        return {row["thread_id"]: topic_from(row) for row in rows}
