"""All that follows from one reading of a feed, as it is stored in one transaction. Pure values."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.alerts import Alert
from bot.domain.entries import Entry, ParsedFeed
from bot.domain.feeds import Keys
from bot.domain.fetching import Validators
from bot.domain.revising import Correction
from bot.domain.topics import Topic, TopicMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRecord:
    """An entry as it is now. `keys` are new names of it; of one that is new itself, the first is its key."""

    entry_id: int
    keys: Keys
    entry: Entry
    content_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A topic that is wanted: its starter, then what did not fit into it.

    `at`: when it is to be posted. `links`: the pages it stands for in its channel. `listed`: the entries of a digest;
    one that `joins` is recorded already and lists more now. `live`: a new id, and the address of its page, where that
    may be a live blog.
    """

    topic: Topic
    messages: tuple[TopicMessage, ...]
    at: datetime
    links: tuple[str, ...] = ()
    listed: tuple[int, ...] = ()
    joins: bool = False
    live: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """`new` are entries seen for the first time, `changed` those that say something else than before.

    `was_conditional`: the answer came to a request with conditions. `seeded`: subscriptions whose first poll this was.
    """

    feed_id: int
    parsed: ParsedFeed
    validators: Validators
    body_hash: str | None = None
    was_conditional: bool = False
    at: datetime
    next_poll_at: datetime
    period: timedelta | None = None
    new: tuple[EntryRecord, ...] = ()
    changed: tuple[EntryRecord, ...] = ()
    aliases: tuple[tuple[str, int], ...] = ()
    postings: tuple[Posting, ...] = ()
    corrections: tuple[Correction, ...] = ()
    seeded: tuple[int, ...] = ()
    quarantined: bool = False
    alerts: tuple[Alert, ...] = ()
