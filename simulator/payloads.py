"""The world's values as Discord's JSON objects. Rendering only: asks nothing but what the viewer may know."""

from typing import Any

from simulator.flags import ChannelType
from simulator.permissions import in_place
from simulator.snowflakes import iso
from simulator.values import (
    Attachment,
    AuditEntry,
    Channel,
    Command,
    Guild,
    Json,
    Member,
    Message,
    Place,
    Role,
    Tag,
    Thread,
    User,
)
from simulator.world import World


def _iso(moment: float | None) -> str | None:
    return None if moment is None else iso(moment)


def user(value: User) -> Json:
    shown: Json = {
        "id": value.id,
        "username": value.username,
        "discriminator": "0000" if value.bot else "0",
        "global_name": value.global_name,
        "avatar": None,
        "banner": None,
        "accent_color": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
        "public_flags": 0,
        "flags": 0,
    }
    if value.bot:
        shown["bot"] = True
    return shown


def own_user(value: User) -> Json:
    """The user as it sees itself (`/users/@me`)."""
    private = {"mfa_enabled": True, "locale": "en-US", "verified": True, "email": None, "premium_type": 0}
    return user(value) | private


def bare_member(value: Member) -> Json:
    """A member without its user: what messages and resolved objects carry."""
    return {
        "roles": list(value.roles),
        "nick": value.nick,
        "avatar": None,
        "banner": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "premium_since": None,
        "joined_at": iso(value.joined_at),
        "pending": False,
        "flags": 0,
        "communication_disabled_until": _iso(value.silenced_until),
    }


def member(value: Member) -> Json:
    return bare_member(value) | {"user": user(value.user), "mute": False, "deaf": False}


