"""What a topic has to show of its live blog now, beyond what it shows: the decision, as values. Pure: no clock, no I/O.

A person wins: into a topic that people closed nothing is posted until people open it again, and a name that they gave
stays. Rules: docs/decisions/0018, 0019.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from bot.domain import live_recaps
from bot.domain.cases import Actor
from bot.domain.deadlines import BY_POLICY
from bot.domain.entries import Entry
from bot.domain.live_blogs import LiveBlog, LiveState, LiveTopic
from bot.domain.live_messages import MOST_AT_ONCE, ShownUpdate, Words, batches, message_of
from bot.domain.live_recaps import Place, day_of
from bot.domain.messages import Message, content_hash
from bot.domain.moderating import Order, Ruling, close, fold, reopen, standing
from bot.domain.policies import OnSourceClosed, Policy
from bot.domain.presenting import name_of
from bot.domain.timers import Timer, TimerKind
from bot.domain.topics import MessageKind, State, Story, Topic, TopicMessage
from bot.domain.urls import for_discord
from bot.domain.wishes import Aspect, Wish, rename_allowed_at
from bot.domain.wording import _

ENDED_REASON = _("The live blog has ended.")
RESUMED_REASON = _("The live blog goes on.")
AFTER_MIDNIGHT = timedelta(minutes=5)  # Until a day's recap: its last updates may still come.
BY_LIVE_BLOG: Actor = BY_POLICY


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A message of ours, with all the updates that it shows as they are now."""

    record_id: int
    content: str
    updates: tuple[ShownUpdate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A live blog and one of its topics, as they are recorded.

    `fresh` are updates that were not dealt with, in order, `skipped` how many older ones were left out at first sight;
    `stale` the messages that show something else than their updates say now. `shown` are those that a recap may need;
    `all_stand`: Discord has confirmed all messages of updates.
    """

    blog: LiveBlog
    live: LiveTopic
    topic: Topic
    starter: TopicMessage | None = None
    fresh: tuple[ShownUpdate, ...] = ()
    skipped: int = 0
    stale: tuple[Group, ...] = ()
    shown: tuple[ShownUpdate, ...] = ()
    all_stand: bool = True
    wished_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """What is to be recorded in one transaction: `links` are update, message, revision.

    `sends`: some messages are new; else only what stands is edited.
    """

    live: LiveTopic
    messages: tuple[TopicMessage, ...] = ()
    links: tuple[tuple[int, int, int], ...] = ()
    sends: bool = False
    name: Wish | None = None
    arm: tuple[Timer, ...] = ()
    cancel: tuple[TimerKind, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the decision needs besides the view. `grace`: how long after its end a topic is closed."""

    policy: Policy
    words: Words
    new_id: Callable[[], int]
    grace: timedelta
    ended_reason: str
    resumed_reason: str
    locale: str


def may_show(topic: Topic, live: LiveTopic) -> bool:
    """Whether the topic takes messages: it is open, or closed by nobody but us with its live blog."""
    return topic.state is State.OPEN or (topic.state is State.CLOSED and live.closed_by_us)


def show(view: View, desk: Desk, now: datetime) -> Showing:
    """All that the topic has to show now; what has to wait leaves its revision behind that of the live blog."""
    step = _Step(view, desk, now)
    if view.live.revision < 0:
        step.begin()
    step.rename()
    step.follow_end()
    step.end_day()
    step.post()
    step.edit()
    step.tell_recap()
    return step.done()


@dataclass(slots=True)
class _Step:
    """Gathers one showing; each method adds what one rule wants."""

    view: View
    desk: Desk
    now: datetime
    live: LiveTopic = field(init=False)
    messages: list[TopicMessage] = field(default_factory=list)
    links: list[tuple[int, int, int]] = field(default_factory=list)
    name: Wish | None = None
    arm: list[Timer] = field(default_factory=list)
    cancel: list[TimerKind] = field(default_factory=list)
    complete: bool = True
    sends: bool = False

    def __post_init__(self) -> None:
        self.live = self.view.live

    def done(self) -> Showing:
        if self.complete:
            self.live = replace(self.live, revision=self.view.blog.revision)
        return Showing(
            live=self.live,
            messages=tuple(self.messages),
            links=tuple(self.links),
            sends=self.sends,
            name=self.name,
            arm=tuple(self.arm),
            cancel=tuple(self.cancel),
        )

    def begin(self) -> None:
        """At first sight days that are over get no recap, and a live blog that is over is left to be read there."""
        blog = self.view.blog
        self.live = replace(
            self.live, revision=0, title=blog.title, recapped_to=str(self._today() - timedelta(days=1))
        )
        if blog.state is not LiveState.FOLLOWED:
            self.live = replace(self.live, ended_for=blog.ended_at, shown_to=self._newest_id())
            self.view = replace(self.view, fresh=())

    def rename(self) -> None:
        """The thread is called as the live blog is now, unless people gave it a name."""
        title, live = self.view.blog.title, self.live
        if not title or title == live.title:
            return
        self.live = replace(live, title=title)
        entry = Entry(title=title, link=self.view.blog.url)
        name, topic = name_of(entry, live.templates, live.publisher), self.view.topic
        is_ours = live.given_name == (self.view.wished_name or topic.name)
        if live.title and is_ours and name != live.given_name:
            due_at = rename_allowed_at(topic.renamed, self.now)
            self.name = Wish(aspect=Aspect.NAME, value=name, due_at=due_at)

    def follow_end(self) -> None:
        """Plan the close, or take it back, once for each end."""
        blog, live = self.view.blog, self.live
        if blog.ended_at == live.ended_for:
            return
        if self.view.topic.thread_id is None or self.view.topic.guild_id is None:
            self.complete = False
            return
        self.live = replace(live, ended_for=blog.ended_at)
        if blog.ended_at is None:
            self.cancel.append(TimerKind.LIVE)
            if live.closed_by_us:
                self.arm.append(self._timer(self.now, self.desk.resumed_reason))
        elif self._was_opened_since(blog.ended_at):
            pass  # People want it open although the live blog has ended.
        elif self.desk.policy.on_source_closed is OnSourceClosed.NOW:
            self.arm.append(self._timer(self.now, self.desk.ended_reason))
        elif self.desk.policy.on_source_closed is OnSourceClosed.AFTER_GRACE:
            due_at = max(blog.ended_at + self.desk.grace, self.now)
            self.arm.append(self._timer(due_at, self.desk.ended_reason))

    def _was_opened_since(self, ended_at: datetime) -> bool:
        reopened_at = self.view.topic.reopened_at
        return reopened_at is not None and reopened_at >= ended_at

    def end_day(self) -> None:
        """A live blog over midnight gets a recap of each day; that of its last day is in the starter."""
        last = self._last_day_over()
        if last is None or not self.view.all_stand or self._until(last):
            return
        for day in self._days(last):
            recap = live_recaps.day_recap(self.view.shown, day, self._place(), self.desk.words)
            self._send(MessageKind.RECAP, recap)
        self.live = replace(self.live, recapped_to=str(last))

    def _last_day_over(self) -> date | None:
        """The last day that is to have a recap of its own now, unless all such days have theirs."""
        yesterday = self._today() - timedelta(days=1)
        if self.view.blog.ended_at is not None:
            days = [day_of(update.at, self._zone()) for update in (*self.view.shown, *self.view.fresh)]
            last = min(yesterday, max(days) - timedelta(days=1)) if days else None
        else:
            last = min(yesterday, day_of(self.now - AFTER_MIDNIGHT, self._zone()) - timedelta(days=1))
        return last if last and is_day_due(self.live, last) else None

    def _until(self, day: date) -> tuple[ShownUpdate, ...]:
        """What is yet to be posted, up to the newest of that day: above the recap."""
        late = [number for number, each in enumerate(self.view.fresh) if day_of(each.at, self._zone()) <= day]
        return self.view.fresh[: late[-1] + 1] if late else ()

    def post(self) -> None:
        """New updates in messages of their own, below all others."""
        last = self._last_day_over()
        fresh = (self._until(last) if last else ()) or self.view.fresh
        if not fresh:
            return
        if self._was_over_from_the_first():
            self.live = replace(self.live, shown_to=fresh[-1].update_id)
            return
        link = for_discord(self.view.blog.url)
        is_first = self.live.shown_to == 0
        hides = is_first and link and (self.view.skipped or self.view.blog.has_older)
        found = batches(fresh, self.live.templates, self.desk.words, publisher=self.live.publisher)
        for number, (batch, message) in enumerate(found):
            if number == 0 and hides:
                message = replace(message, content=f"-# {self.desk.words.earlier(link or '')}")  # noqa: PLW2901
            record_id = self._send(MessageKind.UPDATE, message)
            self.links += [(update.update_id, record_id, update.revision) for update in batch]
        self.live = replace(self.live, shown_to=fresh[-1].update_id)
        self.complete = self.complete and len(fresh) == len(self.view.fresh) < MOST_AT_ONCE

    def _was_over_from_the_first(self) -> bool:
        """What comes late to a live blog of which nothing is shown here is read there, too."""
        return self.view.blog.ended_at is not None and self.live.shown_to > 0 and not self.view.shown

    def edit(self) -> None:
        """What was edited, withdrawn or came back, where it stands."""
        for group in self.view.stale:
            wanted = message_of(
                group.updates,
                self.live.templates,
                self.desk.words,
                group.content,
                publisher=self.live.publisher,
            )
            self._want(group.record_id, MessageKind.UPDATE, wanted)
            self.links += [(update.update_id, group.record_id, update.revision) for update in group.updates]

    def tell_recap(self) -> None:
        """The starter of what has ended becomes the recap, once all updates stand; of what goes on, it is as usual."""
        starter, live = self.view.starter, self.live
        if starter is None:
            return
        usual = live.usual_starter
        if usual is None or content_hash(starter.wanted) != live.recap_hash:
            usual = starter.wanted  # It has no recap, or its entry was corrected since.
        if self.view.blog.ended_at is None:
            if live.usual_starter is not None:
                self._want(starter.record_id, MessageKind.STARTER, usual)
                self.live = replace(self.live, usual_starter=None, recap_hash=None)
        elif not self.view.all_stand or self.view.topic.thread_id is None or self.messages:
            self.complete = False
        elif self.view.shown:
            self._recap(starter, usual)

    def _recap(self, starter: TopicMessage, usual: Message) -> None:
        successor = self.view.blog.successor_url
        wanted = live_recaps.recap(usual, self.view.shown, self._place(), self.desk.words, successor)
        if wanted != starter.wanted:
            self._want(starter.record_id, MessageKind.STARTER, wanted)
        self.live = replace(self.live, usual_starter=usual, recap_hash=content_hash(wanted))

    def _send(self, kind: MessageKind, wanted: Message) -> int:
        record_id = self.desk.new_id()
        self.sends = True
        self._want(record_id, kind, wanted)
        return record_id

    def _want(self, record_id: int, kind: MessageKind, wanted: Message) -> None:
        self.messages.append(
            TopicMessage(record_id=record_id, topic_id=self.view.topic.topic_id, kind=kind, wanted=wanted)
        )

    def _timer(self, due_at: datetime, reason: str) -> Timer:
        assert self.view.topic.guild_id is not None
        return Timer(
            timer_id=self.desk.new_id(),
            topic_id=self.view.topic.topic_id,
            guild_id=self.view.topic.guild_id,
            kind=TimerKind.LIVE,
            due_at=due_at,
            owner=BY_LIVE_BLOG,
            reason=reason,
            payload={"locale": self.desk.locale},
            created_at=self.now,
        )

    def _days(self, last: date) -> list[date]:
        days = {day_of(update.at, self._zone()) for update in self.view.shown if update.message_id}
        return sorted(day for day in days if day <= last and str(day) > (self.live.recapped_to or ""))

    def _newest_id(self) -> int:
        return max((update.update_id for update in self.view.fresh), default=self.live.shown_to)

    def _place(self) -> Place:
        topic = self.view.topic
        return Place(guild_id=topic.guild_id or 0, thread_id=topic.thread_id or 0, zone=self._zone())

    def _zone(self) -> str:
        return self.desk.policy.zone

    def _today(self) -> date:
        return day_of(self.now, self._zone())


def is_day_due(live: LiveTopic, yesterday: date) -> bool:
    """Whether days are over that have no recap yet."""
    return live.recapped_to is not None and live.recapped_to < str(yesterday)


def with_showing(story: Story, showing: Showing) -> Story:
    """The story with what is to be shown. News wakes an open thread; one that is woken for less sleeps again after."""
    changed = {message.record_id: message for message in showing.messages}
    kept = [_rewanted(message, changed.pop(message.record_id, None)) for message in story.messages]
    topic = story.topic
    if topic.archived and showing.messages and (topic.state is State.CLOSED or not showing.sends):
        topic = replace(topic, rearchive=True)
    wishes = story.wishes
    if showing.name is not None:
        wishes = (*(wish for wish in wishes if wish.aspect is not Aspect.NAME), showing.name)
    return replace(story, topic=topic, messages=(*kept, *changed.values()), wishes=wishes)


def _rewanted(message: TopicMessage, changed: TopicMessage | None) -> TopicMessage:
    return replace(message, wanted=changed.wanted) if changed else message


def follow_end(
    story: Story, order: Order, timer: Timer, *, ended: bool, closed_by_us: bool, policy: Policy
) -> Ruling:
    """When the LIVE timer rings: close with the live blog, or open again what we closed with it. People go first.

    `policy` as it is then: a channel that leaves its topics open by now is taken at its word.
    """
    folded = fold(story, order.seen, order.notices.overruled)
    topic = folded.topic
    if not ended:
        if topic.state is State.CLOSED and closed_by_us:
            return replace(reopen(story, order), with_live_blog=True)
        return Ruling(story=folded)
    shut = topic.state is State.CLOSED and standing(folded, MessageKind.HOURS) is not None
    if policy.on_source_closed is OnSourceClosed.IGNORE:
        return Ruling(story=folded)
    if (topic.state is not State.OPEN and not shut) or topic.disarmed:
        return Ruling(story=folded)
    if topic.exempt_until is not None and topic.exempt_until > order.at:
        again = replace(timer, timer_id=order.timer_ids[0], due_at=topic.exempt_until, created_at=order.at)
        return Ruling(story=folded, arm=(again,))
    return replace(close(story, order), with_live_blog=True)
