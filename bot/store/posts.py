"""News that people posted by hand, in the database. One method, one transaction."""

from datetime import datetime

from bot.domain.cases import Case
from bot.domain.identity import page
from bot.domain.posting import Item
from bot.domain.topics import State, Topic, TopicMessage
from bot.ports import TopicName
from bot.store.cases import insert_case
from bot.store.database import Database, Transaction
from bot.store.links import claim_link
from bot.store.stories import insert_topic


class PostStore:
    """Implements `ports.PostStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(
        self, topic: Topic, starter: TopicMessage, item: Item, case: Case, at: datetime, *, again: bool
    ) -> TopicName | None:
        """A wanted topic with all that is known of it; or the one in which the channel has that page already.

        `again`: then all the same. The page stays the first one's.
        """
        link = page(item.link)
        async with self._database.write() as tx:
            if link and not again and (there := await _holder(tx, topic.channel_id, link)):
                return there
            await insert_topic(tx, topic, starter, at)
            await tx.execute(
                "INSERT INTO posts (topic_id, title, link, publisher) VALUES (:topic_id, :title, :link, :publisher)",
                {
                    "topic_id": topic.topic_id,
                    "title": item.title,
                    "link": item.link,
                    "publisher": item.publisher,
                },
            )
            if link:
                await claim_link(tx, topic.channel_id, link, None, topic.topic_id)
            await insert_case(tx, case)
        return None


async def _holder(tx: Transaction, channel_id: int, link: str) -> TopicName | None:
    """The topic of a page in a channel, unless it was deleted. Its `thread_id` is 0 before it has a thread."""
    row = await tx.one(
        """
        SELECT topics.thread_id, topics.name, topics.state
        FROM channel_links JOIN topics ON topics.topic_id = channel_links.topic_id
        WHERE channel_links.channel_id = :channel_id AND channel_links.link = :link AND topics.state <> 'gone'
        """,
        {"channel_id": channel_id, "link": link},
    )
    return TopicName(row["thread_id"] or 0, row["name"], State(row["state"])) if row else None
