"""The form of an application command (interactions/application-commands)."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from simulator.flags import CommandType, OptionType
from simulator.forms.problems import Problems
from simulator.values import Json

MAX_OPTIONS = 25
MAX_CHOICES = 25
MAX_CHARACTERS = 8000
_NAME = re.compile(r"[-_'\w]{1,32}")
_NESTED = frozenset({OptionType.SUB_COMMAND, OptionType.SUB_COMMAND_GROUP})
_CARRIED = ("default_member_permissions", "contexts", "integration_types", "nsfw")
# Discord, "Reference: Locales".
LOCALES = frozenset({
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl", "pt-BR",
    "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko",
})  # fmt: skip


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
    read |= _localised(form, "", problems, slash=kind == 1)
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
    read["integration_types"] = [0] if read["integration_types"] is None else read["integration_types"]
    read["nsfw"] = bool(read["nsfw"])
    read["dm_permission"] = read["contexts"] is None or 1 in read["contexts"]


def _name(value: Any, path: str, problems: Problems, *, slash: bool) -> str:
    name = problems.text(value, path, 32, 1)
    if slash and name and (not _NAME.fullmatch(name) or name != name.lower()):
        message = "String value did not match validation regex."
        problems.add(path, "STRING_TYPE_REGEX", message)
    return name


def _localised(form: Json, path: str, problems: Problems, *, slash: bool) -> Json:
    """Names and descriptions in other languages, under the rules of the default ones; None where none were given."""

    def name(value: Any, where: str) -> str:
        return _name(value, where, problems, slash=slash)

    def description(value: Any, where: str) -> str:
        return problems.text(value, where, 100, 1)

    return {
        "name_localizations": _in_languages(form, "name_localizations", path, problems, name),
        "description_localizations": _in_languages(
            form, "description_localizations", path, problems, description
        ),
    }


def _in_languages(
    form: Json, key: str, path: str, problems: Problems, read: Callable[[Any, str], str]
) -> Json | None:
    if form.get(key) is None:
        return None
    texts = {}
    for locale, text in problems.mapping(form[key], f"{path}.{key}").items():
        where = f"{path}.{key}.{locale}"
        if locale not in LOCALES:
            problems.choice(where, ", ".join(sorted(LOCALES)))
        texts[locale] = read(text, where)
    return texts


def _options(given: list[Json], path: str, problems: Problems) -> list[Json]:
    options: list[Json] = []
    names: set[tuple[str, str]] = set()
    optional_seen = False
    for index, each in enumerate(given):
        where = f"{path}.{index}"
        option = _option(each, where, problems)
        own = {("", option["name"]), *(option.get("name_localizations") or {}).items()}
        if own & names:
            message = "Option name already used"
            problems.add(where, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", message)
        if option.get("required") and optional_seen:
            message = "Required options must be placed before non-required options"
            problems.add(where, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
        optional_seen |= option["type"] not in _NESTED and not option.get("required")
        names |= own
        options.append(option)
    return options


def _option(form: Json, path: str, problems: Problems) -> Json:
    option: Json = {
        "type": problems.one_of(form.get("type"), f"{path}.type", range(1, 12)),
        "name": _name(form.get("name"), f"{path}.name", problems, slash=True),
        "description": problems.text(form.get("description"), f"{path}.description", 100, 1),
    }
    option |= {key: each for key, each in _localised(form, path, problems, slash=True).items() if each}
    for key in (
        "required", "autocomplete", "min_value", "max_value", "min_length", "max_length", "channel_types",
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
        choice: Json = {"name": _choice_name(problems, each.get("name"), f"{where}.name")}
        choice["value"] = each.get("value")
        if not isinstance(choice["value"], (str, int, float)):
            problems.required(f"{where}.value")
        if isinstance(choice["value"], str):
            choice["value"] = problems.text(choice["value"], f"{where}.value", 100, 1)
        texts = _in_languages(each, "name_localizations", where, problems, partial(_choice_name, problems))
        if texts:
            choice["name_localizations"] = texts
        choices.append(choice)
    return choices


def _choice_name(problems: Problems, value: Any, path: str) -> str:
    return problems.text(value, path, 100, 1)


def _characters(form: Json) -> int:
    """Names, descriptions and choice values count, each in its longest language."""
    size = _longest(form, "name") + _longest(form, "description")
    for choice in form.get("choices", []):
        size += _longest(choice, "name") + len(str(choice["value"]))
    return size + sum(map(_characters, form.get("options", [])))


def _longest(form: Json, key: str) -> int:
    return max(len(text) for text in (form.get(key, ""), *(form.get(f"{key}_localizations") or {}).values()))
