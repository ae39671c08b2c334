"""When a topic is due to be closed by its channel's policy, and what is to happen until then. Pure.

A deadline is never stored as the truth: it is worked out anew, whenever a timer rings, from the policy of that moment
and from what was written in the thread. So an old timer can only look too early, never close too early.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.cases import Actor
from bot.domain.policies import Policy
from bot.domain.snowflakes import moment_of
from bot.domain.timers import Timer, TimerKind
from bot.domain.topics import State, Topic

BY_POLICY = Actor(user_id=None, name="Nightdesk")
LOOK_AGAIN = timedelta(minutes=30)  # While a warning stands: has somebody answered it?
NOT_SHOWN_YET = timedelta(minutes=5)  # Discord does not show our warning yet.
SLACK = timedelta(minutes=2)  # Discord's clock and ours may differ by this much.
DEADLINES = (TimerKind.IDLE, TimerKind.AGE)
TIMERS_OF_POLICIES = (*DEADLINES, TimerKind.HOURS)


class Act(StrEnum):
    STAND_DOWN = "stand down"  # Nothing closes this topic any more.
    WAIT = "wait"
    WARN = "warn"
    CLOSE = "close"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`kind` is the deadline it is about; `look_at` when to decide again, `closes_at` what a warning announces.

    `warned`: the warning that stands goes on standing.
    """

    act: Act
    kind: TimerKind | None = None
    look_at: datetime | None = None
    closes_at: datetime | None = None
    warned: bool = False


def deadline(kind: TimerKind, policy: Policy, topic: Topic, active_at: datetime | None) -> datetime | None:
    """When the policy wants an open topic closed; None: never.

    `active_at` is the latest message that counts as activity. A topic that was reopened starts anew: the reopening
    counts as activity, and an age that it had reached by then closes it no more. No exemption is cut short.
    """
    if topic.disarmed or topic.thread_id is None:
        return None
    starts = [moment_of(topic.thread_id), *([topic.reopened_at] if topic.reopened_at else [])]
    if kind is TimerKind.IDLE:
        at = _after(max([*starts, *([active_at] if active_at else [])]), policy.idle)
    else:
        at = _after(starts[0], policy.max_age)
        if at is not None and topic.reopened_at is not None and at <= topic.reopened_at:
            return None
    if at is None or topic.exempt_until is None:
        return at
    return max(at, topic.exempt_until)


def lead(kind: TimerKind, policy: Policy) -> timedelta | None:
    """How long before the deadline the warning comes: at most half of what leads to the deadline; None: no warning."""
    span = policy.idle if kind is TimerKind.IDLE else policy.max_age
    if policy.warn_before is None or span is None:
        return None
    return min(policy.warn_before, span / 2)


def decide(
    policy: Policy,
    topic: Topic,
    active_at: datetime | None,
    warned_at: datetime | None,
    *,
    warned: bool,
    now: datetime,
) -> Decision:
    """What to do about an open topic now.

    `warned`: a warning is wanted; `warned_at`: since when Discord shows it, which alone counts.
    """
    dues = {kind: at for kind in DEADLINES if (at := deadline(kind, policy, topic, active_at)) is not None}
    if topic.state is not State.OPEN or not dues:
        return Decision(act=Act.STAND_DOWN)
    kind = min(dues, key=lambda kind: dues[kind])
    due_at, before = dues[kind], lead(kind, policy)
    if before is None:
        act = Act.CLOSE if now >= due_at else Act.WAIT
        return Decision(act=act, kind=kind, look_at=due_at)
    if now < due_at - before:
        return Decision(act=Act.WAIT, kind=kind, look_at=due_at - before)
    stale = warned_at is not None and warned_at < due_at - before - min(SLACK, before / 2)
    if not warned or stale:
        closes_at = max(due_at, now + before)
        return Decision(
            act=Act.WARN, kind=kind, look_at=min(closes_at, now + LOOK_AGAIN), closes_at=closes_at
        )
    if warned_at is None:
        return Decision(act=Act.WAIT, kind=kind, look_at=now + NOT_SHOWN_YET, warned=True)
    closes_at = max(due_at, warned_at + before)
    act = Act.CLOSE if now >= closes_at else Act.WAIT
    return Decision(
        act=act, kind=kind, look_at=min(closes_at, now + LOOK_AGAIN), closes_at=closes_at, warned=True
    )


def next_look(kind: TimerKind, policy: Policy, topic: Topic, active_at: datetime | None) -> datetime | None:
    """When the timer of that kind has to look at the topic: as soon as a warning, or else the end, may be due."""
    due_at = deadline(kind, policy, topic, active_at)
    return due_at - (lead(kind, policy) or timedelta()) if due_at is not None else None


def timers(policy: Policy, topic: Topic, at: datetime, ids: Iterable[int], locale: str) -> tuple[Timer, ...]:
    """The timers that a policy wants for a topic of which nothing is known but what its record says."""
    if topic.state is State.GONE or topic.thread_id is None or topic.guild_id is None:
        return ()
    looks = {kind: next_look(kind, policy, topic, None) for kind in DEADLINES if topic.state is State.OPEN}
    looks[TimerKind.HOURS] = at if policy.hours else None
    return tuple(
        Timer(
            timer_id=timer_id,
            topic_id=topic.topic_id,
            guild_id=topic.guild_id,
            kind=kind,
            due_at=max(look_at, at),
            owner=BY_POLICY,
            payload={"locale": locale},
            created_at=at,
        )
        for timer_id, (kind, look_at) in zip(ids, looks.items(), strict=False)
        if look_at is not None
    )


def _after(start: datetime, span: timedelta | None) -> datetime | None:
    return start + span if span is not None else None
