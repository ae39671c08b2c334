"""What a timer does when it rings, decided anew from what Discord shows then. Pure: no clock, no I/O, no chance.

A ring whose condition no longer holds (people closed, reopened or changed the topic meanwhile) has no effect and no
case. Each rule ends in one `Ruling`, which is stored in the same transaction as the end of its timer.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain import moderating
from bot.domain.cases import Case, Deed
from bot.domain.moderating import Order, Ruling, case_of, fold, with_wishes
from bot.domain.recurrences import Recurrence
from bot.domain.timers import Timer, TimerKind
from bot.domain.topics import State, Story
from bot.domain.wishes import Aspect

Rule = Callable[[Story, Order], Ruling]

FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(hours=1)
LONGEST_OUTAGE_RETRY = timedelta(minutes=10)
QUICK_ATTEMPTS = 3  # In an outage, before it is waited out patiently.
MOST_ATTEMPTS = 6  # Of a timer that fails by our own fault, or that Discord forbids.

DEEDS = {
    TimerKind.CLOSE: Deed.CLOSE,
    TimerKind.REOPEN: Deed.REOPEN,
    TimerKind.SLOWMODE: Deed.SLOWMODE,
    TimerKind.IDLE: Deed.CLOSE,
    TimerKind.AGE: Deed.CLOSE,
    TimerKind.HOURS: Deed.SCHEDULE,
    TimerKind.LIVE: Deed.CLOSE,
}


def close(story: Story, order: Order) -> Ruling:
    """Close what is open; a topic that people closed meanwhile stays as they left it."""
    folded = fold(story, order.seen, order.notices.overruled)
    return moderating.close(story, order) if folded.topic.state is State.OPEN else Ruling(story=folded)


def reopen(story: Story, order: Order) -> Ruling:
    """Reopen what is closed; a topic that people reopened meanwhile stays as they left it."""
    folded = fold(story, order.seen, order.notices.overruled)
    return moderating.reopen(story, order) if folded.topic.state is State.CLOSED else Ruling(story=folded)


def restore_slowmode(story: Story, order: Order, timer: Timer) -> Ruling:
    """Put the old slow mode back where it is still what we set. Payload: `set` and `was`, in seconds."""
    ours, old = int(str(timer.payload["set"])), int(str(timer.payload["was"]))
    folded = fold(story, order.seen, order.notices.overruled)
    if slowmode_wanted(story, order) != ours:
        return Ruling(story=folded)
    case = replace(
        case_of(order, Deed.SLOWMODE, folded.topic, folded.topic), changes={Aspect.SLOWMODE: (ours, old)}
    )
    return Ruling(story=with_wishes(folded, order, {Aspect.SLOWMODE: old}), case=case)


def slowmode_wanted(story: Story, order: Order) -> int:
    """What Discord shows, or is yet to show."""
    wished = next((wish.value for wish in story.wishes if wish.aspect is Aspect.SLOWMODE), None)
    return order.seen.slowmode if wished is None else int(str(wished))


def ring(story: Story, order: Order, timer: Timer, rule: Rule, next_id: int) -> Ruling:
    """What the rule decides; a repeating timer is armed again in the same breath, under the id `next_id`."""
    ruling = rule(story, order)
    if not timer.recurrence or ruling.story.topic.state is State.GONE:
        return ruling
    due_at = Recurrence.from_text(timer.recurrence).next_after(max(order.at, timer.due_at))
    again = replace(timer, timer_id=next_id, due_at=due_at, created_at=order.at)
    return replace(ruling, arm=(*ruling.arm, again))


def fail(story: Story, timer: Timer, problem: str, case_id: int, at: datetime) -> Ruling:
    """Nothing happens to the topic; a case tells staff that the timer did not do what it was for, and why."""
    case = Case(
        case_id=case_id,
        guild_id=timer.guild_id,
        topic_id=timer.topic_id,
        deed=DEEDS[timer.kind],
        actor=timer.owner,
        reason=timer.reason,
        before=story.topic.state,
        after=story.topic.state,
        at=at,
        outcome=problem,
    )
    return Ruling(story=story, case=case)


def retry_at(now: datetime, attempts: int, jitter: float, first: timedelta = FIRST_RETRY) -> datetime:
    """When to ring again after that many attempts. `jitter` from 0 to 1 spreads timers that failed together."""
    wait = min(first * (1 << min(max(attempts - 1, 0), 16)), max(LONGEST_RETRY, first * 8))
    return now + wait * (0.5 + jitter / 2)


def outage_retry_at(now: datetime, timer: Timer, jitter: float) -> datetime:
    """When to ring again while Discord is away: soon at first, then the later the longer the timer has waited."""
    soon = retry_at(now, timer.attempts, jitter)
    if timer.attempts < QUICK_ATTEMPTS:
        return soon
    wait = min((now - timer.due_at) / 4, LONGEST_OUTAGE_RETRY)
    return max(soon, now + wait * (0.5 + jitter / 2))
