"""What the services need from the world, as the narrowest Protocols that serve them.

Every method is safe to repeat. What goes wrong in Discord, methods of `Forum` raise as `bot.errors.ForumError`s.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from bot.domain.appeals import Appeal, AppealState
from bot.domain.bulk import Batch
from bot.domain.cases import Actor, Case, CaseEdit, Deed
from bot.domain.discovery import Discovered
from bot.domain.entries import Entry, ParsedFeed
from bot.domain.feeds import Feed, FeedOrder, Options
from bot.domain.fetching import Fetched, Validators
from bot.domain.headlines import FeedName, Headline
from bot.domain.listing import WaitingDigest
from bot.domain.live import LiveReading
from bot.domain.live_blogs import LiveBlog, LiveState, LiveTopic
from bot.domain.live_recordings import LiveRecording
from bot.domain.live_showing import Showing, View
from bot.domain.live_updates import Known
from bot.domain.matching import KnownEntry
from bot.domain.messages import Message
from bot.domain.moderating import Ruling
from bot.domain.moving import Whereabouts
from bot.domain.posting import Item
from bot.domain.recordings import Recording
from bot.domain.records import CaseFile, CaseSearch, Note
from bot.domain.revising import Standing
from bot.domain.staff import StaffMessage
from bot.domain.subscriptions import Proposal, SubscriptionCard
from bot.domain.timers import Timer, TimerKind
from bot.domain.topics import Sighting, State, Story, Topic, TopicMessage
from bot.domain.websub import Lease
from bot.domain.wishes import Aspect, Wish


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, UTC-aware."""


class Ids(Protocol):
    def new(self) -> int:
        """A number of 63 bits that was never given out before; later ones are greater."""


class Fetcher(Protocol):
    async def fetch(self, url: str, validators: Validators) -> Fetched:
        """GET one address. Raises FetchError for everything that keeps the bytes from coming."""


class HubCaller(Protocol):
    async def post(self, url: str, form: Mapping[str, str]) -> None:
        """POST a form. Raises FetchError for every answer but 2xx."""


class Hubs(Protocol):
    """Learns where news is pushed (WebSub)."""

    async def noticed(self, feed: Feed, fetched: Fetched, parsed: ParsedFeed, *, is_news: bool) -> None:
        """A feed was read, and whether that brought entries nobody had told of."""


class Parser(Protocol):
    """Reads documents off the event loop, each within a limit of time and memory."""

    async def parse(self, url: str, body: bytes, content_type: str) -> ParsedFeed:
        """Bytes to entries. Raises ParseError where they are no feed."""

    async def parse_live(self, url: str, body: bytes, content_type: str) -> LiveReading | None:
        """Bytes to the updates of a live blog; None where the page is none. Raises ParseError."""

    async def parse_article(self, url: str, body: bytes, content_type: str) -> ParsedFeed:
        """A page to one entry: what it says of itself. Raises ParseError where it has no headline."""

    async def discover(self, url: str, body: bytes, content_type: str) -> Discovered:
        """A page to the feeds it offers."""


@dataclass(frozen=True, slots=True)
class TopicName:
    """A topic as a completion offers it."""

    thread_id: int
    name: str
    state: State


@dataclass(frozen=True, slots=True)
class SubscriptionName:
    """A subscription as a completion offers it."""

    subscription_id: int
    name: str
    channel_id: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicCard:
    """What `/topic info` tells of a topic; the latest case is its last close or reopen."""

    topic: Topic
    entry_title: str = ""
    entry_link: str | None = None
    published_at: datetime | None = None
    feed_title: str = ""
    feed_url: str | None = None
    case: Case | None = None
    problem: str | None = None


class ReadingStore(Protocol):
    async def known(self, feed_id: int, names: Iterable[str]) -> Mapping[str, KnownEntry]: ...
    async def past(self, feed_id: int, limit: int) -> list[KnownEntry]: ...
    async def links(
        self, channel_ids: Collection[int], links: Iterable[str]
    ) -> Mapping[tuple[int, str], int | None]: ...
    async def planned(self, subscription_id: int, limit: int) -> list[datetime]: ...
    async def standing(self, entry_ids: Iterable[int]) -> Mapping[tuple[int, int], Standing]: ...
    async def waiting_digest(self, subscription_id: int, now: datetime) -> WaitingDigest | None: ...
    async def record(self, recording: Recording) -> None: ...


