"""Which update of a live blog is which, and what a reading brings: new, edited, missing, back. Pure: no clock, no I/O.

A page that lacks an update has usually only moved on: it shows a window. A field that all updates share (the headline,
time or picture of the whole page) tells nothing of any of them and is dropped before anything is compared.
Rules: docs/decisions/0018.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from bot.domain.entries import Entry, Image
from bot.domain.identity import LONGEST_KEY, canonical_link
from bot.domain.live import LiveReading
from bot.domain.markdown import to_markdown
from bot.domain.text import clean, is_blank

MISSING_FOR: Final = 3  # Readings until an update is taken to be withdrawn.
MOST_REVISIONS: Final = 24  # Changes of one update that are shown.
_PREFIX = 120
_ALIKE = 0.75
_MOST_LIKENESSES = 5_000  # Looked at for one reading, of the newest: each takes a fraction of a millisecond.
_LONGEST_GAP = 3  # More that are missing side by side have left the window.
_NEIGHBOURS = 2  # Older ones that must be there: a single one may be pinned.
_REDATED = timedelta(minutes=10)
_OWN_PARAMETERS = ("update", "post", "entry", "block", "liveblogentry")
_AGO = re.compile(
    r"\b\d+ ?(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|days?) ago\b|\b\d+ comments?\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """An update as one reading has it. `weak`: its publisher gave it no name, so its key may change with it."""

    key: str
    entry: Entry
    content_hash: str
    weak: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An update that was seen before. `at`: its own time, or else when it was first seen.

    `prefix`: how a weak one begins. `missing`: readings in a row that should have had it.
    """

    update_id: int
    key: str
    content_hash: str
    at: datetime
    published_at: datetime | None = None
    prefix: str = ""
    missing: int = 0
    revisions: int = 0

    @property
    def withdrawn(self) -> bool:
        return self.missing >= MISSING_FOR

    @property
    def weak(self) -> bool:
        return is_weak(self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`new` oldest first; `missing` and `seen` are those whose count of missing readings changes, up or to nothing."""

    new: tuple[Update, ...] = ()
    edited: tuple[tuple[Known, Update], ...] = ()
    missing: tuple[Known, ...] = ()
    seen: tuple[Known, ...] = ()
    overlaps: bool = (
        False  # Something on the page was known: no gap lies between this reading and what came before.
    )


def updates_of(reading: LiveReading) -> tuple[Update, ...]:
    """The updates of a reading, oldest first, each once, with their keys and without what all of them share."""
    entries = _oldest_first(_own_fields(reading))
    dates = Counter(entry.published_at for entry in entries)
    found: dict[str, Update] = {}
    for entry in entries:
        update = _identified(entry, reading.url, date_is_own=dates[entry.published_at] == 1)
        while update.key in found and found[update.key].content_hash != update.content_hash:
            update = replace(update, key=_short(f"hash:{update.key}|{update.content_hash}"), weak=True)
        found.setdefault(update.key, update)
    return tuple(found.values())


def compare(updates: Sequence[Update], known: Sequence[Known]) -> Comparison:
    """What a reading (oldest first) brings beyond what is known."""
    pairs, new = _matched(updates, known)
    seen = {before.update_id for before, _ in pairs}
    return Comparison(
        new=tuple(new),
        edited=tuple(
            (before, update)
            for before, update in pairs
            if before.revisions < MOST_REVISIONS and is_edited(before.content_hash, update.content_hash)
        ),
        missing=tuple(_missing(known, seen)) if seen else (),
        seen=tuple(before for before, _ in pairs if before.missing),
        overlaps=bool(pairs),
    )


def merged(before: Entry, after: Entry) -> Entry:
    """An edited update: a headline, picture or author that a reading lacks stays, and so does its time."""
    return replace(
        after,
        guid=before.guid or after.guid,
        link=after.link or before.link,
        title=before.title if is_blank(after.title) else after.title,
        image=after.image or before.image,
        authors=after.authors or before.authors,
        published_at=before.published_at or after.published_at,
    )


def content_hash(entry: Entry) -> str:
    """Headline, text and picture, each by itself: what is shown but for times, counts and authors."""
    picture = urlsplit(entry.image.url).path if entry.image else ""
    parts = (clean(entry.title), _AGO.sub("", to_markdown(entry.body).text), picture)
    return ".".join(_hashed(part)[:16] if part else "" for part in parts)


def is_edited(before: str, after: str) -> bool:
    """Whether two content hashes show different things; a headline or picture that is only missing is no change."""
    old_title, old_text, old_picture = before.split(".")
    title, text, picture = after.split(".")
    return old_text != text or (title and title != old_title) or (picture and picture != old_picture) or False


def is_weak(key: str) -> bool:
    return key.startswith(("time:", "hash:"))


@lru_cache(maxsize=8)  # One is compared with many.
def prefix(entry: Entry) -> str:
    """How an update begins, for finding one without a name again."""
    text = " ".join(block.text for block in to_markdown(entry.body, limit=4 * _PREFIX).blocks)
    return clean(f"{entry.title} {text}").casefold()[:_PREFIX]


def newest(updates: Sequence[Update]) -> Entry | None:
    """The newest of some updates that stand oldest first."""
    return updates[-1].entry if updates else None


def _own_fields(reading: LiveReading) -> tuple[Entry, ...]:
    entries = reading.updates
    titles = _shared([clean(entry.title) for entry in entries]) | {clean(reading.title)}
    pictures = _shared([entry.image and _path(entry.image) for entry in entries])
    pictures |= {_path(reading.image)} if reading.image else set()
    dates = _shared([entry.published_at for entry in entries]) if len(entries) > 2 else set()
    return tuple(
        replace(
            entry,
            title="" if clean(entry.title) in titles else entry.title,
            image=None if entry.image and _path(entry.image) in pictures else entry.image,
            published_at=None if entry.published_at in dates else entry.published_at,
            revised_at=None,
        )
        for entry in entries
    )


def _shared(values: Sequence[Hashable]) -> set[Hashable]:
    """The value that all of several updates have."""
    return set(values) if len(values) > 1 and len(set(values)) == 1 else set()


def _path(image: Image) -> str:
    return urlsplit(image.url).path


def _oldest_first(entries: Sequence[Entry]) -> list[Entry]:
    """By their own times where all have one; what has the same keeps the page's order, which leads with the newest."""
    times = [entry.published_at for entry in entries if entry.published_at]
    rising = sum(a < b for a, b in pairwise(times))
    falling = sum(a > b for a, b in pairwise(times))
    turned = list(entries) if rising > falling else list(reversed(entries))
    if len(times) < len(entries):
        return turned
    return sorted(turned, key=lambda entry: entry.published_at or datetime.max.replace(tzinfo=UTC))


def _identified(entry: Entry, page: str, *, date_is_own: bool) -> Update:
    content = content_hash(entry)
    if entry.guid:
        return Update(key=_short(f"id:{entry.guid}"), entry=entry, content_hash=content)
    name = _name_in(entry.link, page)
    if name:
        return Update(key=_short(f"link:{name}"), entry=entry, content_hash=content)
    if entry.published_at and date_is_own:
        key = f"time:{entry.published_at.isoformat()}"
    else:
        date = entry.published_at.isoformat() if entry.published_at else ""
        key = f"hash:{_hashed(f'{date}|{prefix(entry)}')[:32]}"
    return Update(key=key, entry=entry, content_hash=content, weak=True)


def _name_in(link: str | None, page: str) -> str | None:
    """What an update's address has of its own: a fragment, a parameter that names it, or another path."""
    if not link:
        return None
    parts = urlsplit(link)
    if parts.fragment.strip("/"):
        return f"#{parts.fragment.strip('/')}"
    named = [f"{name}={value}" for name, value in parse_qsl(parts.query) if name.lower() in _OWN_PARAMETERS]
    if named:
        return "?" + "&".join(named)
    address = canonical_link(link)
    return address if address.partition("?")[0] != canonical_link(page).partition("?")[0] else None


def _matched(
    updates: Sequence[Update], known: Sequence[Known]
) -> tuple[list[tuple[Known, Update]], list[Update]]:
    """Each update with what it was known as: by its key, or, where it has no name, by time, text and likeness."""
    by_key = {before.key: before for before in known}
    pairs = [(by_key[update.key], update) for update in updates if update.key in by_key]
    taken = {before.key for before, _ in pairs}
    left = [update for update in updates if update.key not in by_key]
    absent = [before for before in known if before.key not in taken]
    for same, update in list(_renamed(left, absent, undated=not pairs)):
        pairs.append((same, update))
        taken.add(same.key)
        left.remove(update)
    for alike in (_same_text, _same_time, _like):
        spare = [before for before in known if before.weak and before.key not in taken]
        nameless = [update for update in left if update.weak and spare]
        if alike is _like:
            spare = spare[-max(_MOST_LIKENESSES // max(len(nameless), 1), 1) :]
        for update in nameless:
            match = _only(before for before in spare if alike(before, update))
            if match is not None:
                pairs.append((match, update))
                spare.remove(match)
                taken.add(match.key)
                left.remove(update)
    return pairs, left


def _renamed(
    updates: Iterable[Update], spare: Iterable[Known], *, undated: bool
) -> Iterator[tuple[Known, Update]]:
    """The same text of the same time under another name: some pages make their ids anew. `undated`: of any time."""
    found: dict[tuple[str, datetime | None], list[Known]] = {}
    for before in spare:
        found.setdefault((before.content_hash, before.published_at), []).append(before)
    for update in updates:
        same = found.get((update.content_hash, update.entry.published_at), [])
        if _has_text(update.content_hash) and (update.entry.published_at or undated) and len(same) == 1:
            yield same.pop(), update


def _has_text(content: str) -> bool:
    """Whether a content hash is that of an update with a text."""
    return content.split(".")[1] != ""


def _only(found: Iterable[Known]) -> Known | None:
    """One thing that fits; of several, none is sure."""
    few = list(found)
    return few[0] if len(few) == 1 else None


def _same_text(before: Known, update: Update) -> bool:
    return before.content_hash == update.content_hash and len(before.prefix) >= _PREFIX // 4


def _same_time(before: Known, update: Update) -> bool:
    return before.published_at is not None and before.published_at == update.entry.published_at


def _like(before: Known, update: Update) -> bool:
    one, other = before.published_at, update.entry.published_at
    if one and other and abs(one - other) > _REDATED:
        return False
    likeness = SequenceMatcher(None, before.prefix, prefix(update.entry), autojunk=False)
    return likeness.quick_ratio() >= _ALIKE and likeness.ratio() >= _ALIKE


def _missing(known: Sequence[Known], seen: set[int]) -> list[Known]:
    """Those that the page leaves out while it shows their neighbours on both sides."""
    in_order = sorted(known, key=lambda before: (before.at, before.update_id))
    present = [before.update_id in seen for before in in_order]
    found: list[Known] = []
    for start, length in _gaps(present):
        older = present[max(start - _NEIGHBOURS, 0) : start]
        newer = present[start + length : start + length + 1]
        if older and all(older) and newer and length <= _LONGEST_GAP:
            found += [before for before in in_order[start : start + length] if not before.withdrawn]
    return found


def _gaps(present: Sequence[bool]) -> Iterable[tuple[int, int]]:
    """Start and length of each run of what is absent."""
    start = None
    for index, here in enumerate([*present, True]):
        if not here and start is None:
            start = index
        elif here and start is not None:
            yield start, index - start
            start = None


def _short(key: str) -> str:
    return key if len(key) <= LONGEST_KEY else f"{key[:20]}{_hashed(key)}"


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
