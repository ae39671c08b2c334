"""What moderators plan: closes and reopens later or for a while, timed slow mode, exemptions; and the list of it all.

Times are read in the zone of the person who types them, else in that of the channel's policy.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain import scheduling
from bot.domain.durations import YEAR, parse_duration
from bot.domain.moderating import Order, Ruling
from bot.domain.moments import parse_moment
from bot.domain.policies import WHOLE_GUILD
from bot.domain.recurrences import Every, Recurrence
from bot.domain.scheduling import FOR_GOOD, MODERATORS_OWN, Closing, Plan
from bot.domain.timers import Timer, TimerKind
from bot.domain.topics import Story
from bot.domain.wording import _
from bot.domain.zones import parse_zone
from bot.errors import RefusedError, StaleTimerError
from bot.ports import Clock, Ids, PeopleStore, TimerStore, TopicStore
from bot.services.moderation import Ask, Moderation, Outcome
from bot.services.policies import Policies
from bot.services.shaping import Shaping

LONGEST_SLOWMODE = timedelta(seconds=21600)  # Discord, "Modify Channel": rate_limit_per_user.
OFF = ("0", "0s", "off")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What came of it, and the moment that was understood; None: none was given, or it is for good."""

    outcome: Outcome
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What goes with a close, as typed. `archive` None: as the policy says."""

    lasting: str | None = None
    archive: bool | None = None
    silent: bool = False
    tag: str | None = None


class Scheduling:
    """`on_armed` is told when a timer was armed that may ring soon."""

    def __init__(
        self,
        *,
        moderation: Moderation,
        shaping: Shaping,
        topics: TopicStore,
        timers: TimerStore,
        people: PeopleStore,
        policies: Policies,
        clock: Clock,
        ids: Ids,
        on_armed: Callable[[], None],
    ) -> None:
        self._moderation = moderation
        self._shaping = shaping
        self._topics = topics
        self._timers = timers
        self._people = people
        self._policies = policies
        self._clock = clock
        self._ids = ids
        self._on_armed = on_armed

    async def close(self, ask: Ask, reason: str, terms: Terms) -> Planned:
        """Close now, and reopen when `lasting` is over. Raises RefusedError as `Moderation.close` does."""
        reopen = await self._plan(ask, terms.lasting) if terms.lasting else None
        tags = await self._shaping.known_tags(ask, terms.tag) if terms.tag else ()
        closing = Closing(silent=terms.silent, archive=terms.archive, tags=tags, reopen=reopen)
        outcome = await self._rule(ask, reason, lambda story, order: scheduling.close(story, order, closing))
        return Planned(outcome=outcome, at=reopen.due_at if reopen else None)

    async def schedule(
        self, ask: Ask, kind: TimerKind, when: str, every: Every | None, reason: str
    ) -> Planned:
        """Close or reopen then, and every day or week after."""
        plan = await self._plan(ask, when, every)
        outcome = await self._rule(
            ask, reason, lambda story, order: scheduling.schedule(story, order, kind, plan)
        )
        return Planned(outcome=outcome, at=plan.due_at)

    async def keep_open(self, ask: Ask, until: str | None) -> Planned:
        """No policy closes the topic before then; without a moment: ever; "off": the exemption ends."""
        if until is not None and until.strip().lower() in OFF:
            at = None
        else:
            at = await self._moment(ask, until) if until else FOR_GOOD
        outcome = await self._rule(ask, "", lambda story, order: scheduling.keep_open(story, order, at))
        return Planned(outcome=outcome, at=at)

    async def slow_down(self, ask: Ask, delay: str, lasting: str | None) -> Planned:
        """At most one message of a person in `delay`; when `lasting` is over, what was before comes back."""
        seconds = _slowmode(delay)
        plan = await self._plan(ask, lasting) if lasting else None
        running = next((t for t in await self._live(ask) if t.kind is TimerKind.SLOWMODE), None)
        outcome = await self._rule(
            ask, "", lambda story, order: scheduling.slow_down(story, order, seconds, plan, running)
        )
        return Planned(outcome=outcome, at=plan.due_at if plan else None)

    async def timers(self, ask: Ask) -> list[Timer]:
        """The topic's live timers, the next first, for those who may moderate it."""
        await self._moderation.require_access(ask, await self._moderation.sight(ask))
        return await self._live(ask)

    async def cancel(self, ask: Ask, timer_id: int, generation: int) -> list[Timer]:
        """Cancel a moderator's timer; those that are left. Raises RefusedError where it is another one by now."""
        ask, timer = await self._own(ask, timer_id, generation)
        await self._replace(ask, timer, lambda story, order: scheduling.cancel(story, order, timer))
        return await self._live(ask)

    async def postpone(self, ask: Ask, timer_id: int, generation: int, by: timedelta) -> list[Timer]:
        """Let a moderator's timer ring later; the timers as they are then. Raises RefusedError as `cancel` does."""
        ask, timer = await self._own(ask, timer_id, generation)
        due_at = max(timer.due_at, self._clock.now()) + by
        if due_at - self._clock.now() > YEAR:
            raise RefusedError("A timer can ring within a year at most.")
        plan = Plan(timer_id=self._ids.new(), due_at=due_at)
        await self._replace(ask, timer, lambda story, order: scheduling.postpone(story, order, timer, plan))
        return await self._live(ask)

    async def _own(self, ask: Ask, timer_id: int, generation: int) -> tuple[Ask, Timer]:
        """A moderator's timer, and the question about its thread."""
        timer = await self._timers.get(timer_id)
        if timer is None or timer.generation != generation or timer.kind not in MODERATORS_OWN:
            raise RefusedError(_CHANGED)
        thread_id = await self._topics.thread_of(timer.topic_id)
        if thread_id is None:
            raise RefusedError(_CHANGED)
        return Ask(guild_id=ask.guild_id, thread_id=thread_id, caller=ask.caller, locale=ask.locale), timer

    async def _replace(self, ask: Ask, timer: Timer, rule: Callable[[Story, Order], Ruling]) -> None:
        try:
            await self._moderation.rule(ask, "", rule, instead_of=timer)
        except StaleTimerError as error:
            raise RefusedError(_CHANGED) from error
        self._on_armed()

    async def _rule(self, ask: Ask, reason: str, rule: Callable[[Story, Order], Ruling]) -> Outcome:
        outcome = await self._moderation.rule(ask, reason, rule)
        self._on_armed()
        return outcome

    async def _live(self, ask: Ask) -> list[Timer]:
        topic = await self._topics.by_thread(ask.thread_id)
        return await self._timers.of_topic(topic.topic_id) if topic else []

    async def _plan(self, ask: Ask, when: str, every: Every | None = None) -> Plan:
        due_at = await self._moment(ask, when)
        recurrence = Recurrence.starting(due_at, every, await self._zone(ask)) if every else None
        return Plan(timer_id=self._ids.new(), due_at=due_at, recurrence=recurrence)

    async def _moment(self, ask: Ask, when: str) -> datetime:
        return parse_moment(when, now=self._clock.now(), zone=await self._zone(ask))

    async def live_in(self, ask: Ask, zone: str) -> None:
        """From now on this person's times are read in that zone. Raises RefusedError for a name that is none."""
        await self._people.live_in(ask.caller.id, parse_zone(zone))

    async def _zone(self, ask: Ask) -> str:
        own = await self._people.zone(ask.caller.id)
        if own is not None:
            return own
        topic = await self._topics.by_thread(ask.thread_id)
        channel_id = topic.channel_id if topic else WHOLE_GUILD
        return (await self._policies.of(ask.guild_id, channel_id)).zone


_CHANGED = _("This timer rang, was moved or was cancelled meanwhile. See `/topic timers` for what holds now.")


def _slowmode(text: str) -> int:
    """Seconds. Raises RefusedError beyond Discord's six hours."""
    if text.strip().lower() in OFF:
        return 0
    delay = parse_duration(f"{text}s" if text.strip().isdecimal() else text)
    if delay > LONGEST_SLOWMODE:
        raise RefusedError("Slow mode can be 6 hours at most.")
    return int(delay.total_seconds())