def role(value: Role) -> Json:
    shown: Json = {
        "id": value.id,
        "name": value.name,
        "permissions": str(int(value.permissions)),
        "position": value.position,
        "color": value.color,
        "colors": {"primary_color": value.color, "secondary_color": None, "tertiary_color": None},
        "hoist": value.hoist,
        "managed": value.bot_id is not None,
        "mentionable": value.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    if value.bot_id:
        shown["tags"] = {"bot_id": value.bot_id}
    return shown


def tag(value: Tag) -> Json:
    return {
        "id": value.id,
        "name": value.name,
        "moderated": value.moderated,
        "emoji_id": None,
        "emoji_name": value.emoji_name,
    }


def channel(value: Channel) -> Json:
    shown: Json = {
        "id": value.id,
        "type": int(value.type),
        "guild_id": value.guild_id,
        "name": value.name,
        "position": value.position,
        "parent_id": value.parent_id,
        "flags": value.flags,
        "permission_overwrites": [
            {"id": each.id, "type": each.kind, "allow": str(int(each.allow)), "deny": str(int(each.deny))}
            for each in value.overwrites.values()
        ],
    }
    if value.type is not ChannelType.CATEGORY:
        shown |= {
            "topic": value.topic,
            "nsfw": value.nsfw,
            "rate_limit_per_user": value.rate_limit_per_user,
            "last_message_id": value.last_message_id,
            "last_pin_timestamp": _iso(value.last_pin_at),
        }
        if value.default_auto_archive_duration:
            shown["default_auto_archive_duration"] = value.default_auto_archive_duration
    if value.type is ChannelType.FORUM:
        shown |= {
            "available_tags": [tag(each) for each in value.tags],
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
            "default_thread_rate_limit_per_user": 0,
        }
    return shown


def thread_member(thread_id: str, user_id: str, joined_at: float) -> Json:
    return {"id": thread_id, "user_id": user_id, "join_timestamp": iso(joined_at), "flags": 1}


def thread(value: Thread, viewer_id: str | None = None) -> Json:
    """A thread; with the viewer's own membership where there is one."""
    metadata: Json = {
        "archived": value.archived,
        "archive_timestamp": iso(value.archive_at),
        "auto_archive_duration": value.auto_archive_duration,
        "locked": value.locked,
        "create_timestamp": iso(value.created_at),
    }
    if value.type is ChannelType.PRIVATE_THREAD:
        metadata["invitable"] = value.invitable
    shown: Json = {
        "id": value.id,
        "type": int(value.type),
        "guild_id": value.guild_id,
        "parent_id": value.parent_id,
        "owner_id": value.owner_id,
        "name": value.name,
        "flags": value.flags,
        "last_message_id": value.last_message_id,
        "last_pin_timestamp": _iso(value.last_pin_at),
        "rate_limit_per_user": value.rate_limit_per_user,
        "message_count": value.message_count,
        "member_count": min(len(value.members), 50),
        "total_message_sent": value.total_message_sent,
        "thread_metadata": metadata,
        "applied_tags": list(value.applied_tags),
    }
    if viewer_id in value.members:
        shown["member"] = thread_member(value.id, str(viewer_id), value.members[str(viewer_id)])
    return shown


def place(value: Place, viewer_id: str | None = None) -> Json:
    return thread(value, viewer_id) if isinstance(value, Thread) else channel(value)


def interaction_channel(world: World, value: Place, user_id: str) -> Json:
    """A channel as interactions carry it: with the invoking person's permissions there."""
    return place(value, world.application.id) | {"permissions": str(in_place(world, user_id, value))}


def attachment(world: World, message: Message, value: Attachment) -> Json:
    return _file(f"{world.public_url}/attachments/{message.channel_id}/{value.id}/{value.filename}", value)


def upload(world: World, value: Attachment) -> Json:
    """A file that a person gave to a command: no message carries it."""
    where = f"{world.public_url}/ephemeral-attachments/{world.application.id}"
    return _file(f"{where}/{value.id}/{value.filename}", value) | {"ephemeral": True}


def _file(url: str, value: Attachment) -> Json:
    shown: Json = {
        "id": value.id,
        "filename": value.filename,
        "size": len(value.body),
        "url": url,
        "proxy_url": url,
        "content_type": value.content_type,
    }
    if value.description:
        shown["description"] = value.description
    return shown


def _reactions(value: Message, viewer_id: str) -> list[Json]:
    return [
        {
            "emoji": {"id": None, "name": emoji},
            "count": len(users),
            "count_details": {"burst": 0, "normal": len(users)},
            "burst_colors": [],
            "me_burst": False,
            "me": viewer_id in users,
        }
        for emoji, users in value.reactions.items()
    ]


def message(world: World, value: Message, viewer_id: str, *, with_reply: bool = True) -> Json:
    """A message as the viewer may read it (a bot without Message Content sees others' messages empty)."""
    shown: Json = {
        "id": value.id,
        "type": int(value.type),
        "channel_id": value.channel_id,
        "author": user(value.author),
        "content": value.content,
        "embeds": value.embeds,
        "components": value.components,
        "attachments": [attachment(world, value, each) for each in value.attachments],
        "mentions": [user(each) for each in value.mentions],
        "mention_roles": list(value.mention_roles),
        "mention_everyone": value.mention_everyone,
        "timestamp": iso(value.created_at),
        "edited_timestamp": _iso(value.edited_at),
        "flags": value.flags,
        "pinned": value.pinned_at is not None,
        "tts": False,
    }
    if value.reactions:
        shown["reactions"] = _reactions(value, viewer_id)
    if value.application_id:
        shown["application_id"] = value.application_id
    if value.interaction:
        shown["interaction_metadata"] = value.interaction
        shown["webhook_id"] = value.application_id
    if value.reference:
        shown["message_reference"] = value.reference
        if with_reply and "message_id" in value.reference:
            shown["referenced_message"] = _referenced(world, value.reference, viewer_id)
    if value.id in world.places:
        shown["thread"] = place(world.places[value.id], viewer_id)
    if viewer_id == world.application.id and not world.rules.message_content:
        hide_content(shown, viewer_id)
    return shown


def _referenced(world: World, reference: Json, viewer_id: str) -> Json | None:
    original = world.messages.get(reference["channel_id"], {}).get(reference["message_id"])
    return message(world, original, viewer_id, with_reply=False) if original else None


def hide_content(shown: Json, viewer_id: str) -> None:
    """Empties what the Message Content intent guards, except the viewer's own messages and those that mention it."""
    if shown["author"]["id"] == viewer_id or any(each["id"] == viewer_id for each in shown["mentions"]):
        return
    shown |= {"content": "", "embeds": [], "components": [], "attachments": []}


def message_event(world: World, value: Message, viewer_id: str) -> Json:
    """A message as the gateway sends it: with guild and the author's membership."""
    shown = message(world, value, viewer_id) | {"guild_id": value.guild_id}
    author = world.guild(value.guild_id).members.get(value.author.id)
    if author:
        shown["member"] = bare_member(author) | {"mute": False, "deaf": False}
    if value.nonce is not None and viewer_id == value.author.id:
        shown["nonce"] = value.nonce
    return shown


def guild(value: Guild) -> Json:
    """A guild as REST shows it."""
    names: dict[str, Any] = dict.fromkeys(
        (
            "icon", "description", "home_header", "splash", "discovery_splash", "banner", "afk_channel_id",
            "system_channel_id", "widget_channel_id", "vanity_url_code", "rules_channel_id",
            "safety_alerts_channel_id", "public_updates_channel_id", "application_id", "incidents_data",
            "max_presences",
        )
    )  # fmt: skip
    return names | {
        "id": value.id,
        "name": value.name,
        "owner_id": value.owner_id,
        "features": ["COMMUNITY"],
        "region": "deprecated",
        "afk_timeout": 300,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "verification_level": 0,
        "roles": [role(each) for each in value.roles.values()],
        "default_message_notifications": 1,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": value.preferred_locale,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
    }


def command(world: World, value: Command) -> Json:
    shown = {"id": value.id, "application_id": world.application.id, "version": value.version} | value.form
    if value.guild_id:
        shown["guild_id"] = value.guild_id
    return shown


def audit_entry(value: AuditEntry) -> Json:
    shown: Json = {
        "id": value.id,
        "action_type": int(value.action),
        "user_id": value.user_id,
        "target_id": value.target_id,
        "changes": value.changes,
    }
    if value.options:
        shown["options"] = value.options
    if value.reason:
        shown["reason"] = value.reason
    return shown
