"""Moderators' wishes: checked, recorded in one transaction, shown, and answered with what Discord shows then."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.domain import moderating, watching
from bot.domain.cases import Actor, Deed
from bot.domain.deadlines import TIMERS_OF_POLICIES
from bot.domain.moderating import (
    CLOSED_NOTICE,
    HOURS_OVER,
    NOTICE_WITH_REASON,
    OPEN_NOTICE,
    WARNING_OVER,
    Notices,
    Order,
    Ruling,
)
from bot.domain.timers import Timer
from bot.domain.topics import Sighting, Story, Topic, adopt, observe
from bot.domain.wording import Listing, Phrase, _
from bot.errors import GoneError, MissingAccessError, RefusedError, UnavailableError
from bot.ports import Caller, Clock, Forum, Ids, TopicCard, TopicName, TopicStore, WatchedStore
from bot.services.folding import Folding
from bot.services.policies import Policies
from bot.services.publishing import Publishing
from bot.texts import ENGLISH, Texts

CHOICES = 25  # Discord shows no more in a completion.


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Who asks, in which guild, about which thread. `locale` is the language of the notice, as Discord writes it."""

    guild_id: int
    thread_id: int
    caller: Caller
    locale: str = ENGLISH


class Verdict(StrEnum):
    DONE = "done"  # Discord shows it.
    REASON_CHANGED = "reason changed"
    ON_ITS_WAY = "on its way"  # Recorded; Discord does not show all of it yet.
    FAILED = "failed"  # Discord refused; everything is as it was.


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    verdict: Verdict
    thread_id: int
    name: str
    problem: object = ""


