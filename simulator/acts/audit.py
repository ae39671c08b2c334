"""The audit log: who changed what, when, why."""

from simulator import payloads
from simulator.events import Event
from simulator.flags import AuditAction, Permission
from simulator.values import AuditEntry, Guild, Json
from simulator.world import World


def record(
    world: World,
    guild: Guild,
    actor_id: str,
    action: AuditAction,
    target_id: str | None,
    *,
    changes: list[Json] | None = None,
    options: Json | None = None,
    reason: str | None = None,
) -> None:
    """Writes an entry and tells those who may read the log."""
    entry = AuditEntry(world.new_id(), action, actor_id, target_id, changes or [], options, reason)
    guild.audit.append(entry)
    shown = payloads.audit_entry(entry) | {"guild_id": guild.id}
    world.publish(
        Event("GUILD_AUDIT_LOG_ENTRY_CREATE", guild.id, lambda _: shown, needs=Permission.VIEW_AUDIT_LOG)
    )


def change(key: str, old: object, new: object) -> Json:
    """One changed property; a side that has no value is left out, as Discord does."""
    shown: Json = {"key": key}
    if old is not None:
        shown["old_value"] = old
    if new is not None:
        shown["new_value"] = new
    return shown
