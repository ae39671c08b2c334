"""All that one poll of a live blog brought, as it is stored in one transaction. Pure values."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.entries import Entry
from bot.domain.live_blogs import LiveBlog


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateRecord:
    """An update as it is now. `prefix`: how one begins that has no name of its own."""

    update_id: int
    key: str
    entry: Entry
    content_hash: str
    prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRecording:
    """`missing`: update, its count of readings that should have had it, and whether it now shows otherwise."""

    blog: LiveBlog
    at: datetime
    next_poll_at: datetime | None
    new: tuple[UpdateRecord, ...] = ()
    edited: tuple[UpdateRecord, ...] = ()
    missing: tuple[tuple[int, int, bool], ...] = ()
