"""A followed live blog and its topics as values, and what a reading of its page leads to. Pure: no clock, no I/O."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.fetching import Validators
from bot.domain.live import LiveReading
from bot.domain.live_signs import Sign, Signs, look, still_told, told_by
from bot.domain.live_updates import Comparison, Update, newest, updates_of
from bot.domain.messages import Message
from bot.domain.templates import Templates

AFTER_THE_END = timedelta(hours=24)  # For so long a page is looked at after its end: it may go on.
MOST_TRIES = 8  # Failures in a row until a page that was never read is given up.


class LiveState(StrEnum):
    CANDIDATE = "candidate"  # Its page may be a live blog; nobody has looked yet.
    FOLLOWED = "followed"
    ENDED = "ended"  # Over, and looked at for a while yet.
    DONE = "done"
    NONE = "none"  # No live blog; never asked again.


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveBlog:
    """A followed page. `active_at`: when its newest update came. `revision` counts what its topics may have to show."""

    live_blog_id: int
    url: str
    state: LiveState = LiveState.CANDIDATE
    title: str = ""
    validators: Validators = field(default_factory=Validators)
    body_hash: str | None = None
    failures: int = 0
    problem: str | None = None
    active_at: datetime | None = None
    signs: Signs = field(default_factory=Signs)
    ended_at: datetime | None = None
    ended_by: str = ""
    successor_url: str | None = None
    has_older: bool = False
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveTopic:
    """A topic that shows a live blog, by the `templates` that hold now.

    Updates up to `shown_to` are dealt with; `revision` as far as all is shown.

    `usual_starter` is what its starter says while it has no recap, `recap_hash` that of the starter with it.
    `closed_by_us`: the close by `closed_case` is what holds, and nobody touched it since.
    """

    topic_id: int
    live_blog_id: int
    templates: Templates = field(default_factory=Templates)
    publisher: str = ""
    revision: int = -1
    shown_to: int = 0
    title: str = ""
    recapped_to: str | None = None
    usual_starter: Message | None = None
    recap_hash: str | None = None
    ended_for: datetime | None = None
    closed_case: int | None = None
    closed_by_us: bool = False
    given_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCard:
    """A live blog that a topic follows, as a list shows it; `updates` are those that the topic has."""

    topic_id: int
    channel_id: int
    url: str
    state: LiveState
    thread_id: int | None = None
    title: str = ""
    paused: bool = False
    answered_at: datetime | None = None
    next_poll_at: datetime | None = None
    ended_at: datetime | None = None
    failures: int = 0
    problem: str | None = None
    updates: int = 0

    @property
    def name(self) -> str:
        """What people call it."""
        return self.title or self.url


def take_in(
    blog: LiveBlog, reading: LiveReading, updates: Sequence[Update], found: Comparison, now: datetime
) -> LiveBlog:
    """The live blog after a reading: what it is called, whether it goes on, has ended or was resumed."""
    grew = bool(found.new)
    signs = look(blog.signs, reading, newest(updates), now, grew=grew)
    after = replace(
        blog,
        title=reading.title or blog.title,
        signs=signs,
        active_at=_active_at(blog, updates, now, grew=grew),
        successor_url=reading.successor_url or blog.successor_url,
        has_older=blog.has_older or reading.older_url is not None,
        failures=0,
        problem=None,
    )
    resumed = blog.state is LiveState.ENDED and grew and not still_told(signs)
    if blog.state is LiveState.CANDIDATE or resumed:
        after = replace(after, state=LiveState.FOLLOWED, ended_at=None, ended_by="")
    changed = grew or found.edited or found.missing or found.seen
    if changed or (after.title, after.successor_url) != (blog.title, blog.successor_url):
        after = replace(after, revision=blog.revision + 1)
    return pass_time(after, now)


def _active_at(blog: LiveBlog, updates: Sequence[Update], now: datetime, *, grew: bool) -> datetime:
    """New to us is activity now; of a blog that is new itself, only what its updates' times tell."""
    if blog.active_at is not None:
        return now if grew else blog.active_at
    times = [update.entry.published_at for update in updates if update.entry.published_at]
    return min(max(times, default=now), now)


def pass_time(blog: LiveBlog, now: datetime) -> LiveBlog:
    """The live blog as signs and time have it: one that goes on may have ended, one that ended may be done."""
    if blog.state is LiveState.FOLLOWED:
        sign = told_by(blog.signs, blog.active_at or now, now)
        return blog if sign is None else end(blog, sign, now)
    if blog.state is LiveState.ENDED and blog.ended_at and now - blog.ended_at >= AFTER_THE_END:
        return replace(blog, state=LiveState.DONE)
    return blog


def end(blog: LiveBlog, sign: Sign, now: datetime) -> LiveBlog:
    return replace(blog, state=LiveState.ENDED, ended_at=now, ended_by=str(sign), revision=blog.revision + 1)


def over_at_first_sight(reading: LiveReading, now: datetime) -> bool:
    """Whether a page that nobody has read before is a live blog that has ended."""
    updates = updates_of(reading)
    seen = take_in(LiveBlog(live_blog_id=0, url=reading.url), reading, updates, Comparison(new=updates), now)
    return seen.state is LiveState.ENDED
