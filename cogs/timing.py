"""`/topic schedule`, `timers`, `keepopen`, `slowmode`: a command, one service call, an answer."""

from typing import Literal

import discord
from discord import app_commands

from bot.domain.recurrences import Every
from bot.domain.scheduling import FOR_GOOD
from bot.domain.timers import TimerKind
from bot.domain.wording import Phrase, _
from bot.domain.zones import suggest_zones
from bot.services.moderation import Verdict
from bot.services.scheduling import Planned
from cogs.answering import Answer, answer
from cogs.timer_buttons import moment, timers_reply
from cogs.topic_commands import REASON, TOPIC, Reason, TopicCommands, ask

WHEN = "When: 30m, 2d, 18:00, tomorrow 09:00, 2026-03-01 18:00"
Typed = app_commands.Range[str, 1, 60]


class Timing(TopicCommands):
    """Mixed into the `/topic` group."""

    @app_commands.command(name="schedule", description="Close or reopen a topic later")
    @app_commands.describe(
        action="What to do then",
        when=WHEN,
        repeat="And again, every day or week",
        topic=TOPIC,
        reason=REASON,
        zone="Your time zone, remembered for all times you type. Default: the server's",
    )
    async def schedule(  # noqa: PLR0917 - the options of the command, in the order in which Discord shows them.
        self,
        interaction: discord.Interaction,
        action: Literal["close", "reopen"],
        when: Typed,
        topic: str | None = None,
        repeat: Literal["daily", "weekly"] | None = None,
        reason: Reason | None = None,
        zone: Typed | None = None,
    ) -> None:
        async def work() -> Answer:
            asked = ask(interaction, topic)
            if zone is not None:
                await self.services.scheduling.live_in(asked, zone)
            every = Every(repeat) if repeat else None
            planned = await self.services.scheduling.schedule(
                asked, TimerKind(action), when, every, reason or ""
            )
            return _told(planned, _SCHEDULED[action, repeat])

        await answer(interaction, work(), self.services.texts)

    @schedule.autocomplete("zone")
    async def _suggest_zone(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        del interaction  # Zones are the same for everybody.
        return [app_commands.Choice(name=zone, value=zone) for zone in suggest_zones(current)]

    @app_commands.command(name="timers", description="Show what is planned for a topic; cancel or put it off")
    @app_commands.describe(topic=TOPIC)
    async def timers(self, interaction: discord.Interaction, topic: str | None = None) -> None:
        async def work() -> Answer:
            asked = ask(interaction, topic)
            timers = await self.services.scheduling.timers(asked)
            return timers_reply(timers, self.services.texts.speaker(str(interaction.locale)))

        await answer(interaction, work(), self.services.texts)

    @app_commands.command(name="keepopen", description="Keep a topic from being closed automatically")
    @app_commands.describe(topic=TOPIC, until=f"{WHEN}; off: no longer. Default: for good")
    async def keepopen(
        self, interaction: discord.Interaction, topic: str | None = None, until: Typed | None = None
    ) -> None:
        async def work() -> Answer:
            planned = await self.services.scheduling.keep_open(ask(interaction, topic), until)
            if planned.at is None:
                return _told(planned, _NO_LONGER_KEPT_OPEN)
            return _told(planned, _KEPT_OPEN if planned.at == FOR_GOOD else _KEPT_OPEN_UNTIL)

        await answer(interaction, work(), self.services.texts)

    @app_commands.command(name="slowmode", description="Let each person write only so often in a topic")
    @app_commands.describe(
        delay="Time between two messages of a person: 30s, 5m, up to 6h; off",
        topic=TOPIC,
        lasting="For how long: 30m, 2d, 18:00; then the old slow mode comes back",
    )
    @app_commands.rename(lasting="for")
    async def slowmode(
        self,
        interaction: discord.Interaction,
        delay: Typed,
        topic: str | None = None,
        lasting: Typed | None = None,
    ) -> None:
        async def work() -> Answer:
            planned = await self.services.scheduling.slow_down(ask(interaction, topic), delay, lasting)
            return _told(planned, _SLOWED_UNTIL if planned.at else _SLOWED)

        await answer(interaction, work(), self.services.texts)

    @schedule.autocomplete("reason")
    async def _suggest_reason_to_plan(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await self.suggest_reasons(interaction, current)

    @schedule.autocomplete("topic")
    @timers.autocomplete("topic")
    @keepopen.autocomplete("topic")
    @slowmode.autocomplete("topic")
    async def _suggest_planned(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await self.suggest_topics(interaction, current)


_SCHEDULED = {
    ("close", None): _("{topic} will be closed at {moment}."),
    ("close", "daily"): _("{topic} will be closed every day, first at {moment}."),
    ("close", "weekly"): _("{topic} will be closed every week, first at {moment}."),
    ("reopen", None): _("{topic} will be open again at {moment}."),
    ("reopen", "daily"): _("{topic} will be open again every day, first at {moment}."),
    ("reopen", "weekly"): _("{topic} will be open again every week, first at {moment}."),
}
_KEPT_OPEN = _("{topic} will not be closed automatically.")
_KEPT_OPEN_UNTIL = _("{topic} will not be closed automatically before {moment}.")
_NO_LONGER_KEPT_OPEN = _("{topic} may be closed automatically again.")
_SLOWED = _("The slow mode of {topic} is set.")
_SLOWED_UNTIL = _("The slow mode of {topic} is set; the old one comes back at {moment}.")
_FAILED = _("{topic} is as it was; Discord refused: {problem}.")
_ON_ITS_WAY = _("{done} Discord does not show it yet: {problem}.")


def _told(planned: Planned, text: str) -> Phrase:
    outcome = planned.outcome
    done = Phrase(text, topic=f"<#{outcome.thread_id}>", moment=moment(planned.at) if planned.at else "")
    if outcome.verdict is Verdict.FAILED:
        return Phrase(_FAILED, topic=f"<#{outcome.thread_id}>", problem=outcome.problem)
    if outcome.verdict is Verdict.ON_ITS_WAY:
        return Phrase(_ON_ITS_WAY, done=done, problem=outcome.problem)
    return done
