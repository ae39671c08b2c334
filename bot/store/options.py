"""A subscription and its options in the database: a row to values, and back."""

import json

from bot.domain.feeds import Options, Overflow, Subscription
from bot.domain.templates import Templates
from bot.store.database import Row


def subscription_from(row: Row) -> Subscription:
    """A row of the table."""
    return Subscription(
        subscription_id=row["subscription_id"],
        channel_id=row["channel_id"],
        guild_id=row["guild_id"],
        post_last=row["post_last"],
        options=_options(row),
        by_file=row["origin"] == "file",
        paused=row["paused_at"] is not None,
        seeded=row["seeded_at"] is not None,
    )


def _options(row: Row) -> Options:
    return Options(
        tags=tuple(json.loads(row["tags"])),
        mention_role_id=row["mention_role_id"],
        filter=row["filter"],
        name=row["name"],
        templates=Templates(
            name=row["name_template"], starter=row["starter_template"], update=row["update_template"]
        ),
        at_most=row["at_most"],
        overflow=Overflow(row["overflow"]),
        follow_live=bool(row["follow_live"]),
    )


def option_values(options: Options) -> dict[str, object]:
    return {
        "tags": json.dumps(options.tags),
        "mention_role_id": options.mention_role_id,
        "filter": options.filter,
        "name": options.name,
        "name_template": options.templates.name,
        "starter_template": options.templates.starter,
        "update_template": options.templates.update,
        "at_most": options.at_most,
        "overflow": options.overflow,
        "follow_live": int(options.follow_live),
    }
