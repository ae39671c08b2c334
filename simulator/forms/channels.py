"""The forms that make or change a channel, and its overwrites (resources/channel)."""

from typing import Any

from simulator.flags import ChannelFlag, ChannelType
from simulator.forms.problems import Problems
from simulator.forms.threads import ARCHIVE_DURATIONS, MAX_SLOWMODE
from simulator.values import Json, Overwrite

MAX_TAGS = 20
_KINDS = (ChannelType.TEXT, ChannelType.CATEGORY, ChannelType.ANNOUNCEMENT, ChannelType.FORUM)


def read_channel(body: Any, *, new: bool) -> Json:
    """The checked properties that the request gives; a new channel needs a name."""
    problems = Problems()
    form = problems.mapping(body, "")
    read: Json = {}
    if new or "name" in form:
        read["name"] = problems.text(form.get("name"), "name", 100, 1)
    if new:
        read["type"] = ChannelType(problems.one_of(form.get("type") or 0, "type", list(map(int, _KINDS))))
    if "topic" in form:
        read["topic"] = problems.text(form["topic"], "topic", 4096) or None
    if "nsfw" in form:
        read["nsfw"] = bool(form["nsfw"])
    if form.get("parent_id") is not None:
        read["parent_id"] = problems.snowflake(form["parent_id"], "parent_id")
    if "flags" in form:
        flags = problems.number(form["flags"], "flags", 0, 2**31) or 0
        read["flags"] = flags & ChannelFlag.REQUIRE_TAG
    _read_numbers(form, read, problems)
    _read_lists(form, read, problems)
    problems.refuse_if_any()
    return read


def _read_numbers(form: Json, read: Json, problems: Problems) -> None:
    for key, most in (("position", 2**31), ("rate_limit_per_user", MAX_SLOWMODE)):
        if key in form:
            read[key] = problems.number(form[key], key, 0, most) or 0
    duration = form.get("default_auto_archive_duration")
    if duration is not None:
        key = "default_auto_archive_duration"
        read[key] = problems.one_of(duration, key, ARCHIVE_DURATIONS)


def _read_lists(form: Json, read: Json, problems: Problems) -> None:
    if form.get("available_tags") is not None:
        tags = problems.objects(form["available_tags"], "available_tags", MAX_TAGS)
        read["available_tags"] = [
            each | {"name": problems.text(each.get("name"), f"available_tags.{index}.name", 20)}
            for index, each in enumerate(tags)
        ]
    if form.get("permission_overwrites") is not None:
        overwrites = problems.objects(form["permission_overwrites"], "permission_overwrites", 1000)
        read["permission_overwrites"] = [
            _overwrite(str(each.get("id")), each, f"permission_overwrites.{index}.", problems)
            for index, each in enumerate(overwrites)
        ]


def read_overwrite(target_id: str, body: Any) -> Overwrite:
    """An overwrite for the role or member of this id."""
    problems = Problems()
    read = _overwrite(target_id, problems.mapping(body, ""), "", problems)
    problems.refuse_if_any()
    return read


def _overwrite(target_id: str, form: Json, path: str, problems: Problems) -> Overwrite:
    kind = 1 if form.get("type") in (1, "1", "member") else 0
    allow = problems.bits(form.get("allow"), f"{path}allow")
    return Overwrite(target_id, kind, allow, problems.bits(form.get("deny"), f"{path}deny"))
