"""Who did what to a topic, when and why. Pure values."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.topics import State, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The person behind a case. `user_id` is None where Discord does not tell: unknown rather than a guess."""

    user_id: int | None
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One numbered audit record of a guild. `outcome` is "pending", "done", or why it failed."""

    case_id: int
    guild_id: int
    topic_id: int
    verb: Verb
    actor: Actor
    reason: str
    before: State
    after: State
    at: datetime
    outcome: str = "pending"
    number: int = 0
