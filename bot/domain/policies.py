"""How a guild, or one of its channels, wants its topics moderated. Pure values; a channel overrides its guild."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from enum import StrEnum


class Activity(StrEnum):
    """Whose messages count as activity. Bots, notices and feed updates never do."""

    ANYONE = "anyone"
    NOT_THE_AUTHOR = "non-author"
    STAFF = "staff"
    AUTHOR = "author"


class OnNecro(StrEnum):
    """What a reply to an old, archived topic brings."""

    IGNORE = "ignore"
    CLOSE = "close"


class OnSourceClosed(StrEnum):
    """What the end of a live blog brings."""

    IGNORE = "ignore"
    AFTER_GRACE = "after grace"
    NOW = "now"


class OnAuthorLost(StrEnum):
    """What a timer does whose author may no longer do it by hand."""

    RUN = "run"
    TELL_STAFF = "tell staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The effective settings for a channel. Durations of None: never.

    `origins` tells where each was set: 0, the guild, or the channel's id; a setting that is not in it has its default.
    """

    idle: timedelta | None = None
    max_age: timedelta | None = None
    warn_before: timedelta | None = timedelta(hours=12)
    activity: Activity = Activity.ANYONE
    on_necro: OnNecro = OnNecro.IGNORE
    necro_after: timedelta = timedelta(days=30)
    on_source_closed: OnSourceClosed = OnSourceClosed.AFTER_GRACE
    on_author_lost: OnAuthorLost = OnAuthorLost.TELL_STAFF
    notice: str = ""
    reasons: tuple[str, ...] = ()
    require_reason: bool = False
    locale: str = ""
    zone: str = "UTC"
    archive: bool = False
    enforce: bool = False
    hours: str = ""
    staff_channel_id: int | None = None
    origins: Mapping[str, int] = field(default_factory=dict)


SETTINGS = tuple(f.name for f in fields(Policy) if f.name != "origins")
