"""Embeds as bots send them: checked against Discord's limits and brought into the form in which they are read back.

Limits: resources/message, Embed Limits. The total of 6000 counts title, description, field names and values, footer
and author over all embeds of a message.
"""

from datetime import datetime
from typing import Any

from simulator.forms.problems import Problems
from simulator.snowflakes import iso
from simulator.values import Json

MAX_EMBEDS = 10
MAX_TOTAL = 6000
_PICTURES = ("image", "thumbnail")


def read_embeds(value: Any, problems: Problems) -> list[Json]:
    """The embeds as Discord would return them."""
    embeds = [
        _embed(each, f"embeds.{index}", problems)
        for index, each in enumerate(problems.objects(value, "embeds", MAX_EMBEDS))
    ]
    if sum(map(_size, embeds)) > MAX_TOTAL:
        problems.add("embeds", "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {MAX_TOTAL}")
    return embeds


def _size(embed: Json) -> int:
    fields = embed.get("fields", [])
    texts = [embed.get("title", ""), embed.get("description", "")]
    texts += [each[key] for each in fields for key in ("name", "value")]
    texts += [embed.get("footer", {}).get("text", ""), embed.get("author", {}).get("name", "")]
    return sum(map(len, texts))


def _embed(form: Json, path: str, problems: Problems) -> Json:
    embed: Json = {"type": "rich"}
    for key, longest in (("title", 256), ("description", 4096)):
        if form.get(key):
            embed[key] = problems.text(form[key], f"{path}.{key}", longest)
    if form.get("url"):
        problems.url(form["url"], f"{path}.url")
        embed["url"] = form["url"]
    if form.get("color") is not None:
        embed["color"] = problems.number(form["color"], f"{path}.color", 0, 0xFFFFFF)
    if form.get("timestamp"):
        embed["timestamp"] = _timestamp(form["timestamp"], f"{path}.timestamp", problems)
    if form.get("fields"):
        embed["fields"] = _fields(form["fields"], f"{path}.fields", problems)
    _small_print(form, embed, path, problems)
    for key in _PICTURES:
        if form.get(key):
            embed[key] = _picture(problems.mapping(form[key], f"{path}.{key}"), f"{path}.{key}", problems)
    return embed


def _timestamp(value: Any, path: str, problems: Problems) -> str:
    try:
        return iso(datetime.fromisoformat(str(value)).timestamp())
    except (ValueError, OverflowError):
        problems.add(path, "DATE_TIME_TYPE_PARSE", f"Could not parse {value}. Should be ISO8601.")
        return ""


def _fields(value: Any, path: str, problems: Problems) -> list[Json]:
    return [
        {
            "name": problems.text(each.get("name"), f"{path}.{index}.name", 256, 1),
            "value": problems.text(each.get("value"), f"{path}.{index}.value", 1024, 1),
            "inline": bool(each.get("inline", False)),
        }
        for index, each in enumerate(problems.objects(value, path, 25))
    ]


def _small_print(form: Json, embed: Json, path: str, problems: Problems) -> None:
    for key, label, longest in (("footer", "text", 2048), ("author", "name", 256)):
        if not form.get(key):
            continue
        given = problems.mapping(form[key], f"{path}.{key}")
        shown: Json = {label: problems.text(given.get(label), f"{path}.{key}.{label}", longest, 1)}
        for link in ("url", "icon_url"):
            if given.get(link) and (key, link) != ("footer", "url"):
                schemes = ("http", "https", "attachment") if link == "icon_url" else ("http", "https")
                problems.url(given[link], f"{path}.{key}.{link}", schemes)
                shown[link] = given[link]
        if "icon_url" in shown:
            shown["proxy_icon_url"] = shown["icon_url"]
        embed[key] = shown


def _picture(form: Json, path: str, problems: Problems) -> Json:
    problems.url(form.get("url"), f"{path}.url", ("http", "https", "attachment"))
    shown: Json = {"url": form.get("url"), "proxy_url": form.get("url"), "width": 0, "height": 0}
    if form.get("description"):
        shown["description"] = problems.text(form["description"], f"{path}.description", 4096)
    return shown
