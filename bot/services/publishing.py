"""Acts and confirms: makes Discord show what the store wants, one step at a time, and notes what it shows.

The only place from which topics and messages are written to Discord. The normal path, a retry and the start after a
crash are the same loop over `next_step`.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol
from weakref import WeakValueDictionary

from bot.domain.budget import NO_ROOM
from bot.domain.messages import Message, content_hash
from bot.domain.steps import Step, next_step
from bot.domain.topics import (
    MessageKind,
    Sighting,
    State,
    Story,
    Topic,
    TopicMessage,
    follow_id,
    topic_id_from,
)
from bot.domain.wishes import Wish
from bot.errors import (
    AmbiguousError,
    ChannelError,
    ForumError,
    GoneError,
    MissingAccessError,
    RejectedError,
    StoreError,
    UnavailableError,
)
from bot.ports import Channel, ChannelKind, Clock, Forum, Posted, TopicStore

log = logging.getLogger(__name__)

BATCH = 50
ARCHIVED = 50083  # Discord, "JSON Error Codes": the thread is archived.
MOST_LOOKS = 10
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(hours=1)
# A request that was cut off may still be on its way: ask what became of it only after this.
SETTLING = timedelta(seconds=3)


class Room(Protocol):
    """Sees to it that a server's active threads do not become too many. Never raises."""

    async def reserve(self, guild_id: int) -> None:
        """A thread is about to be made."""

    async def make(self, guild_id: int) -> None:
        """Discord refuses one more."""


class Boundless:
    """Room without end."""

    async def reserve(self, guild_id: int) -> None:
        """It is there."""

    async def make(self, guild_id: int) -> None:
        """It is there."""


