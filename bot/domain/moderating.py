"""What a moderator's close or reopen leads to: the topic, its notice and the case. Pure.

A story goes in as the store has it, with what Discord shows right now; the story that is wanted comes out.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.cases import Actor, Case, Deed
from bot.domain.messages import Message
from bot.domain.timers import Timer, TimerKind
from bot.domain.topics import MessageKind, Sighting, State, Story, Topic, TopicMessage, Verb, change, observe
from bot.domain.wording import _
from bot.errors import RefusedError

CLOSED_NOTICE = _("This topic is now closed to further replies.")
OPEN_NOTICE = _("This topic is open again.")
NOTICE_WITH_REASON = _("{notice} Reason: {reason}")

# A moderator's word ends what was planned for the state that ends with it.
SETTLED_BY_CLOSING = (TimerKind.CLOSE, TimerKind.IDLE, TimerKind.AGE)
SETTLED_BY_REOPENING = (TimerKind.REOPEN,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """What the notice shall say in each case, in the language of the guild; reasons are part of it."""

    closed: str = CLOSED_NOTICE
    reopened: str = OPEN_NOTICE
    overruled: str = OPEN_NOTICE  # A person unlocked the thread by hand.


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a moderator asks for. `case_id` and `record_id` are new ids for what may come of it."""

    seen: Sighting
    actor: Actor
    reason: str
    notices: Notices
    at: datetime
    case_id: int
    record_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What is to be stored in one transaction.

    The story, its case, timers to arm, kinds of timers to cancel, and cases (by id) that this takes back.
    """

    story: Story
    case: Case | None = None
    arm: tuple[Timer, ...] = ()
    cancel: tuple[TimerKind, ...] = ()
    undoes: tuple[int, ...] = ()


def fold(story: Story, seen: Sighting, overruled: str) -> Story:
    """The story with what people did by hand; a notice that a person overruled says so (`overruled`)."""
    topic = observe(story.topic, seen)
    after = replace(story, topic=topic)
    reopened = story.topic.state is State.CLOSED and topic.state is State.OPEN
    return lift_notice(after, overruled) if reopened else after


def close(story: Story, order: Order) -> Ruling:
    """Close an open topic, or give a closed one another reason. Raises RefusedError where neither is asked."""
    folded = fold(story, order.seen, order.notices.overruled)
    standing = standing_notice(folded)
    if folded.topic.state is State.CLOSED and standing is not None and order.reason:
        return _change_reason(folded, standing, order)
    # The new notice stands below the old ones; waking an archived thread is our doing, so it sleeps again after.
    topic = replace(change(folded.topic, Verb.CLOSE), rearchive=order.seen.archived)
    new = TopicMessage(
        record_id=order.record_id,
        topic_id=topic.topic_id,
        kind=MessageKind.NOTICE,
        wanted=Message(content=order.notices.closed),
    )
    story = replace(folded, topic=topic, messages=(*folded.messages, new))
    return Ruling(
        story=story, case=case_of(order, Deed.CLOSE, folded.topic, topic), cancel=SETTLED_BY_CLOSING
    )


def reopen(story: Story, order: Order) -> Ruling:
    """Reopen a closed topic; its notice is edited to say so. Raises RefusedError where it is not closed."""
    folded = fold(story, order.seen, order.notices.overruled)
    topic = change(folded.topic, Verb.REOPEN)
    after = lift_notice(replace(folded, topic=topic), order.notices.reopened)
    case = case_of(order, Deed.REOPEN, folded.topic, topic)
    return Ruling(story=after, case=case, cancel=SETTLED_BY_REOPENING)


def standing_notice(story: Story) -> TopicMessage | None:
    """The notice of the present close, if we gave one."""
    return next(
        (m for m in reversed(story.messages) if m.kind is MessageKind.NOTICE and not m.withdrawn), None
    )


def lift_notice(story: Story, text: str) -> Story:
    """The standing notice now says that the topic is open (`text`); one that was never sent stays unsent."""
    standing = standing_notice(story)
    if standing is None:
        return story
    lifted = replace(standing, wanted=Message(content=text), withdrawn=True)
    return replace(story, messages=tuple(lifted if m is standing else m for m in story.messages))


def _change_reason(story: Story, standing: TopicMessage, order: Order) -> Ruling:
    wanted = Message(content=order.notices.closed)
    if wanted == standing.wanted:
        raise RefusedError("This topic is already closed, for the same reason.")
    changed = replace(standing, wanted=wanted)
    topic = replace(story.topic, rearchive=order.seen.archived)
    after = replace(
        story, topic=topic, messages=tuple(changed if m is standing else m for m in story.messages)
    )
    return Ruling(story=after, case=case_of(order, Deed.CLOSE, story.topic, topic))


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
    )
