"""Feeds and subscriptions as values. Pure: no clock, no I/O."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.entries import Entry
from bot.domain.fetching import Validators
from bot.domain.moving import Whereabouts
from bot.domain.pacing import Pace
from bot.domain.templates import Templates

Keys = tuple[str, ...]
Identified = tuple[Entry, Keys]

POLLS_WITH_CONDITIONS = 50  # Four hours, at the usual pace.


class Overflow(StrEnum):
    """What becomes of entries beyond a subscription's `at_most` topics an hour. Nothing is dropped."""

    DELAY = "delay"  # Each gets its topic, later.
    DIGEST = "digest"  # One topic lists them all.


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a feed is shown in a channel.

    `filter` is the text that `bot.domain.filters` reads; `name` stands for what the publisher calls the feed.
    `follow_live`: an entry whose page is a live blog is followed.
    """

    tags: tuple[str, ...] = ()
    mention_role_id: int | None = None
    filter: str = ""
    name: str = ""
    templates: Templates = field(default_factory=Templates)
    at_most: int = 20
    overflow: Overflow = Overflow.DELAY
    follow_live: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOrder:
    """What is asked for: one feed into one channel. The newest `post_last` entries come with the first poll."""

    url: str
    channel_id: int
    post_last: int = 0
    options: Options = field(default_factory=Options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One feed into one channel. Until it is `seeded`, its first poll is still to come. `guild_id` None: not known yet.

    `by_file`: the configuration file owns it. While `paused`, entries are noted but not posted.
    """

    subscription_id: int
    channel_id: int
    guild_id: int | None = None
    post_last: int = 0
    options: Options = field(default_factory=Options)
    by_file: bool = True
    paused: bool = False
    seeded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A polled URL with everything that shares it. `problem` is what the operator was told last.

    `body_hash` is of the last answer taken in, `polls` counts those since the last one without conditions. While
    `quarantined_at` is set, its entries are noted but not posted.
    """

    feed_id: int
    url: str
    title: str = ""
    link: str | None = None
    validators: Validators = field(default_factory=Validators)
    body_hash: str | None = None
    polls: int = 0
    failures: int = 0
    problem: str | None = None
    answered_at: datetime | None = None
    quarantined_at: datetime | None = None
    pace: Pace = field(default_factory=Pace)
    whereabouts: Whereabouts = field(default_factory=Whereabouts)
    subscriptions: tuple[Subscription, ...] = ()

    @property
    def address(self) -> str:
        """Where it is asked."""
        return self.whereabouts.address or self.url

    @property
    def is_whole_needed(self) -> bool:
        """While a subscription's first poll is to come, "nothing new" is no answer."""
        return not all(s.seeded for s in self.subscriptions)

    @property
    def conditional(self) -> Validators:
        """What to send along. Now and then nothing: some servers answer "not modified" for ever."""
        return (
            Validators() if self.is_whole_needed or self.polls >= POLLS_WITH_CONDITIONS else self.validators
        )
