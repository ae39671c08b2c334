"""The form of an application command (interactions/application-commands)."""

import re
from typing import Any

from simulator.flags import CommandType, OptionType
from simulator.forms.problems import Problems
from simulator.values import Json

MAX_OPTIONS = 25
MAX_CHOICES = 25
MAX_CHARACTERS = 8000
_NAME = re.compile(r"[-_'\w]{1,32}")
_NESTED = frozenset({OptionType.SUB_COMMAND, OptionType.SUB_COMMAND_GROUP})
_CARRIED = (
    "name_localizations", "description_localizations", "default_member_permissions", "contexts",
    "integration_types", "nsfw",
)  # fmt: skip


def read_command(body: Any, within: str = "") -> Json:
    """The command as Discord would return it, without id and version."""
    problems = Problems(within)
    form = problems.mapping(body, "")
    kind = problems.one_of(form.get("type") or 1, "type", (1, 2, 3))
    read: Json = {"type": int(kind), "name": _name(form.get("name"), "name", problems, slash=kind == 1)}
    read["description"] = ""
    if kind == CommandType.CHAT_INPUT:
        read["description"] = problems.text(form.get("description"), "description", 100, 1)
        options = problems.objects(form.get("options"), "options", MAX_OPTIONS)
        if options:
            read["options"] = _options(options, "options", problems)
    for key in _CARRIED:
        read[key] = form.get(key)
    _settle(read, problems)
    problems.refuse_if_any()
    if _characters(read) > MAX_CHARACTERS:
        message = f"Command exceeds maximum size ({MAX_CHARACTERS})"
        problems.add("", "APPLICATION_COMMAND_TOO_LARGE", message)
    problems.refuse_if_any()
    return read


def _settle(read: Json, problems: Problems) -> None:
    """Defaults as Discord fills them in."""
    permissions = read["default_member_permissions"]
    if permissions is not None:
        read["default_member_permissions"] = str(problems.bits(permissions, "default_member_permissions"))
    for key, most in (("contexts", 3), ("integration_types", 2)):
        if read[key] is not None:
            given = problems.items(read[key], key, most)
            read[key] = [problems.one_of(each, key, range(3)) for each in given]
    for key in ("name_localizations", "description_localizations"):
        if read[key] is not None:
            problems.mapping(read[key], key)
    read["integration_types"] = [0] if read["integration_types"] is None else read["integration_types"]
    read["nsfw"] = bool(read["nsfw"])
    read["dm_permission"] = read["contexts"] is None or 1 in read["contexts"]


def _name(value: Any, path: str, problems: Problems, *, slash: bool) -> str:
    name = problems.text(value, path, 32, 1)
    if slash and name and (not _NAME.fullmatch(name) or name != name.lower()):
        message = "String value did not match validation regex."
        problems.add(path, "STRING_TYPE_REGEX", message)
    return name


def _options(given: list[Json], path: str, problems: Problems) -> list[Json]:
    options, names, optional_seen = [], set(), False
    for index, each in enumerate(given):
        where = f"{path}.{index}"
        option = _option(each, where, problems)
        if option["name"] in names:
            message = "Option name already used"
            problems.add(where, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", message)
        if option.get("required") and optional_seen:
            message = "Required options must be placed before non-required options"
            problems.add(where, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
        optional_seen |= option["type"] not in _NESTED and not option.get("required")
        names.add(option["name"])
        options.append(option)
    return options


def _option(form: Json, path: str, problems: Problems) -> Json:
    option: Json = {
        "type": problems.one_of(form.get("type"), f"{path}.type", range(1, 12)),
        "name": _name(form.get("name"), f"{path}.name", problems, slash=True),
        "description": problems.text(form.get("description"), f"{path}.description", 100, 1),
    }
    for key in (
        "name_localizations", "description_localizations", "required", "autocomplete", "min_value",
        "max_value", "min_length", "max_length", "channel_types",
    ):  # fmt: skip
        if form.get(key) is not None:
            option[key] = form[key]
    if form.get("choices"):
        option["choices"] = read_choices(form["choices"], problems, f"{path}.choices")
    _check_bounds(form, path, problems)
    if form.get("options"):
        nested = problems.objects(form["options"], f"{path}.options", MAX_OPTIONS)
        option["options"] = _options(nested, f"{path}.options", problems)
    return option


def _check_bounds(form: Json, path: str, problems: Problems) -> None:
    for key in ("min_value", "max_value"):
        if form.get(key) is not None and (
            isinstance(form[key], bool) or not isinstance(form[key], (int, float))
        ):
            problems.add(f"{path}.{key}", "NUMBER_TYPE_COERCE", f'Value "{form[key]}" is not a number.')
    for key in ("min_length", "max_length"):
        problems.number(form.get(key), f"{path}.{key}", 0, 6000)
    problems.items(form.get("channel_types"), f"{path}.channel_types", 25)


def read_choices(value: Any, problems: Problems, path: str = "choices") -> list[Json]:
    """At most 25 choices, names of 1 to 100, text values of at most 100."""
    choices = []
    for index, each in enumerate(problems.objects(value, path, MAX_CHOICES)):
        where = f"{path}.{index}"
        choice: Json = {"name": problems.text(each.get("name"), f"{where}.name", 100, 1)}
        choice["value"] = each.get("value")
        if not isinstance(choice["value"], (str, int, float)):
            problems.required(f"{where}.value")
        if isinstance(choice["value"], str):
            choice["value"] = problems.text(choice["value"], f"{where}.value", 100, 1)
        if each.get("name_localizations"):
            choice["name_localizations"] = each["name_localizations"]
        choices.append(choice)
    return choices


def _characters(form: Json) -> int:
    """Names, descriptions and choice values count, the longest localisation included; here: the default ones."""
    size = len(str(form.get("name", ""))) + len(str(form.get("description", "")))
    for choice in form.get("choices", []):
        size += len(choice["name"]) + len(str(choice["value"]))
    return size + sum(map(_characters, form.get("options", [])))
