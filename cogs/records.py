"""`/topic history`, `note`, `explain`: a command, one service call, an answer. Decides nothing and holds no SQL."""

import discord
from discord import app_commands

from bot.domain.wording import Phrase, _
from bot.services.moderation import Ask
from cogs.answering import Answer, answer
from cogs.explanation import explanation_card
from cogs.paging import history_id, listing
from cogs.services import Services
from cogs.topic_commands import TOPIC, TopicCommands, ask

Text = app_commands.Range[str, 1, 1000]


class RecordCommands(TopicCommands):
    """Mixed into the `/topic` group."""

    @app_commands.command(name="history", description="Show what was done to a topic, and staff's notes")
    @app_commands.describe(topic=TOPIC)
    async def history(self, interaction: discord.Interaction, topic: str | None = None) -> None:
        await answer(interaction, self._history(interaction, topic), self.services.texts)

    @app_commands.command(name="note", description="Write a note about a topic; only staff see it")
    @app_commands.describe(text="What staff should know", topic=TOPIC)
    async def note(self, interaction: discord.Interaction, text: Text, topic: str | None = None) -> None:
        await answer(interaction, self._note(interaction, topic, text), self.services.texts)

    @app_commands.command(
        name="explain", description="Show why a topic is as it is, and what will happen to it"
    )
    @app_commands.describe(topic=TOPIC)
    async def explain(self, interaction: discord.Interaction, topic: str | None = None) -> None:
        await answer(interaction, self._explain(interaction, topic), self.services.texts)

    @history.autocomplete("topic")
    @note.autocomplete("topic")
    @explain.autocomplete("topic")
    async def _suggest_recorded(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await self.suggest_topics(interaction, current)

    async def _history(self, interaction: discord.Interaction, topic: str | None) -> Answer:
        return await history_page(self.services, interaction, ask(interaction, topic), 0)

    async def _note(self, interaction: discord.Interaction, topic: str | None, text: str) -> Answer:
        asked = ask(interaction, topic)
        await self.services.records.note(asked, text)
        return Phrase(_("The note about {topic} is kept."), topic=f"<#{asked.thread_id}>")

    async def _explain(self, interaction: discord.Interaction, topic: str | None) -> Answer:
        explanation = await self.services.explaining.explain(ask(interaction, topic))
        return explanation_card(explanation, self.services.texts.speaker(str(interaction.locale)))


async def history_page(
    services: Services, interaction: discord.Interaction, asked: Ask, number: int
) -> Answer:
    """A page of a topic's history, for whoever asks."""
    speaker = services.texts.speaker(str(interaction.locale))
    page = await services.records.history(asked, number)
    title = speaker.say("History of this topic")
    return listing(page, title, lambda number: history_id(asked.thread_id, number), speaker)


async def turn_history(
    services: Services, interaction: discord.Interaction, thread_id: int, number: int
) -> Answer:
    return await history_page(services, interaction, ask(interaction, str(thread_id)), number)
