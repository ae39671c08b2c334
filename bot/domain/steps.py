"""What to do next so that Discord shows a topic as it should be. Pure: one decision, no I/O.

The same function serves the first try, a retry, and the start after a crash: it looks only at what is wanted and what
is known to be shown. The order is the rule of the house: a thread first; then lock before notice (nobody posts after
"closed", and a refused lock leaves no false notice); then the wishes, a rename last; then sleep.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from bot.domain.topics import MessageKind, State, Story, Topic, TopicMessage
from bot.domain.wishes import Aspect, Wish, next_wish


class Step(StrEnum):
    CREATE = "create"  # Make the thread, or for a text channel the message it will hang from.
    LOOK_UP = "look_up"  # Perhaps sent: ask Discord before repeating.
    START_THREAD = "start_thread"  # The starter stands in a text channel; hang the thread from it.
    WAKE = "wake"  # An archived thread takes no change: unarchive it.
    CLOSE = "close"
    REOPEN = "reopen"
    SEND = "send"
    EDIT = "edit"
    SHAPE = "shape"  # Name, tags, slow mode, pin, sleep.
    SLEEP = "sleep"  # Archive again what was archived before.


Next = tuple[Step, TopicMessage | Wish | None]


def next_step(story: Story, now: datetime) -> Next | None:
    """The next step and the message or wish it is about; None where Discord shows what can be shown by now."""
    topic = story.topic
    if topic.state is State.GONE:
        return None
    if topic.thread_id is None:
        return _towards_a_thread(story.messages)
    return (
        _towards_the_state(topic)
        or _towards_the_messages(topic, story.messages)
        or _towards_the_wishes(topic, story.wishes, now)
        or _towards_sleep(topic)
    )


def _towards_a_thread(messages: Sequence[TopicMessage]) -> Next | None:
    starter = next((m for m in messages if m.kind is MessageKind.STARTER), None)
    if starter is None:
        return Step.START_THREAD, None
    if starter.message_id is not None:
        return Step.START_THREAD, starter
    return (Step.LOOK_UP if starter.is_ambiguous else Step.CREATE), starter


def _towards_the_state(topic: Topic) -> Next | None:
    if topic.state is topic.shown:
        return None
    return (Step.CLOSE if topic.state is State.CLOSED else Step.REOPEN), None


def _towards_the_messages(topic: Topic, messages: Sequence[TopicMessage]) -> Next | None:
    for message in messages:
        step = _for_message(message)
        if step is not None:
            return (Step.WAKE, None) if topic.archived and step is not Step.LOOK_UP else (step, message)
    return None


def _for_message(message: TopicMessage) -> Step | None:
    if message.is_ambiguous:
        return Step.LOOK_UP
    if message.message_id is None:
        return None if message.withdrawn else Step.SEND
    return None if message.is_shown else Step.EDIT


def _towards_the_wishes(topic: Topic, wishes: Sequence[Wish], now: datetime) -> Next | None:
    wish = next_wish(wishes, now)
    if wish is None:
        return None
    return (Step.WAKE, None) if topic.archived and wish.aspect is not Aspect.ARCHIVED else (Step.SHAPE, wish)


def _towards_sleep(topic: Topic) -> Next | None:
    return (Step.SLEEP, None) if topic.rearchive and not topic.archived else None
