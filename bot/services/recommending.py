"""Moderators recommend posts of a topic; one message of the topic lists them.

Decides nothing (`domain.digests` does) and sends nothing (publishing does).
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from bot.domain import digests
from bot.domain.digests import HEADING, Proposal, digest, post_link, posts_of
from bot.domain.moderating import Order, Ruling
from bot.domain.recommendations import MOST, Recommendation, excerpt
from bot.domain.topics import Story
from bot.errors import ForumError, GoneError, RefusedError, UnavailableError
from bot.ports import Clock, Forum, PostSighting, TopicStore
from bot.services.moderation import Ask, Moderation, Verdict
from bot.texts import Texts

log = logging.getLogger(__name__)


class Change(StrEnum):
    """What became of the list."""

    ADDED = "added"
    ADDED_TO_FULL = "added to a list that is full now"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """`link` leads to the list, or to the topic where the list does not stand yet; `problem` says why."""

    change: Change
    link: str
    problem: object = ""


class Recommending:
    def __init__(
        self,
        moderation: Moderation,
        topics: TopicStore,
        forum: Forum,
        clock: Clock,
        *,
        texts: Texts,
    ) -> None:
        self._moderation = moderation
        self._topics = topics
        self._forum = forum
        self._clock = clock
        self._texts = texts

    async def recommend(self, ask: Ask, message_id: int, given: PostSighting | None = None) -> Listed:
        """Put a post on the topic's list, or off it where it is there.

        `given`: the post as Discord handed it to us with the menu; None: it is looked up. Raises RefusedError with the
        answer for the moderator where it cannot be done.
        """
        await self._moderation.require_access(ask, await self._moderation.sight(ask))
        post = given or await self._look_up(ask.thread_id, message_id)
        proposal = Proposal(
            post=Recommendation(
                message_id=message_id,
                author_id=post.author_id if post else None,
                author_name=post.author_name if post else "",
                excerpt=excerpt(post.content) if post else "",
                by=ask.caller.id,
                at=self._clock.now(),
            ),
            exists=post is not None,
            deleted=await self._deleted(ask.thread_id),
        )

        def rule(story: Story, order: Order) -> Ruling:
            heading = self._texts.say(order.policy.locale or ask.locale, HEADING)
            return digests.toggle(story, order, proposal, heading)

        outcome = await self._moderation.rule(ask, "", rule)
        if outcome.verdict is Verdict.FAILED:
            raise RefusedError("This topic's thread no longer exists in Discord.")
        return await self._listed(ask, message_id, outcome.problem)

    async def _look_up(self, thread_id: int, message_id: int) -> PostSighting | None:
        try:
            return await self._forum.post(thread_id, message_id)
        except GoneError:
            return None
        except UnavailableError as error:
            raise RefusedError("Discord is not answering right now. Try again soon.") from error
        except ForumError as error:
            raise RefusedError("I may not read the messages of that topic.") from error

    async def _deleted(self, thread_id: int) -> Collection[int]:
        """What somebody deleted of the list and its posts; where Discord does not tell, all of it stands."""
        topic = await self._topics.by_thread(thread_id)
        if topic is None:
            return ()
        try:
            return await self._forum.deleted(thread_id, posts_of(await self._topics.story(topic.topic_id)))
        except ForumError as error:
            log.info("the list of thread %s cannot be looked at: %s", thread_id, error)
            return ()

    async def _listed(self, ask: Ask, message_id: int, problem: object) -> Listed:
        """Read back what came of it."""
        topic = await self._topics.by_thread(ask.thread_id)
        assert topic is not None
        story = await self._topics.story(topic.topic_id)
        standing = digest(story)
        target = standing.message_id if standing and standing.message_id else ask.thread_id
        change = Change.REMOVED
        if any(each.message_id == message_id for each in story.recommendations):
            change = Change.ADDED_TO_FULL if len(story.recommendations) == MOST else Change.ADDED
        return Listed(change=change, link=post_link(ask.guild_id, ask.thread_id, target), problem=problem)
