"""A Discord that keeps state in memory, for tests of the services. Strict where the services must be careful.

Faults: `fail_next` raises instead of acting; `lose_answer_of` acts and then breaks the connection.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.cases import Actor, Deed
from bot.domain.messages import Message
from bot.domain.snowflakes import earliest_of
from bot.domain.topics import Sighting
from bot.domain.wishes import Aspect, Wish
from bot.errors import AmbiguousError, ForumError, GoneError, MissingAccessError, RejectedError
from bot.ports import Access, Caller, Channel, ChannelKind, Clock, Post, Posted, PostSighting

GUILD = 1
FORUM = 100
TEXT = 200
_SLACK = timedelta(minutes=2)


@dataclass(frozen=True)
class Person:
    id: int = 7
    display_name: str = "Maria"


@dataclass
class FakeMessage:
    message_id: int
    message: Message
    nonce: str | None
    at: datetime


@dataclass
class FakeThread:
    thread_id: int
    channel_id: int
    name: str
    locked: bool = False
    archived: bool = False
    tag_ids: tuple[int, ...] = ()
    at: datetime | None = None
    owner_id: int | None = None
    slowmode: int = 0
    pinned: bool = False
    tags: tuple[str, ...] = ()
    followers: set[int] = field(default_factory=set)


class FakeForum:
    """Implements `ports.Forum`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last_id = 1000
        self.author_ids: dict[int, int] = {}
        self.staff: set[int] | None = None  # None: everybody
        self.locale = "en-US"
        self.channels = {
            FORUM: Channel(
                channel_id=FORUM, guild_id=GUILD, name="news", kind=ChannelKind.FORUM, tags={"World": 11}
            ),
            TEXT: Channel(channel_id=TEXT, guild_id=GUILD, name="general", kind=ChannelKind.TEXT, tags={}),
        }
        self.threads: dict[int, FakeThread] = {}
        self.messages: dict[int, list[FakeMessage]] = {}
        self.caller_missing: tuple[str, ...] = ()
        self.bot_missing: tuple[str, ...] = ()
        self.away: set[int] = set()  # guilds that are unavailable
        self.out_of_reach: set[int] = set()  # channels
        self.audit_log: dict[tuple[int, Deed], Actor | None] = {}
        self.left: set[tuple[int, int]] = set()  # (guild, person)
        self.authors: dict[int, str] = {}
        self.hidden: set[int] = set()  # threads that the caller cannot see
        self.hidden_channels: set[int] = set()  # channels that the caller cannot see
        self.told: dict[int, list[str]] = {}  # direct messages
        self.takes_no_messages: set[int] = set()
        self.most_active = 1000
        self.deeds: list[str] = []
        self._faults: list[ForumError] = []
        self._lost_answers: list[str] = []
        self._blindness: list[ForumError] = []

    def fail_next(self, error: ForumError, times: int = 1) -> None:
        self._faults += [error] * times

    def fail_sights(self, error: ForumError, times: int = 1) -> None:
        """The next looks at a thread fail."""
        self._blindness += [error] * times

    def lose_answer_of(self, deed: str) -> None:
        """The next such deed is done, but its answer never comes."""
        self._lost_answers.append(deed)

    def heal(self) -> None:
        """No fault is left."""
        self._faults.clear()
        self._lost_answers.clear()
        self._blindness.clear()

    def shown_in(self, place: int) -> list[str]:
        """What a person reads in a thread or channel: each message's content, or else its first headline."""
        return [m.message.content or m.message.embeds[0].title for m in self.messages.get(place, [])]

    def add_thread(self, name: str, *, locked: bool = False, archived: bool = False) -> FakeThread:
        """A thread that people made."""
        thread = FakeThread(self._new_id(), FORUM, name, locked=locked, archived=archived)
        self.threads[thread.thread_id] = thread
        return thread

    def add_post(self, thread_id: int, content: str, author_name: str = "Alex", author_id: int = 8) -> int:
        """What a person writes in a thread; it wakes the thread."""
        message_id = self._put(thread_id, Message(content=content), None, self._new_id())
        self.authors[message_id] = author_name
        self.author_ids[message_id] = author_id
        self.threads[thread_id].archived = False
        return message_id

    def delete_post(self, place: int, message_id: int) -> None:
        self.messages[place] = [m for m in self.messages[place] if m.message_id != message_id]

    async def channel(self, channel_id: int) -> Channel:
        if channel_id not in self.channels:
            raise GoneError("does not exist")
        return self.channels[channel_id]

    async def sight(self, thread_id: int) -> Sighting:
        if self._blindness:
            raise self._blindness.pop(0)
        thread = self._thread(thread_id)
        return Sighting(
            thread_id=thread.thread_id,
            guild_id=GUILD,
            channel_id=thread.channel_id,
            name=thread.name,
            locked=thread.locked,
            archived=thread.archived,
            owner_id=thread.owner_id,
            slowmode=thread.slowmode,
            pinned=thread.pinned,
            tags=thread.tags,
            last_message_id=max((m.message_id for m in self.messages.get(thread_id, [])), default=None),
            at=self._clock.now(),
        )

    async def active(self, guild_id: int) -> list[Sighting]:
        awake = [thread.thread_id for thread in self.threads.values() if not thread.archived]
        return [await self.sight(thread_id) for thread_id in awake] if guild_id == GUILD else []

    async def access(self, sighting: Sighting, caller: Caller | None) -> Access:  # noqa: ARG002 - the port's.
        missing = self.caller_missing
        if self.staff is not None and (caller is None or caller.id not in self.staff):
            missing = ("Manage Threads",)
        return Access(caller_missing=missing, bot_missing=self.bot_missing)

    def reach(self, guild_id: int) -> Mapping[int, bool]:
        return {each: each not in self.out_of_reach for each in self.channels} if guild_id == GUILD else {}

    async def culprit(self, guild_id: int, target_id: int, deed: Deed, since: datetime) -> Actor | None:  # noqa: ARG002 - the port's.
        self.deeds.append(f"culprit({deed})")
        return self.audit_log.get((target_id, deed), Actor(user_id=None))

    async def is_present(self, guild_id: int) -> bool:
        return guild_id not in self.away

    async def member(self, guild_id: int, user_id: int) -> Caller | None:
        return None if (guild_id, user_id) in self.left else Person(user_id)

    async def language(self, guild_id: int) -> str:  # noqa: ARG002 - the port's signature.
        return self.locale

    async def newest_posts(self, thread_id: int, limit: int, before: int | None = None) -> list[Post]:
        self._thread(thread_id)
        ids = sorted((m.message_id for m in self.messages.get(thread_id, [])), reverse=True)
        older = [message_id for message_id in ids if before is None or message_id < before]
        return [
            Post(message_id=i, author_id=self.author_ids.get(i, 0), by_bot=i not in self.author_ids)
            for i in older[:limit]
        ]

    async def create_post(
        self, channel_id: int, name: str, starter: Message, tag_ids: Sequence[int]
    ) -> Posted:
        self._begin("create_post")
        self._require_room()
        thread = FakeThread(self._new_id(), channel_id, name, tag_ids=tuple(tag_ids), at=self._clock.now())
        self.threads[thread.thread_id] = thread
        self._put(thread.thread_id, starter, None, thread.thread_id)
        self._end()
        return Posted(thread_id=thread.thread_id, message_id=thread.thread_id)

    async def send(self, channel_id: int, message: Message, nonce: str) -> int:
        self._begin("send")
        self._require_awake(channel_id)
        for earlier in self.messages.get(channel_id, []):
            if earlier.nonce == nonce and self._clock.now() - earlier.at < timedelta(minutes=3):
                return earlier.message_id
        message_id = self._put(channel_id, message, nonce, self._new_id())
        self._end()
        return message_id

    async def edit(self, channel_id: int, message_id: int, message: Message) -> None:
        self._begin("edit")
        self._require_awake(channel_id)
        found = next((m for m in self.messages.get(channel_id, []) if m.message_id == message_id), None)
        if found is None:
            raise GoneError("Unknown Message")
        found.message = message
        self._end()

    async def start_thread(self, channel_id: int, message_id: int, name: str) -> int:
        self._begin("start_thread")
        self._require_room()
        if message_id not in self.threads:
            self.threads[message_id] = FakeThread(message_id, channel_id, name)
        self._end()
        return message_id

    async def set_flags(
        self,
        thread_id: int,
        *,
        locked: bool | None = None,
        archived: bool | None = None,
        reason: str = "",  # noqa: ARG002 - the port's signature.
    ) -> None:
        self._begin(f"set_flags(locked={locked}, archived={archived})")
        thread = self._thread(thread_id)
        if thread.archived and archived is not False:
            raise RejectedError("Thread is archived", code=50083)
        self.threads[thread_id] = replace(
            thread,
            locked=thread.locked if locked is None else locked,
            archived=thread.archived if archived is None else archived,
        )
        self._end()

    async def shape(self, thread_id: int, wish: Wish, *, reason: str = "") -> None:  # noqa: ARG002 - the port's.
        self._begin(f"shape({wish.aspect})")
        thread = self._thread(thread_id)
        if thread.archived and wish.aspect is not Aspect.ARCHIVED:
            raise RejectedError("Thread is archived", code=50083)
        setattr(thread, wish.aspect, wish.value)
        self._end()

    async def find_post(self, channel_id: int, custom_id: str, since: datetime) -> Posted | None:
        for thread in self.threads.values():
            starter = next(iter(self.messages.get(thread.thread_id, [])), None)
            if thread.channel_id != channel_id or starter is None or starter.at < since - _SLACK:
                continue
            if custom_id in {button.custom_id for button in starter.message.buttons}:
                return Posted(thread_id=thread.thread_id, message_id=starter.message_id)
        return None

    async def marker(self, sighting: Sighting) -> str | None:
        place = sighting.thread_id if sighting.channel_id == FORUM else sighting.channel_id
        for found in self.messages.get(place, []):
            if found.message_id == sighting.thread_id:
                return next((b.custom_id for b in found.message.buttons if b.custom_id), None)
        return None

    async def find_message(self, channel_id: int, sent: Message, since: datetime) -> int | None:
        for found in reversed(self.messages.get(channel_id, [])):
            if found.message == sent and found.at >= since - _SLACK:
                return found.message_id
        return None

    async def follow(self, thread_id: int, user_id: int) -> None:
        self._require_awake(thread_id)
        self._thread(thread_id).followers.add(user_id)

    async def unfollow(self, thread_id: int, user_id: int) -> None:
        self._require_awake(thread_id)
        followers = self._thread(thread_id).followers
        if user_id not in followers:
            raise GoneError("Unknown Member")
        followers.remove(user_id)

    async def sees(self, sighting: Sighting, caller: Caller) -> bool:  # noqa: ARG002 - the port's signature.
        return sighting.thread_id not in self.hidden

    async def visible(self, thread_ids: Sequence[int], caller: Caller) -> list[int]:  # noqa: ARG002 - the port's.
        return [each for each in thread_ids if each in self.threads and each not in self.hidden]

    def viewable(self, guild_id: int, caller: Caller) -> Collection[int]:  # noqa: ARG002 - the port's signature.
        return self.channels.keys() - self.hidden_channels if guild_id == GUILD else frozenset()

    async def post(self, thread_id: int, message_id: int) -> PostSighting:
        for found in self.messages.get(thread_id, []):
            if found.message_id == message_id:
                return PostSighting(
                    message_id=message_id,
                    author_id=8 if message_id in self.authors else 0,
                    author_name=self.authors.get(message_id, "Nightdesk"),
                    content=found.message.content,
                )
        raise GoneError("Unknown Message")

    async def deleted(self, thread_id: int, message_ids: Collection[int]) -> set[int]:
        return set(message_ids) - {m.message_id for m in self.messages.get(thread_id, [])}

    async def tell(self, user_id: int, message: Message, nonce: str) -> None:  # noqa: ARG002 - the port's signature.
        self._begin("tell")
        if user_id in self.takes_no_messages:
            raise MissingAccessError("Cannot send messages to this user")
        self.told.setdefault(user_id, []).append(message.content)
        self._end()

    def _thread(self, thread_id: int) -> FakeThread:
        if thread_id not in self.threads:
            raise GoneError("Unknown Channel")
        return self.threads[thread_id]

    def _require_room(self) -> None:
        if sum(not thread.archived for thread in self.threads.values()) >= self.most_active:
            raise RejectedError("Maximum number of active threads reached", code=160006)

    def _require_awake(self, place: int) -> None:
        if place not in self.channels and self._thread(place).archived:
            raise RejectedError("Thread is archived", code=50083)

    def _begin(self, deed: str) -> None:
        self.deeds.append(deed)
        if self._faults:
            raise self._faults.pop(0)

    def _end(self) -> None:
        if self.deeds[-1] in self._lost_answers:
            self._lost_answers.remove(self.deeds[-1])
            raise AmbiguousError("the connection broke")

    def _put(self, place: int, message: Message, nonce: str | None, message_id: int) -> int:
        self.messages.setdefault(place, []).append(FakeMessage(message_id, message, nonce, self._clock.now()))
        return message_id

    def _new_id(self) -> int:
        self._last_id += 1
        return earliest_of(self._clock.now()) + self._last_id
