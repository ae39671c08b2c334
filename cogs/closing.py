"""`/topic close`, `reopen`, `info`: a command, one service call, an answer. Decides nothing and holds no SQL."""

from collections.abc import Mapping

import discord
from discord import app_commands

from bot.domain.wording import Phrase, _
from bot.services.moderation import Outcome, Verdict
from bot.services.scheduling import Terms
from cogs.answering import Answer, answer
from cogs.cards import topic_card
from cogs.timer_buttons import moment
from cogs.topic_commands import REASON, TOPIC, Reason, TopicCommands, ask


class Closing(TopicCommands):
    """Mixed into the `/topic` group."""

    @app_commands.command(name="close", description="Close a topic to further replies")
    @app_commands.describe(
        topic=TOPIC,
        reason=REASON,
        lasting="For how long: 30m, 2d, tomorrow 18:00; then it opens again",
        archive="Put it to sleep, too",
        silent="Without the notice",
        tag="Tags to add, separated by commas",
    )
    @app_commands.rename(lasting="for")
    async def close(  # noqa: PLR0917 - the options of the command, in the order in which Discord shows them.
        self,
        interaction: discord.Interaction,
        topic: str | None = None,
        reason: Reason | None = None,
        lasting: app_commands.Range[str, 1, 60] | None = None,
        archive: bool | None = None,  # noqa: FBT001 - an option of the command.
        silent: bool = False,  # noqa: FBT001, FBT002 - an option of the command.
        tag: str | None = None,
    ) -> None:
        terms = Terms(lasting=lasting, archive=archive, silent=silent, tag=tag)
        await answer(interaction, self.close_topic(interaction, topic, reason, terms), self.services.texts)

    @app_commands.command(name="reopen", description="Open a closed topic again")
    @app_commands.describe(topic=TOPIC, reason=REASON)
    async def reopen(
        self, interaction: discord.Interaction, topic: str | None = None, reason: Reason | None = None
    ) -> None:
        await answer(interaction, self._reopen(interaction, topic, reason), self.services.texts)

    @app_commands.command(
        name="info", description="Show a topic's state, who closed it, and where it came from"
    )
    @app_commands.describe(topic=TOPIC)
    async def info(self, interaction: discord.Interaction, topic: str | None = None) -> None:
        await answer(interaction, self._info(interaction, topic), self.services.texts)

    @close.autocomplete("topic")
    @reopen.autocomplete("topic")
    @info.autocomplete("topic")
    async def _suggest(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await self.suggest_topics(interaction, current)

    @close.autocomplete("reason")
    @reopen.autocomplete("reason")
    async def _suggest_reason(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await self.suggest_reasons(interaction, current)

    @close.autocomplete("tag")
    async def _suggest_tag(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await self.suggest_tags(interaction, current)

    async def close_topic(
        self,
        interaction: discord.Interaction,
        topic: str | None,
        reason: str | None,
        terms: Terms = Terms(),  # noqa: B008 - frozen.
    ) -> Answer:
        asked = ask(interaction, topic)
        planned = await self.services.scheduling.close(asked, reason or "", terms)
        done = _told(planned.outcome, _CLOSED)
        if planned.at is None or planned.outcome.verdict is Verdict.FAILED:
            return done
        return Phrase(_UNTIL, done=done, moment=moment(planned.at))

    async def _reopen(
        self, interaction: discord.Interaction, topic: str | None, reason: str | None
    ) -> Answer:
        outcome = await self.services.moderation.reopen(ask(interaction, topic), reason or "")
        return _told(outcome, _REOPENED)

    async def _info(self, interaction: discord.Interaction, topic: str | None) -> Answer:
        card = await self.services.moderation.info(ask(interaction, topic))
        return topic_card(card, self.services.texts.speaker(str(interaction.locale)))


# What came of it, in whole sentences: other languages bend the words in the middle.
_REASON_CHANGED = _("{topic} was closed already; its notice gives the new reason now.")
_FAILED = _("{topic} is as it was; Discord refused: {problem}.")
_CLOSED = {
    Verdict.DONE: _("{topic} is closed."),
    Verdict.REASON_CHANGED: _REASON_CHANGED,
    Verdict.ON_ITS_WAY: _("It is recorded that {topic} shall be closed, and I keep trying: {problem}."),
    Verdict.FAILED: _FAILED,
}
_UNTIL = _("{done} It will be open again at {moment}.")
_REOPENED = {
    Verdict.DONE: _("{topic} is open again."),
    Verdict.REASON_CHANGED: _REASON_CHANGED,
    Verdict.ON_ITS_WAY: _("It is recorded that {topic} shall be open again, and I keep trying: {problem}."),
    Verdict.FAILED: _FAILED,
}


def _told(outcome: Outcome, texts: Mapping[Verdict, str]) -> Phrase:
    return Phrase(texts[outcome.verdict], topic=f"<#{outcome.thread_id}>", problem=outcome.problem)
