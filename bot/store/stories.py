"""A topic's whole story in the database, read and written inside somebody's transaction: rows to values and back."""

import json
from collections.abc import Collection
from datetime import datetime

from bot.domain.messages import content_hash, from_json, to_json
from bot.domain.topics import MessageKind, State, Story, Topic, TopicMessage
from bot.domain.wishes import RENAMES, Aspect, Wish
from bot.store.cases import close_pending_cases
from bot.store.database import Row, Transaction
from bot.store.moments import from_ms, to_ms
from bot.store.recommendations import recommendations


async def insert_topic(tx: Transaction, topic: Topic, starter: TopicMessage, at: datetime) -> None:
    """A wanted topic with its starter, due at once; an entry never gets a second one in the same subscription."""
    if await insert_bare(tx, topic, at, due=True):
        await put_message(tx, starter)


async def insert_bare(
    tx: Transaction, topic: Topic, at: datetime, *, due: bool, planned_at: datetime | None = None
) -> bool:
    """A topic without messages. One that is `due` is ours to post: at once, or when it is planned."""
    inserted = await tx.execute(
        """
        INSERT INTO topics (topic_id, guild_id, channel_id, thread_id, name, entry_id, subscription_id, tags,
                            state, shown, archived, owner_id, pinned, due_at, created_at, planned_at, given_name)
        VALUES (:topic_id, :guild_id, :channel_id, :thread_id, :name, :entry_id, :subscription_id, :tags,
                :state, :shown, :archived, :owner_id, :pinned, :due_at, :created_at, :planned_at, :given_name)
        ON CONFLICT (entry_id, subscription_id) DO NOTHING
        """,
        {
            "topic_id": topic.topic_id,
            "guild_id": topic.guild_id,
            "channel_id": topic.channel_id,
            "thread_id": topic.thread_id,
            "name": topic.name,
            "entry_id": topic.entry_id,
            "subscription_id": topic.subscription_id,
            "tags": json.dumps(topic.tags),
            "state": topic.state,
            "shown": topic.shown,
            "archived": int(topic.archived),
            "owner_id": topic.owner_id,
            "pinned": int(topic.pinned),
            "due_at": to_ms(planned_at or at) if due else None,
            "created_at": to_ms(at),
            "planned_at": to_ms(planned_at),
            "given_name": topic.name if due else None,
        },
    )
    return inserted > 0


async def save_story(tx: Transaction, before: Story, story: Story, now: datetime) -> None:
    topic = story.topic
    for wish in story.wishes:
        await put_wish(tx, topic.topic_id, wish)
    await _drop_wishes(
        tx, topic.topic_id, {w.aspect for w in before.wishes} - {w.aspect for w in story.wishes}
    )
    await tx.execute(
        """
        UPDATE topics SET guild_id = :guild_id, channel_id = :channel_id, name = :name, state = :state, shown = :shown,
                          archived = :archived, rearchive = :rearchive, attempts = 0, due_at = :now,
                          owner_id = :owner_id, pinned = :pinned, exempt_until = :exempt_until, disarmed = :disarmed,
                          suspended_at = :suspended_at, reopened_at = :reopened_at
        WHERE topic_id = :topic_id
        """,
        {
            "topic_id": topic.topic_id,
            "guild_id": topic.guild_id,
            "channel_id": topic.channel_id,
            "name": topic.name,
            "state": topic.state,
            "shown": topic.shown,
            "archived": int(topic.archived),
            "rearchive": int(topic.rearchive),
            "owner_id": topic.owner_id,
            "pinned": int(topic.pinned),
            "exempt_until": to_ms(topic.exempt_until),
            "disarmed": int(topic.disarmed),
            "suspended_at": to_ms(topic.suspended_at),
            "reopened_at": to_ms(topic.reopened_at),
            "now": to_ms(now),
        },
    )
    for message in story.messages:
        await put_message(tx, message)


async def put_wish(tx: Transaction, topic_id: int, wish: Wish) -> None:
    await tx.execute(
        """
        INSERT INTO wishes (topic_id, aspect, wanted, due_at) VALUES (:topic_id, :aspect, :wanted, :due_at)
        ON CONFLICT (topic_id, aspect) DO UPDATE SET wanted = excluded.wanted, due_at = excluded.due_at, attempts = 0
        WHERE wishes.wanted <> excluded.wanted
        """,
        {
            "topic_id": topic_id,
            "aspect": wish.aspect,
            "wanted": json.dumps(wish.value),
            "due_at": to_ms(wish.due_at),
        },
    )


async def _drop_wishes(tx: Transaction, topic_id: int, aspects: Collection[Aspect]) -> None:
    """Somebody else decided these meanwhile."""
    for aspect in aspects:
        await tx.execute(
            "DELETE FROM wishes WHERE topic_id = :id AND aspect = :aspect", {"id": topic_id, "aspect": aspect}
        )
    if aspects:
        await close_pending_cases(tx, topic_id, "overtaken: somebody changed it by hand", only_changes=True)