class FeedStore(ReadingStore, Protocol):
    async def own_by_file(self, orders: Sequence[FeedOrder], now: datetime) -> None: ...
    async def due(self, now: datetime, limit: int) -> list[int]: ...
    async def next_due_at(self, now: datetime) -> datetime | None: ...
    async def get(self, feed_id: int) -> Feed: ...
    async def record_unchanged(
        self, feed_id: int, at: datetime, next_poll_at: datetime, *, was_conditional: bool = True
    ) -> None: ...
    async def record_failure(
        self, feed_id: int, problem: str, at: datetime, next_poll_at: datetime | None
    ) -> None: ...
    async def resume(self, feed_id: int, now: datetime) -> None: ...
    async def record_whereabouts(self, feed_id: int, whereabouts: Whereabouts) -> None: ...
    async def put_off(self, feed_id: int, next_poll_at: datetime) -> None: ...


class WebSubStore(Protocol):
    async def due(self, now: datetime, limit: int) -> list[int]: ...
    async def next_due_at(self, now: datetime) -> datetime | None: ...
    async def get(self, feed_id: int) -> Lease | None: ...
    async def by_token(self, token: str) -> Lease | None: ...
    async def begin(self, lease: Lease) -> None: ...
    async def change(
        self, token: str, decide: Callable[[Lease], Lease | None], poll_by: datetime | None = None
    ) -> Lease | None: ...


class SubscriptionStore(Protocol):
    async def unplaced(self) -> list[int]: ...
    async def place(self, channel_id: int, guild_id: int) -> None: ...
    async def count(self, guild_id: int) -> int: ...
    async def names(self, guild_id: int) -> list[SubscriptionName]: ...
    async def cards(
        self, guild_id: int, now: datetime, *, limit: int, offset: int = 0
    ) -> list[SubscriptionCard]: ...
    async def card(self, guild_id: int, subscription_id: int, now: datetime) -> SubscriptionCard | None: ...
    async def in_channel(self, channel_id: int) -> list[str]: ...
    async def add(
        self, orders: Iterable[tuple[FeedOrder, datetime]], guild_id: int, user_id: int, now: datetime
    ) -> list[int | None]: ...
    async def remove(self, subscription_id: int, now: datetime) -> None: ...
    async def pause(self, subscription_id: int, now: datetime) -> None: ...
    async def resume(self, subscription_id: int, now: datetime) -> None: ...
    async def edit(self, subscription_id: int, channel_id: int, options: Options) -> bool: ...


class ProposalStore(Protocol):
    async def put(self, proposal: Proposal) -> None: ...
    async def get(self, proposal_id: int) -> Proposal | None: ...
    async def take(self, proposal_id: int) -> bool: ...


class TopicStore(Protocol):
    async def due_channels(self, now: datetime, limit: int) -> list[int]: ...
    async def due_topics(self, channel_id: int, now: datetime, limit: int) -> list[int]: ...
    async def next_due_at(self, now: datetime) -> datetime | None: ...
    async def story(self, topic_id: int) -> Story: ...
    async def exists(self, topic_id: int) -> bool: ...
    async def thread_of(self, topic_id: int) -> int | None: ...
    async def by_thread(self, thread_id: int) -> Topic | None: ...
    async def change(
        self,
        topic: Topic,
        decide: Callable[[Story], Ruling],
        now: datetime,
        ringing: Timer | None = None,
        *,
        ends: str = "done",
    ) -> Story: ...
    async def want_moved(self, topic: Topic, starter: TopicMessage, moved_from: int, at: datetime) -> int: ...
    async def grant(self, topic_id: int, wish: Wish, at: datetime) -> None: ...
    async def put_off_wish(self, topic_id: int, aspect: Aspect, due_at: datetime) -> None: ...
    async def drop_wish(self, topic_id: int, aspect: Aspect, problem: str) -> None: ...
    async def mark_attempt(self, message: TopicMessage, at: datetime) -> None: ...
    async def clear_attempt(self, record_id: int) -> None: ...
    async def confirm_message(self, record_id: int, message_id: int, shown_hash: str) -> None: ...
    async def confirm_thread(
        self, topic: Topic, starter: TopicMessage, message_id: int, shown_hash: str
    ) -> None: ...
    async def confirm_state(self, topic_id: int, shown: State, *, archived: bool, at: datetime) -> None: ...
    async def settle(self, story: Story) -> bool: ...
    async def defer(self, topic_id: int, due_at: datetime | None, problem: str) -> None: ...
    async def defer_channel(self, channel_id: int, until: datetime) -> None: ...
    async def withdraw(self, topic_id: int, problem: str) -> None: ...
    async def vanish(self, topic_id: int, case: Case | None = None) -> None: ...
    async def note_channel_problem(self, channel_id: int, problem: str, now: datetime) -> bool: ...
    async def clear_channel_problem(self, channel_id: int) -> bool: ...
    async def find(self, guild_id: int, text: str, limit: int) -> list[TopicName]: ...
    async def card(self, thread_id: int) -> TopicCard | None: ...


