"""What becomes of each entry of a reading in each subscription, and why. Pure: no clock, no I/O.

Never: an entry without a verdict, or one that is dropped where it could be delayed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.domain.bursts import slots
from bot.domain.entries import Entry
from bot.domain.feeds import Feed, Subscription
from bot.domain.identity import page
from bot.domain.listing import WaitingDigest
from bot.domain.matching import MOST_NEW, SeenEntry, is_mass
from bot.domain.revising import Standing
from bot.domain.wording import Phrase, _

Refuse = Callable[[Entry], Phrase | None]

DAY = timedelta(days=1)
SLACK = timedelta(hours=2)  # Clocks go wrong, and what was written is published later.
AWAY = timedelta(days=1)  # After that long, a feed without dates may well have nothing but news.
NEVER = datetime.min.replace(tzinfo=UTC)


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
    """`at`: when the topic of a delayed or digested entry is due. `why` says for a filtered one what refused it.

    `standing`: the topic that a revised entry has.
    """

    subscription: Subscription
    seen: SeenEntry
    fate: Fate
    why: Phrase
    at: datetime | None = None
    standing: Standing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What the store knows about a reading.

    `refuse` is each subscription's filter, where it has one: it says why an entry does not pass. `links`: the feed
    that brought a page to a channel first. `planned`: when the latest topics of a subscription were or will be due,
    oldest first. `standing`: topics that may be corrected, by entry and subscription. `waiting`: a subscription's
    digest that is still to be posted.
    """

    refuse: Mapping[int, Refuse] = field(default_factory=dict)
    links: Mapping[tuple[int, str], int | None] = field(default_factory=dict)
    planned: Mapping[int, Sequence[datetime]] = field(default_factory=dict)
    standing: Mapping[tuple[int, int], Standing] = field(default_factory=dict)
    waiting: Mapping[int, WaitingDigest] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`entries` are the entries of the reading, oldest first; `verdicts` one for each of them and each subscription.

    `quarantined`: the feed changed all at once just now. `waiting`: as in `Memory`.
    """

    entries: tuple[SeenEntry, ...]
    verdicts: tuple[Verdict, ...]
    quarantined: bool = False
    waiting: Mapping[int, WaitingDigest] = field(default_factory=dict)

    def of(self, subscription: Subscription, *fates: Fate) -> tuple[Verdict, ...]:
        """A subscription's verdicts of these kinds, oldest entry first."""
        wanted = subscription.subscription_id
        return tuple(v for v in self.verdicts if v.subscription.subscription_id == wanted and v.fate in fates)


def decide(feed: Feed, entries: Sequence[SeenEntry], memory: Memory, now: datetime) -> Decision:
    """What follows from a reading. `entries` are in the order of the document.

    A subscription's first poll is silent but for the newest `post_last`.
    """
    oldest_first = in_order(entries)
    quarantined = feed.quarantined_at is None and is_suspicious(feed, entries, now)
    distrusted = quarantined or feed.quarantined_at is not None
    verdicts: list[Verdict] = []
    for subscription in feed.subscriptions:
        judge = _Judge(feed, subscription, memory, now, distrusted=distrusted)
        verdicts += judge.judge(oldest_first)
    return Decision(
        entries=oldest_first, verdicts=tuple(verdicts), quarantined=quarantined, waiting=memory.waiting
    )


def is_suspicious(feed: Feed, entries: Sequence[SeenEntry], now: datetime) -> bool:
    """Whether a feed that was read before shows, all at once, more old entries under new names than we would post.

    New is what was published since the feed was last answered.
    """
    new = [seen.entry for seen in entries if seen.known is None]
    if feed.answered_at is None or not any(s.seeded for s in feed.subscriptions):
        return False
    unexplained = [entry for entry in new if not _is_news(entry, feed.answered_at, now)]
    return is_mass(len(entries), len(new)) and len(unexplained) > MOST_NEW


