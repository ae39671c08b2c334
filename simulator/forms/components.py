"""Buttons, selects, layout and modals: checked against Discord's limits and given the ids they are read back with.

Limits: components/reference in Discord's documentation.
"""

from collections.abc import Iterator
from typing import Any

from simulator.forms.problems import Problems
from simulator.values import Json

ACTION_ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = 5, 6, 7, 8
SECTION, TEXT_DISPLAY, THUMBNAIL, MEDIA_GALLERY, FILE, SEPARATOR, CONTAINER = 9, 10, 11, 12, 13, 14, 17
LABEL = 18
SELECTS = frozenset({STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT})
_TOP_LEVEL_V2 = frozenset({ACTION_ROW, SECTION, TEXT_DISPLAY, MEDIA_GALLERY, FILE, SEPARATOR, CONTAINER})
_TOP_LEVEL_MODAL = frozenset({ACTION_ROW, TEXT_DISPLAY, LABEL})
_KINDS = (*range(1, 15), CONTAINER, LABEL)
_IN_LABELS = frozenset({TEXT_INPUT}) | SELECTS
_LINK, _PREMIUM = 5, 6
MAX_V2_COMPONENTS, MAX_V2_TEXT = 40, 4000


def read_components(value: Any, problems: Problems, *, v2: bool = False, modal: bool = False) -> list[Json]:
    """The components as Discord would return them, each with its id, numbered from 1."""
    rows = problems.objects(value, "components", MAX_V2_COMPONENTS if v2 else 5)
    allowed = frozenset({ACTION_ROW})
    if v2 or modal:
        allowed = _TOP_LEVEL_V2 if v2 else _TOP_LEVEL_MODAL
    for index, row in enumerate(rows):
        problems.one_of(row.get("type"), f"components.{index}.type", sorted(allowed))
    read = [_component(row, f"components.{index}", problems) for index, row in enumerate(rows)]
    _check_together(read, problems, v2=v2)
    if modal:
        _check_modal(read, problems)
    for number, each in enumerate(walk(read), start=1):
        each["id"] = number
        if not modal and each["type"] in SELECTS:
            each.pop("required", None)  # It counts in modals only.
    return read


def walk(components: list[Json]) -> Iterator[Json]:
    """Every component, outer before inner."""
    for each in components:
        yield each
        inner = list(each.get("components", []))
        inner += [each[key] for key in ("accessory", "component") if isinstance(each.get(key), dict)]
        yield from walk(inner)


def find_custom_id(components: list[Json], custom_id: str) -> Json | None:
    return next((each for each in walk(components) if each.get("custom_id") == custom_id), None)