class Publishing:
    def __init__(
        self,
        topics: TopicStore,
        forum: Forum,
        clock: Clock,
        *,
        room: Room = Boundless(),  # noqa: B008 - has no state.
    ) -> None:
        self._topics = topics
        self._forum = forum
        self._clock = clock
        self._room = room
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def publish_channel(self, channel_id: int) -> None:
        """Work on all of a channel's due topics in the order in which they were wanted."""
        while due := await self._topics.due_topics(channel_id, self._clock.now(), BATCH):
            for topic_id in due:
                if not await self.publish(topic_id):
                    return

    async def publish(self, topic_id: int) -> bool:
        """Make Discord show one topic. False where its channel should be left alone for now."""
        async with self.alone(topic_id):
            try:
                return await self._show(topic_id)
            except (ForumError, ChannelError) as error:
                return await self._postpone(await self._topics.story(topic_id), error)
            except StoreError:
                raise
            except Exception as fault:
                log.exception("topic %s: our own fault; the others go on", topic_id)
                await self._topics.defer(
                    topic_id, self._clock.now() + LONGEST_RETRY, f"internal fault: {fault!r}"
                )
                return True

    async def _show(self, topic_id: int) -> bool:
        while True:
            story = await self._topics.story(topic_id)
            following = next_step(story, self._clock.now())
            if following is not None:
                await self._take(story.topic, *following)
            elif await self._topics.settle(story):
                return True

    async def recognise(self, seen: Sighting) -> None:
        """Confirm a thread that we made but were never told of, so that it is not taken for somebody else's."""
        marker = await self._forum.marker(seen)
        topic_id = topic_id_from(marker) if marker else None
        if topic_id is None or not await self._topics.exists(topic_id):
            return
        async with self.alone(topic_id):  # If it is just being made, its answer comes first.
            story = await self._topics.story(topic_id)
            if story.topic.thread_id is None:
                posted = Posted(thread_id=seen.thread_id, message_id=seen.thread_id)
                await self._confirm_thread(story.topic, story.messages[0], posted)

    async def check_channel(self, channel_id: int) -> None:
        """Tell the operator early what would keep us from posting in a channel."""
        try:
            _check(await self._forum.channel(channel_id))
        except (GoneError, MissingAccessError, ChannelError) as error:
            await self._tell_of_channel(channel_id, str(error))
        except ForumError as error:
            log.info("channel %s cannot be checked now: %s", channel_id, error)

    def alone(self, topic_id: int) -> asyncio.Lock:
        """For `async with`: meanwhile no request of ours about the topic is under way: what is shown is known."""
        return self._locks.setdefault(topic_id, asyncio.Lock())

    async def _take(self, topic: Topic, step: Step, message: TopicMessage | Wish | None) -> None:
        match step, message:
            case Step.CREATE, TopicMessage():
                await self._create(topic, message)
            case Step.START_THREAD, TopicMessage():
                await self._start_thread(topic, message)
            case Step.LOOK_UP, TopicMessage():
                await self._look_up(topic, message)
            case Step.SEND, TopicMessage():
                await self._send(topic, message)
            case Step.EDIT, TopicMessage():
                await self._edit(topic, message)
            case Step.SHAPE, Wish():
                await self._shape(topic, message)
            case _:
                await self._set_state(topic, step)

    async def _create(self, topic: Topic, starter: TopicMessage) -> None:
        channel = _check(await self._forum.channel(topic.channel_id))
        tag_ids = _tag_ids(channel, topic.tags)
        await self._room.reserve(channel.guild_id)
        async with self._attempt(starter):
            if channel.kind is ChannelKind.FORUM:
                posted = await self._forum.create_post(topic.channel_id, topic.name, starter.wanted, tag_ids)
                await self._confirm_thread(topic, starter, posted)
            else:
                message_id = await self._forum.send(topic.channel_id, starter.wanted, starter.nonce)
                await self._confirm(starter, message_id, starter.wanted)

    async def _start_thread(self, topic: Topic, starter: TopicMessage) -> None:
        assert starter.message_id is not None
        thread_id = await self._forum.start_thread(topic.channel_id, starter.message_id, topic.name)
        await self._confirm_thread(topic, starter, Posted(thread_id=thread_id, message_id=starter.message_id))

    async def _look_up(self, topic: Topic, message: TopicMessage) -> None:
        """Perhaps sent: adopt what Discord has, or else know that it was not."""
        assert message.attempted is not None
        assert message.attempted_at is not None
        if self._clock.now() < message.attempted_at + SETTLING:
            raise AmbiguousError("waiting to see what became of the last request")
        if topic.thread_id is None and await self._is_forum(topic.channel_id):
            return await self._look_up_post(topic, message, message.attempted_at)
        place = topic.thread_id or topic.channel_id
        message_id = await self._forum.find_message(place, message.attempted, message.attempted_at)
        if message_id is None or await self._topics.has_message(topic.topic_id, message_id):
            # What is known already only says the same; should ours be there, too, its nonce keeps it single.
            return await self._topics.clear_attempt(message.record_id)
        return await self._confirm(message, message_id, message.attempted)

    async def _look_up_post(self, topic: Topic, starter: TopicMessage, since: datetime) -> None:
        posted = await self._forum.find_post(topic.channel_id, follow_id(topic.topic_id), since)
        if posted is None:
            return await self._topics.clear_attempt(starter.record_id)
        return await self._confirm_thread(topic, starter, posted)

    async def _is_forum(self, channel_id: int) -> bool:
        return (await self._forum.channel(channel_id)).kind is ChannelKind.FORUM

    async def _send(self, topic: Topic, message: TopicMessage) -> None:
        assert topic.thread_id is not None
        async with self._attempt(message):
            message_id = await self._forum.send(topic.thread_id, message.wanted, message.nonce)
            await self._confirm(message, message_id, message.wanted)

    async def _edit(self, topic: Topic, message: TopicMessage) -> None:
        assert topic.thread_id is not None
        assert message.message_id is not None
        place = topic.thread_id
        if message.kind is MessageKind.STARTER and not await self._is_forum(topic.channel_id):
            place = topic.channel_id  # The thread hangs from it.
        await self._forum.edit(place, message.message_id, message.wanted)
        await self._confirm(message, message.message_id, message.wanted)

    async def _set_state(self, topic: Topic, step: Step) -> None:
        assert topic.thread_id is not None
        shown, archived = topic.shown, False
        if step is Step.CLOSE:
            # A lock on an archived thread is refused (50083) unless the same request wakes it.
            await self._forum.set_flags(
                topic.thread_id, locked=True, archived=False if topic.archived else None
            )
            shown = State.CLOSED
        elif step is Step.REOPEN:
            await self._forum.set_flags(
                topic.thread_id, locked=False, archived=False if topic.archived else None
            )
            shown = State.OPEN
        else:
            archived = step is Step.SLEEP
            await self._forum.set_flags(topic.thread_id, archived=archived)
        await self._topics.confirm_state(topic.topic_id, shown, archived=archived, at=self._clock.now())

    async def _shape(self, topic: Topic, wish: Wish) -> None:
        """A wish that Discord delays or refuses holds up nothing but itself."""
        assert topic.thread_id is not None
        now = self._clock.now()
        try:
            await self._forum.shape(topic.thread_id, wish)
        except (UnavailableError, AmbiguousError) as error:
            wait = self._patience(replace(topic, attempts=wish.attempts), error)
            await self._topics.put_off_wish(topic.topic_id, wish.aspect, now + wait)
        except (RejectedError, MissingAccessError) as error:
            log.warning("thread %s: its %s cannot be changed: %s", topic.thread_id, wish.aspect, error)
            await self._topics.drop_wish(topic.topic_id, wish.aspect, str(error))
        else:
            await self._topics.grant(topic.topic_id, wish, now)

    @asynccontextmanager
    async def _attempt(self, message: TopicMessage) -> AsyncIterator[None]:
        """Mark the attempt before the request; only an answer that says "not applied" takes the mark away."""
        await self._topics.mark_attempt(message, self._clock.now())
        try:
            yield
        except (UnavailableError, MissingAccessError, GoneError, RejectedError):
            await self._topics.clear_attempt(message.record_id)
            raise

    async def _confirm(self, message: TopicMessage, message_id: int, sent: Message) -> None:
        await self._topics.confirm_message(message.record_id, message_id, content_hash(sent))

    async def _confirm_thread(self, topic: Topic, starter: TopicMessage, posted: Posted) -> None:
        channel = await self._forum.channel(topic.channel_id)
        topic = replace(topic, thread_id=posted.thread_id, guild_id=channel.guild_id)
        sent = starter.attempted or starter.wanted
        await self._topics.confirm_thread(topic, starter, posted.message_id, content_hash(sent))
        if await self._topics.clear_channel_problem(topic.channel_id):
            log.info("channel %s: posting works again", topic.channel_id)
        log.info("posted %r as thread %s in channel %s", topic.name, posted.thread_id, topic.channel_id)

    async def _postpone(self, story: Story, error: ForumError | ChannelError) -> bool:
        """Decide who can mend it and when to try again. False where the whole channel has to wait."""
        topic = story.topic
        if isinstance(error, RejectedError) and error.code in NO_ROOM:
            error = await self._make_room(topic)
        if topic.thread_id is not None:
            await self._postpone_thread(story, error)
            return True
        if isinstance(error, RejectedError):
            log.error(
                "topic %s (%r) is refused by Discord and given up: %s", topic.topic_id, topic.name, error
            )
            await self._topics.defer(topic.topic_id, None, str(error))
            return True
        wait = self._patience(topic, error)
        await self._topics.defer(topic.topic_id, self._clock.now() + wait, str(error))
        if isinstance(error, AmbiguousError):
            log.info("topic %s: %s; looking it up in %s", topic.topic_id, error, wait)
            return True
        if isinstance(error, UnavailableError):
            log.warning("channel %s: %s; trying again in %s", topic.channel_id, error, wait)
        else:
            await self._tell_of_channel(topic.channel_id, str(error))
        await self._topics.defer_channel(topic.channel_id, self._clock.now() + wait)
        return False

    async def _make_room(self, topic: Topic) -> UnavailableError:
        """As many threads are active as Discord allows: it was not done, and may be when others sleep."""
        with suppress(ForumError):  # A channel that is gone needs no room.
            guild_id = topic.guild_id or (await self._forum.channel(topic.channel_id)).guild_id
            await self._room.make(guild_id)
        return UnavailableError("the server has as many active threads as Discord allows")

    async def _postpone_thread(self, story: Story, error: ForumError | ChannelError) -> None:
        topic = story.topic
        if isinstance(error, GoneError):
            return await self._lost(story, error)
        refused = isinstance(error, MissingAccessError) or (
            isinstance(error, RejectedError) and topic.attempts > 0 and not _may_have_slept(topic, error)
        )
        if refused and topic.state is not topic.shown:
            log.warning("thread %s cannot be changed: %s", topic.thread_id, error)
            return await self._topics.withdraw(topic.topic_id, str(error))
        wait = self._patience(topic, error)
        if isinstance(error, RejectedError):
            # Most likely the thread changed under us (50083: archived); look afresh, then decide again.
            await self._resight(topic)
        log.warning("thread %s: %s; trying again in %s", topic.thread_id, error, wait)
        return await self._topics.defer(topic.topic_id, self._clock.now() + wait, str(error))

    async def _lost(self, story: Story, error: GoneError) -> None:
        """A thread or one of its messages is gone: a thread for good, a message is not sent a second time."""
        topic = story.topic
        assert topic.thread_id is not None
        try:
            await self._forum.sight(topic.thread_id)
        except GoneError:
            log.info("thread %s is gone: %s", topic.thread_id, error)
            return await self._topics.vanish(topic.topic_id)
        except ForumError:
            return await self._topics.defer(topic.topic_id, self._clock.now() + FIRST_RETRY, str(error))
        following = next_step(story, self._clock.now())
        message = following[1] if following else None
        if isinstance(message, TopicMessage) and message.message_id is not None:
            await self._confirm(message, message.message_id, message.wanted)
        return await self._topics.defer(topic.topic_id, self._clock.now(), str(error))

    async def _resight(self, topic: Topic) -> None:
        assert topic.thread_id is not None
        try:
            seen = await self._forum.sight(topic.thread_id)
        except ForumError:
            return
        shown = State.CLOSED if seen.locked else State.OPEN
        await self._topics.confirm_state(topic.topic_id, shown, archived=seen.archived, at=self._clock.now())

    def _patience(self, topic: Topic, error: ForumError | ChannelError) -> timedelta:
        if isinstance(error, AmbiguousError):
            return SETTLING
        if isinstance(error, UnavailableError):
            return max(
                error.retry_after or timedelta(),
                min(FIRST_RETRY * (1 << min(topic.attempts, 10)), LONGEST_RETRY),
            )
        return min(FIRST_RETRY * 6 * (1 << min(topic.attempts, 10)), LONGEST_RETRY)

    async def _tell_of_channel(self, channel_id: int, problem: str) -> None:
        if await self._topics.note_channel_problem(channel_id, problem, self._clock.now()):
            log.error("channel %s: %s", channel_id, problem)


