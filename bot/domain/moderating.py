"""What a moderator's close or reopen leads to: the topic, its notice and the case. Pure.

A story goes in as the store has it, with what Discord shows right now; the story that is wanted comes out.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.cases import Actor, Case
from bot.domain.messages import Message
from bot.domain.topics import MessageKind, Sighting, State, Story, Topic, TopicMessage, Verb, change, observe
from bot.domain.wording import _
from bot.errors import RefusedError

CLOSED_NOTICE = _("This topic is now closed to further replies.")
OPEN_NOTICE = _("This topic is open again.")
NOTICE_WITH_REASON = _("{notice} Reason: {reason}")


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


Ruling = tuple[Story, Case | None]


def fold(story: Story, seen: Sighting, overruled: str) -> Story:
    """The story with what people did by hand; a notice that a person overruled says so (`overruled`)."""
    topic = observe(story.topic, seen)
    after = Story(topic, story.messages)
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
    return Story(topic, (*folded.messages, new)), _case(order, Verb.CLOSE, folded.topic, topic)


def reopen(story: Story, order: Order) -> Ruling:
    """Reopen a closed topic; its notice is edited to say so. Raises RefusedError where it is not closed."""
    folded = fold(story, order.seen, order.notices.overruled)
    topic = change(folded.topic, Verb.REOPEN)
    after = lift_notice(Story(topic, folded.messages), order.notices.reopened)
    return after, _case(order, Verb.REOPEN, folded.topic, topic)


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
    return Story(story.topic, tuple(lifted if m is standing else m for m in story.messages))


def _change_reason(story: Story, standing: TopicMessage, order: Order) -> Ruling:
    wanted = Message(content=order.notices.closed)
    if wanted == standing.wanted:
        raise RefusedError("This topic is already closed, for the same reason.")
    changed = replace(standing, wanted=wanted)
    topic = replace(story.topic, rearchive=order.seen.archived)
    after = Story(topic, tuple(changed if m is standing else m for m in story.messages))
    return after, _case(order, Verb.CLOSE, story.topic, topic)


def _case(order: Order, verb: Verb, before: Topic, after: Topic) -> Case:
    return Case(
        case_id=order.case_id,
        guild_id=order.seen.guild_id,
        topic_id=after.topic_id,
        verb=verb,
        actor=order.actor,
        reason=order.reason,
        before=before.state,
        after=after.state,
        at=order.at,
    )
