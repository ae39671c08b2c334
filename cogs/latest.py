"""`/latest` and `/search`, for everyone: pages of news topics. Decides nothing and holds no SQL."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.headlines import Headline, words_of
from bot.domain.marking import escape
from bot.domain.text import ZERO_WIDTH_SPACE, clean, cut, units
from bot.domain.urls import for_discord
from bot.errors import RefusedError
from bot.services.case_texts import moment
from bot.texts import Speaker
from cogs.answering import Answer, answer
from cogs.cooldowns import a_few_a_minute
from cogs.paging import latest_id, paged, words_id
from cogs.services import Services
from cogs.topic_commands import short

_LINE = 400  # Ten of them fit into an embed.
_TITLE, _SOURCE = 120, 40
_BRACKETS = str.maketrans("[]", "()")
Words = app_commands.Range[str, 2, 60]


class LatestCog(commands.Cog):
    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(name="latest", description="Show the newest news topics")
    @app_commands.describe(feed="Only of this feed")
    @app_commands.guild_only()
    @a_few_a_minute()
    async def latest(self, interaction: discord.Interaction, feed: str | None = None) -> None:
        await answer(interaction, self._latest(interaction, feed), self._services.texts)

    @app_commands.command(name="search", description="Find news topics by the words of their headlines")
    @app_commands.describe(words="All of them stand in the headline")
    @app_commands.guild_only()
    @a_few_a_minute()
    async def search(self, interaction: discord.Interaction, words: Words) -> None:
        await answer(interaction, search_page(self._services, interaction, words, 0), self._services.texts)

    @latest.autocomplete("feed")
    async def _suggest(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        browsing, guild_id = self._services.browsing, interaction.guild_id or 0
        feeds = await browsing.suggest_feeds(guild_id, interaction.user, current)
        return [app_commands.Choice(name=short(each.name), value=str(each.feed_id)) for each in feeds]

    async def _latest(self, interaction: discord.Interaction, feed: str | None) -> Answer:
        guild_id, feed_id = interaction.guild_id or 0, None
        if feed is not None:
            feed_id = await self._services.browsing.feed_id(guild_id, interaction.user, feed)
        return await latest_page(self._services, interaction, feed_id, 0)


async def latest_page(
    services: Services, interaction: discord.Interaction, feed_id: int | None, number: int
) -> Answer:
    """A page of the newest, for whoever asks."""
    speaker, guild_id = services.texts.speaker(str(interaction.locale)), interaction.guild_id or 0
    page = await services.browsing.newest(guild_id, interaction.user, page=number, feed_id=feed_id)
    return paged(
        [_line(headline, guild_id, speaker) for headline in page.entries],
        page,
        title=speaker.say("Latest news"),
        nothing=speaker.say("There is no news here yet."),
        custom_id=lambda number: latest_id(feed_id, number),
        speaker=speaker,
    )


async def search_page(services: Services, interaction: discord.Interaction, text: str, number: int) -> Answer:
    """A page of what has all the words, for whoever asks."""
    speaker, guild_id = services.texts.speaker(str(interaction.locale)), interaction.guild_id or 0
    words = words_of(text)
    if not words:
        raise RefusedError("Type at least one word.")
    page = await services.browsing.newest(guild_id, interaction.user, page=number, words=words)
    return paged(
        [_line(headline, guild_id, speaker) for headline in page.entries],
        page,
        title=cut(speaker.say("News with {words}", words=escape(text)), 256),
        nothing=speaker.say("No news topic that you can see has all of these words in its headline."),
        custom_id=lambda number: words_id(text, number),
        speaker=speaker,
    )


def _line(headline: Headline, guild_id: int, speaker: Speaker) -> str:
    """The linked thread, who published it and when, 🔒 where it is closed, and the article."""
    link = for_discord(headline.link)
    title = _label(headline.title or headline.name)
    parts = [
        f"{'🔒 ' if headline.closed else ''}[{title}](https://discord.com/channels/{guild_id}/{headline.thread_id})",
        escape(cut(clean(headline.source), _SOURCE)),
        moment(headline.at, "R"),
    ]
    line = " · ".join(filter(None, parts))
    whole = f"{line} · [{speaker.say('Article')}]({link})" if link else line
    return whole if units(whole) <= _LINE else line


def _label(title: str) -> str:
    """A title as the text of a link, which an address or a bracket within would break."""
    text = clean(title).translate(_BRACKETS).replace("://", f":{ZERO_WIDTH_SPACE}//")
    return escape(cut(text, _TITLE))
