"""A Discord message as a value: what we want a channel to show. Pure: no Discord library.

Limits and field names: Discord's documentation, "Message Resource".
"""

from dataclasses import dataclass
from datetime import datetime


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