def _is_news(entry: Entry, answered_at: datetime, now: datetime) -> bool:
    at = entry.published_at
    if at is None:
        return now - answered_at > AWAY
    # Many publishers date by the day.
    slack = DAY if (at.hour, at.minute, at.second) == (0, 0, 0) else SLACK
    return answered_at - slack <= at


@dataclass(frozen=True, slots=True)
class _Judge:
    """Judges the entries of a reading for one subscription."""

    feed: Feed
    subscription: Subscription
    memory: Memory
    now: datetime
    distrusted: bool

    def judge(self, oldest_first: Sequence[SeenEntry]) -> list[Verdict]:
        verdicts = [self._at_first_sight(seen) for seen in oldest_first]
        if not self.subscription.seeded:
            verdicts = self._but_for_the_newest(verdicts)
        return self._in_time(verdicts)

    def _at_first_sight(self, seen: SeenEntry) -> Verdict:
        standing = self._to_correct(seen)
        if seen.known is not None and self.subscription.seeded and standing is None:
            return self._verdict(seen, Fate.KNOWN)
        if self.distrusted:
            return self._verdict(seen, Fate.QUARANTINED)
        if standing is not None:
            return replace(self._verdict(seen, Fate.REVISED), standing=standing)
        if self.subscription.paused:
            return self._verdict(seen, Fate.PAUSED)
        refuse = self.memory.refuse.get(self.subscription.subscription_id)
        why = refuse(seen.entry) if refuse else None
        if why is not None:
            return self._verdict(seen, Fate.FILTERED, why=why)
        link = page(seen.entry.link)
        owner = self.memory.links.get((self.subscription.channel_id, link or ""), self.feed.feed_id)
        return self._verdict(seen, Fate.WANTED if owner == self.feed.feed_id else Fate.DUPLICATE)

    def _to_correct(self, seen: SeenEntry) -> Standing | None:
        if seen.known is None or not seen.is_changed:
            return None
        return self.memory.standing.get((seen.known.entry_id, self.subscription.subscription_id))

    def _but_for_the_newest(self, verdicts: list[Verdict]) -> list[Verdict]:
        passed = [v for v in verdicts if v.fate is Fate.WANTED]
        silent = {id(v) for v in passed[: max(len(passed) - self.subscription.post_last, 0)]}
        return [self._verdict(v.seen, Fate.SEEDED) if id(v) in silent else v for v in verdicts]

    def _in_time(self, verdicts: list[Verdict]) -> list[Verdict]:
        """The wanted ones at their time."""
        options = self.subscription.options
        planned = self.memory.planned.get(self.subscription.subscription_id, ())
        wanted = [v for v in verdicts if v.fate is Fate.WANTED]
        digest = self.memory.waiting.get(self.subscription.subscription_id)
        plan = slots(
            len(wanted),
            planned,
            self.now,
            at_most=options.at_most,
            overflow=options.overflow,
            waiting=digest.at if digest else None,
        )
        times = {id(v): at for v, at in zip(wanted, plan.own, strict=False)}
        return [self._timed(v, times, plan.digest) if v.fate is Fate.WANTED else v for v in verdicts]

    def _timed(self, verdict: Verdict, times: Mapping[int, datetime], digest: datetime | None) -> Verdict:
        at = times.get(id(verdict))
        if at is None:
            return self._verdict(verdict.seen, Fate.DIGEST, at=digest)
        return verdict if at == self.now else self._verdict(verdict.seen, Fate.DELAYED, at=at)

    def _verdict(
        self, seen: SeenEntry, fate: Fate, *, why: Phrase | None = None, at: datetime | None = None
    ) -> Verdict:
        return Verdict(
            subscription=self.subscription, seen=seen, fate=fate, why=why or Phrase(REASONS[fate]), at=at
        )


def in_order(entries: Sequence[SeenEntry]) -> tuple[SeenEntry, ...]:
    """Oldest first: by date where every entry has one, else the document turned round (feeds lead with the newest)."""
    turned = tuple(reversed(entries))
    if all(seen.entry.published_at for seen in turned):
        return tuple(sorted(turned, key=lambda seen: seen.entry.published_at or NEVER))
    return turned
