"""What a Discord world consists of. Plain values: they hold state and know no rule, no permission, no network.

Ids are text, as in Discord's JSON. Moments are seconds since 1970 UTC.
"""

from dataclasses import dataclass, field
from typing import Any

from simulator.flags import ChannelFlag, ChannelType, MessageFlag, MessageType

Json = dict[str, Any]


@dataclass(slots=True, eq=False)
class User:
    id: str
    username: str
    global_name: str | None = None
    bot: bool = False
    locale: str = "en-US"


@dataclass(slots=True, eq=False)
class Role:
    id: str
    name: str
    permissions: int
    position: int
    color: int = 0
    hoist: bool = False
    mentionable: bool = False
    bot_id: str | None = None


@dataclass(slots=True, eq=False)
class Overwrite:
    """Allows and denies of a role (kind 0) or a member (kind 1) in one channel."""

    id: str
    kind: int
    allow: int
    deny: int


@dataclass(slots=True, eq=False)
class Member:
    user: User
    joined_at: float
    roles: list[str] = field(default_factory=list)
    nick: str | None = None
    silenced_until: float | None = None


@dataclass(slots=True, eq=False)
class Tag:
    id: str
    name: str
    moderated: bool = False
    emoji_name: str | None = None


@dataclass(slots=True, eq=False)
class Channel:
    """A channel that is not a thread."""

    id: str
    guild_id: str
    type: ChannelType
    name: str
    position: int = 0
    topic: str | None = None
    parent_id: str | None = None
    overwrites: dict[str, Overwrite] = field(default_factory=dict)
    tags: list[Tag] = field(default_factory=list)
    flags: int = 0
    nsfw: bool = False
    rate_limit_per_user: int = 0
    default_auto_archive_duration: int | None = None
    last_message_id: str | None = None
    last_pin_at: float | None = None

    @property
    def requires_tag(self) -> bool:
        return bool(self.flags & ChannelFlag.REQUIRE_TAG)


@dataclass(slots=True, eq=False)
class Thread:
    """A thread or forum post. Its id is also that of the message it began with, if it began with one."""

    id: str
    guild_id: str
    parent_id: str
    type: ChannelType
    name: str
    owner_id: str
    created_at: float
    archive_at: float
    active_at: float
    auto_archive_duration: int
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    applied_tags: list[str] = field(default_factory=list)
    flags: int = 0
    rate_limit_per_user: int = 0
    members: dict[str, float] = field(default_factory=dict)
    message_count: int = 0
    total_message_sent: int = 0
    last_message_id: str | None = None
    last_pin_at: float | None = None

    @property
    def pinned(self) -> bool:
        return bool(self.flags & ChannelFlag.PINNED)


Place = Channel | Thread
"""Where messages can be: what Discord calls a channel, threads included."""


@dataclass(slots=True, eq=False)
class Attachment:
    id: str
    filename: str
    content_type: str
    body: bytes
    description: str | None = None


@dataclass(slots=True, eq=False)
class Message:
    id: str
    guild_id: str
    channel_id: str
    author: User
    created_at: float
    content: str = ""
    type: MessageType = MessageType.DEFAULT
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    edited_at: float | None = None
    pinned_at: float | None = None
    nonce: str | int | None = None
    mentions: list[User] = field(default_factory=list)
    mention_roles: list[str] = field(default_factory=list)
    mention_everyone: bool = False
    reference: Json | None = None
    application_id: str | None = None
    interaction: Json | None = None
    ephemeral_to: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)

    @property
    def deferred(self) -> bool:
        """The bot is thinking: there is nothing to read yet."""
        return bool(self.flags & MessageFlag.LOADING)


@dataclass(slots=True, eq=False)
class AuditEntry:
    id: str
    action: int
    user_id: str
    target_id: str | None
    changes: list[Json]
    options: Json | None = None
    reason: str | None = None


@dataclass(slots=True, eq=False)
class Command:
    """An application command as registered; `guild_id` None for a global one."""

    id: str
    guild_id: str | None
    version: str
    form: Json

    @property
    def name(self) -> str:
        return str(self.form["name"])

    @property
    def type(self) -> int:
        return int(self.form["type"])


@dataclass(slots=True, eq=False)
class Guild:
    id: str
    name: str
    owner_id: str
    created_at: float
    roles: dict[str, Role] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    threads: dict[str, Thread] = field(default_factory=dict)
    audit: list[AuditEntry] = field(default_factory=list)
    preferred_locale: str = "en-US"
