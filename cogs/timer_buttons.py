"""The list of a topic's timers, and its buttons. They work after a restart, too: their `custom_id` names the timer.

Also its generation, so that a button of an old list never touches what was armed anew since.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import discord
from discord.utils import escape_markdown, format_dt

from bot.domain.recurrences import Every, Recurrence
from bot.domain.scheduling import MODERATORS_OWN
from bot.domain.timers import Timer, TimerKind
from bot.domain.wording import Phrase, _
from bot.services.moderation import Ask
from bot.texts import ENGLISH, Speaker
from cogs.answering import Answer, Reply
from cogs.buttons import lasting_button
from cogs.services import Services

LATER = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
_LABELS = {"cancel": _("Cancel"), "hour": _("+1 h"), "day": _("+1 d")}
_KINDS = {
    TimerKind.CLOSE: _("Close"),
    TimerKind.REOPEN: _("Reopen"),
    TimerKind.SLOWMODE: _("Put the old slow mode back"),
    TimerKind.IDLE: _("Look whether it is inactive"),
    TimerKind.AGE: _("Look whether it is too old"),
    TimerKind.HOURS: _("Look at the weekly hours"),
    TimerKind.LIVE: _("Close with the live blog"),
}
_REPEATS = {Every.DAILY: _("every day"), Every.WEEKLY: _("every week")}


def moment(at: datetime) -> str:
    return f"{format_dt(at, 'F')} ({format_dt(at, 'R')})"


def timers_reply(timers: Sequence[Timer], speaker: Speaker) -> Answer:
    """The timers, the next first; those of moderators with a row of buttons each."""
    if not timers:
        return Phrase(_("Nothing is planned for this topic."))
    view = discord.ui.View(timeout=None)
    lines = []
    for number, timer in enumerate(timers, 1):
        lines.append(f"{number}. {_line(timer, speaker)}")
        if timer.kind in MODERATORS_OWN:
            _add_buttons(view, number, timer, speaker)
    view.stop()  # A DynamicItem answers, also after a restart.
    embed = discord.Embed(title=speaker.say("Timers"), description="\n".join(lines))
    return Reply(embed=embed, view=view if view.children else None)


def _line(timer: Timer, speaker: Speaker) -> str:
    parts = [f"**{speaker.say(_KINDS[timer.kind])}** {moment(timer.due_at)}"]
    if timer.recurrence:
        parts.append(speaker.say(_REPEATS[Recurrence.from_text(timer.recurrence).every]))
    owner = f"<@{timer.owner.user_id}>" if timer.owner.user_id else speaker.say("the policy")
    parts.append(speaker.say("by {owner}", owner=owner))
    if timer.reason:
        parts.append(escape_markdown(timer.reason))
    return " · ".join(parts)


def _add_buttons(view: discord.ui.View, number: int, timer: Timer, speaker: Speaker) -> None:
    row = len(view.children) // len(_LABELS)
    for act, label in _LABELS.items():
        button: discord.ui.Button[discord.ui.View] = discord.ui.Button(
            label=f"{number}: {speaker.say(label)}",
            custom_id=f"nightdesk:timer:{act}:{timer.timer_id}:{timer.generation}",
            style=discord.ButtonStyle.danger if act == "cancel" else discord.ButtonStyle.secondary,
            row=row,
        )
        view.add_item(button)


def timer_button(services: Services) -> type[discord.ui.DynamicItem[Any]]:
    """The class of all these buttons; whoever clicks must be allowed to moderate the topic at that moment."""

    async def work(interaction: discord.Interaction, match: re.Match[str]) -> Answer:
        assert interaction.guild_id is not None
        asked = Ask(
            guild_id=interaction.guild_id,
            thread_id=0,  # The timer knows it.
            caller=interaction.user,
            locale=str(interaction.guild_locale or ENGLISH),
        )
        timer = int(match["timer_id"]), int(match["generation"])
        if match["act"] == "cancel":
            timers = await services.scheduling.cancel(asked, *timer)
        else:
            timers = await services.scheduling.postpone(asked, *timer, LATER[match["act"]])
        return timers_reply(timers, services.texts.speaker(str(interaction.locale)))

    template = r"nightdesk:timer:(?P<act>cancel|hour|day):(?P<timer_id>\d{1,19}):(?P<generation>\d{1,9})"
    return lasting_button(template, work, services.texts)
