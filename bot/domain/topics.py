"""The life of a topic, as values and pure decisions.

Every change of a topic's state is a row of `TRANSITIONS`; everything else asks it. No clock, no I/O, no Discord:
"closed" is ours, Discord's `locked` and `archived` are the adapter's words for showing it.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.messages import Message, content_hash, nonce_of
from bot.domain.recommendations import Recommendation
from bot.domain.wishes import Wish
from bot.domain.wording import _
from bot.errors import RefusedError


class State(StrEnum):
    """What a topic is, and what Discord was last known to show of it."""

    PENDING = "pending"  # Discord has no thread for it yet.
    OPEN = "open"
    CLOSED = "closed"
    GONE = "gone"


class Verb(StrEnum):
    """What can happen to a topic; `ADOPT_*` fold what people did in Discord into our state."""

    CLOSE = "close"
    REOPEN = "reopen"
    ADOPT_CLOSED = "adopt_closed"
    ADOPT_OPEN = "adopt_open"
    VANISH = "vanish"


TRANSITIONS: dict[tuple[State, Verb], State] = {
    (State.OPEN, Verb.CLOSE): State.CLOSED,
    (State.CLOSED, Verb.REOPEN): State.OPEN,
    (State.OPEN, Verb.ADOPT_CLOSED): State.CLOSED,
    (State.CLOSED, Verb.ADOPT_OPEN): State.OPEN,
    (State.PENDING, Verb.VANISH): State.GONE,
    (State.OPEN, Verb.VANISH): State.GONE,
    (State.CLOSED, Verb.VANISH): State.GONE,
}

REFUSALS: dict[tuple[State, Verb], str] = {
    (State.CLOSED, Verb.CLOSE): _("This topic is already closed."),
    (State.OPEN, Verb.REOPEN): _("This topic is already open."),
    (State.GONE, Verb.CLOSE): _("This topic's thread no longer exists in Discord."),
    (State.GONE, Verb.REOPEN): _("This topic's thread no longer exists in Discord."),
}
IMPOSSIBLE = _("This cannot be done to the topic as it is now.")


class MessageKind(StrEnum):
    STARTER = "starter"
    NOTICE = "notice"
    WARNING = "warning"  # Soon to be closed by its channel's policy.
    HOURS = "hours"  # Whether the weekly hours have it open now; one for all time.
    DIGEST = "digest"  # the list of recommended posts
    UPDATE = "update"  # one or several updates of a live blog
    RECAP = "recap"  # a live blog's list of the updates of a day that is over
    MORE = "more"  # What did not fit into the starter.


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A Discord thread or forum post under our care.

    `state` is what Discord should show, `shown` what it was last known to show. `archived` is as last seen;
    `rearchive` asks to put a thread back to sleep that had to be woken for our work. `renamed` are our latest renames.
    Until `exempt_until`, and while `disarmed` (a person reopened it by hand), no policy closes it; its policy's time
    runs anew from `reopened_at`. `suspended_at`: out of our reach since then, so its timers stand still. Discord last
    confirmed a change of ours at `confirmed_at`.
    """

    topic_id: int
    channel_id: int
    name: str
    guild_id: int | None = None
    thread_id: int | None = None
    entry_id: int | None = None
    subscription_id: int | None = None
    tags: tuple[str, ...] = ()
    state: State = State.OPEN
    shown: State = State.PENDING
    archived: bool = False
    rearchive: bool = False
    pinned: bool = False
    owner_id: int | None = None
    renamed: tuple[datetime, ...] = ()
    exempt_until: datetime | None = None
    disarmed: bool = False
    suspended_at: datetime | None = None
    reopened_at: datetime | None = None
    confirmed_at: datetime | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicMessage:
    """A message we want in a topic, and how much of it Discord is known to show.

    `attempted` and `attempted_at` (what was sent, and when) are set before a request and cleared by its answer: set
    without `message_id` they mean "perhaps sent". A `withdrawn` message is not sent any more; if it was, it shows its
    last wanted text.
    """

    record_id: int
    topic_id: int
    kind: MessageKind
    wanted: Message
    shown_hash: str | None = None
    message_id: int | None = None
    attempted: Message | None = None
    attempted_at: datetime | None = None
    withdrawn: bool = False

    @property
    def is_shown(self) -> bool:
        return self.message_id is not None and self.shown_hash == content_hash(self.wanted)

    @property
    def is_ambiguous(self) -> bool:
        return self.message_id is None and self.attempted_at is not None

    @property
    def nonce(self) -> str:
        return nonce_of(f"nightdesk:{self.record_id}")