async def note_rename(tx: Transaction, topic_id: int, name: str, at: datetime) -> None:
    row = await tx.one("SELECT renamed FROM topics WHERE topic_id = :id", {"id": topic_id})
    assert row is not None
    renamed = [*json.loads(row["renamed"]), to_ms(at)][-RENAMES:]
    await tx.execute(
        "UPDATE topics SET name = :name, renamed = :renamed WHERE topic_id = :id",
        {"id": topic_id, "name": name, "renamed": json.dumps(renamed)},
    )


async def put_message(tx: Transaction, message: TopicMessage) -> None:
    await tx.execute(
        """
        INSERT INTO messages (record_id, topic_id, kind, wanted, wanted_hash, withdrawn)
        VALUES (:record_id, :topic_id, :kind, :wanted, :wanted_hash, :withdrawn)
        ON CONFLICT (record_id) DO UPDATE SET
            wanted = excluded.wanted, wanted_hash = excluded.wanted_hash, withdrawn = excluded.withdrawn
        """,
        {
            "record_id": message.record_id,
            "topic_id": message.topic_id,
            "kind": message.kind,
            "wanted": to_json(message.wanted),
            "wanted_hash": content_hash(message.wanted),
            "withdrawn": int(message.withdrawn),
        },
    )


async def confirm(tx: Transaction, record_id: int, message_id: int, shown_hash: str) -> None:
    await tx.execute(
        """
        UPDATE messages SET message_id = :message_id, shown_hash = :shown_hash, attempted = NULL, attempted_at = NULL
        WHERE record_id = :record_id
        """,
        {"record_id": record_id, "message_id": message_id, "shown_hash": shown_hash},
    )


async def read_story(tx: Transaction, topic_id: int) -> Story:
    """The topic with its latest message of each kind, and every message that is not (known to be) shown as wanted."""
    topic = await tx.one(
        """
        SELECT topics.*,
               EXISTS (SELECT 1 FROM wishes WHERE wishes.topic_id = topics.topic_id) AS has_wishes,
               EXISTS (SELECT 1 FROM recommendations r WHERE r.topic_id = topics.topic_id) AS has_recommendations
        FROM topics WHERE topic_id = :id
        """,
        {"id": topic_id},
    )
    assert topic is not None
    messages = await tx.all(
        """
        SELECT * FROM messages WHERE topic_id = :id AND (
            message_id IS NULL OR shown_hash IS NULL OR shown_hash <> wanted_hash
            OR (kind = 'starter' AND :no_thread = 1)
            OR record_id IN (SELECT MAX(record_id) FROM messages
                             WHERE topic_id = :id AND kind <> 'starter' GROUP BY kind))
        ORDER BY record_id
        """,
        {"id": topic_id, "no_thread": int(topic["thread_id"] is None)},
    )
    return Story(
        topic_from(topic),
        tuple(message_from(row) for row in messages),
        await _wishes(tx, topic_id) if topic["has_wishes"] else (),
        await recommendations(tx, topic_id) if topic["has_recommendations"] else (),
    )


async def _wishes(tx: Transaction, topic_id: int) -> tuple[Wish, ...]:
    rows = await tx.all("SELECT * FROM wishes WHERE topic_id = :id ORDER BY aspect", {"id": topic_id})
    return tuple(_wish(row) for row in rows)


def topic_from(row: Row) -> Topic:
    """A row of the table."""
    return Topic(
        topic_id=row["topic_id"],
        channel_id=row["channel_id"],
        name=row["name"],
        guild_id=row["guild_id"],
        thread_id=row["thread_id"],
        entry_id=row["entry_id"],
        subscription_id=row["subscription_id"],
        tags=tuple(json.loads(row["tags"])),
        state=State(row["state"]),
        shown=State(row["shown"]),
        archived=bool(row["archived"]),
        rearchive=bool(row["rearchive"]),
        pinned=bool(row["pinned"]),
        owner_id=row["owner_id"],
        renamed=tuple(from_ms(ms) for ms in json.loads(row["renamed"])),
        exempt_until=from_ms(row["exempt_until"]),
        disarmed=bool(row["disarmed"]),
        suspended_at=from_ms(row["suspended_at"]),
        confirmed_at=from_ms(row["confirmed_at"]),
        reopened_at=from_ms(row["reopened_at"]),
        attempts=row["attempts"],
    )


def message_from(row: Row) -> TopicMessage:
    return TopicMessage(
        record_id=row["record_id"],
        topic_id=row["topic_id"],
        kind=MessageKind(row["kind"]),
        wanted=from_json(row["wanted"]),
        shown_hash=row["shown_hash"],
        message_id=row["message_id"],
        attempted=from_json(row["attempted"]) if row["attempted"] else None,
        attempted_at=from_ms(row["attempted_at"]),
        withdrawn=bool(row["withdrawn"]),
    )


def _wish(row: Row) -> Wish:
    value = json.loads(row["wanted"])
    return Wish(
        aspect=Aspect(row["aspect"]),
        value=tuple(value) if isinstance(value, list) else value,
        due_at=from_ms(row["due_at"]),
        attempts=row["attempts"],
    )