class LiveStore(Protocol):
    async def due(self, now: datetime, limit: int) -> list[int]: ...
    async def next_due_at(self, now: datetime) -> datetime | None: ...
    async def get(self, live_blog_id: int) -> LiveBlog: ...
    async def is_wanted(self, live_blog_id: int) -> bool: ...
    async def is_waiting(self, live_blog_id: int) -> bool: ...
    async def known(self, live_blog_id: int) -> list[Known]: ...
    async def contents(self, update_ids: Iterable[int]) -> Mapping[int, Entry]: ...
    async def record(self, recording: LiveRecording) -> None: ...
    async def behind(self, live_blog_id: int, yesterday: date) -> list[int]: ...
    async def view(self, topic_id: int, yesterday: date) -> View | None: ...
    async def show(self, view: View, showing: Showing, now: datetime) -> bool: ...
    async def of_topic(self, topic_id: int) -> tuple[LiveTopic, LiveState] | None: ...
    async def topic_in(self, url: str, channel_id: int) -> Topic | None: ...
    async def follow(
        self, url: str, topic: Topic, starter: TopicMessage, update_template: str, now: datetime
    ) -> None: ...


class WatchedStore(Protocol):
    async def guilds(self) -> list[int]: ...
    async def awake(self, guild_id: int) -> list[Topic]: ...
    async def fall_asleep(self, topic_ids: Sequence[int]) -> None: ...
    async def suspend(self, guild_id: int, channel_id: int | None, at: datetime) -> None: ...
    async def resume(self, guild_id: int, channel_id: int) -> None: ...
    async def exposed_channels(self, guild_id: int) -> list[int]: ...
    async def suspended_channels(self, guild_id: int) -> list[int]: ...
    async def in_channel(self, channel_id: int, after: int, limit: int) -> list[Topic]: ...
    async def has_pending(self, channel_id: int) -> bool: ...
    async def count_by_hand(self, topic_id: int, since: datetime) -> int: ...


class CaseStore(Protocol):
    async def of_thread(self, thread_id: int) -> list[Case]: ...
    async def of_batch(self, batch_id: int) -> list[tuple[int, Case]]: ...


class PostStore(Protocol):
    async def put(
        self, topic: Topic, starter: TopicMessage, item: Item, case: Case, at: datetime, *, again: bool
    ) -> TopicName | None: ...


class HeadlineStore(Protocol):
    async def of_guild(self, guild_id: int, limit: int, before: int | None) -> Sequence[Headline]: ...
    async def of_feed(self, feed_id: int, limit: int, before: int | None) -> Sequence[Headline]: ...
    async def feeds(self, guild_id: int) -> Sequence[FeedName]: ...


class BatchStore(Protocol):
    async def put(self, batch: Batch) -> None: ...
    async def get(self, batch_id: int) -> Batch | None: ...
    async def turn(self, batch_id: int, before: str, after: str) -> bool: ...
    async def threads_of_feed(self, guild_id: int, feed: str) -> Sequence[int]: ...
    async def feeds_of(self, guild_id: int, text: str, limit: int) -> list[str]: ...


