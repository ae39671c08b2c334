"""A person's input, made into the data of an interaction: slash commands, menus, buttons, selects, modals.

Refuses what a Discord client would not let a person send: unknown commands, missing or malformed options.
"""

from collections.abc import Mapping
from typing import Any

from simulator import payloads
from simulator.acts.commands import usable
from simulator.acts.options import TypedOptions, add_user
from simulator.errors import field_refusal, refusal
from simulator.flags import CommandType, OptionType
from simulator.forms.components import SELECTS, STRING_SELECT, find_custom_id, walk
from simulator.forms.problems import Problems
from simulator.values import Command, Guild, Json, Message, Place, User
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
    world: World, user: User, place: Place, path: str, given: Mapping[str, Any], *, focused: str | None = None
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
    options = TypedOptions(world, world.guild(place.guild_id), user)
    filled = options.fill(level, given, focused)
    for step in reversed(trail):
        filled = [{"name": step["name"], "type": step["type"], "options": filled}]
    data = _base(command) | {"options": filled}
    return data | {"resolved": options.resolved} if options.resolved else data


def _base(command: Command) -> Json:
    data: Json = {"id": command.id, "name": command.name, "type": command.type}
    if command.guild_id:
        data["guild_id"] = command.guild_id
    return data


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
    add_user(world, world.guild(place.guild_id), target.id, resolved)
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
    guild = world.guild(message.guild_id)
    return data | {"values": values, "resolved": _resolve_selected(world, user, guild, values)}


def _resolve_selected(world: World, user: User, guild: Guild, values: list[str]) -> Json:
    resolved: Json = {}
    for value in values:
        if value in world.users:
            add_user(world, guild, value, resolved)
        elif value in guild.roles:
            resolved.setdefault("roles", {})[value] = payloads.role(guild.roles[value])
        else:
            shown = payloads.interaction_channel(world, world.place(value), user.id)
            resolved.setdefault("channels", {})[value] = shown
    return resolved


def modal_data(world: World, user: User, place: Place, modal: Json, values: Mapping[str, Any]) -> Json:
    """The submission of a modal: its own layout, with what the person typed or chose."""
    problems = Problems()
    everything = list(walk(modal["components"]))
    for name in sorted(set(values) - {each.get("custom_id") for each in everything}):
        problems.add(name, "COMPONENT_VALIDATION_FAILED", "No such field")
    components = [_submitted(each, values, problems) for each in modal["components"]]
    problems.refuse_if_any()
    data: Json = {"custom_id": modal["custom_id"], "components": components}
    named = [
        value
        for each in everything
        if each["type"] in SELECTS - {STRING_SELECT}
        for value in _chosen(each, values, problems)
    ]
    guild = world.guild(place.guild_id)
    return data | {"resolved": _resolve_selected(world, user, guild, named)} if named else data


def _submitted(component: Json, values: Mapping[str, Any], problems: Problems) -> Json:
    shown: Json = {"type": component["type"], "id": component["id"]}
    if "components" in component:
        shown["components"] = [_submitted(each, values, problems) for each in component["components"]]
    if "component" in component:
        shown["component"] = _submitted(component["component"], values, problems)
    if "custom_id" in component:
        shown["custom_id"] = component["custom_id"]
        if component["type"] in SELECTS:
            shown["values"] = _chosen(component, values, problems)
        else:
            shown["value"] = _typed(component, values, problems)
    return shown


def _typed(component: Json, values: Mapping[str, Any], problems: Problems) -> Any:
    custom_id = component["custom_id"]
    typed = values.get(custom_id, component.get("value", ""))
    least = component.get("min_length", 1 if component.get("required") else 0)
    shortest = least if component.get("required") or typed else 0
    return problems.text(typed, custom_id, component.get("max_length", 4000), shortest)


def _chosen(component: Json, values: Mapping[str, Any], problems: Problems) -> list[str]:
    """What the person chose, or else left as it was preselected."""
    custom_id = component["custom_id"]
    preselected = [each["value"] for each in component.get("options", []) if each.get("default")]
    preselected += [each["id"] for each in component.get("default_values", [])]
    given = values.get(custom_id, preselected)
    chosen = [each for each in ([given] if isinstance(given, str) else given) if each]
    least = component["min_values"] if component.get("required", True) or chosen else 0
    if not least <= len(chosen) <= component["max_values"]:
        problems.add(custom_id, "BASE_TYPE_BAD_LENGTH", "Wrong number of values")
    if component["type"] == STRING_SELECT and not set(chosen) <= {
        each["value"] for each in component["options"]
    }:
        problems.add(custom_id, "BASE_TYPE_CHOICES", "Value is not on offer")
    return chosen
