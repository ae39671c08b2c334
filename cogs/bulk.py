"""`/topic bulk`: a proposal first, then a button that does it, then one that takes it all back."""

import re
from typing import Any

import discord
from discord import app_commands

from bot.domain.bulk import Action, Filters
from bot.domain.durations import parse_duration
from bot.domain.wording import Phrase, _
from bot.services.bulk import Proposal, Tally
from bot.services.moderation import Ask
from bot.texts import ENGLISH, Speaker
from cogs.answering import AS_IT_IS, Answer, Reply, answer
from cogs.buttons import lasting_button
from cogs.services import Services
from cogs.topic_commands import Reason, TopicCommands

SHOWN = 15


class BulkActions(TopicCommands):
    """Mixed into the `/topic` group."""

    @app_commands.command(name="bulk", description="Close or reopen many topics; shows first which")
    @app_commands.describe(
        action="What to do",
        channel="Only in this channel",
        tag="Only with this tag",
        idle="Only where nobody wrote for so long: 7d, 12h",
        age="Only those older than: 30d",
        feed="Only of this feed",
        reason="Why",
        notices="Give a notice in each (default: close silently)",
    )
    @app_commands.choices(
        action=[
            app_commands.Choice(name="Close", value=Action.CLOSE.value),
            app_commands.Choice(name="Reopen", value=Action.REOPEN.value),
        ]
    )
    async def bulk(  # noqa: PLR0917 - the options of the command, in the order in which Discord shows them.
        self,
        interaction: discord.Interaction,
        action: app_commands.Choice[str],
        channel: discord.ForumChannel | discord.TextChannel | None = None,
        tag: str | None = None,
        idle: str | None = None,
        age: str | None = None,
        feed: str | None = None,
        reason: Reason | None = None,
        notices: bool = False,  # noqa: FBT001, FBT002 - an option of the command.
    ) -> None:
        async def work() -> Answer:
            assert interaction.guild_id is not None
            filters = Filters(
                channel_id=channel.id if channel else None,
                tag=tag,
                idle=parse_duration(idle) if idle else None,
                age=parse_duration(age) if age else None,
                thread_ids=await self._threads_of(interaction.guild_id, feed),
            )
            proposal = await self.services.bulk.propose(
                interaction.guild_id,
                interaction.user,
                Action(action.value),
                filters,
                reason=reason or "",
                silent=not notices,
            )
            return _proposed(proposal, self.services.texts.speaker(str(interaction.locale)))

        await answer(interaction, work(), self.services.texts)

    @bulk.autocomplete("reason")
    async def _suggest_reason_for_all(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await self.suggest_reasons(interaction, current)

    @bulk.autocomplete("feed")
    async def _suggest_feed(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        titles = await self.services.bulk.feeds(interaction.guild_id or 0, current)
        return [app_commands.Choice(name=title[:100], value=title[:100]) for title in titles]

    async def _threads_of(self, guild_id: int, feed: str | None) -> frozenset[int] | None:
        return None if feed is None else frozenset(await self.services.bulk.threads_of_feed(guild_id, feed))


_CONFIRM = {Action.CLOSE: _("Close them"), Action.REOPEN: _("Reopen them")}


def _proposed(proposal: Proposal, speaker: Speaker) -> Reply:
    """The list and the button that does it."""
    action = proposal.batch.action
    lines = [f"<#{seen.thread_id}>" for seen in proposal.topics[:SHOWN]]
    more = len(proposal.topics) - SHOWN
    if more > 0:
        lines.append(speaker.say("… and {count} more", count=more))
    if proposal.barred:
        lines.append(
            speaker.say_n(
                "({count} more fits, where you or I lack the permission)",
                "({count} more fit, where you or I lack the permission)",
                proposal.barred,
            )
        )
    embed = discord.Embed(title=_would(action, len(proposal.topics), speaker), description="\n".join(lines))
    label = speaker.say(_CONFIRM[action])
    return Reply(embed=embed, view=_button(label, f"nightdesk:bulk:do:{proposal.batch.batch_id}"))


def _would(action: Action, count: int, speaker: Speaker) -> str:
    if action is Action.CLOSE:
        return speaker.say_n("{count} topic would be closed", "{count} topics would be closed", count)
    return speaker.say_n("{count} topic would be reopened", "{count} topics would be reopened", count)


def _done(tally: Tally, speaker: Speaker) -> Reply:
    lines = [speaker.say_n("Recorded for {count} topic.", "Recorded for {count} topics.", tally.recorded)]
    if tally.left:
        lines.append(
            speaker.say_n("{count} is left as it was.", "{count} are left as they were.", tally.left)
        )
    if tally.recorded > 1:
        lines.append(speaker.say("Discord shows them one after the other."))
    undo = _button(speaker.say("Undo all"), f"nightdesk:bulk:undo:{tally.batch_id}")
    return Reply(text=Phrase(AS_IT_IS, text="\n".join(lines)), view=undo if tally.recorded else None)


def _undone(tally: Tally, speaker: Speaker) -> Phrase:
    lines = [speaker.say_n("Taken back for {count} topic.", "Taken back for {count} topics.", tally.recorded)]
    if tally.left:
        lines.append(
            speaker.say_n(
                "{count} was changed by others since.", "{count} were changed by others since.", tally.left
            )
        )
    return Phrase(AS_IT_IS, text="\n".join(lines))


def _button(label: str, custom_id: str) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label=label, custom_id=custom_id, style=discord.ButtonStyle.danger))
    view.stop()  # A DynamicItem answers, also after a restart.
    return view


def bulk_button(services: Services) -> type[discord.ui.DynamicItem[Any]]:
    """The class of both buttons; who clicks must be who proposed."""

    async def work(interaction: discord.Interaction, match: re.Match[str]) -> Answer:
        assert interaction.guild_id is not None
        ask = Ask(
            guild_id=interaction.guild_id,
            thread_id=0,
            caller=interaction.user,
            locale=str(interaction.guild_locale or ENGLISH),
        )
        batch_id = int(match["batch_id"])
        speaker = services.texts.speaker(str(interaction.locale))
        if match["act"] == "do":
            return _done(await services.bulk.confirm(batch_id, ask), speaker)
        return _undone(await services.bulk.undo(batch_id, ask), speaker)

    return lasting_button(r"nightdesk:bulk:(?P<act>do|undo):(?P<batch_id>\d{1,19})", work, services.texts)
