"""A Discord message as a value: what we want a channel to show. Pure: no Discord library.

Limits and field names: Discord's documentation, "Message Resource".
"""

import base64
import dataclasses
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Embed:
    """Texts are Discord Markdown, already escaped and within Discord's limits."""

    title: str = ""
    url: str | None = None
    description: str = ""
    image_url: str | None = None
    author: str = ""
    footer: str = ""
    timestamp: datetime | None = None
    colour: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A link button has `url`, any other has `custom_id`: never both."""

    label: str
    url: str | None = None
    custom_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`mention_role_id` is the only thing a message may ping: every other mention is inert."""

    content: str = ""
    embeds: tuple[Embed, ...] = ()
    buttons: tuple[Button, ...] = ()
    mention_role_id: int | None = None


def as_discord(embed: Embed) -> dict[str, Any]:
    """The embed as Discord's API takes it (Discord, "Embed Object")."""
    fields = {
        "type": "rich",
        "title": embed.title,
        "url": embed.url,
        "description": embed.description,
        "timestamp": embed.timestamp.isoformat() if embed.timestamp else None,
        "color": embed.colour,
        "author": {"name": embed.author} if embed.author else None,
        "image": {"url": embed.image_url} if embed.image_url else None,
        "footer": {"text": embed.footer} if embed.footer else None,
    }
    return {name: value for name, value in fields.items() if value not in (None, "")}


def to_json(message: Message) -> str:
    """The message in one canonical spelling: keys sorted, no spaces, ASCII, absent fields left out."""
    return json.dumps(_plain(message), sort_keys=True, separators=(",", ":"))


def from_json(text: str) -> Message:
    """The message that `to_json` wrote; fields unknown to this version are an error (TypeError)."""
    fields = json.loads(text)
    embeds = tuple(_embed(embed) for embed in fields.pop("embeds", ()))
    buttons = tuple(Button(**button) for button in fields.pop("buttons", ()))
    return Message(embeds=embeds, buttons=buttons, **fields)


def content_hash(message: Message) -> str:
    """The same for messages that show the same: what tells whether Discord must be asked to change one."""
    return hashlib.sha256(to_json(message).encode()).hexdigest()[:32]


def nonce_of(record: str) -> str:
    """At most 25 characters and the same at every repeat, so that Discord itself drops a second copy."""
    return base64.b32encode(hashlib.sha256(record.encode()).digest()).decode()[:25].lower()


def _plain(message: Message) -> dict[str, Any]:
    fields: dict[str, Any] = _given(message)
    if message.embeds:
        fields["embeds"] = [_given(embed) for embed in message.embeds]
    if message.buttons:
        fields["buttons"] = [_given(button) for button in message.buttons]
    return fields


def _given(value: Message | Embed | Button) -> dict[str, Any]:
    """The fields that say something; a moment becomes its ISO 8601 text."""
    found = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return {
        name: field.isoformat() if isinstance(field, datetime) else field
        for name, field in found.items()
        if field is not None and field not in ("", ())
    }


def _embed(fields: dict[str, Any]) -> Embed:
    timestamp = fields.pop("timestamp", None)
    return Embed(timestamp=datetime.fromisoformat(timestamp) if timestamp else None, **fields)
