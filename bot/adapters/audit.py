"""Who did it: read from a guild's audit log. Tells "unknown" rather than a guess, and never raises."""

import logging
from datetime import datetime

import discord

from bot.adapters.failures import translated
from bot.domain.cases import Actor, Deed
from bot.errors import ForumError

log = logging.getLogger(__name__)

UNKNOWN = Actor(user_id=None)
LOOK_BACK = 50

_CHANGES = {
    Deed.LOCKED_BY_HAND: ("locked", True),
    Deed.UNLOCKED_BY_HAND: ("locked", False),
    Deed.UNARCHIVED_BY_HAND: ("archived", False),
}
_DELETIONS = (discord.AuditLogAction.thread_delete, discord.AuditLogAction.channel_delete)


async def culprit(guild: discord.Guild, target_id: int, deed: Deed, since: datetime) -> Actor | None:
    """Whoever did it to a thread (or deleted a channel) since then. None: ourselves.

    Unknown where the bot may not view the log, where the log does not have it, or where a later entry contradicts it.
    """
    if not guild.me.guild_permissions.view_audit_log:
        return UNKNOWN
    try:
        with translated(reading=True):
            return await _culprit(guild, target_id, deed, since)
    except ForumError as error:
        log.info("the audit log of server %s cannot be read now: %s", guild.id, error)
        return UNKNOWN


async def _culprit(guild: discord.Guild, target_id: int, deed: Deed, since: datetime) -> Actor | None:
    action = discord.AuditLogAction.thread_update if deed in _CHANGES else None
    async for entry in guild.audit_logs(limit=LOOK_BACK, action=action or discord.utils.MISSING):
        if entry.created_at < since:
            break
        if getattr(entry.target, "id", None) == target_id and _is_about(entry, deed):
            return _actor(guild, entry) if _is(entry, deed) else UNKNOWN
    return UNKNOWN


def _is_about(entry: discord.AuditLogEntry, deed: Deed) -> bool:
    if deed not in _CHANGES:
        return entry.action in _DELETIONS
    return hasattr(entry.after, _CHANGES[deed][0])


def _is(entry: discord.AuditLogEntry, deed: Deed) -> bool:
    if deed not in _CHANGES:
        return True
    aspect, value = _CHANGES[deed]
    return bool(getattr(entry.after, aspect)) is value


def _actor(guild: discord.Guild, entry: discord.AuditLogEntry) -> Actor | None:
    if entry.user_id == guild.me.id:
        return None
    return Actor(user_id=entry.user_id, name=entry.user.display_name if entry.user else "")
