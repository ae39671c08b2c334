"""`/topic recommend` and the message menu *Recommend*: one service call, an answer. Decides nothing."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.recommendations import post_from
from bot.domain.wording import Phrase, _
from bot.errors import RefusedError
from bot.ports import PostSighting
from bot.services.recommending import Change, Listed
from cogs.answering import Answer, answer
from cogs.menus import MenuCog, menu_for
from cogs.services import Services
from cogs.topic_commands import TOPIC, TopicCommands, ask, thread_of


class Recommending(TopicCommands):
    """Mixed into the `/topic` group."""

    @app_commands.command(
        name="recommend", description="Put a post on the topic's list of recommended posts, or take it off"
    )
    @app_commands.describe(message="The post: its link or id", topic=TOPIC)
    async def recommend(
        self, interaction: discord.Interaction, message: str, topic: str | None = None
    ) -> None:
        await answer(interaction, self._recommend(interaction, message, topic), self.services.texts)

    @recommend.autocomplete("topic")
    async def _suggest_recommended(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await self.suggest_topics(interaction, current)

    async def _recommend(self, interaction: discord.Interaction, message: str, topic: str | None) -> Answer:
        thread_id, message_id = post_from(message)
        asked = ask(interaction, topic or (str(thread_id) if thread_id else None))
        if thread_id not in (None, asked.thread_id):
            raise RefusedError("That message is in another topic.")
        return _told(await self.services.recommending.recommend(asked, message_id))


class RecommendingCog(MenuCog):
    """The menu, whose payload carries the post: no intent is needed to read it."""

    def __init__(self, client: commands.AutoShardedBot, services: Services) -> None:
        self.client = client
        self._services = services
        self.menu = menu_for(discord.Permissions(manage_threads=True), "Recommend", self._recommend_from_menu)

    async def _recommend_from_menu(self, interaction: discord.Interaction, message: discord.Message) -> None:
        await answer(interaction, self._recommend(interaction, message), self._services.texts)

    async def _recommend(self, interaction: discord.Interaction, message: discord.Message) -> Answer:
        given = PostSighting(
            message_id=message.id,
            author_id=message.author.id,
            author_name=message.author.display_name,
            content=message.content,
        )
        asked = ask(interaction, str(thread_of(message)))
        return _told(await self._services.recommending.recommend(asked, message.id, given))


_CHANGES = {
    Change.ADDED: _("The post is recommended now: {link}"),
    Change.ADDED_TO_FULL: _(
        "The post is recommended now: {link} The list is full; with the next post the oldest leaves it."
    ),
    Change.REMOVED: _("The post is no longer recommended: {link}"),
}
_ON_ITS_WAY = {
    Change.ADDED: _("It is recorded that the post is recommended, and I keep trying to show it: {problem}."),
    Change.REMOVED: _(
        "It is recorded that the post is no longer recommended, and I keep trying to show it: {problem}."
    ),
}
_ON_ITS_WAY[Change.ADDED_TO_FULL] = _ON_ITS_WAY[Change.ADDED]


def _told(listed: Listed) -> Phrase:
    if listed.problem:
        return Phrase(_ON_ITS_WAY[listed.change], problem=listed.problem)
    return Phrase(_CHANGES[listed.change], link=listed.link)
