"""What a channel's policy does to a topic when its time has come: warn, close, open. Pure.

Each rule decides from what Discord shows now and from the record, inside the transaction that ends its timer. People go
first: what they closed, opened by hand or keep open is left as it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain import moderating
from bot.domain.cases import Case, Deed
from bot.domain.deadlines import BY_POLICY, LOOK_AGAIN, Act, Decision, decide, next_look, timers
from bot.domain.messages import Message
from bot.domain.moderating import Notices, Order, Ruling, case_of, fold, lift, standing, with_message
from bot.domain.snowflakes import moment_of
from bot.domain.timers import Timer, TimerKind
from bot.domain.topics import MessageKind, State, Story, Topic, TopicMessage, Verb, change
from bot.domain.wishes import Aspect
from bot.domain.wording import _
from bot.errors import RefusedError

IDLE_WARNING = _(
    "Nobody has replied here for a while. Unless somebody does, this topic closes {full} ({relative})."
)
AGE_WARNING = _("This topic has been open for a long time. It closes {full} ({relative}).")
KEPT_OPEN = _("This topic was about to be closed; it stays open.")
KEEP_OPEN = _("Keep open")
IDLE_REASON = _("no reply for {duration}")
AGE_REASON = _("open for {duration}")
NECRO_REASON = _("nobody had written here for {duration}; please start a new topic instead")
SHUT = _("Closed until {full} ({relative}), outside the opening hours.")
OPENED = _("Open until {full}.")
ALWAYS_OPEN = _("Open: the opening hours have ended.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is said in the topic's language: `notices` of each kind give its reason, too."""

    reasons: Mapping[TimerKind, str]
    notices: Mapping[TimerKind, Notices]
    warning: Callable[[int, TimerKind, datetime], Message]  # topic id, which deadline, when it is
    kept_open: str
    hours_line: Callable[[bool, datetime | None], str]


def due(story: Story, order: Order, timer: Timer, active_at: datetime | None, words: Words) -> Ruling:
    """What the policy's deadlines ask for now: leave, warn or close. `active_at`: the latest activity in the thread."""
    folded = fold(story, order.seen, order.notices.overruled)
    if folded.topic.state is State.CLOSED and standing(folded, MessageKind.HOURS):
        return Ruling(story=folded, arm=(_again(timer, order.at + LOOK_AGAIN, order),))
    warning = standing(folded, MessageKind.WARNING)
    decision = decide(
        order.policy,
        folded.topic,
        active_at,
        moment_of(warning.message_id) if warning and warning.message_id else None,
        warned=warning is not None,
        now=order.at,
    )
    if decision.act is Act.CLOSE:
        assert decision.kind is not None
        kind = decision.kind
        by_policy = replace(order, actor=BY_POLICY, reason=words.reasons[kind], notices=words.notices[kind])
        return moderating.close(folded, by_policy)
    looks = _looks(timer, decision, order, folded.topic, active_at)
    return Ruling(story=_with_warning(folded, decision, order, words), arm=looks)


def _with_warning(story: Story, decision: Decision, order: Order, words: Words) -> Story:
    """The story with a new warning, or without the one that is over. A thread woken for either sleeps again after."""
    after = story
    if not decision.warned:
        after = lift(after, MessageKind.WARNING, words.kept_open)
    if decision.act is Act.WARN:
        assert decision.kind is not None
        assert decision.closes_at is not None
        after = _with_new(
            after,
            order,
            MessageKind.WARNING,
            words.warning(story.topic.topic_id, decision.kind, decision.closes_at),
        )
    if after is story:
        return story
    return replace(after, topic=replace(after.topic, rearchive=after.topic.rearchive or order.seen.archived))


def _looks(
    timer: Timer, decision: Decision, order: Order, topic: Topic, active_at: datetime | None
) -> tuple[Timer, ...]:
    """The next looks: of the nearest deadline, and of the timer that rang."""
    if decision.look_at is None or decision.kind is None:
        return ()
    nearest = replace(_again(timer, decision.look_at, order), kind=decision.kind)
    own = next_look(timer.kind, order.policy, topic, active_at)
    if timer.kind is decision.kind or own is None:
        return (nearest,)
    later = replace(_again(timer, max(own, order.at + LOOK_AGAIN), order), timer_id=order.timer_ids[1])
    return nearest, later


