"""Discord as the services see it. Only here are "locked" and "archived" written.

Decides nothing and remembers nothing: every method is one act or one look, and raises ForumErrors only.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import discord
from discord.utils import time_snowflake

from bot.adapters.audit import UNKNOWN, culprit
from bot.adapters.failures import translated
from bot.adapters.payloads import custom_ids, embeds_of, mentions_of, shows, view_of
from bot.adapters.sightings import sighting_of
from bot.domain.cases import Actor, Deed
from bot.domain.messages import Message
from bot.domain.topics import Sighting
from bot.domain.wishes import Aspect, Wish
from bot.domain.wording import _
from bot.errors import GoneError, MissingAccessError, RejectedError, UnavailableError
from bot.ports import Access, Caller, Channel, ChannelKind, Post, Posted, PostSighting

# Discord's clock and ours may differ by this much when a lost message is looked for.
CLOCK_SLACK = timedelta(minutes=2)
# discord.py alone would wait five minutes for an answer.
PATIENCE = 60.0
LOOK_BACK = 100
THREAD_EXISTS = 160004  # Discord, "JSON Error Codes"

_KINDS = {
    discord.ChannelType.forum: ChannelKind.FORUM,
    discord.ChannelType.text: ChannelKind.TEXT,
    discord.ChannelType.news: ChannelKind.ANNOUNCEMENT,
}
# As Discord's settings page names them.
_NAMES = {
    "view_channel": _("View Channels"),
    "send_messages": _("Send Messages"),
    "send_messages_in_threads": _("Send Messages in Threads"),
    "embed_links": _("Embed Links"),
    "read_message_history": _("Read Message History"),
    "create_public_threads": _("Create Public Threads"),
    "manage_threads": _("Manage Threads"),
}
_EDITED = {
    Aspect.SLOWMODE: "slowmode_delay",
    Aspect.PINNED: "pinned",
    Aspect.NAME: "name",
    Aspect.ARCHIVED: "archived",
}
_TO_POST = (
    "view_channel",
    "send_messages",
    "send_messages_in_threads",
    "embed_links",
    "read_message_history",
)
_TO_CLOSE = ("view_channel", "manage_threads")


class DiscordForum:
    """Implements `ports.Forum` over a discord.py client."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def channel(self, channel_id: int) -> Channel:
        channel = self._client.get_channel(channel_id) or await self._fetch(channel_id)
        if not isinstance(channel, discord.abc.GuildChannel):
            raise GoneError("is no channel of a server; check channel_id")
        kind = _KINDS.get(channel.type, ChannelKind.OTHER)
        needed = _TO_POST if kind is ChannelKind.FORUM else (*_TO_POST, "create_public_threads")
        forum = channel if isinstance(channel, discord.ForumChannel) else None
        return Channel(
            channel_id=channel.id,
            guild_id=channel.guild.id,
            name=channel.name,
            kind=kind,
            tags={tag.name: tag.id for tag in forum.available_tags} if forum else {},
            requires_tag=bool(forum and forum.flags.require_tag),
            missing=_missing(channel, channel.guild.me, needed),
        )

    async def sight(self, thread_id: int) -> Sighting:
        at = discord.utils.utcnow()
        return sighting_of(await self._thread(thread_id, fresh=True), at)

    async def active(self, guild_id: int) -> list[Sighting]:
        guild = self._client.get_guild(guild_id)
        if guild is None:
            raise UnavailableError("the server is not available")
        at = discord.utils.utcnow()
        with translated(reading=True):
            return [sighting_of(thread, at) for thread in await guild.active_threads()]

    async def access(self, sighting: Sighting, caller: Caller | None) -> Access:
        parent = self._client.get_channel(sighting.channel_id)
        if not isinstance(parent, discord.abc.GuildChannel):
            return Access(bot_missing=(_NAMES["view_channel"],))
        member = caller if isinstance(caller, discord.Member) else None
        return Access(
            caller_missing=_missing(parent, member, _TO_CLOSE),
            bot_missing=_missing(parent, parent.guild.me, (*_TO_CLOSE, "send_messages_in_threads")),
        )

    async def is_present(self, guild_id: int) -> bool:
        guild = self._client.get_guild(guild_id)
        return guild is not None and not guild.unavailable

    async def member(self, guild_id: int, user_id: int) -> Caller | None:
        guild = self._client.get_guild(guild_id)
        if guild is None:
            return None
        try:
            with translated(reading=True):
                return await guild.fetch_member(user_id)
        except GoneError:
            return None

    async def language(self, guild_id: int) -> str:
        guild = self._client.get_guild(guild_id)
        return str(guild.preferred_locale) if guild else "en-US"

    async def newest_posts(self, thread_id: int, limit: int, before: int | None = None) -> list[Post]:
        place = self._client.get_partial_messageable(thread_id)
        until = discord.Object(before) if before is not None else None
        with translated(reading=True):
            return [_post(message) async for message in place.history(limit=limit, before=until)]

    async def create_post(
        self, channel_id: int, name: str, starter: Message, tag_ids: Sequence[int]
    ) -> Posted:
        forum = self._client.get_channel(channel_id) or await self._fetch(channel_id)
        assert isinstance(forum, discord.ForumChannel)
        async with _acting():
            made = await forum.create_thread(
                name=name,
                content=starter.content or None,
                embeds=embeds_of(starter),
                view=view_of(starter) or discord.utils.MISSING,
                applied_tags=[tag for tag in forum.available_tags if tag.id in tag_ids],
                allowed_mentions=mentions_of(starter),
            )
        return Posted(thread_id=made.thread.id, message_id=made.message.id)

    async def send(self, channel_id: int, message: Message, nonce: str) -> int:
        async with _acting():
            sent = await self._client.get_partial_messageable(channel_id).send(
                message.content or None,
                embeds=embeds_of(message),
                view=view_of(message) or discord.utils.MISSING,
                allowed_mentions=mentions_of(message),
                nonce=nonce,
            )
        return sent.id

    async def edit(self, channel_id: int, message_id: int, message: Message) -> None:
        target = self._client.get_partial_messageable(channel_id).get_partial_message(message_id)
        async with _acting():
            await target.edit(
                content=message.content or None,
                embeds=embeds_of(message),
                view=view_of(message),
                allowed_mentions=mentions_of(message),
            )

    async def start_thread(self, channel_id: int, message_id: int, name: str) -> int:
        channel = self._client.get_channel(channel_id) or await self._fetch(channel_id)
        assert isinstance(channel, discord.TextChannel)
        try:
            async with _acting():
                return (await channel.get_partial_message(message_id).create_thread(name=name)).id
        except RejectedError as error:
            # "A thread has already been created for this message": it has the message's id.
            if error.code == THREAD_EXISTS:
                return message_id
            raise

    async def set_flags(
        self, thread_id: int, *, locked: bool | None = None, archived: bool | None = None, reason: str = ""
    ) -> None:
        thread = await self._thread(thread_id)
        unset = discord.utils.MISSING
        async with _acting():
            await thread.edit(
                locked=unset if locked is None else locked,
                archived=unset if archived is None else archived,
                reason=reason or None,
            )

    async def shape(self, thread_id: int, wish: Wish, *, reason: str = "") -> None:
        thread = await self._thread(thread_id)
        async with _acting():
            await thread.edit(**_edit(thread, wish), reason=reason or None)

    async def find_post(self, channel_id: int, custom_id: str, since: datetime) -> Posted | None:
        earliest = time_snowflake(since - CLOCK_SLACK)
        async for thread in self._own_threads(channel_id):
            if thread.id < earliest:
                continue
            try:
                with translated(reading=True):
                    starter = await thread.fetch_message(thread.id)
            except GoneError:
                continue
            if custom_id in custom_ids(starter):
                return Posted(thread_id=thread.id, message_id=starter.id)
        return None

    async def marker(self, sighting: Sighting) -> str | None:
        try:
            starter = await self._starter(sighting)
        except GoneError:
            return None
        return next(iter(custom_ids(starter)), None) if starter.author.id == self._own_id else None

    async def find_message(self, channel_id: int, sent: Message, since: datetime) -> int | None:
        place = self._client.get_partial_messageable(channel_id)
        after = discord.Object(time_snowflake(since - CLOCK_SLACK))
        with translated(reading=True):
            async for message in place.history(after=after, limit=LOOK_BACK, oldest_first=False):
                if message.author.id == self._own_id and shows(message, sent):
                    return message.id
        return None

    def reach(self, guild_id: int) -> Mapping[int, bool]:
        guild = self._client.get_guild(guild_id)
        return {each.id: not _missing(each, guild.me, _TO_CLOSE) for each in guild.channels} if guild else {}

    async def culprit(self, guild_id: int, target_id: int, deed: Deed, since: datetime) -> Actor | None:
        guild = self._client.get_guild(guild_id)
        return await culprit(guild, target_id, deed, since) if guild else UNKNOWN

    async def follow(self, thread_id: int, user_id: int) -> None:
        thread = await self._thread(thread_id)
        async with _acting():
            await thread.add_user(discord.Object(user_id))

    async def unfollow(self, thread_id: int, user_id: int) -> None:
        thread = await self._thread(thread_id)
        async with _acting():
            await thread.remove_user(discord.Object(user_id))

    async def sees(self, sighting: Sighting, caller: Caller) -> bool:
        thread = await self._thread(sighting.thread_id)
        if not isinstance(caller, discord.Member) or not _may_view(thread, caller):
            return False
        if not thread.is_private() or thread.permissions_for(caller).manage_threads:
            return True
        try:
            with translated(reading=True):
                await thread.fetch_member(caller.id)
        except GoneError:
            return False
        return True

    async def visible(self, thread_ids: Sequence[int], caller: Caller) -> list[int]:
        if not isinstance(caller, discord.Member):
            return []
        threads = [caller.guild.get_thread(thread_id) for thread_id in thread_ids]
        return [each.id for each in threads if each and not each.is_private() and _may_view(each, caller)]

    def viewable(self, guild_id: int, caller: Caller) -> Collection[int]:
        guild = self._client.get_guild(guild_id)
        if guild is None or not isinstance(caller, discord.Member):
            return frozenset()
        return {each.id for each in guild.channels if each.permissions_for(caller).view_channel}

    async def post(self, thread_id: int, message_id: int) -> PostSighting:
        place = self._client.get_partial_messageable(thread_id)
        with translated(reading=True):
            message = await place.fetch_message(message_id)
        return PostSighting(
            message_id=message.id,
            author_id=message.author.id,
            author_name=message.author.display_name,
            content=message.content,
        )

    async def deleted(self, thread_id: int, message_ids: Collection[int]) -> set[int]:
        """One look at the history from the oldest message on decides all that lie within it."""
        thread = await self._thread(thread_id)
        if thread.parent is None or _missing(thread.parent, thread.guild.me, ("read_message_history",)):
            return set()  # Discord then answers as if there were no messages.
        undecided, gone = sorted(message_ids), set[int]()
        while undecided:
            with translated(reading=True):
                after = discord.Object(undecided[0] - 1)
                page = [m.id async for m in thread.history(after=after, limit=LOOK_BACK, oldest_first=True)]
            last = page[-1] if len(page) == LOOK_BACK else undecided[-1]
            gone.update(each for each in undecided if each <= last and each not in page)
            undecided = [each for each in undecided if each > last]
        return gone

    async def tell(self, user_id: int, message: Message, nonce: str) -> None:
        async with _acting():
            channel = await self._client.create_dm(discord.Object(user_id))
        await self.send(channel.id, message, nonce)

    @property
    def _own_id(self) -> int:
        assert self._client.user is not None
        return self._client.user.id

    async def _starter(self, sighting: Sighting) -> discord.Message:
        """A forum's starter stands in its thread, any other in the channel; both have the thread's id."""
        parent = self._client.get_channel(sighting.channel_id)
        is_forum = isinstance(parent, discord.ForumChannel)
        place = self._client.get_partial_messageable(sighting.thread_id if is_forum else sighting.channel_id)
        with translated(reading=True):
            return await place.fetch_message(sighting.thread_id)

    async def _own_threads(self, channel_id: int) -> AsyncIterator[discord.Thread]:
        """Our threads of a forum, the active ones first, then the latest archived ones."""
        forum = self._client.get_channel(channel_id) or await self._fetch(channel_id)
        assert isinstance(forum, discord.ForumChannel)
        with translated(reading=True):
            active = await forum.guild.active_threads()
        for thread in active:
            if thread.parent_id == channel_id and thread.owner_id == self._own_id:
                yield thread
        with translated(reading=True):
            async for thread in forum.archived_threads(limit=LOOK_BACK):
                if thread.owner_id == self._own_id:
                    yield thread

    async def _thread(self, thread_id: int, *, fresh: bool = False) -> discord.Thread:
        """Archived threads leave discord.py's cache, so a miss there means nothing."""
        cached = None if fresh else self._client.get_channel(thread_id)
        thread = cached or await self._fetch(thread_id)
        if not isinstance(thread, discord.Thread):
            raise GoneError("that is no thread")
        return thread

    async def _fetch(self, channel_id: int) -> object:
        with translated(reading=True):
            try:
                return await self._client.fetch_channel(channel_id)
            except discord.NotFound as error:
                raise GoneError(
                    "does not exist, or the bot is not in its server; check channel_id"
                ) from error
            except discord.Forbidden as error:
                raise MissingAccessError(
                    "the bot may not view it", missing=(_NAMES["view_channel"],)
                ) from error
            except discord.InvalidData as error:
                raise GoneError("is of a kind the bot does not know") from error


