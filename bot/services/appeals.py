"""Members appeal against a close; the staff decides. Record, act, confirm, for the staff's message and for the answer.

Whoever decides is checked again, in the topic's channel. The answer to the person is sent once at most: a lost one is
better than two.
"""

import asyncio
import logging
from datetime import timedelta
from weakref import WeakValueDictionary

from bot.domain.appeals import (
    Appeal,
    AppealState,
    AppealStep,
    Decision,
    as_sent,
    next_appeal_step,
    person_message,
    staff_message,
)
from bot.domain.moderating import Ruling
from bot.domain.topics import Sighting, State, adopt
from bot.domain.wording import _
from bot.errors import (
    AmbiguousError,
    ForumError,
    GoneError,
    MissingAccessError,
    RefusedError,
    RejectedError,
    UnavailableError,
)
from bot.ports import AppealStore, Clock, Forum, Ids, TopicName, TopicStore
from bot.services.looking import look, suggest
from bot.services.moderation import Ask, Moderation, Verdict
from bot.services.policies import Policies
from bot.services.publishing import Publishing
from bot.texts import Texts

log = logging.getLogger(__name__)

SETTLING = timedelta(seconds=3)  # A request that was cut off may still be on its way.
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(hours=1)
REASON = _("an appeal was heard")