def _may_have_slept(topic: Topic, error: RejectedError) -> bool:
    """Whether the thread was archived since we looked (50083): with that known, the same change will go through."""
    return error.code == ARCHIVED and not topic.archived and topic.attempts < MOST_LOOKS


def _check(channel: Channel) -> Channel:
    """The channel, if topics can stand in it; otherwise an error that tells the operator what to change."""
    if channel.kind is ChannelKind.OTHER:
        raise ChannelError(
            f"#{channel.name} is no forum, text or announcement channel; choose another channel_id"
        )
    if channel.missing:
        raise MissingAccessError(
            f"in #{channel.name} the bot lacks: {', '.join(channel.missing)}", missing=channel.missing
        )
    return channel


def _tag_ids(channel: Channel, wanted: tuple[str, ...]) -> list[int]:
    """The ids of the configured tags. Only a forum has tags; at most five are allowed."""
    if channel.kind is not ChannelKind.FORUM:
        return []
    known = {name.casefold(): tag_id for name, tag_id in channel.tags.items()}
    missing = [name for name in wanted if name.casefold() not in known]
    if missing:
        there = ", ".join(channel.tags) or "none"
        raise ChannelError(f"forum #{channel.name} has no tag {', '.join(missing)} (it has: {there})")
    if channel.requires_tag and not wanted:
        there = ", ".join(channel.tags)
        raise ChannelError(f"forum #{channel.name} requires a tag; set `tags` of the feed to one of: {there}")
    return [known[name.casefold()] for name in wanted][:5]
