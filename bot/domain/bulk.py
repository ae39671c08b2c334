"""Which topics a bulk action is about. Pure: a filter that is not set lets everything pass."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.snowflakes import moment_of
from bot.domain.topics import Sighting

MOST = 500  # Topics of one action; beyond it the filters should be narrower.


class Action(StrEnum):
    CLOSE = "close"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """`idle`: nobody wrote for so long; `age`: made so long ago. `thread_ids`: those of one feed."""

    channel_id: int | None = None
    tag: str | None = None
    idle: timedelta | None = None
    age: timedelta | None = None
    thread_ids: Collection[int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A bulk action that was proposed, and perhaps done. `state`: proposed, done, undone."""

    batch_id: int
    guild_id: int
    actor_id: int
    actor_name: str
    action: Action
    reason: str
    silent: bool
    thread_ids: tuple[int, ...]
    state: str
    created_at: datetime


def chosen(seen: Sighting, action: Action, filters: Filters, now: datetime) -> bool:
    """Whether the action would change the topic and every filter lets it pass."""
    return (
        seen.locked == (action is Action.REOPEN)
        and filters.channel_id in {None, seen.channel_id}
        and (filters.tag is None or filters.tag.casefold() in {tag.casefold() for tag in seen.tags})
        and (filters.idle is None or moment_of(seen.last_message_id or seen.thread_id) <= now - filters.idle)
        and (filters.age is None or moment_of(seen.thread_id) <= now - filters.age)
        and (filters.thread_ids is None or seen.thread_id in filters.thread_ids)
    )
