"""What moderators are told of a guild's subscriptions, and what they were shown and may say yes to. Pure."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median_low

from bot.domain.feeds import FeedOrder, Options, Overflow, Subscription
from bot.domain.templates import Templates

MOST = 250  # Subscriptions of a guild.


class Health(StrEnum):
    """How a subscription fares; what a moderator can mend comes first."""

    QUARANTINED = "quarantined"  # The feed changed all at once; nothing of it is posted.
    ENDED = "ended"  # The publisher withdrew it for good.
    PAUSED = "paused"
    FAILING = "failing"
    WAITING = "waiting"  # Its first poll is still to come.
    WORKS = "works"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionCard:
    """A subscription with its feed, as a list shows it.

    `topics` were posted in the last seven days. `lags`: of the latest entries, from publication to thread.
    `created_by` None: the configuration file.
    """

    subscription: Subscription
    feed_id: int
    url: str
    title: str = ""
    created_by: int | None = None
    polled_at: datetime | None = None
    answered_at: datetime | None = None
    next_poll_at: datetime | None = None
    quarantined_at: datetime | None = None
    failures: int = 0
    problem: str | None = None
    topics: int = 0
    lags: tuple[timedelta, ...] = ()

    @property
    def name(self) -> str:
        """What people call it."""
        return self.subscription.options.name or self.title or self.url

    @property
    def health(self) -> Health:
        if self.quarantined_at is not None:
            return Health.QUARANTINED
        if self.next_poll_at is None:
            return Health.ENDED
        if self.subscription.paused:
            return Health.PAUSED
        if self.failures:
            return Health.FAILING
        return Health.WORKS if self.subscription.seeded else Health.WAITING

    @property
    def lag(self) -> timedelta | None:
        """The median: one entry that was dated wrongly tells nothing."""
        return median_low(self.lags) if self.lags else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A feed or live blog that a page leads to."""

    url: str
    title: str = ""
    live: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What `/news add` proposes: one of `candidates` where a page has several, else `order` as it stands.

    `live`: its address is a live blog's page, which is followed. `title`: what the feed calls itself.
    """

    order: FeedOrder
    candidates: tuple[Candidate, ...] = ()
    live: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Templates as somebody typed them, with faults that are still to be mended."""

    subscription_id: int
    templates: Templates = field(default_factory=Templates)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What one person was shown, for as long as nobody says yes or no to it. `payload` is JSON."""

    proposal_id: int
    guild_id: int
    user_id: int
    payload: str
    created_at: datetime


def offer_to_json(offer: Offer) -> str:
    return json.dumps(asdict(offer))


def offer_from_json(payload: str) -> Offer:
    """What `offer_to_json` wrote."""
    fields = json.loads(payload)
    order = fields.pop("order")
    options = order.pop("options")
    options["tags"] = tuple(options["tags"])
    options["templates"] = Templates(**options["templates"])
    options["overflow"] = Overflow(options["overflow"])
    return Offer(
        order=FeedOrder(**order, options=Options(**options)),
        candidates=tuple(Candidate(**each) for each in fields.pop("candidates")),
        **fields,
    )


def draft_to_json(draft: Draft) -> str:
    return json.dumps(asdict(draft))


def draft_from_json(payload: str) -> Draft:
    """What `draft_to_json` wrote."""
    fields = json.loads(payload)
    return Draft(subscription_id=fields["subscription_id"], templates=Templates(**fields["templates"]))
