"""Rings timers: claims one, looks afresh, decides again, and stores effect and end of the timer in one transaction.

Never drops a timer silently: one that cannot do its work waits, or ends with a case and a line for the operator. Kinds
are told apart only by `handlers`.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Protocol

from bot.domain import ringing
from bot.domain.policies import OnAuthorLost, Policy
from bot.domain.ringing import MOST_ATTEMPTS, Rule, retry_at
from bot.domain.timers import DOWNTIME, LATE, Timer, TimerKind
from bot.domain.topics import Sighting, State, Topic
from bot.errors import (
    AmbiguousError,
    ForumError,
    GoneError,
    MissingAccessError,
    RefusedError,
    StaleTimerError,
    StoreError,
    UnavailableError,
)
from bot.ports import Clock, Forum, Ids, TimerStore, TopicStore
from bot.services.moderation import Moderation
from bot.services.policies import Policies
from bot.services.publishing import Publishing
from bot.texts import ENGLISH

log = logging.getLogger(__name__)

ABSENCE = timedelta(seconds=30)  # Until a guild that is away is looked for again.
STANDSTILL = timedelta(minutes=10)  # The same for a topic that is suspended.
FORBIDDEN = timedelta(minutes=30)  # Permissions are given back by people, not within seconds.


class Handler(Protocol):
    """Gathers what a kind of timer needs to know, and returns the pure rule that decides, inside the transaction."""

    async def __call__(self, timer: Timer, topic: Topic, seen: Sighting) -> Rule: ...


async def _close(timer: Timer, topic: Topic, seen: Sighting) -> Rule:  # noqa: ARG001 - a Handler.
    return ringing.close


async def _reopen(timer: Timer, topic: Topic, seen: Sighting) -> Rule:  # noqa: ARG001 - a Handler.
    return ringing.reopen


async def _restore_slowmode(timer: Timer, topic: Topic, seen: Sighting) -> Rule:  # noqa: ARG001 - a Handler.
    return lambda story, order: ringing.restore_slowmode(story, order, timer)


HANDLERS: Mapping[TimerKind, Handler] = {
    TimerKind.CLOSE: _close,
    TimerKind.REOPEN: _reopen,
    TimerKind.SLOWMODE: _restore_slowmode,
}


class Timing:
    """`handlers` are those of policies; the ones moderators arm (`HANDLERS`) are always there."""

    def __init__(
        self,
        timers: TimerStore,
        topics: TopicStore,
        forum: Forum,
        publishing: Publishing,
        moderation: Moderation,
        *,
        policies: Policies,
        clock: Clock,
        ids: Ids,
        jitter: Callable[[], float],
        handlers: Mapping[TimerKind, Handler] | None = None,
    ) -> None:
        self._timers = timers
        self._topics = topics
        self._forum = forum
        self._publishing = publishing
        self._moderation = moderation
        self._clock = clock
        self._ids = ids
        self._policies = policies
        self._jitter = jitter
        self._handlers = {**HANDLERS, **(handlers or {})}

    async def ring(self, timer_id: int) -> None:
        """Ring one timer that is due. Nothing happens where it was moved, cancelled or rung meanwhile."""
        timer = await self._timers.claim(timer_id, self._clock.now())
        if timer is None:
            return
        try:
            await self._guarded(timer)
        except StaleTimerError as error:
            log.info("timer %s (%s): %s", timer.timer_id, timer.kind, error)

    async def tell_overdue(self) -> None:
        """One line for the operator about all that fell due while nobody was here to ring it."""
        overdue = await self._timers.overdue(self._clock.now() - LATE)
        if overdue:
            kinds = ", ".join(f"{n} {kind} ({DOWNTIME[kind]})" for kind, n in sorted(overdue.items()))
            log.warning("%d timers fell due while I was away: %s", sum(overdue.values()), kinds)

    async def _guarded(self, timer: Timer) -> None:
        try:
            await self._ring(timer)
        except (StoreError, StaleTimerError):
            raise  # Where the store fails, the claim runs out, and the timer rings again.
        except (UnavailableError, AmbiguousError) as error:
            await self._try_later(timer, error)
        except (ForumError, RefusedError) as error:
            log.warning("timer %s (%s) of topic %s: %s", timer.timer_id, timer.kind, timer.topic_id, error)
            await self._retry_or_fail(timer, f"not done: {error}", FORBIDDEN)
        except Exception as fault:
            log.exception("timer %s (%s): our own fault; the others go on", timer.timer_id, timer.kind)
            await self._retry_or_fail(timer, f"not done, by a fault of mine: {fault!r}", ringing.FIRST_RETRY)

    async def _ring(self, timer: Timer) -> None:
        topic = (await self._topics.story(timer.topic_id)).topic
        if topic.state is State.GONE or topic.thread_id is None:
            return await self._timers.give_up(timer, "cancelled")
        if topic.suspended_at is not None:
            return await self._wait(timer, STANDSTILL)
        if not await self._forum.is_present(timer.guild_id):
            return await self._wait(timer, ABSENCE)
        try:
            seen = await self._forum.sight(topic.thread_id)
        except GoneError:
            await self._timers.give_up(timer, "cancelled")
            return await self._topics.vanish(topic.topic_id)
        await self._moderation.catch_up(topic, seen)
        return await self._take_effect(timer, topic, seen)

    async def _take_effect(self, timer: Timer, topic: Topic, seen: Sighting) -> None:
        policy = await self._policies.of(seen.guild_id, seen.channel_id)
        locale = str(timer.payload.get("locale", ENGLISH))
        order = await self._moderation.order(seen, timer.owner, timer.reason, locale)
        rule = await self._handlers[timer.kind](timer, topic, seen)
        if rule(await self._topics.story(topic.topic_id), order).case is not None:
            problem = await self._missing(timer, seen, policy)
            if problem:
                return await self._fail(timer, problem)
        next_id = self._ids.new()
        await self._topics.change(
            topic, lambda story: ringing.ring(story, order, timer, rule, next_id), order.at, timer
        )
        await self._publishing.publish(topic.topic_id)
        return None

    async def _missing(self, timer: Timer, seen: Sighting, policy: Policy) -> str:
        """Why the author may not do this any more, or "". Raises MissingAccessError where the bot may not."""
        user_id = timer.owner.user_id
        author = await self._forum.member(seen.guild_id, user_id) if user_id is not None else None
        access = await self._forum.access(seen, author)
        if access.bot_missing:
            raise MissingAccessError(
                f"I lack {' and '.join(access.bot_missing)} in that channel", missing=access.bot_missing
            )
        if user_id is None or policy.on_author_lost is OnAuthorLost.RUN:
            return ""
        if author is None:
            return f"not done: {timer.owner.name}, who asked for it, left the server"
        if access.caller_missing:
            return f"not done: {timer.owner.name}, who asked for it, lacks {' and '.join(access.caller_missing)} now"
        return ""

    async def _wait(self, timer: Timer, how_long: timedelta) -> None:
        """It is not the timer's fault, so that it costs no attempt."""
        await self._timers.put_off(
            timer, retry_at(self._clock.now(), 1, self._jitter(), how_long), spends_attempt=False
        )

    async def _try_later(self, timer: Timer, error: UnavailableError | AmbiguousError) -> None:
        """An outage is waited out, however long it takes, and leaves attempts for what may come after it."""
        now = self._clock.now()
        due_at = ringing.outage_retry_at(now, timer, self._jitter())
        if isinstance(error, UnavailableError) and error.retry_after:
            due_at = max(due_at, now + error.retry_after)
        log.info("timer %s (%s): %s; ringing again at %s", timer.timer_id, timer.kind, error, due_at)
        await self._timers.put_off(timer, due_at, spends_attempt=timer.attempts < ringing.QUICK_ATTEMPTS)

    async def _retry_or_fail(self, timer: Timer, problem: str, first: timedelta) -> None:
        if timer.attempts >= MOST_ATTEMPTS:
            return await self._fail(timer, problem)
        due_at = retry_at(self._clock.now(), timer.attempts, self._jitter(), first)
        return await self._timers.put_off(timer, due_at, spends_attempt=True)

    async def _fail(self, timer: Timer, problem: str) -> None:
        """For good: the topic is left as it is, staff have a case, the operator a line."""
        log.error("timer %s (%s) of topic %s: %s", timer.timer_id, timer.kind, timer.topic_id, problem)
        topic = (await self._topics.story(timer.topic_id)).topic
        now, case_id = self._clock.now(), self._ids.new()
        await self._topics.change(
            topic, lambda story: ringing.fail(story, timer, problem, case_id, now), now, timer, ends="failed"
        )
