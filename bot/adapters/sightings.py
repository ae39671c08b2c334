"""Discord's threads, from REST or the gateway, as the domain sees them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import discord

from bot.domain.topics import Sighting

PINNED = 1 << 1  # Discord, "Channel Flags"


def sighting_of(thread: discord.Thread, at: datetime | None = None) -> Sighting:
    """`at`: when the look began, where it was asked for."""
    return Sighting(
        thread_id=thread.id,
        guild_id=thread.guild.id,
        channel_id=thread.parent_id,
        name=thread.name,
        locked=thread.locked,
        archived=thread.archived,
        owner_id=thread.owner_id,
        slowmode=thread.slowmode_delay,
        pinned=thread.flags.pinned,
        tags=tuple(tag.name for tag in thread.applied_tags),
        last_message_id=thread.last_message_id,
        archived_at=thread.archive_timestamp if thread.archived else None,
        at=at,
    )


def seen_in(client: discord.Client, event: discord.RawThreadUpdateEvent | discord.Thread) -> Sighting:
    """What an event tells; an update is read from its payload: the thread may be cached in an older state, or not."""
    if isinstance(event, discord.Thread):
        return sighting_of(event)
    thread: Mapping[str, Any] = event.data
    state = thread["thread_metadata"]
    return Sighting(
        thread_id=event.thread_id,
        guild_id=event.guild_id,
        channel_id=event.parent_id,
        name=thread["name"],
        locked=state.get("locked", False),
        archived=state["archived"],
        owner_id=int(thread["owner_id"]),
        slowmode=thread.get("rate_limit_per_user", 0),
        pinned=bool(thread.get("flags", 0) & PINNED),
        tags=_tags(client.get_channel(event.parent_id), thread.get("applied_tags", ())),
        last_message_id=int(thread["last_message_id"]) if thread.get("last_message_id") else None,
        archived_at=discord.utils.parse_time(state["archive_timestamp"]) if state["archived"] else None,
    )


def _tags(parent: object, tag_ids: list[str]) -> tuple[str, ...]:
    if not isinstance(parent, discord.ForumChannel):
        return ()
    names = {tag.id: tag.name for tag in parent.available_tags}
    return tuple(names[int(tag_id)] for tag_id in tag_ids if int(tag_id) in names)
