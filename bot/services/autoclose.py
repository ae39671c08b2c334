"""Lets policies close topics: arms their timers, gathers what they must know when they ring, and serves *Keep open*.

Never closes by what it remembers: activity is read from the thread at the moment of the decision, so that neither
downtime nor a lost event can close a topic that people write in.
"""

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

from bot.domain import autoclose
from bot.domain.autoclose import Words
from bot.domain.deadlines import BY_POLICY, DEADLINES, TIMERS_OF_POLICIES, timers
from bot.domain.durations import format_duration
from bot.domain.live_blogs import LiveState
from bot.domain.messages import Button, Message
from bot.domain.moderating import Ruling
from bot.domain.policies import WHOLE_GUILD, Activity, OnNecro, Policy
from bot.domain.ringing import Rule
from bot.domain.snowflakes import earliest_of, moment_of
from bot.domain.timers import Timer, TimerKind
from bot.domain.topics import Sighting, State, Story, Topic, adopt
from bot.errors import ForumError, GoneError, RefusedError
from bot.ports import Caller, Clock, Forum, Ids, LiveStore, Post, TimerStore, TopicStore
from bot.services.moderation import Moderation, actor_of
from bot.services.policies import Policies
from bot.services.publishing import Publishing
from bot.services.timing import Handler
from bot.texts import Texts

log = logging.getLogger(__name__)

PAGE = 100
MOST_POSTS = 20 * PAGE  # A thread so busy that not even this reaches back far enough is taken to be active.
JUST_NOW = timedelta(hours=1)


