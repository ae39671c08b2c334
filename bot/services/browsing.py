"""What is new, and where words stand: lists of news topics for everyone, of channels that the person can see."""

from collections.abc import AsyncIterator, Sequence

from bot.domain.headlines import PAGE, FeedName, Headline, Headlines, has_all
from bot.errors import RefusedError
from bot.ports import Caller, Forum, HeadlineStore
from bot.services.moderation import CHOICES

CHUNK = 500  # Rows read at once; a search through a long history lets others read in between.


class Browsing:
    def __init__(self, headlines: HeadlineStore, forum: Forum, *, chunk: int = CHUNK) -> None:
        self._headlines = headlines
        self._forum = forum
        self._chunk_size = chunk

    async def newest(
        self,
        guild_id: int,
        caller: Caller,
        *,
        page: int = 0,
        feed_id: int | None = None,
        words: Sequence[str] = (),
    ) -> Headlines:
        """The newest news topics; of one feed, or with all these words, where they are given."""
        visible = self._forum.viewable(guild_id, caller)
        first, found = page * PAGE, list[Headline]()
        async for headline in self._through(guild_id, feed_id):
            if headline.channel_id in visible and has_all(headline, words):
                found.append(headline)
            if len(found) > first + PAGE:
                break
        return Headlines(
            entries=tuple(found[first : first + PAGE]), number=page, has_next=len(found) > first + PAGE
        )

    async def _through(self, guild_id: int, feed_id: int | None) -> AsyncIterator[Headline]:
        before: int | None = None
        while chunk := await self._chunk(guild_id, feed_id, before):
            for headline in chunk:
                yield headline
            before = chunk[-1].topic_id

    async def _chunk(self, guild_id: int, feed_id: int | None, before: int | None) -> Sequence[Headline]:
        if feed_id is None:
            return await self._headlines.of_guild(guild_id, self._chunk_size, before)
        return await self._headlines.of_feed(feed_id, self._chunk_size, before)

    async def suggest_feeds(self, guild_id: int, caller: Caller, text: str) -> list[FeedName]:
        """For a completion: feeds of channels that the person can see."""
        known = await self._known(guild_id, caller)
        return [feed for feed in known if text.casefold() in feed.name.casefold()][:CHOICES]

    async def feed_id(self, guild_id: int, caller: Caller, text: str) -> int:
        """The feed that a person chose or typed. Raises RefusedError where they can see no such feed."""
        for feed in await self._known(guild_id, caller):
            if text == str(feed.feed_id) or text.strip().casefold() == feed.name.casefold():
                return feed.feed_id
        raise RefusedError("I know no such feed here. Choose one from the list.")

    async def _known(self, guild_id: int, caller: Caller) -> list[FeedName]:
        """Each feed once, by the name that it has in the first of the channels."""
        visible = self._forum.viewable(guild_id, caller)
        feeds = await self._headlines.feeds(guild_id)
        return list({feed.feed_id: feed for feed in reversed(feeds) if feed.channel_id in visible}.values())[
            ::-1
        ]
