"""Why a topic is as it is: gathered from the store and from Discord as of now. Changes nothing."""

from dataclasses import dataclass
from typing import Protocol

from bot.domain.policies import Policy
from bot.domain.records import CaseFile
from bot.domain.timers import Timer
from bot.domain.topics import Sighting, Story, adopt, observe
from bot.ports import Access, Forum, RecordStore, TimerStore, TopicStore
from bot.services.moderation import Ask, Moderation


class PolicySource(Protocol):
    async def of(self, guild_id: int, channel_id: int = 0) -> Policy:
        """What holds in the channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """`story` is as recorded, with what people did by hand; `seen` is what Discord shows.

    `since`: the case that opened or closed it; None where nobody did. `problem`: why its work waits.
    """

    story: Story
    seen: Sighting
    access: Access
    policy: Policy
    since: CaseFile | None = None
    timers: tuple[Timer, ...] = ()
    problem: str = ""


class Explaining:
    def __init__(
        self,
        topics: TopicStore,
        records: RecordStore,
        timers: TimerStore,
        policies: PolicySource,
        *,
        forum: Forum,
        moderation: Moderation,
    ) -> None:
        self._topics = topics
        self._records = records
        self._timers = timers
        self._policies = policies
        self._forum = forum
        self._moderation = moderation

    async def explain(self, ask: Ask) -> Explanation:
        """Raises RefusedError where Discord does not show us the thread."""
        seen = await self._moderation.sight(ask)
        access = await self._forum.access(seen, ask.caller)
        policy = await self._policies.of(seen.guild_id, seen.channel_id)
        card = await self._topics.card(ask.thread_id)
        if card is None:
            return Explanation(story=Story(adopt(0, seen)), seen=seen, access=access, policy=policy)
        topic_id = card.topic.topic_id
        story = await self._topics.story(topic_id)
        return Explanation(
            story=Story(observe(story.topic, seen), story.messages, story.wishes),
            seen=seen,
            access=access,
            policy=policy,
            since=await self._records.last_change(topic_id),
            timers=tuple(await self._timers.of_topic(topic_id)),
            problem=card.problem or "",
        )
