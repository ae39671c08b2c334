"""Channels, their overwrites and tags: make, change, delete."""

from typing import Any

from simulator import payloads
from simulator.acts import access, audit, threads
from simulator.errors import field_refusal, refusal
from simulator.events import Event
from simulator.flags import AuditAction, ChannelType, Permission
from simulator.forms.channels import read_channel, read_overwrite
from simulator.permissions import may_view, require, require_in_guild
from simulator.values import Channel, Guild, Json, Tag, User
from simulator.world import World

MAX_CHANNELS = 500
_SIMPLE = (
    "name",
    "topic",
    "nsfw",
    "position",
    "parent_id",
    "rate_limit_per_user",
    "flags",
    "default_auto_archive_duration",
)


def create(world: World, actor: User, guild: Guild, body: Any, reason: str | None = None) -> Channel:
    """Makes a text, announcement, forum channel or a category; needs Manage Channels."""
    require_in_guild(actor.id, guild, Permission.MANAGE_CHANNELS)
    if len(guild.channels) >= MAX_CHANNELS:
        raise refusal(30013)
    form = read_channel(body, new=True)
    _check(guild, form)
    channel = Channel(world.new_id(), guild.id, form["type"], form["name"])
    channel.position = len(guild.channels)
    _apply(world, channel, form)
    place_in(world, guild, channel)
    audit.record(world, guild, actor.id, AuditAction.CHANNEL_CREATE, channel.id, reason=reason)
    return channel


def place_in(world: World, guild: Guild, channel: Channel) -> None:
    """Puts a channel into the guild and tells those who can see it."""
    guild.channels[channel.id] = channel
    world.places[channel.id] = channel
    world.messages[channel.id] = {}
    world.publish(Event("CHANNEL_CREATE", guild.id, lambda _: payloads.channel(channel), channel))


def edit(world: World, actor: User, channel: Channel, body: Any, reason: str | None = None) -> Channel:
    """Changes a channel; needs Manage Channels, and Manage Roles for overwrites."""
    require(world, actor.id, channel, Permission.MANAGE_CHANNELS)
    form = read_channel(body, new=False)
    if "permission_overwrites" in form:
        require(world, actor.id, channel, Permission.MANAGE_ROLES)
    guild = world.guild(channel.guild_id)
    _check(guild, form)
    before = payloads.channel(channel)
    with access.noticed(world, guild):
        _apply(world, channel, form)
        after = payloads.channel(channel)
        changes = [
            audit.change(key, before[key], after[key]) for key in after if before.get(key) != after[key]
        ]
        if changes:
            announce_update(world, channel)
    if changes:
        audit.record(
            world, guild, actor.id, AuditAction.CHANNEL_UPDATE, channel.id, changes=changes, reason=reason
        )
    return channel


def _check(guild: Guild, form: Json) -> None:
    """Refuses two tags of one name (40061) and a parent that is no category of the guild."""
    names = [each["name"] for each in form.get("available_tags", [])]
    if len(names) != len(set(names)):
        raise refusal(40061)
    parent = guild.channels.get(form.get("parent_id", ""))
    if "parent_id" in form and (parent is None or parent.type is not ChannelType.CATEGORY):
        raise field_refusal("parent_id", "CHANNEL_PARENT_INVALID", "Category does not exist")


def _apply(world: World, channel: Channel, form: Json) -> None:
    for key in _SIMPLE:
        if key in form:
            setattr(channel, key, form[key])
    if "available_tags" in form:
        channel.tags = [_tag(world, each) for each in form["available_tags"]]
        kept = {each.id for each in channel.tags}
        for thread in world.guild(channel.guild_id).threads.values():
            if thread.parent_id == channel.id:
                thread.applied_tags = [each for each in thread.applied_tags if each in kept]
    if "permission_overwrites" in form:
        channel.overwrites = {each.id: each for each in form["permission_overwrites"]}


def _tag(world: World, form: Json) -> Tag:
    return Tag(
        str(form.get("id") or world.new_id()),
        form["name"],
        bool(form.get("moderated", False)),
        str(form["emoji_name"]) if form.get("emoji_name") else None,
    )


def announce_update(world: World, channel: Channel) -> None:
    world.publish(Event("CHANNEL_UPDATE", channel.guild_id, lambda _: payloads.channel(channel), channel))


def set_overwrite(
    world: World, actor: User, channel: Channel, target_id: str, form: Json, *, reason: str | None = None
) -> None:
    """Sets what a role or member may do in the channel; needs Manage Roles."""
    require(world, actor.id, channel, Permission.MANAGE_ROLES)
    guild = world.guild(channel.guild_id)
    if target_id not in guild.roles and target_id not in guild.members:
        raise refusal(10009)
    action = AuditAction.OVERWRITE_UPDATE if target_id in channel.overwrites else AuditAction.OVERWRITE_CREATE
    with access.noticed(world, guild):
        channel.overwrites[target_id] = read_overwrite(target_id, form)
        announce_update(world, channel)
    audit.record(world, guild, actor.id, action, channel.id, options={"id": target_id}, reason=reason)


def delete_overwrite(
    world: World, actor: User, channel: Channel, target_id: str, reason: str | None = None
) -> None:
    require(world, actor.id, channel, Permission.MANAGE_ROLES)
    if target_id not in channel.overwrites:
        raise refusal(10009)
    guild = world.guild(channel.guild_id)
    with access.noticed(world, guild):
        del channel.overwrites[target_id]
        announce_update(world, channel)
    options = {"id": target_id}
    audit.record(
        world, guild, actor.id, AuditAction.OVERWRITE_DELETE, channel.id, options=options, reason=reason
    )


def delete(world: World, actor: User, channel: Channel, reason: str | None = None) -> None:
    """Deletes a channel with its threads and messages; needs Manage Channels."""
    require(world, actor.id, channel, Permission.MANAGE_CHANNELS)
    guild = world.guild(channel.guild_id)
    shown = payloads.channel(channel)
    viewers = {each for each in guild.members if may_view(world, each, channel)}
    for thread in [each for each in guild.threads.values() if each.parent_id == channel.id]:
        threads.forget(world, thread)
    del guild.channels[channel.id]
    del world.places[channel.id]
    del world.messages[channel.id]
    for viewer in viewers:
        world.publish(Event("CHANNEL_DELETE", guild.id, lambda _: shown, only=viewer))
    changes = [audit.change("name", channel.name, None)]
    audit.record(
        world, guild, actor.id, AuditAction.CHANNEL_DELETE, channel.id, changes=changes, reason=reason
    )