class Moderation:
    def __init__(
        self,
        topics: TopicStore,
        forum: Forum,
        publishing: Publishing,
        clock: Clock,
        ids: Ids,
        *,
        texts: Texts,
        policies: Policies,
        watched: WatchedStore,
    ) -> None:
        self._topics = topics
        self._forum = forum
        self._publishing = publishing
        self._clock = clock
        self._ids = ids
        self._texts = texts
        self._policies = policies
        self._folding = Folding(
            topics, watched, forum, clock=clock, ids=ids, texts=texts, policy_of=policies.of
        )

    async def close(self, ask: Ask, reason: str) -> Outcome:
        """Lock, then notice. Raises RefusedError with the answer for the moderator where it cannot be done."""
        return await self.rule(ask, reason, moderating.close_by_hand)

    async def reopen(self, ask: Ask, reason: str) -> Outcome:
        """Unlock, then edit the notice. Raises RefusedError as `close` does."""
        return await self.rule(ask, reason, moderating.reopen)

    async def info(self, ask: Ask) -> TopicCard:
        """What is known of a thread, also of one that was never under our care."""
        seen = await self.sight(ask)
        card = await self._topics.card(ask.thread_id)
        if card is None:
            return TopicCard(topic=adopt(0, seen))
        return TopicCard(
            topic=observe(card.topic, seen),
            entry_title=card.entry_title,
            entry_link=card.entry_link,
            published_at=card.published_at,
            feed_title=card.feed_title,
            feed_url=card.feed_url,
            case=card.case,
            problem=card.problem,
        )

    async def suggest(self, guild_id: int, text: str) -> list[TopicName]:
        """Topics of the guild for a completion, newest first."""
        return await self._topics.find(guild_id, text, CHOICES)

    async def reasons(self, guild_id: int, thread_id: int | None, channel_id: int) -> tuple[str, ...]:
        """The reasons at hand in a topic's channel, for a completion; without a thread, in that channel."""
        topic = await self._topics.by_thread(thread_id) if thread_id is not None else None
        if topic is not None and topic.guild_id == guild_id:
            channel_id = topic.channel_id
        return (await self._policies.of(guild_id, channel_id)).reasons

    async def gone(self, thread_id: int) -> None:
        """Somebody deleted a thread: it is never made again."""
        topic = await self._topics.by_thread(thread_id)
        if topic is not None:
            await self._topics.vanish(topic.topic_id)

    async def rule(
        self,
        ask: Ask,
        reason: str,
        rule: Callable[[Story, Order], Ruling],
        *,
        instead_of: Timer | None = None,
    ) -> Outcome:
        """The way of every act on a topic: look, check caller and bot, record what `rule` decides, show, read back.

        `instead_of` is a timer that is cancelled along; StaleTimerError where it rang or was moved meanwhile.
        """
        seen = await self.sight(ask)
        await self.require_access(ask, seen)
        topic = await self._topics.by_thread(ask.thread_id)
        if topic is None:
            await self._publishing.recognise(seen)
        else:
            await self.catch_up(topic, seen)
        order = await self.order(seen, actor_of(ask.caller), reason.strip(), ask.locale)
        new_to_us = adopt(self._ids.new(), seen)
        story = await self._topics.change(
            new_to_us, lambda story: rule(story, order), order.at, instead_of, ends="cancelled"
        )
        await self._publishing.publish(story.topic.topic_id)
        return await self._outcome(story)

    async def catch_up(self, topic: Topic, seen: Sighting) -> None:
        """What people did by hand a moment ago goes on record before anything follows from it."""
        if not watching.needs_an_actor(topic, seen):
            return
        async with self._publishing.alone(topic.topic_id):
            topic = (await self._topics.story(topic.topic_id)).topic
            if watching.needs_an_actor(topic, seen):
                await self._folding.fold(topic, seen)
        await self._publishing.publish(topic.topic_id)

    async def sight(self, ask: Ask) -> Sighting:
        """What Discord shows of the thread. Raises RefusedError with the answer where it cannot be had."""
        try:
            seen = await self._forum.sight(ask.thread_id)
        except GoneError as error:
            await self.gone(ask.thread_id)
            raise RefusedError("There is no such thread any more; nothing was changed.") from error
        except MissingAccessError as error:
            raise RefusedError(
                "I cannot see that thread. Give me {permissions} there, then try again.",
                permissions=_listed((_("View Channels"),)),
            ) from error
        except UnavailableError as error:
            raise RefusedError(
                "Discord is not answering right now; nothing was changed. Try again soon."
            ) from error
        if seen.guild_id != ask.guild_id:
            raise RefusedError("That thread is in another server; close it from there.")
        return seen

    async def require_access(self, ask: Ask, seen: Sighting) -> None:
        """Raises RefusedError naming what caller or bot lacks to close and reopen in that channel."""
        access = await self._forum.access(seen, ask.caller)
        if access.caller_missing:
            raise RefusedError(
                "You need {permissions} in that channel to do this.",
                permissions=_listed(access.caller_missing),
            )
        if access.bot_missing:
            raise RefusedError(
                "I lack {permissions} in that channel. Ask an admin to allow it.",
                permissions=_listed(access.bot_missing),
            )

    async def order(self, seen: Sighting, actor: Actor, reason: str, locale: str) -> Order:
        """What an act on the thread starts from, under the policy of its channel.

        `locale` is the language of the notice, as Discord writes it; the policy's goes before it.
        """
        policy = await self._policies.of(seen.guild_id, seen.channel_id)
        return Order(
            seen=seen,
            actor=actor,
            reason=reason,
            notices=self.notices(policy.locale or locale, reason, policy.notice),
            policy=policy,
            locale=policy.locale or locale,
            timer_ids=tuple(self._ids.new() for _each in TIMERS_OF_POLICIES),
            at=self._clock.now(),
            case_id=self._ids.new(),
            record_id=self._ids.new(),
        )

    def notices(self, locale: str, reason: str, closed: str = "") -> Notices:
        """What the notice says in each case. `closed`: what a guild says in its own words, in any language."""

        def say(notice: str) -> str:
            if not reason:
                return notice
            return self._texts.say(locale, NOTICE_WITH_REASON, notice=notice, reason=reason)

        opened = self._texts.say(locale, OPEN_NOTICE)
        return Notices(
            closed=say(closed or self._texts.say(locale, CLOSED_NOTICE)),
            reopened=say(opened),
            overruled=opened,
            unwarned=self._texts.say(locale, WARNING_OVER),
            off_hours=self._texts.say(locale, HOURS_OVER),
        )

    async def _outcome(self, wanted: Story) -> Outcome:
        """Read back: the answer tells what Discord shows, not what we hoped for.

        Raises RefusedError where something else was done to the topic meanwhile.
        """
        story = await self._topics.story(wanted.topic.topic_id)
        card = await self._topics.card(story.topic.thread_id or 0)
        problem: object = (card.problem if card else None) or ""
        refusal = card.case.outcome if card and card.case else "done"
        if refusal not in {"pending", "done"}:
            verdict, problem = Verdict.FAILED, refusal
        elif story.topic.state is not wanted.topic.state:
            raise RefusedError(
                "Somebody or a timer changed {topic} in the same moment; look at it again.",
                topic=f"<#{story.topic.thread_id}>",
            )
        elif problem or story.topic.shown is not story.topic.state:
            verdict = Verdict.ON_ITS_WAY
        elif story.wishes:
            verdict = Verdict.ON_ITS_WAY
            due_at = int(max(wish.due_at for wish in story.wishes).timestamp())
            problem = Phrase(_("Discord limits how often that changes; next try <t:{at}:R>"), at=due_at)
        else:
            verdict = _what_was_done(card)
        return Outcome(
            verdict=verdict, thread_id=story.topic.thread_id or 0, name=story.topic.name, problem=problem
        )


def actor_of(caller: Caller) -> Actor:
    return Actor(user_id=caller.id, name=caller.display_name)


def _what_was_done(card: TopicCard | None) -> Verdict:
    case = card.case if card else None
    same = case and case.deed is Deed.CLOSE and case.before is case.after
    return Verdict.REASON_CHANGED if same else Verdict.DONE


def _listed(permissions: tuple[str, ...]) -> Listing:
    return Listing(permissions, each="*{}*")
