"""Which page a channel has, and whose it is: inside somebody's transaction. Links are `bot.domain.identity.page`s."""

from collections.abc import Iterable

from bot.store.database import Transaction


async def claim_link(tx: Transaction, channel_id: int, link: str, feed_id: int | None, topic_id: int) -> None:
    """Note which topic shows a page, and the feed that brought it (None: a person); the first one stays."""
    await tx.execute(
        """
        INSERT INTO channel_links (channel_id, link, feed_id, topic_id)
        VALUES (:channel_id, :link, :feed_id, :topic_id) ON CONFLICT (channel_id, link) DO NOTHING
        """,
        {"channel_id": channel_id, "link": link, "feed_id": feed_id, "topic_id": topic_id},
    )


async def is_taken(tx: Transaction, channel_id: int, links: Iterable[str], feed_id: int) -> bool:
    """Whether the channel has one of the pages already, and not from this feed."""
    for link in links:
        row = await tx.one(
            "SELECT feed_id FROM channel_links WHERE channel_id = :channel_id AND link = :link",
            {"channel_id": channel_id, "link": link},
        )
        if row is not None and row["feed_id"] != feed_id:
            return True
    return False
