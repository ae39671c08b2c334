"""The record of a guild: a topic's history and notes; cases to show, search, correct and take away."""

from dataclasses import dataclass, replace

from bot.domain.cases import Actor, CaseEdit
from bot.domain.messages import Message
from bot.domain.moderating import Order, Ruling, fold, standing_notice
from bot.domain.records import PAGE, CaseFile, CaseSearch, Note, Page
from bot.domain.tables import HEADER, csv_of, row_of
from bot.domain.topics import Sighting, State, Story, Topic, adopt
from bot.domain.wording import Listing, _
from bot.errors import RefusedError
from bot.ports import Caller, Clock, Forum, Ids, RecordStore, TopicStore
from bot.services.moderation import Ask, Moderation, Outcome, Verdict

LARGEST_EXPORT = 8_000_000  # Bytes; Discord takes ten million in a guild without boosts.
CHUNK = 500
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # Without it, Excel takes UTF-8 for something else.
_VIEW = _("View Channels")


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """Cases as a CSV file. `continues_at`: the first case that did not fit."""

    csv: bytes
    count: int
    continues_at: int | None = None


class Records:
    def __init__(
        self,
        topics: TopicStore,
        records: RecordStore,
        forum: Forum,
        moderation: Moderation,
        *,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._topics = topics
        self._records = records
        self._forum = forum
        self._moderation = moderation
        self._clock = clock
        self._ids = ids

    async def history(self, ask: Ask, page: int = 0) -> Page:
        """The topic's cases, oldest first; notes, too, for who may close topics there."""
        topic = await self._topics.by_thread(ask.thread_id)
        seen = await self._place(ask, topic)
        is_staff = await self._may_read(ask, seen)
        if topic is None:
            return Page(entries=(), number=0, has_next=False)
        found = await self._records.history(topic.topic_id, PAGE + 1, page * PAGE, notes=is_staff)
        return _page(found, page)

    async def note(self, ask: Ask, text: str) -> None:
        """Write something down about a topic, for staff alone."""
        topic = await self._topics.by_thread(ask.thread_id)
        seen = await self._place(ask, topic)
        if not await self._may_read(ask, seen):
            raise RefusedError("Only those who may close topics in that channel can write notes.")
        if topic is None:
            story = await self._topics.change(
                adopt(self._ids.new(), seen), lambda story: Ruling(story=story), self._clock.now()
            )
            topic = story.topic
        author = Actor(user_id=ask.caller.id, name=ask.caller.display_name)
        await self._records.add_note(
            Note(
                note_id=self._ids.new(),
                topic_id=topic.topic_id,
                author=author,
                text=text,
                at=self._clock.now(),
            )
        )

    async def show(self, guild_id: int, number: int) -> tuple[CaseFile, list[CaseEdit]]:
        """A case and who changed its reason. Raises RefusedError where the guild has no such case."""
        file = await self._records.file(guild_id, number)
        if file is None:
            raise RefusedError("There is no case #{number} in this server.", number=number)
        return file, await self._records.edits(file.case.case_id)

    async def search(self, guild_id: int, search: CaseSearch, page: int = 0) -> Page:
        """The guild's cases that fit, newest first."""
        return _page(await self._records.search(guild_id, search, PAGE + 1, page * PAGE), page)

    async def edit(self, guild_id: int, caller: Caller, locale: str, number: int, reason: str) -> Outcome:
        """Give a case another reason; where it is the standing close of its topic, the notice gives it, too."""
        file, _edits = await self.show(guild_id, number)
        reason = reason.strip()
        if reason == file.case.reason:
            raise RefusedError("Case #{number} has that reason already.", number=number)
        edit = CaseEdit(
            edit_id=self._ids.new(),
            case_id=file.case.case_id,
            editor=Actor(user_id=caller.id, name=caller.display_name),
            reason=reason,
            at=self._clock.now(),
        )
        topic = (await self._topics.story(file.case.topic_id)).topic
        if topic.state is State.CLOSED and await self._records.last_close(topic.topic_id) == edit.case_id:
            assert topic.thread_id is not None
            ask = Ask(guild_id=guild_id, thread_id=topic.thread_id, caller=caller, locale=locale)
            return await self._moderation.rule(ask, reason, lambda story, order: _correct(story, order, edit))
        await self._topics.change(topic, lambda story: Ruling(story=story, edits=(edit,)), edit.at)
        return Outcome(verdict=Verdict.DONE, thread_id=topic.thread_id or 0, name=topic.name)

    async def export(
        self, guild_id: int, first: int = 1, *, largest: int = LARGEST_EXPORT, chunk: int = CHUNK
    ) -> Export:
        """The guild's cases from a number on, as far as Discord takes a file. Raises RefusedError for no cases."""
        csv = bytearray(_BYTE_ORDER_MARK + csv_of([HEADER]))
        count, following = 0, first
        while files := await self._records.since(guild_id, following, chunk):
            rows = csv_of(row_of(file) for file in files)
            if len(csv) + len(rows) > largest:
                return Export(csv=bytes(csv), count=count, continues_at=files[0].case.number)
            csv += rows
            count += len(files)
            following = files[-1].case.number + 1
        if not count:
            raise RefusedError("There are no cases to export.")
        return Export(csv=bytes(csv), count=count)

    async def _place(self, ask: Ask, topic: Topic | None) -> Sighting:
        """The thread as Discord shows it; one that was deleted as it is on record. Raises RefusedError."""
        if topic is not None and topic.state is State.GONE and topic.guild_id == ask.guild_id:
            return Sighting(
                thread_id=ask.thread_id,
                guild_id=ask.guild_id,
                channel_id=topic.channel_id,
                name=topic.name,
                locked=False,
                archived=False,
            )
        return await self._moderation.sight(ask)

    async def _may_read(self, ask: Ask, seen: Sighting) -> bool:
        """Whether the caller is staff there. Raises RefusedError where they or the bot cannot even see the channel."""
        access = await self._forum.access(seen, ask.caller)
        if _VIEW in access.caller_missing:
            raise RefusedError(
                "You need {permissions} in that channel to do this.", permissions=_listed(_VIEW)
            )
        if _VIEW in access.bot_missing:
            raise RefusedError(
                "I lack {permissions} in that channel. Ask an admin to allow it.", permissions=_listed(_VIEW)
            )
        return not access.caller_missing


def _correct(story: Story, order: Order, edit: CaseEdit) -> Ruling:
    """The standing notice gives the new reason; one that a person overruled meanwhile stays lifted."""
    folded = fold(story, order.seen, order.notices.overruled)
    standing = standing_notice(folded)
    if folded.topic.state is not State.CLOSED or standing is None:
        return Ruling(story=folded, edits=(edit,))
    changed = replace(standing, wanted=Message(content=order.notices.closed))
    topic = replace(folded.topic, rearchive=order.seen.archived)
    messages = tuple(changed if message is standing else message for message in folded.messages)
    return Ruling(story=replace(folded, topic=topic, messages=messages), edits=(edit,))


def _page(found: list[CaseFile] | list[CaseFile | Note], page: int) -> Page:
    return Page(entries=tuple(found[:PAGE]), number=page, has_next=len(found) > PAGE)


def _listed(permission: str) -> Listing:
    return Listing((permission,), each="*{}*")