def _again(timer: Timer, due_at: datetime, order: Order) -> Timer:
    return replace(timer, timer_id=order.timer_ids[0], due_at=due_at, created_at=order.at)


def follow_hours(story: Story, order: Order, timer: Timer, words: Words) -> Ruling:
    """Close or open a topic as the weekly hours say: silently, with one line that is edited in place.

    Only what the hours closed do the hours open. A thread that sleeps is closed when somebody wakes it.
    """
    folded = fold(story, order.seen, order.notices.overruled)
    week = order.policy.opening_hours
    changes_at = week.next_change(order.at) if week else None
    arm = (_again(timer, changes_at, order),) if changes_at else ()
    is_open = week is None or week.is_open(order.at)
    line = words.hours_line(is_open, changes_at)
    if is_open and folded.topic.state is State.CLOSED and standing(folded, MessageKind.HOURS):
        after = lift(_flipped(folded, order, Verb.REOPEN), MessageKind.HOURS, line)
        return Ruling(story=after, case=_flip_case(order, Deed.OPENED_BY_HOURS, folded, after), arm=arm)
    if not is_open and _may_shut(folded.topic, order):
        after = _with_line(_flipped(folded, order, Verb.CLOSE), order, line)
        return Ruling(story=after, case=_flip_case(order, Deed.CLOSED_BY_HOURS, folded, after), arm=arm)
    return Ruling(story=folded, arm=arm)


def _may_shut(topic: Topic, order: Order) -> bool:
    exempt = topic.exempt_until is not None and topic.exempt_until > order.at
    return topic.state is State.OPEN and not (topic.disarmed or exempt or order.seen.archived)


def _flipped(story: Story, order: Order, verb: Verb) -> Story:
    return replace(story, topic=replace(change(story.topic, verb), rearchive=order.seen.archived))


def _flip_case(order: Order, deed: Deed, before: Story, after: Story) -> Case:
    return case_of(replace(order, actor=BY_POLICY), deed, before.topic, after.topic)


def _with_line(story: Story, order: Order, text: str) -> Story:
    """The one line about the hours, edited where the topic has it already."""
    line = next((m for m in reversed(story.messages) if m.kind is MessageKind.HOURS), None)
    if line is None:
        return _with_new(story, order, MessageKind.HOURS, Message(content=text))
    return with_message(story, replace(line, wanted=Message(content=text), withdrawn=False))


def _with_new(story: Story, order: Order, kind: MessageKind, wanted: Message) -> Story:
    new = TopicMessage(record_id=order.record_id, topic_id=story.topic.topic_id, kind=kind, wanted=wanted)
    return replace(story, messages=(*story.messages, new))


def close_again(story: Story, order: Order) -> Ruling:
    """An old topic that a reply woke is closed, and sleeps again unless that would take a pin away."""
    folded = fold(story, order.seen, order.notices.overruled)
    exempt = folded.topic.exempt_until is not None and folded.topic.exempt_until > order.at
    if folded.topic.state is not State.OPEN or folded.topic.disarmed or exempt:
        return Ruling(story=folded)
    also = {} if folded.topic.pinned else {Aspect.ARCHIVED: True}
    return moderating.close(folded, replace(order, also=also))


def keep_open(story: Story, order: Order, words: Words) -> Ruling:
    """A person wants the topic to stay open: its policy leaves it alone for as long as silence takes to close it.

    Raises RefusedError where it is closed already, or where no policy would close it.
    """
    folded = fold(story, order.seen, order.notices.overruled)
    if folded.topic.state is not State.OPEN:
        raise RefusedError("This topic is closed already.")
    span = order.policy.idle or order.policy.max_age
    if span is None:
        raise RefusedError("No policy closes this topic any more.")
    until = max(filter(None, (folded.topic.exempt_until, order.at + span)))
    after = lift(folded, MessageKind.WARNING, words.kept_open)
    topic = replace(after.topic, exempt_until=until, rearchive=after.topic.rearchive or order.seen.archived)
    return Ruling(
        story=replace(after, topic=topic),
        case=case_of(order, Deed.KEEP_OPEN, folded.topic, topic),
        arm=timers(order.policy, topic, order.at, order.timer_ids, order.locale),
    )
