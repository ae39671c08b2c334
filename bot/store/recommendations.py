"""Recommended posts in the database: a part of their topic's story, written in its transaction."""

from bot.domain.recommendations import Recommendation
from bot.domain.topics import Story
from bot.store.database import Transaction
from bot.store.moments import from_ms, to_ms


async def recommendations(tx: Transaction, topic_id: int) -> tuple[Recommendation, ...]:
    """The topic's recommended posts, the oldest recommendation first."""
    rows = await tx.all(
        "SELECT * FROM recommendations WHERE topic_id = :id ORDER BY created_at, message_id", {"id": topic_id}
    )
    return tuple(
        Recommendation(
            message_id=row["message_id"],
            author_id=row["author_id"],
            author_name=row["author_name"],
            excerpt=row["excerpt"],
            by=row["recommended_by"],
            at=from_ms(row["created_at"]),
        )
        for row in rows
    )


async def keep_recommendations(tx: Transaction, before: Story, after: Story) -> None:
    """Store what has changed of the list."""
    topic_id = after.topic.topic_id
    gone = set(before.recommendations) - set(after.recommendations)
    new = [each for each in after.recommendations if each not in before.recommendations]
    await tx.execute_many(
        "DELETE FROM recommendations WHERE topic_id = :topic_id AND message_id = :message_id",
        [{"topic_id": topic_id, "message_id": each.message_id} for each in gone],
    )
    await tx.execute_many(
        """
        INSERT INTO recommendations (topic_id, message_id, author_id, author_name, excerpt, recommended_by, created_at)
        VALUES (:topic_id, :message_id, :author_id, :author_name, :excerpt, :by, :at)
        """,
        [_values(topic_id, each) for each in new],
    )


def _values(topic_id: int, post: Recommendation) -> dict[str, object]:
    return {
        "topic_id": topic_id,
        "message_id": post.message_id,
        "author_id": post.author_id,
        "author_name": post.author_name,
        "excerpt": post.excerpt,
        "by": post.by,
        "at": to_ms(post.at),
    }
