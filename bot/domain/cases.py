"""Who did what to a topic, when and why. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.topics import State
from bot.domain.wishes import Aspect, Value


class Deed(StrEnum):
    """What was done to a topic. The first two share their words with the verbs of its state."""

    CLOSE = "close"
    REOPEN = "reopen"
    SCHEDULE = "schedule"
    CANCEL = "cancel"  # a timer
    KEEP_OPEN = "keepopen"
    SLOWMODE = "slowmode"
    PIN = "pin"
    UNPIN = "unpin"
    RENAME = "rename"
    TAG = "tag"
    MOVE = "move"
    UNDO = "undo"
    OPENED_BY_HOURS = "opened by hours"
    CLOSED_BY_HOURS = "closed by hours"
    LOCKED_BY_HAND = "locked by hand"
    UNLOCKED_BY_HAND = "unlocked by hand"
    UNARCHIVED_BY_HAND = "unarchived by hand"  # Told only where the policy takes it back.
    DELETED = "deleted"
    POST = "post"  # Made by hand: a topic of an item that no feed brought.


# On record, but no news to staff: it happens to every topic of a channel, twice a day.
BY_HOURS = (Deed.OPENED_BY_HOURS, Deed.CLOSED_BY_HOURS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The person behind a case. `user_id` is None where Discord does not tell: unknown rather than a guess."""

    user_id: int | None
    name: str = ""


# Who asked to be forgotten: what they did stays on record, and that it was they does not.
DELETED_USER = Actor(user_id=0, name="deleted user")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One numbered audit record of a guild. `outcome` is "pending", "done", or why it failed.

    `changes` tells each aspect's value before and after; cases of one bulk action share a `batch_id`; `undone_by` is
    the case that took this one back.
    """

    case_id: int
    guild_id: int
    topic_id: int
    deed: Deed
    actor: Actor
    reason: str
    before: State
    after: State
    at: datetime
    outcome: str = "pending"
    number: int = 0
    changes: Mapping[Aspect, tuple[Value, Value]] = field(default_factory=dict)
    batch_id: int | None = None
    undone_by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEdit:
    """Another reason for a case. `before` is what the reason was until then."""

    edit_id: int
    case_id: int
    editor: Actor
    reason: str
    at: datetime
    before: str = ""