def _check_together(read: list[Json], problems: Problems, *, v2: bool) -> None:
    everything = list(walk(read))
    custom_ids = [each["custom_id"] for each in everything if "custom_id" in each]
    if len(custom_ids) != len(set(custom_ids)):
        message = "Component custom id cannot be duplicated"
        problems.add("components", "COMPONENT_CUSTOM_ID_DUPLICATED", message)
    if v2 and len(everything) > MAX_V2_COMPONENTS:
        problems.add("components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", "Too many components")
    text = sum(len(each.get("content", "")) for each in everything)
    if text > MAX_V2_TEXT:
        message = "Total number of characters in display components exceeds 4000"
        problems.add("components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message)


def _check_modal(read: list[Json], problems: Problems) -> None:
    """A label holds one input, without a label of its own and not disabled; a row, as it used to be, text inputs."""
    for index, each in enumerate(read):
        path = f"components.{index}"
        if each["type"] == LABEL:
            inner = each.get("component") or {}
            problems.one_of(inner.get("type"), f"{path}.component.type", sorted(_IN_LABELS))
            for unwanted in {"label", "disabled"} & inner.keys():
                message = "This field cannot be used here"
                problems.add(f"{path}.component.{unwanted}", "COMPONENT_INVALID_FIELD", message)
        elif each["type"] == ACTION_ROW:
            for place, inner in enumerate(each.get("components", [])):
                problems.one_of(inner["type"], f"{path}.components.{place}.type", [TEXT_INPUT])


def _component(form: Json, path: str, problems: Problems) -> Json:
    kind = problems.one_of(form.get("type"), f"{path}.type", _KINDS)
    if kind == BUTTON:
        return _button(form, path, problems)
    if kind in SELECTS:
        return _select(form, path, problems)
    if kind == TEXT_INPUT:
        return _text_input(form, path, problems)
    shown = {key: value for key, value in form.items() if value is not None}
    if kind == TEXT_DISPLAY:
        shown["content"] = problems.text(form.get("content"), f"{path}.content", MAX_V2_TEXT, 1)
    if kind == LABEL:
        shown["label"] = problems.text(form.get("label"), f"{path}.label", 45, 1)
        if "description" in shown:
            shown["description"] = problems.text(shown["description"], f"{path}.description", 100, 1)
    if kind == CONTAINER:
        shown = {"spoiler": False, "accent_color": None} | shown
    if kind == SEPARATOR:
        shown = {"divider": True, "spacing": 1} | shown
    return _with_inner(shown, path, problems)


def _with_inner(shown: Json, path: str, problems: Problems) -> Json:
    if "components" in shown:
        most = {ACTION_ROW: 5, SECTION: 3}.get(shown["type"], MAX_V2_COMPONENTS)
        inner = problems.objects(shown["components"], f"{path}.components", most)
        if not inner:
            problems.add(
                f"{path}.components", "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {most} in length."
            )
        shown["components"] = [
            _component(each, f"{path}.components.{index}", problems) for index, each in enumerate(inner)
        ]
    for key in ("accessory", "component"):
        if key in shown:
            inner_form = problems.mapping(shown[key], f"{path}.{key}")
            shown[key] = _component(inner_form, f"{path}.{key}", problems)
    return shown


def _button(form: Json, path: str, problems: Problems) -> Json:
    style = problems.one_of(form.get("style"), f"{path}.style", range(1, 7))
    shown: Json = {"type": BUTTON, "style": style}
    if style == _LINK:
        if form.get("url") is None:
            problems.required(f"{path}.url")
        else:
            problems.url(form["url"], f"{path}.url", ("http", "https", "discord"))
            if len(str(form["url"])) > 512:
                problems.add(f"{path}.url", "BASE_TYPE_MAX_LENGTH", "Must be 512 or fewer in length.")
        shown["url"] = form.get("url")
    elif style != _PREMIUM:
        shown["custom_id"] = problems.text(form.get("custom_id"), f"{path}.custom_id", 100, 1)
    if form.get("label") is not None:
        shown["label"] = problems.text(form["label"], f"{path}.label", 80)
    if form.get("emoji"):
        shown["emoji"] = _emoji(problems.mapping(form["emoji"], f"{path}.emoji"))
    if style != _PREMIUM and not shown.get("label") and not shown.get("emoji"):
        problems.add(path, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A label or an emoji is required")
    if form.get("disabled"):
        shown["disabled"] = True
    return shown


def _emoji(form: Json) -> Json:
    """A Unicode emoji is read back with its name alone."""
    return {key: value for key, value in form.items() if value is not None}


def _select(form: Json, path: str, problems: Problems) -> Json:
    shown: Json = {
        "type": form["type"],
        "custom_id": problems.text(form.get("custom_id"), f"{path}.custom_id", 100, 1),
        "min_values": problems.number(form.get("min_values", 1), f"{path}.min_values", 0, 25),
        "max_values": problems.number(form.get("max_values", 1), f"{path}.max_values", 1, 25),
    }
    if form.get("placeholder"):
        shown["placeholder"] = problems.text(form["placeholder"], f"{path}.placeholder", 150)
    if form["type"] == STRING_SELECT:
        options = problems.objects(form.get("options"), f"{path}.options", 25)
        shown["options"] = [
            _option(each, f"{path}.options.{index}", problems) for index, each in enumerate(options)
        ]
    for key in ("default_values", "required"):
        if form.get(key) is not None:
            shown[key] = form[key]
    if form.get("channel_types"):
        shown["channel_types"] = form["channel_types"]
    if form.get("disabled"):
        shown["disabled"] = True
    return shown


def _option(form: Json, path: str, problems: Problems) -> Json:
    shown: Json = {
        "label": problems.text(form.get("label"), f"{path}.label", 100, 1),
        "value": problems.text(form.get("value"), f"{path}.value", 100, 1),
    }
    if form.get("description"):
        shown["description"] = problems.text(form["description"], f"{path}.description", 100)
    if form.get("emoji"):
        shown["emoji"] = _emoji(problems.mapping(form["emoji"], f"{path}.emoji"))
    if form.get("default"):
        shown["default"] = True
    return shown


def _text_input(form: Json, path: str, problems: Problems) -> Json:
    shown = {key: value for key, value in form.items() if value is not None}
    shown["custom_id"] = problems.text(form.get("custom_id"), f"{path}.custom_id", 100, 1)
    problems.one_of(form.get("style"), f"{path}.style", (1, 2))
    for key, longest in (("label", 45), ("placeholder", 100), ("value", 4000)):
        if form.get(key):
            shown[key] = problems.text(form[key], f"{path}.{key}", longest)
    for key, least in (("min_length", 0), ("max_length", 1)):
        if form.get(key) is not None:
            shown[key] = problems.number(form[key], f"{path}.{key}", least, 4000)
    shown["required"] = bool(form.get("required", True))
    return shown