class RecordStore(Protocol):
    async def file(self, guild_id: int, number: int) -> CaseFile | None: ...
    async def file_of(self, case_id: int) -> CaseFile | None: ...
    async def edits(self, case_id: int) -> list[CaseEdit]: ...
    async def search(self, guild_id: int, search: CaseSearch, limit: int, offset: int) -> list[CaseFile]: ...
    async def since(self, guild_id: int, number: int, limit: int) -> list[CaseFile]: ...
    async def history(
        self, topic_id: int, limit: int, offset: int, *, notes: bool
    ) -> list[CaseFile | Note]: ...
    async def last_change(self, topic_id: int) -> CaseFile | None: ...
    async def last_close(self, topic_id: int) -> int | None: ...
    async def add_note(self, note: Note) -> None: ...


class StaffStore(Protocol):
    async def due_guilds(self, now: datetime, limit: int) -> list[int]: ...
    async def next_due_at(self, now: datetime) -> datetime | None: ...
    async def due(self, guild_id: int, now: datetime, limit: int) -> list[StaffMessage]: ...
    async def mark_attempt(self, case_id: int, channel_id: int, message: Message, at: datetime) -> None: ...
    async def clear_attempt(self, case_id: int) -> None: ...
    async def confirm(self, case_id: int, message_id: int, shown_hash: str) -> None: ...
    async def settle(self, message: StaffMessage) -> None: ...
    async def drop(self, case_id: int) -> None: ...
    async def put_off(self, case_id: int, due_at: datetime) -> None: ...
    async def put_off_guild(self, guild_id: int, due_at: datetime) -> None: ...


class PrivacyStore(Protocol):
    async def about(self, user_id: int) -> Mapping[str, Sequence[Mapping[str, object]]]: ...
    async def forget(self, user_id: int) -> None: ...


class TimerStore(Protocol):
    async def arm(self, timer: Timer) -> Timer: ...
    async def cancel(self, topic_id: int, kinds: Sequence[TimerKind]) -> int: ...
    async def get(self, timer_id: int) -> Timer | None: ...
    async def of_topic(self, topic_id: int) -> list[Timer]: ...
    async def due(self, now: datetime, limit: int) -> list[int]: ...
    async def next_due_at(self, now: datetime) -> datetime | None: ...
    async def claim(self, timer_id: int, now: datetime) -> Timer | None: ...
    async def put_off(self, timer: Timer, until: datetime, *, spends_attempt: bool) -> None: ...
    async def give_up(self, timer: Timer, state: str) -> None: ...
    async def overdue(self, now: datetime) -> dict[TimerKind, int]: ...


class PeopleStore(Protocol):
    async def zone(self, user_id: int) -> str | None: ...
    async def live_in(self, user_id: int, zone: str) -> None: ...


class PolicyStore(Protocol):
    async def settings(
        self, guild_id: int, channel_id: int
    ) -> tuple[Mapping[str, str], Mapping[str, str]]: ...
    async def put(
        self, guild_id: int, channel_id: int, values: Mapping[str, str], user_id: int, at: datetime
    ) -> None: ...
    async def reset(self, guild_id: int, channel_id: int) -> int: ...
    async def channels(self, guild_id: int) -> list[int]: ...


class AppealStore(Protocol):
    async def file(self, appeal: Appeal) -> bool: ...
    async def get(self, appeal_id: int) -> Appeal | None: ...
    async def open_of(self, topic_id: int, author_id: int) -> Appeal | None: ...
    async def decide(self, appeal_id: int, state: AppealState, user_id: int | None, at: datetime) -> bool: ...
    async def mark_attempt(self, appeal_id: int, at: datetime | None) -> None: ...
    async def confirm(self, appeal_id: int, message_id: int, shown: AppealState) -> None: ...
    async def mark_told(self, appeal_id: int, *, told: bool) -> None: ...
    async def put_off(self, appeal_id: int, due_at: datetime) -> None: ...
    async def settle(self, appeal: Appeal) -> None: ...
    async def due(self, now: datetime, limit: int) -> list[int]: ...
    async def next_due_at(self, now: datetime) -> datetime | None: ...


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
