"""What is recorded of a topic that shows a live blog, as the decision about it needs it. Reads only."""

from bot.domain.live_blogs import LiveCard, LiveState, LiveTopic
from bot.domain.live_messages import FIRST_SIGHT, MOST_AT_ONCE, ShownUpdate
from bot.domain.live_showing import Group
from bot.domain.messages import from_json
from bot.domain.topics import MessageKind, TopicMessage
from bot.store.database import Row, Transaction
from bot.store.live_rows import shown_from
from bot.store.moments import from_ms
from bot.store.stories import message_from

_STATE_DEEDS = (
    "('close', 'reopen', 'undo', 'locked by hand', 'unlocked by hand', 'unarchived by hand', 'keepopen')"
)


async def live_row(tx: Transaction, topic_id: int) -> Row | None:
    """None also where the following was ended."""
    return await tx.one(
        """
        SELECT live_topics.*, topics.given_name, COALESCE(subscriptions.name_template, '') AS name_template,
               COALESCE(subscriptions.update_template, live_topics.update_template) AS wording,
               COALESCE(NULLIF(live_topics.publisher, ''), NULLIF(subscriptions.name, ''), feeds.title, '') AS called
        FROM live_topics
        JOIN topics ON topics.topic_id = live_topics.topic_id
        LEFT JOIN subscriptions ON subscriptions.subscription_id = topics.subscription_id
        LEFT JOIN feeds ON feeds.feed_id = subscriptions.feed_id
        WHERE live_topics.topic_id = :id AND live_topics.unfollowed_at IS NULL
        """,
        {"id": topic_id},
    )


async def is_closed_by_us(tx: Transaction, row: Row) -> bool:
    """Whether our close is the last that was done to the topic's state, by anybody."""
    if row["closed_case"] is None:
        return False
    last = await tx.one(
        f"""
        SELECT case_id FROM cases WHERE topic_id = :id AND (state_before <> state_after OR verb IN {_STATE_DEEDS})
        ORDER BY case_id DESC LIMIT 1
        """,  # noqa: S608 - the part is ours, above.
        {"id": row["topic_id"]},
    )
    return last is not None and last["case_id"] == row["closed_case"]


async def starter(tx: Transaction, topic_id: int) -> TopicMessage | None:
    row = await tx.one(
        "SELECT * FROM messages WHERE topic_id = :id AND kind = 'starter' ORDER BY record_id LIMIT 1",
        {"id": topic_id},
    )
    return message_from(row) if row else None


async def fresh(tx: Transaction, live: LiveTopic) -> tuple[tuple[ShownUpdate, ...], int]:
    """The updates that were not dealt with, in order, and how many were left out: at first sight, the older ones."""
    is_first = live.shown_to == 0
    order, limit = ("DESC", FIRST_SIGHT) if is_first else ("ASC", MOST_AT_ONCE)
    rows = await tx.all(
        f"""
        SELECT * FROM updates WHERE live_blog_id = :id AND update_id > :shown_to
        ORDER BY update_id {order} LIMIT :limit
        """,  # noqa: S608 - a word of ours.
        {"id": live.live_blog_id, "shown_to": live.shown_to, "limit": limit},
    )
    if not is_first:
        return tuple(shown_from(row) for row in rows), 0
    total = await tx.one(
        "SELECT COUNT(*) AS n FROM updates WHERE live_blog_id = :id", {"id": live.live_blog_id}
    )
    assert total is not None
    return tuple(shown_from(row) for row in reversed(rows)), total["n"] - len(rows)


async def stale(tx: Transaction, topic_id: int) -> tuple[Group, ...]:
    """Messages that show an update otherwise than it is now, with all that each of them shows."""
    rows = await tx.all(
        """
        SELECT updates.*, um.record_id, messages.message_id, messages.wanted
        FROM update_messages um
        JOIN updates ON updates.update_id = um.update_id
        JOIN messages ON messages.record_id = um.record_id
        WHERE um.topic_id = :id AND um.record_id IN (
            SELECT changed.record_id FROM update_messages changed
            JOIN updates now ON now.update_id = changed.update_id
            WHERE changed.topic_id = :id AND changed.revision <> now.revisions)
        ORDER BY um.record_id, um.update_id
        """,
        {"id": topic_id},
    )
    groups: dict[int, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["record_id"], []).append(row)
    return tuple(
        Group(
            record_id=record_id,
            content=from_json(group[0]["wanted"]).content,
            updates=tuple(shown_from(row) for row in group),
        )
        for record_id, group in groups.items()
    )


async def shown(tx: Transaction, topic_id: int) -> tuple[ShownUpdate, ...]:
    """What the topic shows, in the order of the updates' own times."""
    rows = await tx.all(
        """
        SELECT updates.*, um.record_id, messages.message_id FROM update_messages um
        JOIN updates ON updates.update_id = um.update_id
        JOIN messages ON messages.record_id = um.record_id
        WHERE um.topic_id = :id ORDER BY COALESCE(updates.published_at, updates.first_seen_at), updates.update_id
        """,
        {"id": topic_id},
    )
    return tuple(shown_from(row) for row in rows)


async def all_stand(tx: Transaction, topic_id: int) -> bool:
    row = await tx.one(
        """
        SELECT 1 FROM messages
        WHERE topic_id = :id AND kind = :kind AND message_id IS NULL AND withdrawn = 0 LIMIT 1
        """,
        {"id": topic_id, "kind": MessageKind.UPDATE},
    )
    return row is None


async def cards(tx: Transaction, guild_id: int) -> list[LiveCard]:
    """What the guild's topics follow, in the order of their making.

    Pages that nobody has looked at yet are left out, unless looking fails or somebody asked for them by hand.
    """
    rows = await tx.all(
        """
        SELECT live_blogs.*, topics.topic_id, topics.thread_id, topics.channel_id, subscriptions.paused_at,
               (SELECT COUNT(*) FROM update_messages WHERE update_messages.topic_id = topics.topic_id) AS updates
        FROM live_blogs
        JOIN live_topics ON live_topics.live_blog_id = live_blogs.live_blog_id
        JOIN topics ON topics.topic_id = live_topics.topic_id
        LEFT JOIN subscriptions ON subscriptions.subscription_id = topics.subscription_id
        WHERE live_blogs.next_poll_at IS NOT NULL AND live_topics.unfollowed_at IS NULL
          AND (topics.guild_id = :guild_id OR (topics.guild_id IS NULL AND subscriptions.guild_id = :guild_id))
          AND topics.state <> 'gone' AND subscriptions.removed_at IS NULL
          AND (live_blogs.state <> 'candidate' OR live_blogs.failures > 0 OR topics.subscription_id IS NULL)
        ORDER BY topics.topic_id
        """,
        {"guild_id": guild_id},
    )
    return [_card(row) for row in rows]


def _card(row: Row) -> LiveCard:
    return LiveCard(
        topic_id=row["topic_id"],
        channel_id=row["channel_id"],
        thread_id=row["thread_id"],
        url=row["url"],
        title=row["title"],
        state=LiveState(row["state"]),
        paused=row["paused_at"] is not None,
        answered_at=from_ms(row["answered_at"]),
        next_poll_at=from_ms(row["next_poll_at"]),
        ended_at=from_ms(row["ended_at"]),
        failures=row["failures"],
        problem=row["problem"],
        updates=row["updates"],
    )
