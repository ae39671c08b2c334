"""Timers as values, and what one does when it rings. Pure: the moment is passed in.

At most one live timer for a topic and kind. A timer that rings late follows the downtime policy of its kind; one whose
author lost the right runs as the policy says or is told to staff, and is never dropped silently.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.cases import Actor

LEASE = timedelta(seconds=60)
LATE = timedelta(minutes=2)  # What is later than this fell due while we were away.


class TimerKind(StrEnum):
    CLOSE = "close"
    REOPEN = "reopen"
    SLOWMODE = "slowmode"  # Put the slow mode back that a timed one replaced.
    IDLE = "idle"  # Auto-close by inactivity, with its warning.
    AGE = "age"  # Auto-close by age, with its warning.
    HOURS = "hours"  # Weekly hours: open or close at the next change.
    LIVE = "live"  # Close with the live blog, or open again with it.


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """A persisted moment at which something happens to a topic. `owner.user_id` None: the policy armed it."""

    timer_id: int
    topic_id: int
    guild_id: int
    kind: TimerKind
    due_at: datetime
    owner: Actor
    generation: int = 0
    attempts: int = 0
    reason: str = ""
    recurrence: str = ""
    payload: Mapping[str, object] = field(default_factory=dict)
    created_at: datetime | None = None


class RunsLate(StrEnum):
    """What happens to a timer that fell due while we were away."""

    AT_ONCE = "at once"  # Its effect is overdue and harmless.
    RECHECKED = "rechecked"  # Decided anew from what Discord shows now.


DOWNTIME: Mapping[TimerKind, RunsLate] = {
    TimerKind.CLOSE: RunsLate.AT_ONCE,
    TimerKind.REOPEN: RunsLate.AT_ONCE,
    TimerKind.SLOWMODE: RunsLate.AT_ONCE,
    TimerKind.IDLE: RunsLate.RECHECKED,
    TimerKind.AGE: RunsLate.RECHECKED,
    TimerKind.HOURS: RunsLate.RECHECKED,
    TimerKind.LIVE: RunsLate.RECHECKED,
}
