"""A person's input, made into the data of an interaction: slash commands, menus, buttons, selects, modals.

Refuses what a Discord client would not let a person send: unknown commands, missing or malformed options.
"""

from collections.abc import Mapping
from typing import Any

from simulator import payloads
from simulator.acts.commands import usable
from simulator.errors import field_refusal, refusal
from simulator.flags import CommandType, OptionType
from simulator.forms.components import SELECTS, STRING_SELECT, find_custom_id, walk
from simulator.forms.problems import Problems
from simulator.permissions import of_member
from simulator.values import Command, Json, Message, Place, User
from simulator.world import World

_NESTED = (OptionType.SUB_COMMAND, OptionType.SUB_COMMAND_GROUP)


def find_command(world: World, user: User, place: Place, name: str, kind: CommandType) -> Command:
    """The command of this name that the person may use; refuses with 10063."""
    guild = world.guild(place.guild_id)
    for command in usable(world, guild, world.member(guild.id, user.id)):
        if command.type == kind and command.name == name:
            return command
    raise refusal(10063)


def slash_data(
    world: World,
    user: User,
    place: Place,
    path: str,
    options: Mapping[str, Any],
    focused: str | None = None,
) -> Json:
    """The data of `/path` with options; while typing (`focused`), required options may still be missing."""
    words = path.removeprefix("/").split()
    command = find_command(world, user, place, words[0], CommandType.CHAT_INPUT)
    level: list[Json] = command.form.get("options", [])
    trail: list[Json] = []
    for word in words[1:]:
        step = next((each for each in level if each["name"] == word and each["type"] in _NESTED), None)
        if step is None:
            raise refusal(10063)
        trail.append(step)
        level = step.get("options", [])
    if any(each["type"] in _NESTED for each in level):
        raise refusal(10063)
    resolved: Json = {}
    filled = _fill(world, user, place, level, options, focused, resolved)
    for step in reversed(trail):
        filled = [{"name": step["name"], "type": step["type"], "options": filled}]
    data = _base(command) | {"options": filled}
    return data | {"resolved": resolved} if resolved else data


def _base(command: Command) -> Json:
    data: Json = {"id": command.id, "name": command.name, "type": command.type}
    if command.guild_id:
        data["guild_id"] = command.guild_id
    return data


def _fill(
    world: World,
    user: User,
    place: Place,
    known: list[Json],
    given: Mapping[str, Any],
    focused: str | None,
    resolved: Json,
) -> list[Json]:
    problems = Problems()
    for name in given:
        if name not in {each["name"] for each in known}:
            problems.add(name, "APPLICATION_COMMAND_OPTION_UNKNOWN", "Unknown option")
    filled = []
    for option in known:
        name = option["name"]
        typed = given.get(name)
        if name == focused:
            filled.append({"name": name, "type": option["type"], "value": typed or "", "focused": True})
        elif typed is None or typed == "":
            if option.get("required") and focused is None:
                problems.required(name)
        else:
            value = _convert(world, user, place, option, typed, problems, resolved)
            filled.append({"name": name, "type": option["type"], "value": value})
    problems.refuse_if_any()
    return filled


def _convert(
    world: World, user: User, place: Place, option: Json, typed: Any, problems: Problems, resolved: Json
) -> Any:
    kind, name = OptionType(option["type"]), option["name"]
    if kind is OptionType.STRING:
        longest, shortest = option.get("max_length", 6000), option.get("min_length", 0)
        value: Any = problems.text(typed, name, longest, shortest)
    elif kind in {OptionType.INTEGER, OptionType.NUMBER}:
        value = _number(option, typed, problems)
    elif kind is OptionType.BOOLEAN:
        value = typed if isinstance(typed, bool) else str(typed).strip().lower() in {"true", "1", "yes", "on"}
    elif kind is OptionType.ATTACHMENT:
        problems.add(name, "APPLICATION_COMMAND_OPTION_UNSUPPORTED", "Attachments cannot be given here")
        value = None
    else:
        value = _resolve(world, user, place, option, typed, problems, resolved)
    choices = [each["value"] for each in option.get("choices", [])]
    if choices and value not in choices:
        problems.choice(name, ", ".join(map(str, choices)))
    return value


def _number(option: Json, typed: Any, problems: Problems) -> float | int | None:
    whole = option["type"] == OptionType.INTEGER
    try:
        value = int(typed) if whole else float(typed)
    except ValueError:
        problems.add(option["name"], "NUMBER_TYPE_COERCE", f'Value "{typed}" is not a number.')
        return None
    least, most = option.get("min_value", -(2**53)), option.get("max_value", 2**53)
    if not least <= value <= most:
        problems.add(option["name"], "NUMBER_TYPE_RANGE", f"Must be between {least} and {most}.")
    return value


