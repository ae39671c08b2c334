"""Which entry of a reading is which of those known, however the feed names them now. Pure.

An entry is known by any of its names. Where names contradict each other (a guid that several entries share), likeness
of title and link decides. Where the feed gives known entries new names, they are known by their title again.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from bot.domain.entries import Entry
from bot.domain.feeds import Identified, Keys
from bot.domain.identity import spare_names, spot
from bot.domain.revising import content_hash, is_revisable
from bot.domain.text import clean

Assigned = Mapping[int, "KnownEntry"]

T = TypeVar("T")

MOST_NEW = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntry:
    """An entry as it was recorded. `revisions` were shown; `content_hash` None: not known yet."""

    entry_id: int
    title: str = ""
    link: str | None = None
    published_at: datetime | None = None
    first_seen_at: datetime
    content_hash: str | None = None
    revisions: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenEntry:
    """An entry of a reading. `keys`: the names by which it was not known yet; of a new one, the first is its key.

    `content_hash` is None where the entry is past being corrected.
    """

    entry: Entry
    keys: Keys
    known: KnownEntry | None = None
    content_hash: str | None = None

    @property
    def is_changed(self) -> bool:
        return self.known is not None and self.content_hash not in (None, self.known.content_hash)


def with_spare_names(
    reading: Sequence[Identified], known: Mapping[str, KnownEntry]
) -> tuple[Identified, ...]:
    """The reading, with more names for those entries that are known by a name which says too little."""
    assigned = match(reading, known)
    return tuple(
        (entry, (*keys, *spare_names(entry, keys)))
        if _is_doubtful(entry, keys, known, assigned.get(i))
        else (entry, keys)
        for i, (entry, keys) in enumerate(reading)
    )


def match(reading: Sequence[Identified], known: Mapping[str, KnownEntry]) -> Assigned:
    """The known entry of each entry of the reading (by its place): none twice, the likest first."""
    claims = sorted(
        (-_likeness(entry, known[key]), rank, place, known[key].entry_id, key)
        for place, (entry, keys) in enumerate(reading)
        for rank, key in enumerate(keys)
        if key in known
    )
    assigned: dict[int, KnownEntry] = {}
    taken: set[int] = set()
    for _, _, place, entry_id, key in claims:
        if place not in assigned and entry_id not in taken:
            assigned[place] = known[key]
            taken.add(entry_id)
    return assigned


def is_mass(entries: int, new: int) -> bool:
    """Whether so much of a reading looks new that the feed may have renamed it."""
    return new > MOST_NEW and new * 2 > entries


def rematch(reading: Sequence[Identified], assigned: Assigned, past: Sequence[KnownEntry]) -> Assigned:
    """As `match`, with what the feed renamed: `past` are its latest entries.

    The same title at the same time is the same entry. Where most of the feed looks new, the title or link alone tells;
    either only where it is unmistakable. Without dates, two such entries are enough.
    """
    found = dict(assigned)
    new_ones = [entry for i, (entry, _) in enumerate(reading) if i not in found]
    undated = len(new_ones) > 1 and not any(entry.published_at for entry in new_ones)
    mass = is_mass(len(reading), len(new_ones)) or (undated and len(new_ones) * 2 > len(reading))
    for trait in (_dated_title, _link, _title) if mass else (_dated_title,):
        taken = {entry.entry_id for entry in found.values()}
        missing = _unmistakable((trait(entry), entry) for entry in past if entry.entry_id not in taken)
        new = _unmistakable((trait(entry), i) for i, (entry, _) in enumerate(reading) if i not in found)
        found |= {place: missing[key] for key, place in new.items() if key in missing}
    return found


def seen_entries(
    reading: Sequence[Identified], known: Mapping[str, KnownEntry], assigned: Assigned, now: datetime
) -> tuple[SeenEntry, ...]:
    """The entries of the reading as what they are; `known` tells whose their names are.

    An entry whose every name is another one's only repeats that.
    """
    found = []
    for place, (entry, keys) in enumerate(reading):
        free = tuple(key for key in keys if key not in known)
        who = assigned.get(place) or (None if free else known[keys[0]])
        found.append(_seen(entry, free, who, now))
    return tuple(found)


def _seen(entry: Entry, keys: Keys, known: KnownEntry | None, now: datetime) -> SeenEntry:
    past_revising = known is not None and not is_revisable(known.first_seen_at, known.revisions, now)
    content = None if past_revising else content_hash(entry)
    return SeenEntry(entry=entry, keys=keys, known=known, content_hash=content)


def _is_doubtful(
    entry: Entry, keys: Keys, known: Mapping[str, KnownEntry], assigned: KnownEntry | None
) -> bool:
    """Known by name only: another title, another link, or the name belongs to somebody who has more right to it."""
    return any(key in known for key in keys) and (assigned is None or not _likeness(entry, assigned))


def _likeness(entry: Entry, known: KnownEntry) -> int:
    return (_title(entry) is not None and _title(entry) == _title(known)) + 2 * (
        _link(entry) is not None and _link(entry) == _link(known)
    )


def _title(entry: Entry | KnownEntry) -> str | None:
    return _folded(entry.title)


@lru_cache(maxsize=4096)  # Each title of a reading is compared several times.
def _folded(title: str) -> str | None:
    return clean(title).casefold() or None


def _link(entry: Entry | KnownEntry) -> str | None:
    return spot(entry.link)


def _dated_title(entry: Entry | KnownEntry) -> tuple[str, datetime] | None:
    title = _title(entry)
    return (title, entry.published_at) if title and entry.published_at else None


def _unmistakable(traits: Iterable[tuple[Hashable | None, T]]) -> dict[Hashable, T]:
    """Who has a trait that nobody else of them has."""
    found = list(traits)
    times = Counter(trait for trait, _ in found)
    return {trait: who for trait, who in found if trait is not None and times[trait] == 1}