class AutoClose:
    def __init__(
        self,
        *,
        topics: TopicStore,
        timer_store: TimerStore,
        live: LiveStore,
        forum: Forum,
        publishing: Publishing,
        moderation: Moderation,
        policies: Policies,
        clock: Clock,
        ids: Ids,
        texts: Texts,
        on_armed: Callable[[], None],
    ) -> None:
        self._topics = topics
        self._timers = timer_store
        self._live = live
        self._forum = forum
        self._publishing = publishing
        self._moderation = moderation
        self._policies = policies
        self._clock = clock
        self._ids = ids
        self._texts = texts
        self._on_armed = on_armed

    @property
    def handlers(self) -> Mapping[TimerKind, Handler]:
        """What timing calls when a policy's timer rings."""
        return {**dict.fromkeys(DEADLINES, self._deadline), TimerKind.HOURS: self._hours}

    async def adopt(self, guild_id: int, channel_id: int, thread_id: int) -> None:
        """A thread was made, by us or by people: take it into care if its channel's policy asks for timers."""
        if not _is_automatic(await self._policies.of(guild_id, channel_id)):
            return
        try:
            seen = await self._forum.sight(thread_id)
        except ForumError as error:
            log.info("thread %s: %s; the next sweep takes it into care", thread_id, error)
            return
        await self._take_up(seen)

    async def sweep(self, guild_id: int, channel_id: int = WHOLE_GUILD, *, renew: bool = False) -> None:
        """Take all active threads of the guild (or of one channel) into care, as far as policies ask for it.

        `renew`: the policy has changed, so that timers which run already are armed anew.
        """
        if not renew and not await self._policies.is_any_set(guild_id):
            return
        try:
            active = await self._forum.active(guild_id)
        except ForumError as error:
            log.warning("server %s: its threads cannot be listed now: %s", guild_id, error)
            return
        for seen in active:
            if channel_id in (WHOLE_GUILD, seen.channel_id):
                await self._take_up(seen, renew=renew)

    async def arm_for(self, topic: Topic, *, renew: bool = False) -> None:
        """Arm the timers that the channel's policy wants and that do not run yet; `renew`: all of them."""
        if topic.guild_id is None or topic.thread_id is None:
            return
        policy = await self._policies.of(topic.guild_id, topic.channel_id)
        live = {timer.kind for timer in await self._timers.of_topic(topic.topic_id)}
        live &= set(TIMERS_OF_POLICIES)
        if not live and not _is_automatic(policy):
            return
        now = self._clock.now()
        ids = [self._ids.new() for _kind in TIMERS_OF_POLICIES]
        locale = policy.locale or await self._forum.language(topic.guild_id)
        if live and not renew and live >= {timer.kind for timer in timers(policy, topic, now, ids, locale)}:
            return

        def decide(story: Story) -> Ruling:
            wanted = timers(policy, story.topic, now, ids, locale)
            arm = wanted if renew else tuple(timer for timer in wanted if timer.kind not in live)
            # What the policy wants no more rings once, to take back what it announced.
            over = live - {timer.kind for timer in wanted} if renew else set()
            return Ruling(story=story, arm=(*arm, *(self._now(kind, story.topic, now) for kind in over)))

        await self._topics.change(topic, decide, now)
        self._on_armed()

    async def woken(self, topic_id: int) -> None:
        """Somebody woke an open topic: its hours may be over, and its policy may not want old topics to be woken."""
        topic = (await self._topics.story(topic_id)).topic
        if topic.thread_id is None or topic.state is not State.OPEN:
            return None
        try:
            seen = await self._forum.sight(topic.thread_id)
            policy = await self._policies.of(seen.guild_id, seen.channel_id)
            if policy.on_necro is OnNecro.CLOSE and await self._is_necro(seen, policy):
                return await self._close_again(topic, seen, policy)
        except ForumError as error:
            log.warning("thread %s was woken and cannot be looked at: %s", topic.thread_id, error)
        return await self.arm_for(topic, renew=True)

    async def keep_open(self, topic_id: int, guild_id: int, caller: Caller) -> int:
        """The button of a warning, for the topic's author and for staff; returns the thread. Raises RefusedError."""
        topic = (await self._topics.story(topic_id)).topic if await self._topics.exists(topic_id) else None
        if topic is None or topic.guild_id != guild_id or topic.thread_id is None:
            raise RefusedError("I know no such topic.")
        try:
            seen = await self._forum.sight(topic.thread_id)
            access = await self._forum.access(seen, caller)
        except GoneError as error:
            raise RefusedError("There is no such thread any more; nothing was changed.") from error
        except ForumError as error:
            raise RefusedError(
                "Discord is not answering right now; nothing was changed. Try again soon."
            ) from error
        if access.caller_missing and caller.id != seen.owner_id:
            raise RefusedError("Only the author of this topic and moderators can keep it open.")
        policy = await self._policies.of(seen.guild_id, seen.channel_id)
        locale = await self._locale(seen, policy)
        order = await self._moderation.order(seen, actor_of(caller), "", locale)
        words = self._words(policy, locale)
        await self._topics.change(topic, lambda story: autoclose.keep_open(story, order, words), order.at)
        await self._publishing.publish(topic_id)
        return seen.thread_id

    async def _take_up(self, seen: Sighting, *, renew: bool = False) -> None:
        topic = await self._topics.by_thread(seen.thread_id)
        if topic is None:
            if not _is_automatic(await self._policies.of(seen.guild_id, seen.channel_id)):
                return
            try:
                await self._publishing.recognise(seen)
            except ForumError as error:
                log.info("thread %s: %s; the next sweep takes it into care", seen.thread_id, error)
                return
            topic = await self._topics.by_thread(seen.thread_id)
        await self.arm_for(topic or adopt(self._ids.new(), seen), renew=renew)

    def _now(self, kind: TimerKind, topic: Topic, now: datetime) -> Timer:
        assert topic.guild_id is not None
        return Timer(
            timer_id=self._ids.new(),
            topic_id=topic.topic_id,
            guild_id=topic.guild_id,
            kind=kind,
            due_at=now,
            owner=BY_POLICY,
            created_at=now,
        )

    async def _deadline(self, timer: Timer, topic: Topic, seen: Sighting) -> Rule:
        policy = await self._policies.of(seen.guild_id, seen.channel_id)
        words = self._words(policy, await self._locale(seen, policy))
        # A live blog ends its topic itself, however little people say meanwhile.
        live = await self._is_live(topic)
        active_at = self._clock.now() if live else await self._active_at(seen, policy)
        return partial(autoclose.due, timer=timer, active_at=active_at, words=words)

    async def _hours(self, timer: Timer, topic: Topic, seen: Sighting) -> Rule:  # noqa: ARG002 - a Handler.
        policy = await self._policies.of(seen.guild_id, seen.channel_id)
        words = self._words(policy, await self._locale(seen, policy))
        return partial(autoclose.follow_hours, timer=timer, words=words)

    async def _close_again(self, topic: Topic, seen: Sighting, policy: Policy) -> None:
        access = await self._forum.access(seen, None)
        if access.bot_missing:
            log.warning("thread %s: an old topic was woken; I lack %s", seen.thread_id, access.bot_missing)
            return
        locale = await self._locale(seen, policy)
        duration = format_duration(policy.necro_after)
        reason = self._texts.say(locale, autoclose.NECRO_REASON, duration=duration)
        order = await self._moderation.order(seen, BY_POLICY, reason, locale)
        await self._topics.change(topic, lambda story: autoclose.close_again(story, order), order.at)
        await self._publishing.publish(topic.topic_id)

    async def _is_necro(self, seen: Sighting, policy: Policy) -> bool:
        """Whether the thread had been silent for so long, and it was no moderator who woke it."""
        since = self._clock.now() - policy.necro_after
        written = [post async for post in self._posts(seen, since) if not post.by_bot]
        if not written or moment_of(seen.thread_id) >= since:
            return False
        waker = written[-1]
        is_new = self._clock.now() - moment_of(waker.message_id) < JUST_NOW
        return is_new and not await self._is_staff(seen, waker.author_id)

    async def _is_live(self, topic: Topic) -> bool:
        followed = await self._live.of_topic(topic.topic_id)
        return followed is not None and followed[1] is LiveState.FOLLOWED

    async def _active_at(self, seen: Sighting, policy: Policy) -> datetime | None:
        """The latest message that counts as activity; None: there is none that could still matter."""
        if policy.idle is None:
            return None
        staff: dict[int, bool] = {}
        since = self._clock.now() - policy.idle
        read = 0
        async for post in self._posts(seen, since):
            read += 1
            if read == MOST_POSTS:
                return moment_of(post.message_id)
            if post.by_bot:
                continue
            if policy.activity is Activity.STAFF and post.author_id not in staff:
                staff[post.author_id] = await self._is_staff(seen, post.author_id)
            if _counts(post, policy.activity, seen, is_staff=staff.get(post.author_id, False)):
                return moment_of(post.message_id)
        return None

    async def _posts(self, seen: Sighting, since: datetime) -> AsyncIterator[Post]:
        """What was written since then, the newest first."""
        oldest = seen.last_message_id
        if oldest is None or oldest < earliest_of(since):
            return
        before: int | None = None
        while posts := await self._forum.newest_posts(seen.thread_id, PAGE, before):
            for post in posts:
                if post.message_id < earliest_of(since):
                    return
                yield post
            before = posts[-1].message_id

    async def _is_staff(self, seen: Sighting, user_id: int) -> bool:
        member = await self._forum.member(seen.guild_id, user_id)
        return member is not None and not (await self._forum.access(seen, member)).caller_missing

    async def _locale(self, seen: Sighting, policy: Policy) -> str:
        return policy.locale or await self._forum.language(seen.guild_id)

    def _words(self, policy: Policy, locale: str) -> Words:
        say = partial(self._texts.say, locale)
        reasons = {
            kind: say(template, duration=format_duration(span))
            for kind, template, span in (
                (TimerKind.IDLE, autoclose.IDLE_REASON, policy.idle),
                (TimerKind.AGE, autoclose.AGE_REASON, policy.max_age),
            )
            if span is not None
        }
        return Words(
            reasons=reasons,
            notices={
                kind: self._moderation.notices(locale, reason, policy.notice)
                for kind, reason in reasons.items()
            },
            warning=partial(_warning, self._texts, locale),
            kept_open=say(autoclose.KEPT_OPEN),
            hours_line=partial(_hours_line, self._texts, locale),
        )


