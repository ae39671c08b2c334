"""What to do next so that Discord shows a topic as it should be. Pure: one decision, no I/O.

The same function serves the first try, a retry, and the start after a crash: it looks only at what is wanted and what
is known to be shown. The order is the rule of the house: a thread first; then lock before notice (nobody posts after
"closed", and a refused lock leaves no false notice); sleep last.
"""

from collections.abc import Sequence
from enum import StrEnum

from bot.domain.topics import MessageKind, State, Topic, TopicMessage


class Step(StrEnum):
    CREATE = "create"  # Make the thread, or for a text channel the message it will hang from.
    LOOK_UP = "look_up"  # Perhaps sent: ask Discord before repeating.
    START_THREAD = "start_thread"  # The starter stands in a text channel; hang the thread from it.
    WAKE = "wake"  # An archived thread takes no change: unarchive it.
    CLOSE = "close"
    REOPEN = "reopen"
    SEND = "send"
    EDIT = "edit"
    SLEEP = "sleep"  # Archive again what was archived before.


Next = tuple[Step, TopicMessage | None]


def next_step(topic: Topic, messages: Sequence[TopicMessage]) -> Next | None:
    """The next step and the message it is about, or None where Discord shows what is wanted.

    `messages` are the topic's messages that are not (known to be) shown, oldest first.
    """
    if topic.state is State.GONE:
        return None
    if topic.thread_id is None:
        return _towards_a_thread(messages)
    return _towards_the_state(topic) or _towards_the_messages(topic, messages) or _towards_sleep(topic)


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


def _towards_sleep(topic: Topic) -> Next | None:
    return (Step.SLEEP, None) if topic.rearchive and not topic.archived else None
