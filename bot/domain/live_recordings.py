"""All that one poll of a live blog brought, as it is stored in one transaction. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.entries import Entry
from bot.domain.live_blogs import LiveBlog
from bot.domain.live_updates import MISSING_FOR, Comparison, Update, content_hash, merged, prefix


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


def record_of(update_id: int, update: Update) -> UpdateRecord:
    return UpdateRecord(
        update_id=update_id,
        key=update.key,
        entry=update.entry,
        content_hash=update.content_hash,
        prefix=prefix(update.entry) if update.weak else "",
    )


def edited_in(found: Comparison, contents: Mapping[int, Entry]) -> tuple[UpdateRecord, ...]:
    """What was edited, with what a reading lacks kept from `contents`, by update."""
    records = []
    for known, update in found.edited:
        entry = merged(contents[known.update_id], update.entry)
        record = replace(record_of(known.update_id, update), entry=entry, content_hash=content_hash(entry))
        records.append(record)
    return tuple(records)


def missing_in(found: Comparison) -> tuple[tuple[int, int, bool], ...]:
    """Each whose count changes, with its new count, and whether it is shown otherwise from now on."""
    lost = [(known.update_id, known.missing + 1, known.missing + 1 == MISSING_FOR) for known in found.missing]
    return (*lost, *((known.update_id, 0, known.withdrawn) for known in found.seen))
