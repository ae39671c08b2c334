"""What a moderator's close or reopen leads to: the topic, its notice and the case. Pure.

A story goes in as the store has it, with what Discord shows right now; the story that is wanted comes out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.cases import Actor, Case, CaseEdit, Deed
from bot.domain.deadlines import timers
from bot.domain.messages import Message
from bot.domain.policies import Policy
from bot.domain.timers import Timer, TimerKind
from bot.domain.topics import MessageKind, Sighting, State, Story, Topic, TopicMessage, Verb, change, observe
from bot.domain.wishes import Aspect, Value, Wish, rename_allowed_at
from bot.domain.wording import _
from bot.errors import RefusedError

CLOSED_NOTICE = _("This topic is now closed to further replies.")
OPEN_NOTICE = _("This topic is open again.")
NOTICE_WITH_REASON = _("{notice} Reason: {reason}")
WARNING_OVER = _("This topic was about to be closed; that is over.")
HOURS_OVER = _("The opening hours do not apply to this topic at present.")

# A moderator's word ends what was planned for the state that ends with it.
SETTLED_BY_CLOSING = (TimerKind.CLOSE, TimerKind.IDLE, TimerKind.AGE, TimerKind.LIVE)
SETTLED_BY_REOPENING = (TimerKind.REOPEN,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """What the notice shall say in each case, in the language of the guild; reasons are part of it."""

    closed: str = CLOSED_NOTICE
    reopened: str = OPEN_NOTICE
    overruled: str = OPEN_NOTICE  # A person unlocked the thread by hand.
    unwarned: str = WARNING_OVER  # What a warning says once it is over.
    off_hours: str = HOURS_OVER  # What the line about weekly hours says once people have decided otherwise.


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a moderator asks for. `case_id` and `record_id` are new ids for what may come of it.

    `policy` is that of the topic's channel. A `silent` close gives no notice; `also` are wishes that go with it
    (archive, tags). The acts of one bulk share a `batch_id`. `timer_ids` are new ids for what the policy wants of a
    topic that is open again.
    """

    seen: Sighting
    actor: Actor
    reason: str
    notices: Notices
    at: datetime
    case_id: int
    record_id: int
    policy: Policy = field(default_factory=Policy)
    silent: bool = False
    also: Mapping[Aspect, Value] = field(default_factory=dict)
    batch_id: int | None = None
    timer_ids: tuple[int, ...] = ()
    locale: str = "en-US"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What is to be stored in one transaction.

    The story, its case, timers to arm, kinds of timers to cancel, kinds that have become needless (of these, those
    that repeat stay for their next time), cases (by id) that this takes back, and other reasons for cases.
    `with_live_blog`: the case closes the topic because its live blog has ended, or opens it again with it.
    """

    story: Story
    case: Case | None = None
    arm: tuple[Timer, ...] = ()
    cancel: tuple[TimerKind, ...] = ()
    settles: tuple[TimerKind, ...] = ()
    undoes: tuple[int, ...] = ()
    edits: tuple[CaseEdit, ...] = ()
    with_live_blog: bool = False


def fold(story: Story, seen: Sighting, overruled: str) -> Story:
    """The story with what people did by hand; a notice that a person overruled says so (`overruled`)."""
    topic = observe(story.topic, seen)
    after = replace(story, topic=topic)
    reopened = story.topic.state is State.CLOSED and topic.state is State.OPEN
    return lift_notice(after, overruled) if reopened else after


def close(story: Story, order: Order) -> Ruling:
    """Close an open topic, or give a closed one another reason. Raises RefusedError where neither is asked.

    A topic that only the weekly hours have closed is then closed for good.
    """
    folded = fold(story, order.seen, order.notices.overruled)
    notice = standing_notice(folded)
    if folded.topic.state is State.CLOSED and notice is not None and order.reason:
        return _change_reason(folded, notice, order)
    by_hours = folded.topic.state is State.CLOSED and standing(folded, MessageKind.HOURS) is not None
    closed = folded.topic if by_hours else change(folded.topic, Verb.CLOSE)
    # Waking an archived thread is our doing, so it sleeps again after.
    topic = replace(closed, rearchive=order.seen.archived, disarmed=False)
    story = lift(folded, MessageKind.WARNING, order.notices.unwarned)
    story = lift(story, MessageKind.HOURS, order.notices.off_hours)
    # The new notice stands below the old ones.
    notices = () if order.silent else (_closed_notice(topic, order),)
    story = replace(story, topic=topic, messages=(*story.messages, *notices))
    also = _also(topic, order)
    changes = {aspect: (value_of(order.seen, aspect), value) for aspect, value in also.items()}
    case = replace(case_of(order, Deed.CLOSE, folded.topic, topic), changes=changes)
    return Ruling(story=with_wishes(story, order, also), case=case, settles=SETTLED_BY_CLOSING)


def close_by_hand(story: Story, order: Order) -> Ruling:
    """As `close`, where a person closes now, and gives the reason that the policy requires."""
    if fold(story, order.seen, order.notices.overruled).topic.state is State.OPEN:
        require_reason(order)
    return close(story, order)


def require_reason(order: Order) -> None:
    """Raises RefusedError, naming the reasons at hand, where a close needs a reason and has none."""
    if order.reason or not order.policy.require_reason:
        return
    if not order.policy.reasons:
        raise RefusedError("In this channel a close needs a reason. Fill in `reason`.")
    raise RefusedError(
        "In this channel a close needs a reason. Fill in `reason`, for example: {reasons}",
        reasons="; ".join(order.policy.reasons),
    )


def _also(topic: Topic, order: Order) -> Mapping[Aspect, Value]:
    """What goes with a close. Archiving would take a pin away, so no policy archives what is pinned."""
    archives = order.policy.archive and not topic.pinned and not order.seen.archived
    return {Aspect.ARCHIVED: True, **order.also} if archives else order.also


def _closed_notice(topic: Topic, order: Order) -> TopicMessage:
    return TopicMessage(
        record_id=order.record_id,
        topic_id=topic.topic_id,
        kind=MessageKind.NOTICE,
        wanted=Message(content=order.notices.closed),
    )


def reopen(story: Story, order: Order) -> Ruling:
    """Reopen a closed topic; its notice is edited to say so. Raises RefusedError where it is not closed."""
    folded = fold(story, order.seen, order.notices.overruled)
    topic = replace(change(folded.topic, Verb.REOPEN), reopened_at=order.at)
    after = lift_notice(replace(folded, topic=topic), order.notices.reopened)
    case = case_of(order, Deed.REOPEN, folded.topic, topic)
    arm = timers(order.policy, topic, order.at, order.timer_ids, order.locale)
    return Ruling(story=after, case=case, settles=SETTLED_BY_REOPENING, arm=arm)


def standing(story: Story, kind: MessageKind) -> TopicMessage | None:
    """The message of that kind which holds now, such as the notice of the present close, if we gave one."""
    return next((m for m in reversed(story.messages) if m.kind is kind and not m.withdrawn), None)


def standing_notice(story: Story) -> TopicMessage | None:
    return standing(story, MessageKind.NOTICE)


def lift(story: Story, kind: MessageKind, text: str) -> Story:
    """The standing message of that kind holds no more and says `text`; one that was never sent stays unsent."""
    found = standing(story, kind)
    if found is None:
        return story
    return with_message(story, replace(found, wanted=Message(content=text), withdrawn=True))


def lift_notice(story: Story, text: str) -> Story:
    """Whatever says that the topic is closed now says that it is open (`text`)."""
    return lift(lift(story, MessageKind.NOTICE, text), MessageKind.HOURS, text)


def with_message(story: Story, message: TopicMessage) -> Story:
    """The story with one of its messages changed."""
    changed = tuple(message if m.record_id == message.record_id else m for m in story.messages)
    return replace(story, messages=changed)


def _change_reason(story: Story, notice: TopicMessage, order: Order) -> Ruling:
    wanted = Message(content=order.notices.closed)
    if wanted == notice.wanted:
        raise RefusedError("This topic is already closed, for the same reason.")
    topic = replace(story.topic, rearchive=order.seen.archived)
    after = with_message(replace(story, topic=topic), replace(notice, wanted=wanted))
    return Ruling(story=after, case=case_of(order, Deed.CLOSE, story.topic, topic))


def with_wishes(story: Story, order: Order, wanted: Mapping[Aspect, Value]) -> Story:
    """The story with these wishes; an archived thread that has to be woken for them sleeps again after."""
    if not wanted:
        return story
    others = tuple(wish for wish in story.wishes if wish.aspect not in wanted)
    new = tuple(_wish(story.topic, order, aspect, value) for aspect, value in wanted.items())
    asleep = order.seen.archived and Aspect.ARCHIVED not in wanted
    topic = replace(story.topic, rearchive=story.topic.rearchive or asleep)
    return replace(story, topic=topic, wishes=(*others, *new))


def _wish(topic: Topic, order: Order, aspect: Aspect, value: Value) -> Wish:
    due_at = rename_allowed_at(topic.renamed, order.at) if aspect is Aspect.NAME else order.at
    return Wish(aspect=aspect, value=value, due_at=due_at)


def value_of(seen: Sighting, aspect: Aspect) -> Value:
    """What Discord shows of an aspect."""
    values: dict[Aspect, Value] = {
        Aspect.SLOWMODE: seen.slowmode,
        Aspect.PINNED: seen.pinned,
        Aspect.TAGS: seen.tags,
        Aspect.NAME: seen.name,
        Aspect.ARCHIVED: seen.archived,
    }
    return values[aspect]


def case_of(order: Order, deed: Deed, before: Topic, after: Topic) -> Case:
    return Case(
        case_id=order.case_id,
        guild_id=order.seen.guild_id,
        topic_id=after.topic_id,
        deed=deed,
        actor=order.actor,
        reason=order.reason,
        before=before.state,
        after=after.state,
        at=order.at,
        batch_id=order.batch_id,
    )
