"""Who is in a thread, and whether the thread is active: joining, leaving, waking an archived one, idling out.

Source: topics/threads.
"""

from simulator import payloads
from simulator.errors import refusal
from simulator.events import Event
from simulator.flags import ChannelFlag, ChannelType, Permission
from simulator.permissions import is_moderator, may, require, require_active, require_view
from simulator.values import Json, Place, Thread, User
from simulator.world import World


def join(world: World, actor: User, thread: Thread, user_id: str) -> None:
    """Adds oneself or, if one may send there, another person. Repeating it changes nothing."""
    require_view(world, actor.id, thread)
    require_active(thread)
    world.member(thread.guild_id, user_id)
    if user_id != actor.id:
        require(world, actor.id, thread, Permission.SEND_MESSAGES_IN_THREADS)
        _require_invitable(world, actor, thread)
    if user_id not in thread.members and len(thread.members) >= world.rules.max_thread_members:
        raise refusal(30033)
    add(world, thread, user_id)


def _require_invitable(world: World, actor: User, thread: Thread) -> None:
    """Into a private thread only its owner and moderators invite, unless it is invitable."""
    private = thread.type is ChannelType.PRIVATE_THREAD
    if private and not thread.invitable and actor.id != thread.owner_id:
        require(world, actor.id, thread, Permission.MANAGE_THREADS)


def leave(world: World, actor: User, thread: Thread, user_id: str) -> None:
    """Removes oneself, or with Manage Threads another person."""
    require_view(world, actor.id, thread)
    require_active(thread)
    owns_private = thread.type is ChannelType.PRIVATE_THREAD and thread.owner_id == actor.id
    if user_id != actor.id and not owns_private:
        require(world, actor.id, thread, Permission.MANAGE_THREADS)
    remove(world, thread, user_id)


def add(world: World, thread: Thread, user_id: str) -> None:
    """Makes the user a member of the thread, if it is not one already and there is room."""
    if user_id in thread.members or len(thread.members) >= world.rules.max_thread_members:
        return
    thread.members[user_id] = world.clock()
    _announce(world, thread, added=[user_id])


def remove(world: World, thread: Thread, user_id: str) -> None:
    if thread.members.pop(user_id, None) is not None:
        _announce(world, thread, removed=[user_id])


def _announce(
    world: World, thread: Thread, *, added: list[str] | None = None, removed: list[str] | None = None
) -> None:
    guild = world.guild(thread.guild_id)
    shown: Json = {
        "id": thread.id,
        "guild_id": thread.guild_id,
        "member_count": min(len(thread.members), 50),
    }
    if added:
        shown["added_members"] = [
            payloads.thread_member(thread.id, each, thread.members[each])
            | {"member": payloads.member(guild.members[each]), "presence": None}
            for each in added
        ]
    if removed:
        shown["removed_member_ids"] = removed
    world.publish(Event("THREAD_MEMBERS_UPDATE", thread.guild_id, lambda _: shown, thread))


def announce_update(world: World, thread: Thread) -> None:
    world.publish(
        Event("THREAD_UPDATE", thread.guild_id, lambda viewer: payloads.thread(thread, viewer), thread)
    )


def count_active(world: World, guild_id: str) -> int:
    return sum(not each.archived for each in world.guild(guild_id).threads.values())


def require_room(world: World, guild_id: str, kind: ChannelType) -> None:
    """Refuses when the guild has as many active threads as Discord allows."""
    if count_active(world, guild_id) >= world.rules.max_active_threads:
        raise refusal(160007 if kind is ChannelType.ANNOUNCEMENT_THREAD else 160006)


def wake(world: World, actor: User, place: Place) -> None:
    """Unarchives an archived thread because somebody sends there; a locked one only for moderators."""
    if not isinstance(place, Thread) or not place.archived:
        return
    if place.locked and not is_moderator(world, actor.id, place):
        raise refusal(160005)
    require_room(world, place.guild_id, place.type)
    set_archived(world, place, archived=False)
    announce_update(world, place)


def set_archived(world: World, thread: Thread, *, archived: bool) -> None:
    """Archives or unarchives; archiving takes a post's pin off. Announces nothing."""
    thread.archived = archived
    thread.archive_at = thread.active_at = world.clock()
    if archived:
        thread.flags &= ~ChannelFlag.PINNED
    else:
        watch_idleness(world, thread)


def watch_idleness(world: World, thread: Thread) -> None:
    """Archives the thread once nothing has happened in it for `auto_archive_duration` minutes."""
    due = thread.active_at + thread.auto_archive_duration * 60
    world.timers.at(due, lambda: _idle(world, thread))


def _idle(world: World, thread: Thread) -> None:
    if thread.archived or thread.id not in world.places or thread.pinned:
        return
    if world.clock() < thread.active_at + thread.auto_archive_duration * 60:
        watch_idleness(world, thread)
        return
    set_archived(world, thread, archived=True)
    announce_update(world, thread)


def may_reply(world: World, user_id: str, place: Place) -> bool:
    """Whether a message by this person would be accepted now."""
    return why_not_reply(world, user_id, place) == ""


def why_not_reply(world: World, user_id: str, place: Place) -> str:
    """Empty, or why a message would be refused, in words for that person."""
    if isinstance(place, Thread):
        sending = Permission.SEND_MESSAGES_IN_THREADS
    else:
        sending = Permission.SEND_MESSAGES
        if place.type in {ChannelType.FORUM, ChannelType.CATEGORY}:
            return "Messages are sent in posts, not in the forum itself."
    if not may(world, user_id, place, sending):
        return "You do not have permission to send messages here."
    if isinstance(place, Thread) and place.locked and not is_moderator(world, user_id, place):
        return "This thread is locked. Only moderators can reply."
    return ""
