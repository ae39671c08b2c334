"""What is looked up in the record of a guild: cases with what surrounds them, notes, a search. Pure values."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.cases import Actor, Case, Deed

PAGE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """A case, the topic it is about, and the number of the case that took it back.

    `thread_id` is None only for a topic that never got a thread.
    """

    case: Case
    thread_id: int | None
    channel_id: int
    topic_name: str
    undone_by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What staff wrote down about a topic. Never shown to members."""

    note_id: int
    topic_id: int
    author: Actor
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSearch:
    """Which cases of a guild: all that fit everything that is given. `text` stands in the reason."""

    actor_id: int | None = None
    thread_id: int | None = None
    deed: Deed | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Ten entries of a longer list; pages count from 0."""

    entries: tuple[CaseFile | Note, ...]
    number: int
    has_next: bool
