"""What becomes of each entry of a reading in each subscription, and why. Pure: no clock, no I/O.

Never: an entry without a verdict, or one that is dropped where it could be delayed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.entries import Entry
from bot.domain.feeds import Subscription
from bot.domain.matching import Item
from bot.domain.wording import Phrase, _

Refuse = Callable[[Entry], Phrase | None]


class Fate(StrEnum):
    """What becomes of an entry in a subscription."""

    WANTED = "wanted"
    DELAYED = "delayed"
    DIGEST = "digest"
    REVISED = "revised"
    KNOWN = "known"
    SEEDED = "seeded"
    PAUSED = "paused"
    FILTERED = "filtered"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"


REASONS: Mapping[Fate, str] = {
    Fate.WANTED: _("It is new and gets its topic now."),
    Fate.DELAYED: _("It is new; this hour has had its topics, so it gets its own later."),
    Fate.DIGEST: _("It is new; this hour has had its topics, so one topic lists it with others."),
    Fate.REVISED: _("It is known, and the publisher changed it: its topic is corrected."),
    Fate.KNOWN: _("It is known."),
    Fate.SEEDED: _("It was there at the first poll, which posts nothing but what `post_last` asks for."),
    Fate.PAUSED: _("The subscription is paused."),
    Fate.DUPLICATE: _("Another feed of this channel brought the same page."),
    Fate.QUARANTINED: _(
        "Too much of the feed changed at once; nothing is posted until a moderator resumes it."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`at`: when the topic of a delayed or digested entry is due. `why` says for a filtered one what refused it."""

    subscription: Subscription
    item: Item
    fate: Fate
    why: Phrase
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What the store knows about a reading.

    `refuse` is each subscription's filter, where it has one: it says why an entry does not pass. `links`: the feed
    that brought a page to a channel first. `planned`: when the latest topics of a subscription were or will be due,
    oldest first. `standing`: entries with a topic that may be corrected, and the subscription.
    """

    refuse: Mapping[int, Refuse] = field(default_factory=dict)
    links: Mapping[tuple[int, str], int | None] = field(default_factory=dict)
    planned: Mapping[int, Sequence[datetime]] = field(default_factory=dict)
    standing: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`items` are the entries of the reading, oldest first; `verdicts` one for each of them and each subscription.

    `quarantined`: the feed changed all at once just now.
    """

    items: tuple[Item, ...]
    verdicts: tuple[Verdict, ...]
    quarantined: bool = False
