"""What the database holds about one person, and forgetting them. Numbers and deeds stay: the record is a guild's."""

import json
from collections.abc import Mapping, Sequence

from bot.domain.cases import DELETED_USER
from bot.store.database import Database, Row
from bot.store.moments import from_ms
from bot.store.staff import restage

# Each list of an export, with the query that answers it.
_ABOUT = {
    "cases": """
        SELECT cases.guild_id, cases.number, cases.verb AS deed, topics.thread_id, cases.actor_name, cases.reason,
               cases.state_before, cases.state_after, cases.changes, cases.outcome, cases.created_at
        FROM cases JOIN topics ON topics.topic_id = cases.topic_id
        WHERE cases.actor_id = :id ORDER BY cases.case_id
    """,
    "reasons_changed": """
        SELECT cases.guild_id, cases.number, case_edits.editor_name, case_edits.before, case_edits.created_at
        FROM case_edits JOIN cases ON cases.case_id = case_edits.case_id
        WHERE case_edits.editor_id = :id ORDER BY case_edits.edit_id
    """,
    "notes": """
        SELECT topics.guild_id, topics.thread_id, notes.author_name, notes.text, notes.created_at
        FROM notes JOIN topics ON topics.topic_id = notes.topic_id
        WHERE notes.author_id = :id ORDER BY notes.note_id
    """,
    "timers": """
        SELECT timers.guild_id, topics.thread_id, timers.kind, timers.state, timers.owner_name, timers.reason,
               timers.due_at, timers.created_at
        FROM timers JOIN topics ON topics.topic_id = timers.topic_id
        WHERE timers.owner_id = :id ORDER BY timers.timer_id
    """,
    "recommendations": """
        SELECT topics.guild_id, topics.thread_id, recommendations.message_id, recommendations.excerpt,
               recommendations.created_at
        FROM recommendations JOIN topics ON topics.topic_id = recommendations.topic_id
        WHERE recommendations.recommended_by = :id ORDER BY recommendations.created_at
    """,
    "posts_recommended": """
        SELECT topics.guild_id, topics.thread_id, recommendations.message_id, recommendations.author_name,
               recommendations.excerpt, recommendations.created_at
        FROM recommendations JOIN topics ON topics.topic_id = recommendations.topic_id
        WHERE recommendations.author_id = :id ORDER BY recommendations.created_at
    """,
    "appeals": """
        SELECT appeals.guild_id, topics.thread_id, appeals.author_name, appeals.text, appeals.state, appeals.created_at
        FROM appeals JOIN topics ON topics.topic_id = appeals.topic_id
        WHERE appeals.author_id = :id ORDER BY appeals.appeal_id
    """,
    "appeals_decided": """
        SELECT appeals.guild_id, topics.thread_id, appeals.state, appeals.created_at
        FROM appeals JOIN topics ON topics.topic_id = appeals.topic_id
        WHERE appeals.decided_by = :id ORDER BY appeals.appeal_id
    """,
    "bulk_actions": """
        SELECT guild_id, actor_name, action, reason, state, created_at FROM batches WHERE actor_id = :id
        ORDER BY batch_id
    """,
    "settings": """
        SELECT guild_id, channel_id, setting, value, set_at FROM policy_settings WHERE set_by = :id
        ORDER BY guild_id, channel_id, setting
    """,
    "subscriptions": """
        SELECT subscriptions.guild_id, subscriptions.channel_id, feeds.url, subscriptions.created_at
        FROM subscriptions JOIN feeds ON feeds.feed_id = subscriptions.feed_id
        WHERE subscriptions.created_by = :id ORDER BY subscriptions.subscription_id
    """,
    "proposals": "SELECT guild_id, payload, created_at FROM proposals WHERE user_id = :id ORDER BY proposal_id",
    "threads": """
        SELECT guild_id, thread_id, name FROM topics WHERE owner_id = :id ORDER BY topic_id
    """,
    "zone": "SELECT zone FROM people WHERE user_id = :id",
}
_FORGET = (
    "DELETE FROM people WHERE user_id = :id",
    "DELETE FROM appeals WHERE author_id = :id",
    "UPDATE appeals SET decided_by = :nobody WHERE decided_by = :id",
    "UPDATE cases SET actor_id = :nobody, actor_name = :name WHERE actor_id = :id",
    "UPDATE case_edits SET editor_id = :nobody, editor_name = :name WHERE editor_id = :id",
    "UPDATE notes SET author_id = :nobody, author_name = :name WHERE author_id = :id",
    # A timer rings on, as that of somebody who may no longer do by hand what it does.
    "UPDATE timers SET owner_id = :nobody, owner_name = :name WHERE owner_id = :id",
    "DELETE FROM recommendations WHERE author_id = :id",  # The list in Discord follows with its next change.
    "UPDATE recommendations SET recommended_by = :nobody WHERE recommended_by = :id",
    "UPDATE batches SET actor_id = :nobody, actor_name = :name WHERE actor_id = :id",
    "UPDATE policy_settings SET set_by = :nobody WHERE set_by = :id",
    "UPDATE subscriptions SET created_by = :nobody WHERE created_by = :id",
    "DELETE FROM proposals WHERE user_id = :id",
)


class PrivacyStore:
    """Implements `ports.PrivacyStore`. These queries may scan: a person asks for them once in a while."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def about(self, user_id: int) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """Everything that names the person, by kind, ready for JSON: ids as texts, moments as ISO 8601."""
        return {
            kind: [_plain(row) for row in await self._database.read.all(sql, {"id": user_id})]
            for kind, sql in _ABOUT.items()
        }

    async def forget(self, user_id: int) -> None:
        """Take the person out of every row; the messages in staff channels follow."""
        values = {"id": user_id, "nobody": DELETED_USER.user_id, "name": DELETED_USER.name}
        async with self._database.write() as tx:
            rows = await tx.all(
                """
                SELECT case_id FROM cases WHERE actor_id = :id
                UNION SELECT case_id FROM case_edits WHERE editor_id = :id
                """,
                {"id": user_id},
            )
            for sql in _FORGET:
                await tx.execute(sql, {name: value for name, value in values.items() if f":{name}" in sql})
            await restage(tx, [row["case_id"] for row in rows])


def _plain(row: Row) -> dict[str, object]:
    return {name: _told(name, row[name]) for name in row.keys()}  # noqa: SIM118 - a Row iterates over its values.


def _told(name: str, value: object) -> object:
    if isinstance(value, int) and name.endswith("_at"):
        return from_ms(value).isoformat()
    if isinstance(value, int) and name.endswith("_id"):
        return str(value)
    return json.loads(value) if isinstance(value, str) and name == "changes" else value
