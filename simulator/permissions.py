"""Who may do what: Discord's permission algorithm, and the rules of locked, archived and private threads.

Sources: topics/permissions (overwrites), topics/threads (inheritance, locked and archived threads). Pure reading of the
world: nothing is changed here.
"""

from simulator.errors import refusal
from simulator.flags import ALL_PERMISSIONS, ChannelType, Permission
from simulator.values import Channel, Guild, Member, Overwrite, Place, Thread
from simulator.world import World

_WHILE_SILENCED = Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY


def of_member(guild: Guild, member: Member) -> int:
    """The permissions a member has in the guild as a whole."""
    if member.user.id == guild.owner_id:
        return ALL_PERMISSIONS
    bits = guild.roles[guild.id].permissions
    for role_id in member.roles:
        bits |= guild.roles[role_id].permissions
    return ALL_PERMISSIONS if bits & Permission.ADMINISTRATOR else bits


def _apply(bits: int, overwrites: list[Overwrite]) -> int:
    for overwrite in overwrites:
        bits &= ~overwrite.deny
    for overwrite in overwrites:
        bits |= overwrite.allow
    return bits


def _with_overwrites(guild: Guild, member: Member, channel: Channel, bits: int) -> int:
    found = channel.overwrites
    bits = _apply(bits, [found[guild.id]] if guild.id in found else [])
    bits = _apply(bits, [found[role] for role in member.roles if role in found])
    return _apply(bits, [found[member.user.id]] if member.user.id in found else [])


def in_place(world: World, user_id: str, place: Place) -> int:
    """The permissions a user has in a channel or thread; 0 for one who is no member or cannot view it."""
    guild = world.guild(place.guild_id)
    member = guild.members.get(user_id)
    if member is None:
        return 0
    bits = of_member(guild, member)
    if bits == ALL_PERMISSIONS:
        return bits
    bits = _with_overwrites(guild, member, world.parent(place), bits)
    if not bits & Permission.VIEW_CHANNEL or _is_closed_circle(user_id, place, bits):
        return 0
    if member.silenced_until and member.silenced_until > world.clock():
        bits &= _WHILE_SILENCED
    return bits


def _is_closed_circle(user_id: str, place: Place, bits: int) -> bool:
    """A private thread is for its members and for moderators."""
    if not isinstance(place, Thread) or place.type is not ChannelType.PRIVATE_THREAD:
        return False
    return not bits & Permission.MANAGE_THREADS and user_id not in place.members


def may(world: World, user_id: str, place: Place, permission: int) -> bool:
    return in_place(world, user_id, place) & permission == permission


def may_view(world: World, user_id: str, place: Place) -> bool:
    return may(world, user_id, place, Permission.VIEW_CHANNEL)


def require_view(world: World, user_id: str, place: Place) -> None:
    """Refuses with 50001 one who cannot see the channel."""
    if not may_view(world, user_id, place):
        raise refusal(50001)


def require(world: World, user_id: str, place: Place, permission: int) -> None:
    """Refuses with 50001 one who cannot see the channel, with 50013 one who lacks the permission."""
    require_view(world, user_id, place)
    if not may(world, user_id, place, permission):
        raise refusal(50013)


def require_in_guild(user_id: str, guild: Guild, permission: int = 0) -> Member:
    """Refuses with 10004 one who is no member of the guild, with 50013 one who lacks the permission."""
    member = guild.members.get(user_id)
    if member is None:
        raise refusal(10004)
    if of_member(guild, member) & permission != permission:
        raise refusal(50013)
    return member


def is_moderator(world: World, user_id: str, thread: Thread) -> bool:
    return may(world, user_id, thread, Permission.MANAGE_THREADS)


def require_unlocked(world: World, user_id: str, place: Place) -> None:
    """Refuses with 160005 those without Manage Threads in a locked thread (topics/threads, Locked Threads)."""
    if isinstance(place, Thread) and place.locked and not is_moderator(world, user_id, place):
        raise refusal(160005)


def require_active(place: Place) -> None:
    """Refuses with 50083 in an archived thread."""
    if isinstance(place, Thread) and place.archived:
        raise refusal(50083)


def require_sending(world: World, user_id: str, place: Place) -> None:
    """Refuses one who cannot send a message there, with the code Discord would give."""
    if isinstance(place, Channel) and place.type is ChannelType.FORUM:
        raise refusal(40058)
    if isinstance(place, Channel) and place.type is ChannelType.CATEGORY:
        raise refusal(50008)
    sending = Permission.SEND_MESSAGES_IN_THREADS if isinstance(place, Thread) else Permission.SEND_MESSAGES
    require(world, user_id, place, sending)
    require_unlocked(world, user_id, place)
