"""Which of our topics sleep so that new ones have room: Discord allows a server 1,000 active threads. Pure.

Only news topics that we made are put to sleep, those first in which nothing has happened for longest; never what people
made, pinned, or a live blog that is followed. A reply wakes a sleeping topic, so nobody loses anything.
"""

from collections.abc import Sequence, Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.moderating import Ruling
from bot.domain.snowflakes import earliest_of
from bot.domain.topics import Sighting, State, Story
from bot.domain.wishes import Aspect, Wish

# Discord, "JSON Error Codes": the most active threads are reached; the second, of announcement threads.
NO_ROOM = frozenset({160006, 160007})


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """With more than `full` active threads, room is made down to `room`; where Discord refuses one more, for `some`.

    What was busy within `quiet` stays awake, unless Discord refuses.
    """

    full: int = 950
    room: int = 900
    some: int = 20
    quiet: timedelta = timedelta(minutes=15)


def to_sleep(
    active: Sequence[Sighting],
    ours: AbstractSet[int],
    budget: Budget,
    now: datetime,
    *,
    refused: bool = False,
) -> list[int]:
    """The threads to archive, those that are quiet for longest first. `ours`: threads that may be.

    `refused`: Discord refuses one more thread, whatever we count.
    """
    if len(active) <= budget.full and not refused:
        return []
    wanted = max(len(active) - budget.room, budget.some if refused else 0)
    since = earliest_of(now if refused else now - budget.quiet)
    quiet = sorted(
        (busy_at, seen.thread_id)
        for seen in active
        if seen.thread_id in ours and not seen.pinned and (busy_at := _busy_at(seen)) < since
    )
    return [thread_id for _, thread_id in quiet[:wanted]]


def _busy_at(seen: Sighting) -> int:
    """The latest message, or the thread itself: ids of Discord rise with time."""
    return max(seen.last_message_id or 0, seen.thread_id)


def put_to_sleep(story: Story, now: datetime) -> Ruling:
    """The wish that the topic sleeps; none where it does, is gone or pinned meanwhile."""
    topic = story.topic
    if topic.archived or topic.pinned or topic.state is State.GONE:
        return Ruling(story=story)
    others = tuple(wish for wish in story.wishes if wish.aspect is not Aspect.ARCHIVED)
    return Ruling(
        story=replace(story, wishes=(*others, Wish(aspect=Aspect.ARCHIVED, value=True, due_at=now)))
    )