def _resolve(
    world: World, user: User, place: Place, option: Json, typed: Any, problems: Problems, resolved: Json
) -> str:
    """A mention or an id; its object goes into `resolved`."""
    target = str(getattr(typed, "id", typed)).strip("<@!#&> ")
    guild = world.guild(place.guild_id)
    kind = OptionType(option["type"])
    if kind in {OptionType.USER, OptionType.MENTIONABLE} and target in world.users:
        add_user(world, guild.id, target, resolved)
    elif kind in {OptionType.ROLE, OptionType.MENTIONABLE} and target in guild.roles:
        resolved.setdefault("roles", {})[target] = payloads.role(guild.roles[target])
    elif kind is OptionType.CHANNEL and in_place_of(world, guild.id, target):
        found = world.places[target]
        allowed = option.get("channel_types")
        if allowed and found.type not in allowed:
            problems.choice(option["name"], "channels of the kinds " + ", ".join(map(str, allowed)))
        resolved.setdefault("channels", {})[target] = payloads.interaction_channel(world, found, user.id)
    else:
        problems.add(option["name"], "NUMBER_TYPE_COERCE", f'Value "{typed}" names nothing here.')
    return target


def in_place_of(world: World, guild_id: str, place_id: str) -> bool:
    return place_id in world.places and world.places[place_id].guild_id == guild_id


def add_user(world: World, guild_id: str, user_id: str, resolved: Json) -> None:
    """Puts a user, and the membership in the guild if there is one, into `resolved`."""
    guild = world.guild(guild_id)
    resolved.setdefault("users", {})[user_id] = payloads.user(world.user(user_id))
    if user_id in guild.members:
        member = guild.members[user_id]
        shown = payloads.bare_member(member) | {"permissions": str(int(of_member(guild, member)))}
        resolved.setdefault("members", {})[user_id] = shown


def menu_data(
    world: World, user: User, place: Place, name: str, *, message: Message | None, target: User | None
) -> Json:
    """The data of a context menu, on a message or on a user."""
    resolved: Json = {}
    if message is not None:
        command = find_command(world, user, place, name, CommandType.MESSAGE)
        shown = payloads.message(world, message, user.id)
        return _base(command) | {"target_id": message.id, "resolved": {"messages": {message.id: shown}}}
    if target is None:
        raise field_refusal("message", "BASE_TYPE_REQUIRED", "This field is required")
    command = find_command(world, user, place, name, CommandType.USER)
    add_user(world, place.guild_id, target.id, resolved)
    return _base(command) | {"target_id": target.id, "resolved": resolved}


def component_data(world: World, user: User, message: Message, custom_id: str, values: list[str]) -> Json:
    """The data of a click or a selection; refuses what is not on the message, disabled or not on offer."""
    component = find_custom_id(message.components, custom_id)
    if component is None:
        raise field_refusal("custom_id", "COMPONENT_VALIDATION_FAILED", "Component validation failed")
    if component.get("disabled"):
        raise field_refusal("custom_id", "COMPONENT_DISABLED", "This component is disabled")
    data: Json = {"custom_id": custom_id, "component_type": component["type"], "id": component["id"]}
    if component["type"] not in SELECTS:
        return data
    if not component["min_values"] <= len(values) <= component["max_values"]:
        raise field_refusal("values", "BASE_TYPE_BAD_LENGTH", "Wrong number of values")
    if component["type"] == STRING_SELECT:
        offered = {each["value"] for each in component["options"]}
        if not set(values) <= offered:
            raise field_refusal("values", "BASE_TYPE_CHOICES", "Value is not on offer")
        return data | {"values": values}
    return data | {"values": values, "resolved": _resolve_selected(world, user, message, values)}


def _resolve_selected(world: World, user: User, message: Message, values: list[str]) -> Json:
    resolved: Json = {}
    guild = world.guild(message.guild_id)
    for value in values:
        if value in world.users:
            add_user(world, guild.id, value, resolved)
        elif value in guild.roles:
            resolved.setdefault("roles", {})[value] = payloads.role(guild.roles[value])
        else:
            shown = payloads.interaction_channel(world, world.place(value), user.id)
            resolved.setdefault("channels", {})[value] = shown
    return resolved


def modal_data(modal: Json, values: Mapping[str, Any]) -> Json:
    """The submission of a modal: its own layout, with what the person typed or chose."""
    problems = Problems()
    unknown = set(values) - {each.get("custom_id") for each in walk(modal["components"])}
    for name in sorted(unknown):
        problems.add(name, "COMPONENT_VALIDATION_FAILED", "No such field")
    components = [_submitted(each, values, problems) for each in modal["components"]]
    problems.refuse_if_any()
    return {"custom_id": modal["custom_id"], "components": components}


def _submitted(component: Json, values: Mapping[str, Any], problems: Problems) -> Json:
    shown: Json = {"type": component["type"], "id": component["id"]}
    if "components" in component:
        shown["components"] = [_submitted(each, values, problems) for each in component["components"]]
    if "component" in component:
        shown["component"] = _submitted(component["component"], values, problems)
    if "custom_id" in component:
        custom_id = component["custom_id"]
        typed = values.get(custom_id, component.get("value", ""))
        shown["custom_id"] = custom_id
        if component["type"] in SELECTS:
            shown["values"] = [typed] if isinstance(typed, str) and typed else list(typed)
        else:
            least = component.get("min_length", 1 if component.get("required") else 0)
            shortest = least if component.get("required") or typed else 0
            shown["value"] = problems.text(typed, custom_id, component.get("max_length", 4000), shortest)
    return shown
