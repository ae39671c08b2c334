"""Guilds, roles and members: found, join, change, remove."""

from collections.abc import Iterable

from simulator import payloads
from simulator.acts import access, audit
from simulator.errors import refusal
from simulator.events import Event
from simulator.flags import BOT_PERMISSIONS, MEMBER_PERMISSIONS, AuditAction, Permission
from simulator.permissions import may_view, require_in_guild
from simulator.values import Guild, Member, Role, User
from simulator.world import World


def found_guild(world: World, name: str, owner: User) -> Guild:
    """A new guild with its owner, @everyone and the bot with its own role."""
    guild = Guild(world.new_id(), name, owner.id, world.clock())
    guild.roles[guild.id] = Role(guild.id, "@everyone", MEMBER_PERMISSIONS, 0)
    guild.members[owner.id] = Member(owner, world.clock())
    bot = world.application.bot
    role = Role(world.new_id(), bot.username, BOT_PERMISSIONS, 1, bot_id=bot.id)
    guild.roles[role.id] = role
    guild.members[bot.id] = Member(bot, world.clock(), [role.id])
    world.guilds[guild.id] = guild
    world.publish(Event("GUILD_CREATE", guild.id, lambda viewer: guild_create(world, guild, viewer)))
    return guild


def guild_create(world: World, guild: Guild, viewer_id: str) -> dict[str, object]:
    """The guild as the gateway introduces it. Of the members only the viewer: others need chunks."""
    active = [each for each in guild.threads.values() if not each.archived]
    visible = [each for each in active if may_view(world, viewer_id, each)]
    return payloads.guild(guild) | {
        "joined_at": payloads.member(guild.members[viewer_id])["joined_at"],
        "large": len(guild.members) > 250,
        "unavailable": False,
        "member_count": len(guild.members),
        "members": [payloads.member(guild.members[viewer_id])],
        "channels": [payloads.channel(each) for each in guild.channels.values()],
        "threads": [payloads.thread(each, viewer_id) for each in visible],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "application_command_counts": {},
    }


def add_role(world: World, guild: Guild, name: str, permissions: int) -> Role:
    role = Role(world.new_id(), name, permissions, len(guild.roles))
    guild.roles[role.id] = role
    _announce_role(world, "GUILD_ROLE_CREATE", guild, role)
    return role


def _announce_role(world: World, name: str, guild: Guild, role: Role) -> None:
    shown = {"guild_id": guild.id, "role": payloads.role(role)}
    world.publish(Event(name, guild.id, lambda _: shown))


def set_role_permissions(world: World, guild: Guild, role: Role, permissions: int) -> None:
    with access.noticed(world, guild):
        role.permissions = permissions
        _announce_role(world, "GUILD_ROLE_UPDATE", guild, role)


def set_locale(world: World, guild: Guild, locale: str) -> None:
    guild.preferred_locale = locale
    world.publish(Event("GUILD_UPDATE", guild.id, lambda _: payloads.guild(guild)))


def add_member(world: World, guild: Guild, user: User, roles: Iterable[str] = ()) -> Member:
    member = Member(user, world.clock(), list(roles))
    guild.members[user.id] = member
    shown = payloads.member(member) | {"guild_id": guild.id}
    world.publish(Event("GUILD_MEMBER_ADD", guild.id, lambda _: shown))
    return member


def invite_bot(world: World, guild: Guild, role: Role) -> Member:
    """The bot becomes a member, and the gateway introduces the guild to it."""
    bot = world.application.bot
    member = add_member(world, guild, bot, [role.id])
    world.publish(
        Event("GUILD_CREATE", guild.id, lambda viewer: guild_create(world, guild, viewer), only=bot.id)
    )
    return member


def set_roles(world: World, actor: User, guild: Guild, user_id: str, roles: list[str]) -> Member:
    """Gives a member exactly these roles; needs Manage Roles."""
    require_in_guild(actor.id, guild, Permission.MANAGE_ROLES)
    member = world.member(guild.id, user_id)
    if any(each not in guild.roles for each in roles):
        raise refusal(10011)
    changes = [
        audit.change(key, None, [{"id": each, "name": guild.roles[each].name} for each in found])
        for key, found in (
            ("$add", [each for each in roles if each not in member.roles]),
            ("$remove", [each for each in member.roles if each not in roles]),
        )
        if found
    ]
    with access.noticed(world, guild):
        member.roles = list(dict.fromkeys(roles))
        announce_member(world, guild, member)
    audit.record(world, guild, actor.id, AuditAction.MEMBER_ROLE_UPDATE, user_id, changes=changes)
    return member


def announce_member(world: World, guild: Guild, member: Member) -> None:
    shown = payloads.member(member) | {"guild_id": guild.id}
    world.publish(Event("GUILD_MEMBER_UPDATE", guild.id, lambda _: shown))


def kick(world: World, actor: User, guild: Guild, user_id: str, reason: str | None = None) -> None:
    """Removes a member; needs Kick Members. Of the bot it means the guild is gone for it."""
    require_in_guild(actor.id, guild, Permission.KICK_MEMBERS)
    member = world.member(guild.id, user_id)
    if user_id == guild.owner_id:
        raise refusal(50013)
    remove_member(world, guild, member)
    audit.record(world, guild, actor.id, AuditAction.MEMBER_KICK, user_id, reason=reason)


def remove_member(world: World, guild: Guild, member: Member) -> None:
    del guild.members[member.user.id]
    for thread in guild.threads.values():
        thread.members.pop(member.user.id, None)
    shown = {"guild_id": guild.id, "user": payloads.user(member.user)}
    world.publish(Event("GUILD_MEMBER_REMOVE", guild.id, lambda _: shown))
    world.publish(Event("GUILD_DELETE", guild.id, lambda _: {"id": guild.id}, only=member.user.id))
