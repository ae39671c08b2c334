"""Threads and forum posts: start, change, delete.

Sources: resources/channel (start thread, modify thread), topics/threads (locked, archived, permissions).
"""

from simulator import payloads
from simulator.acts import audit, membership, messages
from simulator.errors import refusal
from simulator.events import Event
from simulator.flags import (
    AuditAction,
    ChannelFlag,
    ChannelType,
    MessageFlag,
    MessageType,
    Permission,
)
from simulator.forms.messages import MessageForm
from simulator.forms.threads import ThreadForm
from simulator.permissions import is_moderator, may, require, require_view
from simulator.values import Channel, Json, Message, Thread, User
from simulator.world import World

_OWNER_MAY = frozenset({"name", "archived", "auto_archive_duration", "applied_tags", "invitable"})
_THREAD_OF = {
    ChannelType.TEXT: ChannelType.PUBLIC_THREAD,
    ChannelType.ANNOUNCEMENT: ChannelType.ANNOUNCEMENT_THREAD,
}


def start_post(
    world: World, actor: User, forum: Channel, form: ThreadForm, starter: MessageForm
) -> tuple[Thread, Message]:
    """A forum post: thread and starter message in one act, both with the same id. Needs Send Messages."""
    require(world, actor.id, forum, Permission.SEND_MESSAGES)
    if starter.is_empty:
        raise refusal(50006)
    if starter.embeds:
        require(world, actor.id, forum, Permission.EMBED_LINKS)
    if starter.attachments:
        require(world, actor.id, forum, Permission.ATTACH_FILES)
    _require_tags(world, actor, forum, form.applied_tags)
    membership.require_room(world, forum.guild_id, ChannelType.PUBLIC_THREAD)
    thread = _new_thread(world, actor, forum, form, thread_id=world.new_id(), kind=ChannelType.PUBLIC_THREAD)
    thread.applied_tags = list(form.applied_tags)
    _announce_new(world, actor, thread)
    message = Message(thread.id, forum.guild_id, thread.id, actor, world.clock())
    messages.fill(message, starter)
    messages.publish_new(world, thread, message, starter)
    forum.last_message_id = thread.id
    return thread, message


def start_from_message(world: World, actor: User, message: Message, form: ThreadForm) -> Thread:
    """A thread from a message, with the message's id. A second one is refused with 160004."""
    channel = world.place(message.channel_id)
    if not isinstance(channel, Channel) or channel.type not in _THREAD_OF:
        raise refusal(50024)
    require(world, actor.id, channel, Permission.CREATE_PUBLIC_THREADS)
    if message.id in world.places or message.flags & MessageFlag.HAS_THREAD:
        raise refusal(160004)
    kind = _THREAD_OF[channel.type]
    membership.require_room(world, channel.guild_id, kind)
    message.flags |= MessageFlag.HAS_THREAD
    thread = _new_thread(world, actor, channel, form, thread_id=message.id, kind=kind)
    _announce_new(world, actor, thread)
    messages.announce(world, "MESSAGE_UPDATE", channel, message)
    to_starter = messages.pointer(channel, message.id)
    messages.post_system(
        world, message.author, thread, MessageType.THREAD_STARTER_MESSAGE, pointing_to=to_starter
    )
    return thread


def start_bare(world: World, actor: User, channel: Channel, form: ThreadForm) -> Thread:
    """A thread without a message; private unless the form says otherwise."""
    if channel.type not in _THREAD_OF:
        raise refusal(50024)
    kind = ChannelType(form.type)
    private = kind is ChannelType.PRIVATE_THREAD
    if not private and kind is not _THREAD_OF[channel.type]:
        raise refusal(50024)
    needed = Permission.CREATE_PRIVATE_THREADS if private else Permission.CREATE_PUBLIC_THREADS
    require(world, actor.id, channel, needed)
    membership.require_room(world, channel.guild_id, kind)
    thread = _new_thread(world, actor, channel, form, thread_id=world.new_id(), kind=kind)
    thread.invitable = form.invitable
    _announce_new(world, actor, thread)
    if not private:
        messages.post_system(
            world,
            actor,
            channel,
            MessageType.THREAD_CREATED,
            thread.name,
            pointing_to=messages.pointer(thread),
        )
    return thread


def _new_thread(
    world: World, actor: User, channel: Channel, form: ThreadForm, *, thread_id: str, kind: ChannelType
) -> Thread:
    now = world.clock()
    duration = form.auto_archive_duration
    if "auto_archive_duration" not in form.given and channel.default_auto_archive_duration:
        duration = channel.default_auto_archive_duration
    thread = Thread(
        id=thread_id,
        guild_id=channel.guild_id,
        parent_id=channel.id,
        type=kind,
        name=form.name,
        owner_id=actor.id,
        created_at=now,
        archive_at=now,
        active_at=now,
        auto_archive_duration=duration,
        rate_limit_per_user=form.rate_limit_per_user,
        members={actor.id: now},
    )
    world.places[thread.id] = thread
    world.guild(channel.guild_id).threads[thread.id] = thread
    world.messages[thread.id] = {}
    membership.watch_idleness(world, thread)
    return thread


def _announce_new(world: World, actor: User, thread: Thread) -> None:
    world.publish(
        Event(
            "THREAD_CREATE",
            thread.guild_id,
            lambda viewer: payloads.thread(thread, viewer) | {"newly_created": True},
            thread,
        )
    )
    changes = [
        audit.change(key, None, value)
        for key, value in (
            ("name", thread.name),
            ("type", int(thread.type)),
            ("archived", False),
            ("locked", False),
            ("auto_archive_duration", thread.auto_archive_duration),
            ("rate_limit_per_user", thread.rate_limit_per_user),
        )
    ]
    guild = world.guild(thread.guild_id)
    audit.record(world, guild, actor.id, AuditAction.THREAD_CREATE, thread.id, changes=changes)


