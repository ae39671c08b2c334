"""A decision -> all that is to be recorded of it, rendered and with its ids. No I/O; may take time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.alerts import Alert, for_staff
from bot.domain.deciding import Decision, Fate, Verdict
from bot.domain.entries import ParsedFeed
from bot.domain.feeds import Feed, Subscription
from bot.domain.identity import page
from bot.domain.listing import Listed, list_entries
from bot.domain.live_signs import live_candidate
from bot.domain.matching import SeenEntry
from bot.domain.messages import Message
from bot.domain.presenting import present
from bot.domain.recordings import EntryRecord, Posting
from bot.domain.revising import Correction, corrected
from bot.domain.topics import MessageKind, Topic, TopicMessage
from bot.domain.urls import site
from bot.domain.wording import Phrase, _
from bot.ports import Ids

QUARANTINED = _(
    "The feed {feed} changed all at once: {count} of its {total} entries look new and are probably not. Nothing of it "
    "is posted until a moderator resumes it with `/news resume`."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The parts of a `Recording` that follow from a decision."""

    new: tuple[EntryRecord, ...]
    changed: tuple[EntryRecord, ...]
    aliases: tuple[tuple[str, int], ...]
    postings: tuple[Posting, ...]
    corrections: tuple[Correction, ...]
    seeded: tuple[int, ...]
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafting:
    feed: Feed
    parsed: ParsedFeed
    decision: Decision
    ids: Ids
    at: datetime
    _entry_ids: dict[int, int] = field(default_factory=dict)

    def draft(self) -> Draft:
        decision, trusted = self.decision, not self._is_distrusted
        new = tuple(self._record(seen) for seen in decision.entries if seen.known is None)
        return Draft(
            new=new,
            changed=tuple(self._record(seen) for seen in decision.entries if seen.is_changed and trusted),
            aliases=tuple(
                (key, seen.known.entry_id) for seen in decision.entries if seen.known for key in seen.keys
            ),
            postings=tuple(p for s in self.feed.subscriptions for p in self._postings(s)),
            corrections=tuple(self._corrections()),
            seeded=tuple(s.subscription_id for s in self.feed.subscriptions if not s.seeded and trusted),
            alerts=self._alerts(len(new)) if decision.quarantined else (),
        )

    @property
    def _is_distrusted(self) -> bool:
        return self.decision.quarantined or self.feed.quarantined_at is not None

    def _record(self, seen: SeenEntry) -> EntryRecord:
        return EntryRecord(
            entry_id=self._entry_id(seen), keys=seen.keys, entry=seen.entry, content_hash=seen.content_hash
        )

    def _entry_id(self, seen: SeenEntry) -> int:
        if seen.known is not None:
            return seen.known.entry_id
        if id(seen) not in self._entry_ids:
            self._entry_ids[id(seen)] = self.ids.new()
        return self._entry_ids[id(seen)]

    def _postings(self, subscription: Subscription) -> Iterable[Posting]:
        for verdict in self.decision.of(subscription, Fate.WANTED, Fate.DELAYED):
            yield self._posting(verdict)
        digested = self.decision.of(subscription, Fate.DIGEST)
        if digested:
            yield self._digest(subscription, digested)

    def _posting(self, verdict: Verdict) -> Posting:
        subscription = verdict.subscription
        topic_id = self.ids.new()
        name, starter = self._presented(subscription, verdict.seen, topic_id)
        topic = Topic(
            topic_id=topic_id,
            channel_id=subscription.channel_id,
            name=name,
            entry_id=self._entry_id(verdict.seen),
            subscription_id=subscription.subscription_id,
            tags=subscription.options.tags,
        )
        return Posting(
            topic=topic,
            messages=self._messages(topic_id, [starter]),
            at=verdict.at or self.at,
            links=_links([verdict.seen]),
            live=self._live(verdict),
        )

    def _live(self, verdict: Verdict) -> tuple[int, str] | None:
        """The page to look at, where the entry's may be a live blog and those are to be followed."""
        url = live_candidate(verdict.seen.entry) if verdict.subscription.options.follow_live else None
        return (self.ids.new(), url) if url else None

    def _digest(self, subscription: Subscription, verdicts: Sequence[Verdict]) -> Posting:
        waiting = self.decision.waiting.get(subscription.subscription_id)
        topic_id = waiting.topic_id if waiting else self.ids.new()
        listed = [
            Listed(entry_id=self._entry_id(v.seen), title=v.seen.entry.title, link=v.seen.entry.link)
            for v in verdicts
        ]
        name, messages = list_entries(
            [*(waiting.listed if waiting else ()), *listed],
            publisher=self._publisher(subscription),
            topic_id=topic_id,
            mention_role_id=subscription.options.mention_role_id,
        )
        topic = Topic(
            topic_id=topic_id,
            channel_id=subscription.channel_id,
            name=name,
            subscription_id=subscription.subscription_id,
            tags=subscription.options.tags,
        )
        return Posting(
            topic=topic,
            messages=self._messages(topic_id, messages, waiting.messages if waiting else ()),
            at=verdicts[0].at or self.at,
            links=_links(v.seen for v in verdicts),
            listed=tuple(each.entry_id for each in listed),
            joins=waiting is not None,
        )

    def _messages(
        self, topic_id: int, wanted: Sequence[Message], recorded: Sequence[TopicMessage] = ()
    ) -> tuple[TopicMessage, ...]:
        record_ids = [m.record_id for m in recorded]
        record_ids += [self.ids.new() for _ in wanted[len(record_ids) :]]
        return tuple(
            TopicMessage(
                record_id=record_id,
                topic_id=topic_id,
                kind=MessageKind.MORE if number else MessageKind.STARTER,
                wanted=message,
            )
            for number, (record_id, message) in enumerate(zip(record_ids, wanted, strict=True))
        )

    def _corrections(self) -> Iterable[Correction]:
        for verdict in self.decision.verdicts:
            if verdict.standing is None:
                continue
            standing = verdict.standing
            name, message = self._presented(verdict.subscription, verdict.seen, standing.topic_id)
            wanted = corrected(standing.starter.wanted, message)
            if wanted is not None:
                yield Correction(
                    topic_id=standing.topic_id,
                    entry_id=standing.entry_id,
                    name=name,
                    wanted=wanted,
                    at=self.at,
                )

    def _alerts(self, new: int) -> tuple[Alert, ...]:
        text = Phrase(
            QUARANTINED,
            feed=self.parsed.title or self.feed.url,
            count=new,
            total=len(self.decision.entries),
        )
        return for_staff(self.feed.subscriptions, text, self.ids.new)

    def _presented(self, subscription: Subscription, seen: SeenEntry, topic_id: int) -> tuple[str, Message]:
        return present(
            seen.entry,
            subscription.options.templates,
            publisher=self._publisher(subscription),
            publisher_link=self.parsed.link,
            topic_id=topic_id,
            mention_role_id=subscription.options.mention_role_id,
        )

    def _publisher(self, subscription: Subscription) -> str:
        return subscription.options.name or self.parsed.title or site(self.feed.url)


def _links(listed: Iterable[SeenEntry]) -> tuple[str, ...]:
    links = (page(seen.entry.link) for seen in listed)
    return tuple(dict.fromkeys(link for link in links if link))
