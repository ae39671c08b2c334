"""Turns what the validation library reports into lines for the operator. Never shows a value."""

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches

from pydantic_core import ErrorDetails

from bot.config.model import KEYS, SECTIONS, FeedSettings, Settings

PREFIX = "NIGHTDESK_"
Loc = tuple[int | str, ...]


def describe(error: ErrorDetails, place: Callable[[Loc], str]) -> str:
    """One line: where, and what must be different there."""
    loc = error["loc"]
    text = _text(error)
    if loc[0] == "feeds" and len(loc) > 1:
        text += " (feeds are counted from 0)"
    return f"{place(loc)}: {text}"


def _text(error: ErrorDetails) -> str:
    loc = error["loc"]
    match error["type"]:
        case "missing":
            return "is missing" + _other_places(loc)
        case "extra_forbidden":
            return f"there is no such setting{did_you_mean(str(loc[-1]), *_alternatives(loc))}"
        case "value_error":
            return str(error["ctx"]["error"])
        case "model_type":
            return "must be a table"
        case "tuple_type":
            return "must be a list"
        case _:
            return error["msg"].replace("Input should be", "must be")


def did_you_mean(name: str, known: Iterable[str], homes: Iterable[str] = ()) -> str:
    """The nearest known name, or else where that very name does exist; empty if there is neither."""
    near = get_close_matches(name, known, n=1, cutoff=0.7) or list(homes)
    return f"; did you mean {near[0]}?" if near else ""


def _other_places(loc: Loc) -> str:
    if loc not in KEYS:
        return ""
    section, key = map(str, loc)
    return f"; it may also be {variable(section, key)} or a secret file"


def _alternatives(loc: Loc) -> tuple[list[str], list[str]]:
    """The names that are known beside an unknown one, and the sections that do have a key of that name."""
    if len(loc) == 1:
        siblings = [*Settings.model_fields]
    elif loc[0] == "feeds":
        siblings = [*FeedSettings.model_fields]
    else:
        keys = SECTIONS[str(loc[0])].model_fields
        siblings = [*keys, *(f"{key}_file" for key in keys)]
    return siblings, [f"{section}.{key}" for section, key in KEYS if key == loc[-1]]


def variable(section: str, key: str) -> str:
    """The environment variable of a key."""
    return f"{PREFIX}{section}__{key}".upper()


def shown(part: int | str) -> str:
    """One part of a dotted name; a stranger's key may hold anything, a line break too."""
    text = str(part)
    return text if re.fullmatch(r"[\w-]{1,64}", text, re.ASCII) else ascii(text)[:64]