def _require_tags(world: World, actor: User, forum: Channel, tags: tuple[str, ...]) -> None:
    """Refuses unknown tags (10087), moderated ones without Manage Threads, and none where one is needed (40067)."""
    known = {each.id: each for each in forum.tags}
    moderator = may(world, actor.id, forum, Permission.MANAGE_THREADS)
    if any(each not in known for each in tags):
        raise refusal(10087)
    if not moderator and any(known[each].moderated for each in tags):
        raise refusal(50013)
    if forum.requires_tag and not tags:
        none_allowed = not moderator and all(each.moderated for each in forum.tags)
        raise refusal(40066 if none_allowed else 40067)


def edit(world: World, actor: User, thread: Thread, form: ThreadForm, reason: str | None = None) -> Thread:
    """Changes a thread. An archived one only together with `archived: false` (50083)."""
    require_view(world, actor.id, thread)
    given = form.given & (_OWNER_MAY | {"locked", "rate_limit_per_user", "flags"})
    if thread.archived and ("archived" not in given or form.archived):
        raise refusal(50083)
    _require_edit(world, actor, thread, given, form)
    forum = world.parent(thread)
    if "applied_tags" in given:
        if forum.type is not ChannelType.FORUM:
            raise refusal(50024)
        _require_tags(world, actor, forum, form.applied_tags)
    if thread.archived:
        membership.require_room(world, thread.guild_id, thread.type)
    changes = _apply(world, thread, form, given)
    if not changes:
        return thread
    membership.announce_update(world, thread)
    guild = world.guild(thread.guild_id)
    audit.record(world, guild, actor.id, AuditAction.THREAD_UPDATE, thread.id, changes=changes, reason=reason)
    if any(each["key"] == "name" for each in changes) and not thread.archived:
        messages.post_system(world, actor, thread, MessageType.CHANNEL_NAME_CHANGE, thread.name)
    return thread


def _require_edit(world: World, actor: User, thread: Thread, given: frozenset[str], form: ThreadForm) -> None:
    if is_moderator(world, actor.id, thread):
        return
    owner = actor.id == thread.owner_id
    only_unarchiving = given == {"archived"} and not form.archived
    if only_unarchiving and not thread.locked:
        require(world, actor.id, thread, Permission.SEND_MESSAGES_IN_THREADS)
    elif only_unarchiving and owner and world.rules.owner_unarchives_locked:
        return
    elif not owner or thread.locked or not given <= _OWNER_MAY:
        raise refusal(50013)


def _apply(world: World, thread: Thread, form: ThreadForm, given: frozenset[str]) -> list[Json]:
    """Changes what differs; returns the audit log's changes."""
    before = _state(thread)
    if "archived" in given and form.archived != thread.archived:
        membership.set_archived(world, thread, archived=form.archived)
    for key in ("name", "locked", "rate_limit_per_user", "invitable"):
        if key in given:
            setattr(thread, key, getattr(form, key))
    if "applied_tags" in given:
        thread.applied_tags = list(form.applied_tags)
    if "flags" in given and not thread.archived:
        thread.flags = form.flags & ChannelFlag.PINNED
    if "auto_archive_duration" in given and form.auto_archive_duration != thread.auto_archive_duration:
        thread.auto_archive_duration = form.auto_archive_duration
        thread.archive_at = thread.active_at = world.clock()
        membership.watch_idleness(world, thread)
    after = _state(thread)
    return [audit.change(key, before[key], after[key]) for key in before if before[key] != after[key]]


def _state(thread: Thread) -> Json:
    return {
        "name": thread.name,
        "archived": thread.archived,
        "locked": thread.locked,
        "auto_archive_duration": thread.auto_archive_duration,
        "rate_limit_per_user": thread.rate_limit_per_user,
        "invitable": thread.invitable,
        "applied_tags": list(thread.applied_tags),
        "flags": int(thread.flags),
    }


def delete(world: World, actor: User, thread: Thread, reason: str | None = None) -> None:
    """Deletes a thread with its messages; needs Manage Threads."""
    require(world, actor.id, thread, Permission.MANAGE_THREADS)
    shown = {
        "id": thread.id,
        "guild_id": thread.guild_id,
        "parent_id": thread.parent_id,
        "type": int(thread.type),
    }
    guild = world.guild(thread.guild_id)
    forget(world, thread)
    world.publish(Event("THREAD_DELETE", thread.guild_id, lambda _: shown, world.channel(thread.parent_id)))
    changes = [audit.change("name", thread.name, None)]
    audit.record(world, guild, actor.id, AuditAction.THREAD_DELETE, thread.id, changes=changes, reason=reason)


def forget(world: World, thread: Thread) -> None:
    """Takes the thread and its messages out of the world, silently."""
    world.guild(thread.guild_id).threads.pop(thread.id, None)
    world.places.pop(thread.id, None)
    world.messages.pop(thread.id, None)


def viewable(world: World, user_id: str, guild_id: str) -> list[Thread]:
    """The guild's threads that the user can see, active and archived."""
    threads = world.guild(guild_id).threads.values()
    return [each for each in threads if may(world, user_id, each, Permission.VIEW_CHANNEL)]
