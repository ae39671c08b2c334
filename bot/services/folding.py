"""What people did to a thread by hand, recorded as a case: who did it is looked up, and a person wins.

Only on the ground of a fresh look, while nothing of ours is under way for that topic: the caller holds its lock.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.domain import watching
from bot.domain.cases import Actor
from bot.domain.moderating import OPEN_NOTICE, WARNING_OVER
from bot.domain.policies import Policy
from bot.domain.topics import Sighting, Topic
from bot.domain.watching import GIVEN_UP, HOUR, MOST_TAKEN_BACK, Evidence
from bot.ports import Clock, Forum, Ids, TopicStore, WatchedStore
from bot.texts import ENGLISH, Texts

log = logging.getLogger(__name__)

UNKNOWN = Actor(user_id=None)
JUST_NOW = timedelta(minutes=1)

PolicyOf = Callable[[int, int], Awaitable[Policy]]  # guild id, channel id


class Folding:
    def __init__(
        self,
        topics: TopicStore,
        watched: WatchedStore,
        forum: Forum,
        *,
        clock: Clock,
        ids: Ids,
        texts: Texts,
        policy_of: PolicyOf,
    ) -> None:
        self._topics = topics
        self._watched = watched
        self._forum = forum
        self._clock = clock
        self._ids = ids
        self._texts = texts
        self._policy_of = policy_of

    async def fold(self, topic: Topic, seen: Sighting, *, since: timedelta | None = JUST_NOW) -> None:
        """Record what a fresh look shows. `since` None: ask nobody who did it."""
        if watching.agrees(topic, seen):
            return
        evidence = await self._evidence(topic, seen, since)
        if evidence.given_up and watching.needs_an_actor(topic, seen) and not seen.locked:
            log.warning("thread %s: its close is not enforced any more: %s", seen.thread_id, GIVEN_UP)
        await self._topics.change(topic, lambda story: watching.fold_in(story, evidence), evidence.at)

    async def _evidence(self, topic: Topic, seen: Sighting, since: timedelta | None) -> Evidence:
        now = self._clock.now()
        policy = await self._policy_of(seen.guild_id, seen.channel_id)
        actor: Actor | None = UNKNOWN
        if since is not None and watching.needs_an_actor(topic, seen):
            deed = watching.deed_of(topic, seen)
            actor = await self._forum.culprit(seen.guild_id, seen.thread_id, deed, now - since)
        undone = await self._watched.count_by_hand(topic.topic_id, now - HOUR) if policy.enforce else 0
        locale = policy.locale or ENGLISH
        return Evidence(
            seen=seen,
            actor=actor,
            at=now,
            case_id=self._ids.new(),
            overruled=self._texts.say(locale, OPEN_NOTICE),
            unwarned=self._texts.say(locale, WARNING_OVER),
            enforced=policy.enforce and undone < MOST_TAKEN_BACK,
            given_up=policy.enforce and undone >= MOST_TAKEN_BACK,
        )
