"""`/topic` and *Close this topic*: a command, one service call, an answer. Decides nothing and holds no SQL."""

from collections.abc import Mapping

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.topics import State, thread_id_from
from bot.domain.wording import Phrase, _
from bot.errors import RefusedError
from bot.services.moderation import Ask, Moderation, Outcome, Verdict
from bot.texts import ENGLISH, Texts
from cogs.answering import Answer, answer
from cogs.cards import topic_card

Reason = app_commands.Range[str, 1, 400]

_TOPIC = "Which topic: choose one, or give a link or id. Default: this thread"
_REASON = "Why; members see it in the notice"


@app_commands.guild_only()
@app_commands.default_permissions(manage_threads=True)
class TopicCog(commands.GroupCog, group_name="topic", group_description="Close, reopen and inspect topics"):
    def __init__(self, client: commands.AutoShardedBot, moderation: Moderation, texts: Texts) -> None:
        self._client = client
        self._moderation = moderation
        self._texts = texts
        self._menu = app_commands.ContextMenu(name="Close this topic", callback=self._close_from_menu)
        self._menu.guild_only = True
        self._menu.default_permissions = discord.Permissions(manage_threads=True)

    async def cog_load(self) -> None:
        self._client.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        self._client.tree.remove_command(self._menu.name, type=self._menu.type)

    @app_commands.command(name="close", description="Close a topic to further replies")
    @app_commands.describe(topic=_TOPIC, reason=_REASON)
    async def close(
        self, interaction: discord.Interaction, topic: str | None = None, reason: Reason | None = None
    ) -> None:
        await answer(interaction, self._close(interaction, topic, reason), self._texts)

    @app_commands.command(name="reopen", description="Open a closed topic again")
    @app_commands.describe(topic=_TOPIC, reason=_REASON)
    async def reopen(
        self, interaction: discord.Interaction, topic: str | None = None, reason: Reason | None = None
    ) -> None:
        await answer(interaction, self._reopen(interaction, topic, reason), self._texts)

    @app_commands.command(
        name="info", description="Show a topic's state, who closed it, and where it came from"
    )
    @app_commands.describe(topic=_TOPIC)
    async def info(self, interaction: discord.Interaction, topic: str | None = None) -> None:
        await answer(interaction, self._info(interaction, topic), self._texts)

    @close.autocomplete("topic")
    @reopen.autocomplete("topic")
    @info.autocomplete("topic")
    async def _suggest(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        topics = await self._moderation.suggest(interaction.guild_id or 0, current)
        return [
            app_commands.Choice(name=_short(f"{_MARKS[topic.state]}{topic.name}"), value=str(topic.thread_id))
            for topic in topics
        ]

    async def _close_from_menu(self, interaction: discord.Interaction, message: discord.Message) -> None:
        await answer(interaction, self._close(interaction, str(_thread_of(message)), None), self._texts)

    async def _close(self, interaction: discord.Interaction, topic: str | None, reason: str | None) -> Answer:
        outcome = await self._moderation.close(_ask(interaction, topic), reason or "")
        return _told(outcome, _CLOSED)

    async def _reopen(
        self, interaction: discord.Interaction, topic: str | None, reason: str | None
    ) -> Answer:
        outcome = await self._moderation.reopen(_ask(interaction, topic), reason or "")
        return _told(outcome, _REOPENED)

    async def _info(self, interaction: discord.Interaction, topic: str | None) -> Answer:
        card = await self._moderation.info(_ask(interaction, topic))
        return topic_card(card, self._texts.speaker(str(interaction.locale)))


_MARKS = {State.CLOSED: "🔒 "} | dict.fromkeys((State.OPEN, State.PENDING, State.GONE), "")


def _ask(interaction: discord.Interaction, topic: str | None) -> Ask:
    if topic is None and not isinstance(interaction.channel, discord.Thread):
        raise RefusedError("This is no topic. Use the command inside one, or fill in `topic`.")
    thread_id = thread_id_from(topic) if topic is not None else interaction.channel_id
    assert interaction.guild_id is not None
    assert thread_id is not None
    return Ask(
        guild_id=interaction.guild_id,
        thread_id=thread_id,
        caller=interaction.user,
        locale=str(interaction.guild_locale or ENGLISH),
    )


def _thread_of(message: discord.Message) -> int:
    """A message in a thread means that thread; one in a channel means the thread that hangs from it (same id)."""
    return message.channel.id if isinstance(message.channel, discord.Thread) else message.id


# What came of it, in whole sentences: other languages bend the words in the middle.
_REASON_CHANGED = _("{topic} was closed already; its notice gives the new reason now.")
_FAILED = _("{topic} is as it was; Discord refused: {problem}.")
_CLOSED = {
    Verdict.DONE: _("{topic} is closed."),
    Verdict.REASON_CHANGED: _REASON_CHANGED,
    Verdict.ON_ITS_WAY: _("It is recorded that {topic} shall be closed, and I keep trying: {problem}."),
    Verdict.FAILED: _FAILED,
}
_REOPENED = {
    Verdict.DONE: _("{topic} is open again."),
    Verdict.REASON_CHANGED: _REASON_CHANGED,
    Verdict.ON_ITS_WAY: _("It is recorded that {topic} shall be open again, and I keep trying: {problem}."),
    Verdict.FAILED: _FAILED,
}


def _told(outcome: Outcome, texts: Mapping[Verdict, str]) -> Phrase:
    return Phrase(texts[outcome.verdict], topic=f"<#{outcome.thread_id}>", problem=outcome.problem)


def _short(name: str) -> str:
    """Discord allows 100 characters in a choice."""
    return name if len(name) <= 100 else f"{name[:99]}…"