@dataclass(frozen=True, slots=True)
class Story:
    """A topic with its wishes, its recommended posts (oldest recommendation first) and its messages, oldest first:

    the latest notice, the latest digest, and those that Discord is not known to show.
    """

    topic: Topic
    messages: tuple[TopicMessage, ...] = ()
    wishes: tuple[Wish, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What Discord shows of a thread right now. `slowmode` is in seconds; `tags` are names.

    `last_message_id` may be of a message that was deleted since. `at`: when the look began.
    """

    thread_id: int
    guild_id: int
    channel_id: int
    name: str
    locked: bool
    archived: bool
    owner_id: int | None = None
    slowmode: int = 0
    pinned: bool = False
    tags: tuple[str, ...] = ()
    last_message_id: int | None = None
    archived_at: datetime | None = None
    at: datetime | None = None


def follow_id(topic_id: int) -> str:
    """The `custom_id` of a Follow button: useful to members, and our marker when a starter must be found again."""
    return f"nightdesk:follow:{topic_id}"


_LINK = re.compile(r"https?://(?:\w+\.)?discord(?:app)?\.com/channels/\d+/(\d+)(?:/\d+)*/?", re.ASCII)

_FOLLOW = re.compile(r"nightdesk:follow:(\d{1,19})", re.ASCII)
_MENTION_OR_ID = re.compile(r"(?:<#)?(\d{1,19})>?", re.ASCII)


def thread_id_from(text: str) -> int:
    """The thread a person names by id, mention or link. Raises RefusedError for anything else."""
    text = text.strip()
    found = _LINK.fullmatch(text) or _MENTION_OR_ID.fullmatch(text)
    if found is None or int(found[1]) >= 1 << 63:
        raise RefusedError("I know no such topic. Choose one from the list, or give a thread's link or id.")
    return int(found[1])


def topic_id_from(custom_id: str) -> int | None:
    """The topic whose Follow button this is."""
    found = _FOLLOW.fullmatch(custom_id)
    return int(found[1]) if found else None


def change(topic: Topic, verb: Verb) -> Topic:
    """The topic after the verb. Raises RefusedError, and changes nothing, where the table has no such row."""
    after = TRANSITIONS.get((topic.state, verb))
    if after is None:
        raise RefusedError(REFUSALS.get((topic.state, verb), IMPOSSIBLE))
    return replace(topic, state=after, attempts=0)


def is_outdated(topic: Topic, seen: Sighting) -> bool:
    """A look that began before our latest change was confirmed tells nothing of the time after."""
    return seen.at is not None and topic.confirmed_at is not None and seen.at < topic.confirmed_at


def observe(topic: Topic, seen: Sighting) -> Topic:
    """Fold what Discord shows into the topic: where people changed it by hand, people win.

    A difference is a person's doing only where we had no work of our own under way (`state == shown`);
    otherwise it is our own half-shown change, which goes on.
    """
    if is_outdated(topic, seen):
        return topic
    shown = State.CLOSED if seen.locked else State.OPEN
    settled = topic.state == topic.shown
    topic = replace(
        topic,
        thread_id=seen.thread_id,
        guild_id=seen.guild_id,
        channel_id=seen.channel_id,
        name=seen.name,
        archived=seen.archived,
        pinned=seen.pinned,
        owner_id=seen.owner_id,
        shown=shown,
    )
    if not settled or topic.state == shown:
        return topic
    return change(topic, Verb.ADOPT_CLOSED if seen.locked else Verb.ADOPT_OPEN)


def adopt(topic_id: int, seen: Sighting) -> Topic:
    """The topic for a thread that people made, as it stands."""
    state = State.CLOSED if seen.locked else State.OPEN
    return Topic(
        topic_id=topic_id,
        thread_id=seen.thread_id,
        guild_id=seen.guild_id,
        channel_id=seen.channel_id,
        name=seen.name,
        archived=seen.archived,
        pinned=seen.pinned,
        owner_id=seen.owner_id,
        state=state,
        shown=state,
    )