def _post(message: discord.Message) -> Post:
    written = message.type in (discord.MessageType.default, discord.MessageType.reply)
    by_bot = message.author.bot or message.webhook_id is not None or not written
    return Post(message_id=message.id, author_id=message.author.id, by_bot=by_bot)


def _edit(thread: discord.Thread, wish: Wish) -> dict[str, Any]:
    """discord.py's words for an aspect."""
    if wish.aspect is not Aspect.TAGS:
        return {_EDITED[wish.aspect]: wish.value}
    assert isinstance(wish.value, tuple)
    known = {tag.name: tag for tag in getattr(thread.parent, "available_tags", ())}
    return {"applied_tags": [known[name] for name in wish.value if name in known]}


def _may_view(thread: discord.Thread, member: discord.Member) -> bool:
    return thread.parent is not None and thread.parent.permissions_for(member).view_channel


@asynccontextmanager
async def _acting() -> AsyncIterator[None]:
    with translated():
        async with asyncio.timeout(PATIENCE):
            yield


def _missing(
    channel: discord.abc.GuildChannel, member: discord.Member | None, needed: Sequence[str]
) -> tuple[str, ...]:
    if member is None:
        return tuple(_NAMES[name] for name in needed)
    allowed = channel.permissions_for(member)
    return tuple(_NAMES[name] for name in needed if not getattr(allowed, name))
