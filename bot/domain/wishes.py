"""What a thread should be besides open or closed: its name, tags, slow mode, pin, sleep. Pure values.

Shown after lock and notice, each by itself: a rename's rate limit must never delay a lock (discord-api-docs#1900).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

Value = str | int | bool | tuple[str, ...]

RENAMES = 2
RENAME_WINDOW = timedelta(minutes=10)


class Aspect(StrEnum):
    """In the order in which they are shown: what Discord limits most comes last, sleep before it wakes nobody."""

    SLOWMODE = "slowmode"  # Seconds between two messages of a person: int, 0 to 21600.
    PINNED = "pinned"  # Pinned in its forum: bool.
    TAGS = "tags"  # Names of forum tags: tuple of at most five.
    NAME = "name"  # str of 1 to 100 characters.
    ARCHIVED = "archived"  # bool.


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One aspect as it should be, not to be tried before `due_at`."""

    aspect: Aspect
    value: Value
    due_at: datetime
    attempts: int = 0


def rename_allowed_at(renamed: Sequence[datetime], now: datetime) -> datetime:
    """When the next rename fits into Discord's two in ten minutes. `renamed`: our latest ones, oldest first."""
    recent = [moment for moment in renamed if now - moment < RENAME_WINDOW]
    return recent[-RENAMES] + RENAME_WINDOW if len(recent) >= RENAMES else now


def next_wish(wishes: Sequence[Wish], now: datetime) -> Wish | None:
    """The first wish, in the order of the aspects, whose time has come."""
    order = list(Aspect)
    due = [wish for wish in wishes if wish.due_at <= now]
    return min(due, key=lambda wish: order.index(wish.aspect), default=None)
