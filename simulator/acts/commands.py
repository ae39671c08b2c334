"""Application commands: registering them, and who may use which.

Source: interactions/application-commands.
"""

from typing import Any

from simulator.errors import field_refusal, refusal
from simulator.flags import ALL_PERMISSIONS, CommandType, Permission
from simulator.forms.commands import read_command
from simulator.permissions import of_member
from simulator.values import Command, Guild, Member
from simulator.world import World

LIMITS = {CommandType.CHAT_INPUT: 100, CommandType.USER: 15, CommandType.MESSAGE: 15}
"""How many commands of each kind an application may have, globally and in each guild."""


def registered(world: World, guild_id: str | None) -> list[Command]:
    """Global commands, or those of one guild."""
    return [each for each in world.commands.values() if each.guild_id == guild_id]


def overwrite(world: World, guild_id: str | None, bodies: Any) -> list[Command]:
    """Replaces all commands of the scope at once; one that keeps its name and kind keeps its id."""
    if not isinstance(bodies, list):
        raise field_refusal("", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    forms = [read_command(each, str(index)) for index, each in enumerate(bodies)]
    keys = [(each["type"], each["name"]) for each in forms]
    for index, key in enumerate(keys):
        if key in keys[:index]:
            message = "Application command names must be unique"
            raise field_refusal(str(index), "APPLICATION_COMMANDS_DUPLICATE_NAME", message)
    _require_room([kind for kind, _ in keys])
    known = {(each.type, each.name): each.id for each in registered(world, guild_id)}
    for command_id in known.values():
        del world.commands[command_id]
    return [_put(world, guild_id, known.get(key), form) for key, form in zip(keys, forms, strict=True)]


def _require_room(kinds: list[int]) -> None:
    if any(kinds.count(kind) > limit for kind, limit in LIMITS.items()):
        raise refusal(30032)


def _put(world: World, guild_id: str | None, command_id: str | None, form: dict[str, Any]) -> Command:
    command = Command(command_id or world.new_id(), guild_id, world.new_id(), form)
    world.commands[command.id] = command
    return command


def upsert(world: World, guild_id: str | None, body: Any) -> tuple[Command, bool]:
    """Adds a command, or replaces the one of the same name and kind; says whether it is new."""
    form = read_command(body)
    same = [
        each for each in registered(world, guild_id) if (each.type, each.name) == (form["type"], form["name"])
    ]
    if not same:
        _require_room([each.type for each in registered(world, guild_id)] + [form["type"]])
    return _put(world, guild_id, same[0].id if same else None, form), not same


def find(world: World, guild_id: str | None, command_id: str) -> Command:
    command = world.commands.get(command_id)
    if command is None or command.guild_id != guild_id:
        raise refusal(10063)
    return command


def edit(world: World, command: Command, body: Any) -> Command:
    command.form = read_command(command.form | body)
    command.version = world.new_id()
    return command


def usable(world: World, guild: Guild, member: Member) -> list[Command]:
    """The commands this member may use in the guild, guild commands before global ones."""
    scoped = registered(world, guild.id) + registered(world, None)
    return [each for each in scoped if may_use(guild, member, each)]


def may_use(guild: Guild, member: Member, command: Command) -> bool:
    """`default_member_permissions` ("0": administrators only) and `contexts` (0: in a guild)."""
    contexts = command.form.get("contexts")
    if contexts is not None and 0 not in contexts:
        return False
    permissions = of_member(guild, member)
    if permissions == ALL_PERMISSIONS:
        return True
    if not permissions & Permission.USE_APPLICATION_COMMANDS:
        return False
    needed = command.form.get("default_member_permissions")
    return needed is None or (int(needed) != 0 and permissions & int(needed) == int(needed))
