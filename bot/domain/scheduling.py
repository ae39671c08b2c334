"""What moderators plan for a topic: a close or reopen later, a timed slow mode, an exemption from auto-close. Pure.

Saving a timer never changes the present state by itself; a new timer takes the place of an older one of its kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.domain import moderating
from bot.domain.cases import Case, Deed
from bot.domain.deadlines import timers
from bot.domain.moderating import Order, Ruling, case_of, fold, lift, value_of, with_wishes
from bot.domain.moments import stamp
from bot.domain.recurrences import Recurrence
from bot.domain.ringing import slowmode_wanted
from bot.domain.shaping import retagged
from bot.domain.timers import Timer, TimerKind
from bot.domain.topics import MessageKind, State, Story
from bot.domain.wishes import Aspect, Value
from bot.errors import RefusedError

FOR_GOOD = datetime(9000, 1, 1, tzinfo=UTC)
MODERATORS_OWN = (TimerKind.CLOSE, TimerKind.REOPEN, TimerKind.SLOWMODE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When a timer is to ring, and how it repeats. `timer_id` is a new id."""

    timer_id: int
    due_at: datetime
    recurrence: Recurrence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What goes with a close. `archive` None: as the policy says; `tags` are added, in the forum's spelling."""

    silent: bool = False
    archive: bool | None = None
    tags: tuple[str, ...] = ()
    reopen: Plan | None = None


def close(story: Story, order: Order, closing: Closing) -> Ruling:
    """Close a topic, perhaps until a moment. One that is closed already can be given such a moment still."""
    order = replace(order, silent=closing.silent, also={**order.also, **_also(order, closing)})
    if closing.archive is False:
        order = replace(order, policy=replace(order.policy, archive=False))
    if closing.reopen is None:
        return _close(story, order)
    timer = _timer(story, order, TimerKind.REOPEN, closing.reopen)
    try:
        ruling = _close(story, order)
    except RefusedError:
        folded = fold(story, order.seen, order.notices.overruled)
        if folded.topic.state is not State.CLOSED:
            raise
        ruling = Ruling(story=folded, case=_planned(folded, order, Deed.SCHEDULE, timer))
    return replace(ruling, arm=(*ruling.arm, timer))


def _close(story: Story, order: Order) -> Ruling:
    """Also where only the reason changes, tags and sleep go with it."""
    ruling = moderating.close_by_hand(story, order)
    if ruling.case is None or ruling.case.before is State.OPEN:
        return ruling
    changes = {aspect: (value_of(order.seen, aspect), value) for aspect, value in order.also.items()}
    wished = with_wishes(ruling.story, order, order.also)
    return replace(ruling, story=wished, case=replace(ruling.case, changes=changes))


def _also(order: Order, closing: Closing) -> Mapping[Aspect, Value]:
    also: dict[Aspect, Value] = {}
    if closing.tags:
        tags = retagged(order.seen.tags, closing.tags, ())
        also |= {Aspect.TAGS: tags} if tags != order.seen.tags else {}
    if closing.archive and order.seen.pinned:
        raise RefusedError("Discord would take the pin away with archiving. Unpin the topic first.")
    if closing.archive and not order.seen.archived:
        also[Aspect.ARCHIVED] = True
    return also


def schedule(story: Story, order: Order, kind: TimerKind, plan: Plan) -> Ruling:
    """Close or reopen later. Raises RefusedError where a close lacks the reason that the policy requires."""
    if kind is TimerKind.CLOSE:
        moderating.require_reason(order)
    folded = fold(story, order.seen, order.notices.overruled)
    timer = _timer(folded, order, kind, plan)
    return Ruling(story=folded, case=_planned(folded, order, Deed.SCHEDULE, timer), arm=(timer,))


def keep_open(story: Story, order: Order, until: datetime | None) -> Ruling:
    """No policy closes the topic before then; None: the exemption ends. A warning that stands holds no more."""
    folded = fold(story, order.seen, order.notices.overruled)
    topic = replace(folded.topic, exempt_until=until)
    after = replace(folded, topic=topic)
    if until is not None:
        after = lift(after, MessageKind.WARNING, order.notices.unwarned)
    case = replace(case_of(order, Deed.KEEP_OPEN, topic, topic), outcome="done", reason=_until(until))
    arm = timers(order.policy, topic, order.at, order.timer_ids, order.locale)
    return Ruling(story=after, case=case, arm=arm)


def _until(until: datetime | None) -> str:
    if until is None:
        return "no longer"
    return "for good" if until == FOR_GOOD else f"until {stamp(until)}"


def slow_down(story: Story, order: Order, seconds: int, plan: Plan | None, running: Timer | None) -> Ruling:
    """Another slow mode, for good or until a moment, when the one from before comes back.

    `running` is the timer of a slow mode that is timed already: what it would bring back stays what comes back.
    """
    folded = fold(story, order.seen, order.notices.overruled)
    present = slowmode_wanted(story, order)
    timed = running is not None and running.payload["set"] == present
    was = int(str(running.payload["was"])) if timed and running else present
    comes_back = plan is not None and was != seconds
    if seconds == present and not timed:
        raise RefusedError("It is so already; nothing was changed.")
    after = with_wishes(folded, order, {Aspect.SLOWMODE: seconds})
    case = replace(
        case_of(order, Deed.SLOWMODE, folded.topic, folded.topic),
        changes={Aspect.SLOWMODE: (present, seconds)},
    )
    if plan is None or not comes_back:
        return Ruling(story=after, case=case, cancel=(TimerKind.SLOWMODE,))
    timer = _timer(folded, order, TimerKind.SLOWMODE, plan)
    payload = {**timer.payload, "set": seconds, "was": was}
    return Ruling(story=after, case=case, arm=(replace(timer, payload=payload),))


def cancel(story: Story, order: Order, timer: Timer) -> Ruling:
    """The timer does not ring any more."""
    folded = fold(story, order.seen, order.notices.overruled)
    return Ruling(story=folded, case=_planned(folded, order, Deed.CANCEL, timer))


def postpone(story: Story, order: Order, timer: Timer, plan: Plan) -> Ruling:
    """The timer rings then instead; one that repeats keeps its other times."""
    folded = fold(story, order.seen, order.notices.overruled)
    moved = replace(timer, timer_id=plan.timer_id, due_at=plan.due_at, attempts=0)
    return Ruling(story=folded, case=_planned(folded, order, Deed.SCHEDULE, moved), arm=(moved,))


def _timer(story: Story, order: Order, kind: TimerKind, plan: Plan) -> Timer:
    return Timer(
        timer_id=plan.timer_id,
        topic_id=story.topic.topic_id,
        guild_id=order.seen.guild_id,
        kind=kind,
        due_at=plan.due_at,
        owner=order.actor,
        reason=order.reason,
        recurrence=plan.recurrence.to_text() if plan.recurrence else "",
        payload={"locale": order.locale},
        created_at=order.at,
    )


def _planned(story: Story, order: Order, deed: Deed, timer: Timer) -> Case:
    """A case of something that Discord need not show: it is done once it is stored. Tells which timer it is about."""
    about = f"{timer.kind} {stamp(timer.due_at)}"
    reason = f"{about}: {order.reason}" if order.reason else about
    return replace(case_of(order, deed, story.topic, story.topic), outcome="done", reason=reason)
