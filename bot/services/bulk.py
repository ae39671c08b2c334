"""Closing or reopening many topics at once: proposed first, done after a second look, taken back as one.

Each topic is recorded by itself, with a case of its own; publishing shows them at Discord's pace, behind moderators.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain import moderating, shaping
from bot.domain.bulk import MOST, Action, Batch, Filters, chosen
from bot.domain.cases import Case
from bot.domain.moderating import Order, Ruling
from bot.domain.topics import Sighting, Story, adopt
from bot.errors import RefusedError, UnavailableError
from bot.ports import BatchStore, Caller, CaseStore, Clock, Forum, Ids, TopicStore
from bot.services.moderation import Ask, Moderation, actor_of
from bot.services.publishing import Publishing

GOOD_FOR = timedelta(minutes=15)  # A proposal older than this tells of another state of things.


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a bulk action would do; `barred` topics it may not touch, for caller or bot lack the permission there."""

    batch: Batch
    topics: tuple[Sighting, ...]
    barred: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of a batch: so many recorded, so many left as they were because they are so already or gone."""

    batch_id: int
    recorded: int
    left: int


class Bulk:
    def __init__(
        self,
        *,
        moderation: Moderation,
        publishing: Publishing,
        topics: TopicStore,
        cases: CaseStore,
        batches: BatchStore,
        forum: Forum,
        clock: Clock,
        ids: Ids,
        on_wanted: Callable[[], None],
    ) -> None:
        self._moderation = moderation
        self._publishing = publishing
        self._topics = topics
        self._cases = cases
        self._batches = batches
        self._forum = forum
        self._clock = clock
        self._ids = ids
        self._on_wanted = on_wanted

    async def propose(
        self, guild_id: int, caller: Caller, action: Action, filters: Filters, *, reason: str, silent: bool
    ) -> Proposal:
        """What it would be about; nothing is changed. Raises RefusedError for none, or for too many."""
        now = self._clock.now()
        found = [seen for seen in await self._active(guild_id) if chosen(seen, action, filters, now)]
        allowed = [seen for seen in found if await self._may(seen, caller)]
        if not allowed:
            raise RefusedError(
                "No topic fits, or I or you may not change those that do; nothing was changed."
            )
        if len(allowed) > MOST:
            raise RefusedError(
                "{count} topics fit, more than {most}: narrow it down.", count=len(allowed), most=MOST
            )
        batch = Batch(
            batch_id=self._ids.new(),
            guild_id=guild_id,
            actor_id=caller.id,
            actor_name=caller.display_name,
            action=action,
            reason=reason,
            silent=silent,
            thread_ids=tuple(seen.thread_id for seen in allowed),
            state="proposed",
            created_at=now,
        )
        await self._batches.put(batch)
        return Proposal(batch=batch, topics=tuple(allowed), barred=len(found) - len(allowed))

    async def confirm(self, batch_id: int, ask: Ask) -> Tally:
        """Do what was proposed, to those topics for which it still holds. Only who proposed it may."""
        batch = await self._batch(batch_id, ask)
        if self._clock.now() - batch.created_at > GOOD_FOR:
            raise RefusedError("That proposal is too old by now; make it again.")
        if not await self._batches.turn(batch_id, "proposed", "done"):
            raise RefusedError("That was done already.")
        rule = moderating.close_by_hand if batch.action is Action.CLOSE else moderating.reopen
        return await self._each(batch, ask, dict.fromkeys(batch.thread_ids, rule))

    async def undo(self, batch_id: int, ask: Ask) -> Tally:
        """Take all of it back as one, where nobody changed it since."""
        batch = await self._batch(batch_id, ask)
        if not await self._batches.turn(batch_id, "done", "undone"):
            raise RefusedError("That was taken back already, or never done.")
        cases = await self._cases.of_batch(batch_id)
        return await self._each(batch, ask, {thread_id: _undoing(case) for thread_id, case in cases})

    async def threads_of_feed(self, guild_id: int, feed: str) -> Sequence[int]:
        return await self._batches.threads_of_feed(guild_id, feed)

    async def feeds(self, guild_id: int, text: str) -> list[str]:
        """For a completion."""
        return await self._batches.feeds_of(guild_id, text, 25)

    async def _batch(self, batch_id: int, ask: Ask) -> Batch:
        batch = await self._batches.get(batch_id)
        if batch is None or batch.guild_id != ask.guild_id:
            raise RefusedError("I do not know that proposal any more.")
        if batch.actor_id != ask.caller.id:
            raise RefusedError("Only who proposed it can do that.")
        return batch

    async def _each(
        self, batch: Batch, ask: Ask, rules: dict[int, Callable[[Story, Order], Ruling]]
    ) -> Tally:
        active = {seen.thread_id: seen for seen in await self._active(batch.guild_id)}
        recorded = 0
        for thread_id, rule in rules.items():
            seen = active.get(thread_id)
            if seen is not None and await self._may(seen, ask.caller):
                recorded += await self._record(batch, ask, seen, rule)
        self._on_wanted()
        return Tally(batch_id=batch.batch_id, recorded=recorded, left=len(rules) - recorded)

    async def _record(
        self, batch: Batch, ask: Ask, seen: Sighting, rule: Callable[[Story, Order], Ruling]
    ) -> bool:
        if await self._topics.by_thread(seen.thread_id) is None:
            await self._publishing.recognise(seen)
        order = replace(
            await self._moderation.order(seen, actor_of(ask.caller), batch.reason, ask.locale),
            silent=batch.silent,
            batch_id=batch.batch_id,
        )
        try:
            await self._topics.change(
                adopt(self._ids.new(), seen), lambda story: rule(story, order), order.at
            )
        except RefusedError:
            return False
        return True

    async def _active(self, guild_id: int) -> list[Sighting]:
        try:
            return await self._forum.active(guild_id)
        except UnavailableError as error:
            raise RefusedError(
                "Discord is not answering right now; nothing was changed. Try again soon."
            ) from error

    async def _may(self, seen: Sighting, caller: Caller) -> bool:
        access = await self._forum.access(seen, caller)
        return not access.caller_missing and not access.bot_missing


def _undoing(case: Case) -> Callable[[Story, Order], Ruling]:
    return lambda story, order: shaping.undo(story, order, case)
