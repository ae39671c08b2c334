"""The card of `/topic explain`, in a person's language; texts of people as they are, never interpreted."""

from collections.abc import Iterator

import discord

from bot.domain.marking import escape
from bot.domain.policies import SETTINGS, WHOLE_GUILD, Policy, shown
from bot.domain.text import cut
from bot.domain.timers import Timer, TimerKind
from bot.domain.topics import State, Story
from bot.domain.wording import _
from bot.ports import Access
from bot.services.case_texts import ASPECTS, STATES, both, deed_name, moment, value, who
from bot.services.explaining import Explanation
from bot.texts import Speaker
from cogs.policies import setting_name

_FIELD = 1024  # Discord, "Embed Limits".
_TITLE = 256
_VALUE = 100
_CLOSING = ("idle", "max_age", "hours", "enforce")
_TIMERS: dict[str, str] = {
    TimerKind.CLOSE: _("Close"),
    TimerKind.REOPEN: _("Reopen"),
    TimerKind.SLOWMODE: _("Slow mode back to what it was"),
    TimerKind.IDLE: _("Close for lack of replies"),
    TimerKind.AGE: _("Close for its age"),
    TimerKind.HOURS: _("Weekly hours"),
    TimerKind.LIVE: _("Close with the live blog"),
}


def explanation_card(explained: Explanation, speaker: Speaker) -> discord.Embed:
    say = speaker.say
    parts = {
        say("State"): _state(explained, speaker),
        say("Waiting"): _waiting(explained, speaker),
        say("Timers"): (_timer(timer, speaker) for timer in explained.timers),
        say("Automatic closing"): _automatic(explained, speaker),
        say("Policy"): _policy(explained.policy, speaker),
        say("Missing permissions"): _missing(explained.access, speaker),
    }
    embed = discord.Embed(title=escape(explained.seen.name)[:_TITLE])
    for label, lines in parts.items():
        text = "\n".join(lines)
        if text:
            embed.add_field(name=label, value=cut(text, _FIELD), inline=False)
    return embed


def _state(explained: Explanation, speaker: Speaker) -> Iterator[str]:
    topic, seen, say = explained.story.topic, explained.seen, speaker.say
    shown_state = State.CLOSED if seen.locked else State.OPEN
    if topic.state is shown_state:
        yield say(STATES[topic.state])
    else:
        yield say(
            "It should be: {wanted}. Discord shows: {shown}.",
            wanted=say(STATES[topic.state]),
            shown=say(STATES[shown_state]),
        )
    if seen.archived:
        yield say("Archived: it sleeps until somebody writes.")
    if explained.since is not None and explained.since.case.after is topic.state:
        case = explained.since.case
        yield say(
            "{deed} by {person}, {moment}, case #{number}",
            deed=deed_name(case.deed, speaker),
            person=who(case.actor, speaker),
            moment=both(case.at),
            number=case.number,
        )
        if case.reason:
            yield say("Reason: {reason}", reason=escape(case.reason))


def _waiting(explained: Explanation, speaker: Speaker) -> Iterator[str]:
    """What Discord does not show yet, and why."""
    say = speaker.say
    for wish in explained.story.wishes:
        yield say(
            "{aspect}: {value}, from {moment}",
            aspect=say(ASPECTS[wish.aspect]),
            value=value(wish.value, speaker),
            moment=moment(wish.due_at, "R"),
        )
    messages = _unsent(explained.story)
    if messages:
        yield speaker.say_n("{count} message", "{count} messages", messages)
    if explained.problem:
        yield say("Problem: {problem}", problem=escape(explained.problem))


def _unsent(story: Story) -> int:
    return sum(not message.is_shown and not message.withdrawn for message in story.messages)


def _timer(timer: Timer, speaker: Speaker) -> str:
    what = speaker.say(_TIMERS[timer.kind]) if timer.kind in _TIMERS else timer.kind
    owner = who(timer.owner, speaker) if timer.owner.user_id is not None else speaker.say("the policy")
    told = speaker.say("{timer}: {moment}, by {owner}", timer=what, moment=both(timer.due_at), owner=owner)
    return f"{told} ({escape(timer.reason)})" if timer.reason else told


def _automatic(explained: Explanation, speaker: Speaker) -> Iterator[str]:
    topic, say = explained.story.topic, speaker.say
    if topic.exempt_until is not None:
        yield say("None before {moment}: it is kept open.", moment=both(topic.exempt_until))
    if topic.disarmed:
        yield say("None: a person reopened it by hand.")
    if topic.suspended_at is not None:
        yield say(
            "Timers stand still since {moment}: it is out of my reach.", moment=both(topic.suspended_at)
        )


def _policy(policy: Policy, speaker: Speaker) -> Iterator[str]:
    """What was set, and where; and what holds by default of that which closes topics."""
    for setting in SETTINGS:
        origin = policy.origins.get(setting)
        if origin is not None:
            where = speaker.say("whole server") if origin == WHOLE_GUILD else f"<#{origin}>"
            yield f"`{setting_name(setting, speaker)}`: {_value(policy, setting)} ({where})"
    unset = [setting for setting in _CLOSING if setting not in policy.origins]
    if unset:
        told = ", ".join(f"`{setting_name(each, speaker)}`: {_value(policy, each)}" for each in unset)
        yield speaker.say("By default: {settings}", settings=told)


def _value(policy: Policy, setting: str) -> str:
    return escape(cut(shown(policy, setting), _VALUE))


def _missing(access: Access, speaker: Speaker) -> Iterator[str]:
    for text, permissions in (
        (_("You lack {permissions}."), access.caller_missing),
        (_("I lack {permissions}."), access.bot_missing),
    ):
        if permissions:
            yield speaker.say(
                text, permissions=speaker.join([f"*{speaker.say(name)}*" for name in permissions])
            )