def keep_open_id(topic_id: int) -> str:
    """The `custom_id` of the button of a warning."""
    return f"nightdesk:keepopen:{topic_id}"


def _is_automatic(policy: Policy) -> bool:
    """Whether something happens to the channel's topics without a command."""
    is_timed = policy.idle is not None or policy.max_age is not None or bool(policy.hours)
    return is_timed or policy.on_necro is OnNecro.CLOSE


def _counts(post: Post, activity: Activity, seen: Sighting, *, is_staff: bool) -> bool:
    match activity:
        case Activity.ANYONE:
            return True
        case Activity.NOT_THE_AUTHOR:
            return post.author_id != seen.owner_id
        case Activity.AUTHOR:
            return post.author_id == seen.owner_id
        case Activity.STAFF:
            return is_staff


def _warning(texts: Texts, locale: str, topic_id: int, kind: TimerKind, closes_at: datetime) -> Message:
    template = autoclose.IDLE_WARNING if kind is TimerKind.IDLE else autoclose.AGE_WARNING
    button = Button(label=texts.say(locale, autoclose.KEEP_OPEN), custom_id=keep_open_id(topic_id))
    return Message(content=texts.say(locale, template, **_told(closes_at)), buttons=(button,))


def _hours_line(texts: Texts, locale: str, is_open: bool, changes_at: datetime | None) -> str:  # noqa: FBT001 - a value.
    if changes_at is None:
        return texts.say(locale, autoclose.ALWAYS_OPEN)
    return texts.say(locale, autoclose.OPENED if is_open else autoclose.SHUT, **_told(changes_at))


def _told(moment: datetime) -> dict[str, str]:
    """As Discord shows it in everybody's own zone."""
    at = int(moment.timestamp())
    return {"full": f"<t:{at}:F>", "relative": f"<t:{at}:R>"}