class Appeals:
    def __init__(
        self,
        appeals: AppealStore,
        topics: TopicStore,
        forum: Forum,
        *,
        moderation: Moderation,
        publishing: Publishing,
        policies: Policies,
        clock: Clock,
        ids: Ids,
        texts: Texts,
    ) -> None:
        self._appeals = appeals
        self._topics = topics
        self._forum = forum
        self._moderation = moderation
        self._publishing = publishing
        self._policies = policies
        self._clock = clock
        self._ids = ids
        self._texts = texts
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def file(self, ask: Ask, text: str, locale: str) -> bool:
        """Ask the staff to open a topic again; False where they cannot be reached yet. Raises RefusedError.

        `locale` is the person's language.
        """
        seen = await look(self._forum, ask)
        if not seen.locked:
            raise RefusedError("This topic is open: you can say it there.")
        policy = await self._policies.of(seen.guild_id, seen.channel_id)
        if policy.staff_channel_id is None:
            raise RefusedError("This server takes no appeals here. Ask its moderators directly.")
        appeal = Appeal(
            appeal_id=self._ids.new(),
            guild_id=seen.guild_id,
            topic_id=await self._topic_id(seen),
            thread_id=seen.thread_id,
            channel_id=policy.staff_channel_id,
            author_id=ask.caller.id,
            author_name=ask.caller.display_name,
            text=text.strip(),
            at=self._clock.now(),
            locale=locale,
            guild_locale=policy.locale or ask.locale,
        )
        await self._require_first(appeal)
        return await self._deliver(appeal.appeal_id)

    async def decide(self, ask: Ask, appeal_id: int, decision: Decision) -> int:
        """The staff's word; the id of the thread. Raises RefusedError with the answer for whoever clicked.

        `ask.thread_id` does not matter: the appeal knows its own.
        """
        async with self._lock(appeal_id):
            appeal = await self._open_appeal(ask, appeal_id)
            ask = Ask(guild_id=ask.guild_id, thread_id=appeal.thread_id, caller=ask.caller, locale=ask.locale)
            state = await self._judge(ask, appeal, decision)
            await self._appeals.decide(appeal_id, state, ask.caller.id, self._clock.now())
        await self.work(appeal_id)
        if state is AppealState.LAPSED:
            raise RefusedError("This topic's thread no longer exists in Discord.")
        return appeal.thread_id

    async def work(self, appeal_id: int) -> None:
        """Let staff and person know what they do not know yet, as far as Discord lets us now."""
        async with self._lock(appeal_id):
            while (appeal := await self._appeals.get(appeal_id)) is not None:
                step = next_appeal_step(appeal)
                if step is None:
                    await self._appeals.settle(appeal)
                    return
                try:
                    await self._take(step, appeal)
                except ForumError as error:
                    if await self._postpone(step, appeal, error):
                        return

    async def suggest(self, ask: Ask, text: str) -> list[TopicName]:
        """Closed topics for a completion: only those that the person can see."""
        found = await suggest(self._topics, self._forum, ask, text)
        return [topic for topic in found if topic.state is State.CLOSED]

    def _lock(self, appeal_id: int) -> asyncio.Lock:
        return self._locks.setdefault(appeal_id, asyncio.Lock())

    async def _topic_id(self, seen: Sighting) -> int:
        topic = await self._topics.by_thread(seen.thread_id)
        if topic is None:
            await self._publishing.recognise(seen)
            new_to_us = adopt(self._ids.new(), seen)
            story = await self._topics.change(new_to_us, lambda story: Ruling(story=story), self._clock.now())
            topic = story.topic
        return topic.topic_id

    async def _require_first(self, appeal: Appeal) -> None:
        """Store it, unless the person's last one still waits for the staff."""
        standing = await self._appeals.open_of(appeal.topic_id, appeal.author_id)
        if standing is not None and await self._is_lost(standing):
            await self._appeals.decide(standing.appeal_id, AppealState.LAPSED, None, self._clock.now())
        if not await self._appeals.file(appeal):
            raise RefusedError("You have appealed already; the staff has not decided yet.")

    async def _is_lost(self, appeal: Appeal) -> bool:
        """Whether somebody deleted the staff's message, so that nobody can decide any more."""
        if appeal.message_id is None:
            return False
        try:
            await self._forum.post(appeal.channel_id, appeal.message_id)
        except GoneError:
            return True
        except ForumError:
            return False
        return False

    async def _deliver(self, appeal_id: int) -> bool:
        await self.work(appeal_id)
        appeal = await self._appeals.get(appeal_id)
        if appeal is None or appeal.state is AppealState.LAPSED:
            raise RefusedError("I cannot write in this server's staff channel. Please tell its admins.")
        return appeal.message_id is not None

    async def _open_appeal(self, ask: Ask, appeal_id: int) -> Appeal:
        appeal = await self._appeals.get(appeal_id)
        if appeal is None or appeal.guild_id != ask.guild_id:
            raise RefusedError("I do not know this appeal any more.")
        if appeal.state is not AppealState.OPEN:
            raise RefusedError("This appeal is decided already.")
        return appeal

    async def _judge(self, ask: Ask, appeal: Appeal, decision: Decision) -> AppealState:
        """What becomes of it. A topic that is open already, or gone, needs no more doing."""
        try:
            seen = await self._moderation.sight(ask)
        except RefusedError:
            topic = (await self._topics.story(appeal.topic_id)).topic
            if topic.state is State.GONE:
                return AppealState.LAPSED
            raise
        await self._moderation.require_access(ask, seen)
        if decision is Decision.DECLINE:
            return AppealState.DECLINED
        await self._reopen(ask, seen, appeal)
        return AppealState.ACCEPTED

    async def _reopen(self, ask: Ask, seen: Sighting, appeal: Appeal) -> None:
        try:
            outcome = await self._moderation.reopen(ask, self._texts.say(appeal.guild_locale, REASON))
        except RefusedError:
            if seen.locked:
                raise
            return
        if outcome.verdict is Verdict.FAILED:
            raise RefusedError(
                "{topic} is as it was; Discord refused: {problem}.",
                topic=f"<#{outcome.thread_id}>",
                problem=outcome.problem,
            )

    async def _take(self, step: AppealStep, appeal: Appeal) -> None:
        say = self._texts.speaker(appeal.guild_locale).say
        match step:
            case AppealStep.SEND:
                await self._appeals.mark_attempt(appeal.appeal_id, self._clock.now())
                wanted = staff_message(appeal, say)
                message_id = await self._forum.send(appeal.channel_id, wanted, appeal.nonce)
                await self._appeals.confirm(appeal.appeal_id, message_id, appeal.state)
            case AppealStep.LOOK_UP:
                await self._look_up(appeal)
            case AppealStep.EDIT:
                assert appeal.message_id is not None
                await self._forum.edit(appeal.channel_id, appeal.message_id, staff_message(appeal, say))
                await self._appeals.confirm(appeal.appeal_id, appeal.message_id, appeal.state)
            case AppealStep.TELL:
                await self._appeals.mark_told(appeal.appeal_id, told=True)
                wanted = person_message(appeal, self._texts.speaker(appeal.locale).say)
                await self._forum.tell(appeal.author_id, wanted, appeal.telling_nonce)

    async def _look_up(self, appeal: Appeal) -> None:
        assert appeal.attempted_at is not None
        if self._clock.now() < appeal.attempted_at + SETTLING:
            raise AmbiguousError("waiting to see what became of the last request")
        sent = staff_message(as_sent(appeal), self._texts.speaker(appeal.guild_locale).say)
        message_id = await self._forum.find_message(appeal.channel_id, sent, appeal.attempted_at)
        if message_id is None:
            await self._appeals.mark_attempt(appeal.appeal_id, None)
        else:
            await self._appeals.confirm(appeal.appeal_id, message_id, AppealState.OPEN)

    async def _postpone(self, step: AppealStep, appeal: Appeal, error: ForumError) -> bool:
        """Decide when to try again. False where there is nothing to try: go on with the next step."""
        appeal_id = appeal.appeal_id
        if isinstance(error, UnavailableError | AmbiguousError):
            if isinstance(error, UnavailableError):
                await self._take_back(step, appeal)
            elif step is AppealStep.TELL:
                return False
            await self._appeals.put_off(appeal_id, self._clock.now() + _patience(appeal, error))
            return True
        assert isinstance(error, MissingAccessError | GoneError | RejectedError)
        if step is AppealStep.TELL:
            log.info("appeal %s: its author takes no direct messages: %s", appeal_id, error)
        elif step is AppealStep.EDIT and appeal.message_id is not None:
            log.info("appeal %s: its message is left as it is: %s", appeal_id, error)
            await self._appeals.confirm(appeal_id, appeal.message_id, appeal.state)
        else:
            log.error("staff channel %s takes no appeals: %s", appeal.channel_id, error)
            await self._appeals.mark_attempt(appeal_id, None)
            await self._appeals.decide(appeal_id, AppealState.LAPSED, None, self._clock.now())
        return False

    async def _take_back(self, step: AppealStep, appeal: Appeal) -> None:
        """What is known not to have been done is not marked as perhaps done."""
        if step is AppealStep.SEND:
            await self._appeals.mark_attempt(appeal.appeal_id, None)
        elif step is AppealStep.TELL:
            await self._appeals.mark_told(appeal.appeal_id, told=False)


def _patience(appeal: Appeal, error: ForumError) -> timedelta:
    if isinstance(error, UnavailableError):
        wait = min(FIRST_RETRY * (1 << min(appeal.attempts, 10)), LONGEST_RETRY)
        return max(error.retry_after or timedelta(), wait)
    return SETTLING
