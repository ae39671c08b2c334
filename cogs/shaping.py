"""`/topic rename`, `tag`, `pin`, `unpin`, `move`, `undo`: a command, one service call, an answer."""

import discord
from discord import app_commands

from bot.domain.wording import Phrase, _
from bot.services.moderation import Outcome, Verdict
from cogs.answering import Answer, answer
from cogs.topic_commands import REASON, TOPIC, Reason, TopicCommands, ask

Target = discord.ForumChannel | discord.TextChannel


class Shaping(TopicCommands):
    """Mixed into the `/topic` group."""

    @app_commands.command(name="rename", description="Give a topic another name")
    @app_commands.describe(topic=TOPIC, name="The new name; a news topic keeps its [News]")
    async def rename(
        self,
        interaction: discord.Interaction,
        name: app_commands.Range[str, 1, 100],
        topic: str | None = None,
    ) -> None:
        await answer(interaction, self._rename(interaction, topic, name), self.services.texts)

    @app_commands.command(name="pin", description="Pin a topic to the top of its forum")
    @app_commands.describe(topic=TOPIC)
    async def pin(self, interaction: discord.Interaction, topic: str | None = None) -> None:
        await answer(interaction, self._pin(interaction, topic, pinned=True), self.services.texts)

    @app_commands.command(name="unpin", description="Take a topic's pin away")
    @app_commands.describe(topic=TOPIC)
    async def unpin(self, interaction: discord.Interaction, topic: str | None = None) -> None:
        await answer(interaction, self._pin(interaction, topic, pinned=False), self.services.texts)

    @app_commands.command(name="tag", description="Add or remove a topic's tags")
    @app_commands.describe(topic=TOPIC, add="Tags to add, separated by commas", remove="Tags to remove")
    async def tag(
        self,
        interaction: discord.Interaction,
        add: str | None = None,
        remove: str | None = None,
        topic: str | None = None,
    ) -> None:
        await answer(interaction, self._tag(interaction, topic, add, remove), self.services.texts)

    @app_commands.command(name="move", description="Continue a topic in another channel and close it here")
    @app_commands.describe(topic=TOPIC, to="The channel or forum where it goes on", reason=REASON)
    async def move(
        self,
        interaction: discord.Interaction,
        to: Target,
        topic: str | None = None,
        reason: Reason | None = None,
    ) -> None:
        await answer(interaction, self._move(interaction, topic, to.id, reason), self.services.texts)

    @app_commands.command(name="undo", description="Take back what was done to a topic")
    @app_commands.describe(topic=TOPIC, case="The number of the case; default: the latest")
    async def undo(
        self,
        interaction: discord.Interaction,
        topic: str | None = None,
        case: app_commands.Range[int, 1] | None = None,
    ) -> None:
        await answer(interaction, self._undo(interaction, topic, case), self.services.texts)

    @rename.autocomplete("topic")
    @pin.autocomplete("topic")
    @unpin.autocomplete("topic")
    @tag.autocomplete("topic")
    @move.autocomplete("topic")
    @undo.autocomplete("topic")
    async def _suggest_topic(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await self.suggest_topics(interaction, current)

    @move.autocomplete("reason")
    async def _suggest_reason_to_move(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await self.suggest_reasons(interaction, current)

    @tag.autocomplete("add")
    @tag.autocomplete("remove")
    async def _suggest_tag(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await self.suggest_tags(interaction, current)

    async def _rename(self, interaction: discord.Interaction, topic: str | None, name: str) -> Answer:
        return _told(await self.services.shaping.rename(ask(interaction, topic), name))

    async def _pin(self, interaction: discord.Interaction, topic: str | None, *, pinned: bool) -> Answer:
        return _told(await self.services.shaping.pin(ask(interaction, topic), pinned=pinned))

    async def _tag(
        self, interaction: discord.Interaction, topic: str | None, add: str | None, remove: str | None
    ) -> Answer:
        return _told(await self.services.shaping.tag(ask(interaction, topic), add, remove))

    async def _move(
        self, interaction: discord.Interaction, topic: str | None, channel_id: int, reason: str | None
    ) -> Answer:
        return _told(await self.services.shaping.move(ask(interaction, topic), channel_id, reason or ""))

    async def _undo(self, interaction: discord.Interaction, topic: str | None, case: int | None) -> Answer:
        return _told(await self.services.shaping.undo(ask(interaction, topic), case))


_ANSWERS = {
    Verdict.DONE: _("Done: {topic}."),
    Verdict.REASON_CHANGED: _("Done: {topic}."),
    Verdict.ON_ITS_WAY: _("It is recorded for {topic}; Discord does not show it yet: {problem}."),
    Verdict.FAILED: _("{topic} is as it was; Discord refused: {problem}."),
}


def _told(outcome: Outcome) -> Phrase:
    return Phrase(_ANSWERS[outcome.verdict], topic=f"<#{outcome.thread_id}>", problem=outcome.problem)
