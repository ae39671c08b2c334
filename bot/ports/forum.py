"""Discord as the services need it. What goes wrong there is raised as `bot.errors.ForumError`s."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.domain.cases import Actor, Deed
from bot.domain.messages import Message
from bot.domain.topics import Sighting
from bot.domain.wishes import Wish


class ChannelKind(StrEnum):
    FORUM = "forum"
    TEXT = "text"
    ANNOUNCEMENT = "announcement"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A place for topics. `missing`: the permissions the bot lacks to post there, as Discord's settings name them."""

    channel_id: int
    guild_id: int
    name: str
    kind: ChannelKind
    tags: Mapping[str, int]
    requires_tag: bool = False
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A message as activity. `by_bot`: by a bot or webhook, or Discord's own line about something that happened."""

    message_id: int
    author_id: int
    by_bot: bool


class Caller(Protocol):
    """Whoever asks; the adapter that made it can tell what they may do."""

    @property
    def id(self) -> int: ...
    @property
    def display_name(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What caller and bot lack to close or reopen a thread, as Discord's settings name it."""

    caller_missing: tuple[str, ...] = ()
    bot_missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A thread and its starter as Discord made them."""

    thread_id: int
    message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostSighting:
    """What Discord shows of a message. `content` is empty where Discord does not let the bot read it."""

    message_id: int
    author_id: int
    author_name: str
    content: str = ""


class Forum(Protocol):
    """Discord, as far as topics need it."""

    async def channel(self, channel_id: int) -> Channel:
        """Where topics are to stand. Raises GoneError, MissingAccessError, UnavailableError."""

    async def sight(self, thread_id: int) -> Sighting:
        """What Discord shows of a thread right now, asked afresh. Raises GoneError also for what is no thread."""

    async def active(self, guild_id: int) -> list[Sighting]:
        """All threads of the guild that are not archived, in one request."""

    async def access(self, sighting: Sighting, caller: Caller | None) -> Access:
        """What caller and bot lack to close or reopen the thread; nobody lacks everything."""

    async def is_present(self, guild_id: int) -> bool:
        """Whether the bot is in the guild, and the guild is not away (an outage of Discord's)."""

    async def member(self, guild_id: int, user_id: int) -> Caller | None:
        """A member as of now; None where they are none (any more)."""

    async def language(self, guild_id: int) -> str:
        """The guild's preferred locale, as Discord writes it."""

    async def newest_posts(self, thread_id: int, limit: int, before: int | None = None) -> list[Post]:
        """The latest messages of a thread (older than `before`), the newest first; at most 100."""

    async def create_post(
        self, channel_id: int, name: str, starter: Message, tag_ids: Sequence[int]
    ) -> Posted:
        """A forum post: thread and starter in one request, which has no nonce: never repeat after AmbiguousError."""

    async def send(self, channel_id: int, message: Message, nonce: str) -> int:
        """A message in a channel or thread; Discord drops a repeat with the same nonce for a few minutes."""

    async def edit(self, channel_id: int, message_id: int, message: Message) -> None: ...

    async def start_thread(self, channel_id: int, message_id: int, name: str) -> int:
        """A thread hung from a message; where it hangs already, that one."""

    async def set_flags(
        self, thread_id: int, *, locked: bool | None = None, archived: bool | None = None, reason: str = ""
    ) -> None:
        """Both flags in one request; None leaves a flag as it is."""

    async def shape(self, thread_id: int, wish: Wish, *, reason: str = "") -> None:
        """Change one property of a thread. Tags are names; those the forum does not have are left out."""

    async def find_post(self, channel_id: int, custom_id: str, since: datetime) -> Posted | None:
        """Our own forum post made since then whose starter carries a button with that `custom_id`."""

    async def marker(self, sighting: Sighting) -> str | None:
        """The `custom_id` on the starter of a thread that we made; None for other people's threads."""

    async def find_message(self, channel_id: int, sent: Message, since: datetime) -> int | None:
        """Our own message sent since then that shows just this (the same button ids, or else the same text)."""

    def reach(self, guild_id: int) -> Mapping[int, bool]:
        """Of each channel of the guild, whether the bot may see it and manage its threads. Asks nobody."""

    async def culprit(self, guild_id: int, target_id: int, deed: Deed, since: datetime) -> Actor | None:
        """Who did it to a thread, or deleted a channel, since then, by the audit log. None: ourselves. Never raises.

        Unknown (an Actor without id) rather than a guess.
        """

    async def follow(self, thread_id: int, user_id: int) -> None:
        """Make a person a member of the thread, so that Discord tells them of news in it."""

    async def unfollow(self, thread_id: int, user_id: int) -> None:
        """Take a person out of the thread. GoneError may mean that they were not in it."""

    async def sees(self, sighting: Sighting, caller: Caller) -> bool:
        """Whether the person may view the thread; a private one is for its members and moderators."""

    async def visible(self, thread_ids: Sequence[int], caller: Caller) -> list[int]:
        """Those that the person surely can see, without a request: archived and private threads are left out."""

    def viewable(self, guild_id: int, caller: Caller) -> Collection[int]:
        """The guild's channels that the person may view, and with them their public threads. Asks nobody."""

    async def post(self, thread_id: int, message_id: int) -> PostSighting:
        """What Discord shows of a message right now. Raises GoneError where there is none."""

    async def deleted(self, thread_id: int, message_ids: Collection[int]) -> set[int]:
        """Those of the messages that surely do not exist any more."""

    async def tell(self, user_id: int, message: Message, nonce: str) -> None:
        """A direct message. Raises MissingAccessError where the person takes none."""
