"""Name, tags and pin of a topic, its move to another channel, and taking a case back: each by the way of every act."""

from bot.domain import shaping
from bot.domain.cases import Case, Deed
from bot.domain.messages import Button, Message
from bot.domain.moderating import Order, Ruling
from bot.domain.topics import MessageKind, Sighting, Story, Topic, TopicMessage, follow_id
from bot.domain.wishes import Aspect
from bot.domain.wording import _
from bot.errors import ForumError, RefusedError
from bot.ports import CaseStore, Channel, ChannelKind, Clock, Forum, Ids, TopicStore
from bot.services.moderation import Ask, Moderation, Outcome
from bot.services.publishing import Publishing
from bot.texts import Texts

CONTINUED_FROM = _("Continued from {link}")
CONTINUES_IN = _("It continues in {channel}")


class Shaping:
    def __init__(
        self,
        *,
        moderation: Moderation,
        publishing: Publishing,
        topics: TopicStore,
        cases: CaseStore,
        forum: Forum,
        clock: Clock,
        ids: Ids,
        texts: Texts,
    ) -> None:
        self._moderation = moderation
        self._publishing = publishing
        self._topics = topics
        self._cases = cases
        self._forum = forum
        self._clock = clock
        self._ids = ids
        self._texts = texts

    async def rename(self, ask: Ask, name: str) -> Outcome:
        def rule(story: Story, order: Order) -> Ruling:
            wanted = {Aspect.NAME: shaping.new_name(story.topic, name)}
            return shaping.shape(story, order, Deed.RENAME, wanted)

        return await self._moderation.rule(ask, "", rule)

    async def pin(self, ask: Ask, *, pinned: bool) -> Outcome:
        """Raises RefusedError outside a forum: only forum posts can be pinned to the top."""
        await self._forum_of(ask)
        deed = Deed.PIN if pinned else Deed.UNPIN
        return await self._moderation.rule(
            ask, "", lambda story, order: shaping.shape(story, order, deed, {Aspect.PINNED: pinned})
        )

    async def tag(self, ask: Ask, add: str | None, remove: str | None) -> Outcome:
        """Raises RefusedError for tags the forum does not have, more than five, or none where one is required."""
        forum = await self._forum_of(ask)
        added, removed = _known(forum, add), _known(forum, remove)

        def rule(story: Story, order: Order) -> Ruling:
            tags = shaping.retagged(order.seen.tags, added, removed)
            if forum.requires_tag and not tags:
                raise RefusedError("This forum requires a tag; add another one first.")
            return shaping.shape(story, order, Deed.TAG, {Aspect.TAGS: tags})

        return await self._moderation.rule(ask, "", rule)

    async def known_tags(self, ask: Ask, typed: str) -> tuple[str, ...]:
        """The tags that a person typed, in the forum's spelling. Raises RefusedError for those it does not have."""
        return tuple(_known(await self._forum_of(ask), typed))

    async def tags_of(self, ask: Ask) -> list[str]:
        """For a completion: the tags of the topic's forum."""
        return sorted((await self._forum_of(ask)).tags)

    async def move(self, ask: Ask, channel_id: int, reason: str) -> Outcome:
        """Discord moves no threads: a new topic points back to the old one, which is closed and points on.

        Safe to repeat: a topic that goes on in a channel already is not made a second time.
        """
        seen = await self._moderation.sight(ask)
        await self._moderation.require_access(ask, seen)
        if channel_id == seen.channel_id:
            raise RefusedError("The topic is in that channel already.")
        thread_id = await self._continue_in(ask, await self._target(channel_id, seen), seen)
        why = self._texts.say(ask.locale, CONTINUES_IN, channel=f"<#{thread_id or channel_id}>")
        return await self._moderation.close(ask, f"{why}. {reason}" if reason else why)

    async def _target(self, channel_id: int, seen: Sighting) -> Channel:
        try:
            channel = await self._forum.channel(channel_id)
        except ForumError as error:
            raise RefusedError("I cannot post in that channel.") from error
        if channel.guild_id != seen.guild_id or channel.missing or channel.kind is ChannelKind.OTHER:
            raise RefusedError("I cannot post in that channel.")
        return channel

    async def _continue_in(self, ask: Ask, channel: Channel, seen: Sighting) -> int | None:
        """The new thread, or None while Discord does not show it."""
        link = f"https://discord.com/channels/{seen.guild_id}/{seen.thread_id}"
        topic = Topic(
            topic_id=self._ids.new(),
            channel_id=channel.channel_id,
            name=seen.name,
            tags=_tags_for(channel, seen),
        )
        starter = TopicMessage(
            record_id=self._ids.new(),
            topic_id=topic.topic_id,
            kind=MessageKind.STARTER,
            wanted=Message(
                content=self._texts.say(ask.locale, CONTINUED_FROM, link=link),
                buttons=(Button(label="Follow", custom_id=follow_id(topic.topic_id)),),
            ),
        )
        topic_id = await self._topics.want_moved(topic, starter, seen.thread_id, self._clock.now())
        await self._publishing.publish(topic_id)
        return await self._topics.thread_of(topic_id)

    async def undo(self, ask: Ask, number: int | None) -> Outcome:
        """Take back a case of the topic: the one with that number, or the latest that can be."""
        case = await self._case(ask, number)
        return await self._moderation.rule(ask, "", lambda story, order: shaping.undo(story, order, case))

    async def _case(self, ask: Ask, number: int | None) -> Case:
        cases = await self._cases.of_thread(ask.thread_id)
        for case in reversed(cases):
            if case.number == number or (number is None and case.undone_by is None and _can_be_undone(case)):
                return case
        raise RefusedError("This topic has no such case that could be taken back.")

    async def _forum_of(self, ask: Ask) -> Channel:
        seen = await self._moderation.sight(ask)
        channel = await self._forum.channel(seen.channel_id)
        if channel.kind is not ChannelKind.FORUM:
            raise RefusedError("Only posts of a forum have tags and pins.")
        return channel


def _known(forum: Channel, typed: str | None) -> list[str]:
    """The forum's own spelling of tags that a person typed, separated by commas."""
    names = {name.casefold(): name for name in forum.tags}
    wanted = [part.strip() for part in (typed or "").split(",") if part.strip()]
    unknown = [name for name in wanted if name.casefold() not in names]
    if unknown:
        raise RefusedError("This forum has no tag {tag}.", tag=unknown[0])
    return [names[name.casefold()] for name in wanted]


def _tags_for(channel: Channel, seen: Sighting) -> tuple[str, ...]:
    """The topic's tags as far as the channel has them; the channel's first one where it requires any."""
    kept = tuple(tag for tag in seen.tags if tag in channel.tags)
    return kept or (tuple(channel.tags)[:1] if channel.requires_tag else ())


def _can_be_undone(case: Case) -> bool:
    return bool(case.changes) or case.before is not case.after
