"""The forms that make or change a thread (resources/channel)."""

from dataclasses import dataclass
from typing import Any

from simulator.forms.problems import Problems
from simulator.values import Json

ARCHIVE_DURATIONS = (60, 1440, 4320, 10080)
"""Minutes."""
MAX_SLOWMODE = 21600
MAX_APPLIED_TAGS = 5


@dataclass(frozen=True, slots=True)
class ThreadForm:
    """A checked thread form; `given` names what the request carried."""

    given: frozenset[str]
    name: str = ""
    auto_archive_duration: int = 1440
    rate_limit_per_user: int = 0
    applied_tags: tuple[str, ...] = ()
    type: int = 12
    invitable: bool = True
    archived: bool = False
    locked: bool = False
    flags: int = 0


def read_thread(body: Any, *, new: bool) -> ThreadForm:
    """Checks a thread's JSON. A new thread needs a name; a change carries only what changes."""
    problems = Problems()
    form: Json = {key: value for key, value in problems.mapping(body, "").items() if value is not None}
    if new and "name" not in form:
        problems.required("name")
    duration = form.get("auto_archive_duration", 1440)
    problems.one_of(duration, "auto_archive_duration", ARCHIVE_DURATIONS)
    tags = problems.items(form.get("applied_tags"), "applied_tags", MAX_APPLIED_TAGS)
    slowmode = problems.number(form.get("rate_limit_per_user"), "rate_limit_per_user", 0, MAX_SLOWMODE)
    read = ThreadForm(
        given=frozenset(form),
        name=problems.text(form["name"], "name", 100, 1) if "name" in form else "",
        auto_archive_duration=duration,
        rate_limit_per_user=slowmode or 0,
        applied_tags=tuple(dict.fromkeys(map(str, tags))),
        type=problems.number(form.get("type"), "type", 10, 12) or 12,
        invitable=bool(form.get("invitable", True)),
        archived=bool(form.get("archived", False)),
        locked=bool(form.get("locked", False)),
        flags=problems.number(form.get("flags"), "flags", 0, 2**31) or 0,
    )
    problems.refuse_if_any()
    return read
