"""How a subscription is shown to those who manage a server: its state in words, its options, its delays."""

from collections.abc import Iterator
from datetime import timedelta

from discord.utils import escape_markdown, format_dt

from bot.domain.live_blogs import LiveCard, LiveState
from bot.domain.subscriptions import Health, SubscriptionCard
from bot.domain.text import ZERO_WIDTH_SPACE, clean, cut, defuse
from bot.domain.wording import _
from bot.texts import Speaker

NAME = 100
PROBLEM = 200
FILTER = 80

_HEALTH = {
    Health.WORKS: _("works"),
    Health.WAITING: _("waits for its first poll"),
    Health.PAUSED: _("paused"),
    Health.FAILING: _("fails"),
    Health.QUARANTINED: _(
        "held back: nearly everything in it changed at once. `/news resume` posts it again"
    ),
    Health.ENDED: _("ended: its publisher withdrew it for good. `/news resume` asks it once more"),
}


def harmless(text: str) -> str:
    """What publishers say, as it reads: without markup, and naming nobody."""
    apart = text.replace("](", f"]{ZERO_WIDTH_SPACE}(")  # Of two links in a text, discord.py escapes one.
    return defuse(escape_markdown(apart))


def named(card: SubscriptionCard) -> str:
    """Its name, which its publisher chose, made harmless."""
    return harmless(cut(clean(card.name), NAME))


def card_lines(card: SubscriptionCard, speaker: Speaker) -> str:
    """A few lines for a list, at most 800 characters."""
    first = f"**{named(card)}** → <#{card.subscription.channel_id}>"
    return "\n".join((first, *(f"-# {line}" for line in _facts(card, speaker) if line)))


def _facts(card: SubscriptionCard, speaker: Speaker) -> Iterator[str]:
    yield _state(card, speaker)
    polled = [
        speaker.say("asked {moment}", moment=format_dt(card.polled_at, "R")) if card.polled_at else "",
        speaker.say("next {moment}", moment=format_dt(card.next_poll_at, "R")) if card.next_poll_at else "",
        speaker.say_n("{count} topic in 7 days", "{count} topics in 7 days", card.topics),
        speaker.say("{lag} behind the publisher", lag=lasting(card.lag)) if card.lag is not None else "",
    ]
    yield " · ".join(filter(None, polled))
    options = card.subscription.options
    told = [
        speaker.say("filter: `{filter}`", filter=code(options.filter)) if options.filter else "",
        speaker.say("by the configuration file")
        if card.subscription.by_file
        else speaker.say("by {person}", person=f"<@{card.created_by}>")
        if card.created_by
        else "",
    ]
    yield " · ".join(filter(None, told))


def _state(card: SubscriptionCard, speaker: Speaker) -> str:
    """The state in words; of a failure since when and why, as far as it is known."""
    state = speaker.say(_HEALTH[card.health])
    if card.health is Health.FAILING and card.answered_at:
        state = speaker.say("fails; it worked {moment}", moment=format_dt(card.answered_at, "R"))
    if card.problem and card.health in {Health.FAILING, Health.ENDED, Health.PAUSED, Health.WAITING}:
        return f"{state}: {harmless(cut(clean(card.problem), PROBLEM))}"
    return state


def live_named(card: LiveCard) -> str:
    """What its publisher calls it, made harmless."""
    return harmless(cut(clean(card.name), NAME))


def place_of(card: LiveCard) -> str:
    """Its thread, or its channel while it has none."""
    return f"<#{card.thread_id or card.channel_id}>"


def live_lines(card: LiveCard, speaker: Speaker) -> str:
    """A few lines for a list, at most 800 characters."""
    title = speaker.say("Live blog: {title}", title=f"**{live_named(card)}**")
    asked_at = (
        None if card.failures else card.answered_at
    )  # Of a page that fails the state tells when it worked.
    told = [
        speaker.say("asked {moment}", moment=format_dt(asked_at, "R")) if asked_at else "",
        speaker.say("next {moment}", moment=format_dt(card.next_poll_at, "R")) if card.next_poll_at else "",
        speaker.say_n("{count} update posted", "{count} updates posted", card.updates),
    ]
    facts = (_live_state(card, speaker), " · ".join(filter(None, told)))
    return "\n".join((f"{title} → {place_of(card)}", *(f"-# {line}" for line in facts)))


def _live_state(card: LiveCard, speaker: Speaker) -> str:
    if card.failures:
        state = speaker.say(_HEALTH[Health.FAILING])
        if card.answered_at:
            state = speaker.say("fails; it worked {moment}", moment=format_dt(card.answered_at, "R"))
        return f"{state}: {harmless(cut(clean(card.problem or ''), PROBLEM))}"
    if card.paused:
        return speaker.say(_HEALTH[Health.PAUSED])
    if card.state is LiveState.ENDED and card.ended_at:
        return speaker.say(
            "it ended {moment}; for a day I look whether it goes on", moment=format_dt(card.ended_at, "R")
        )
    if card.state is LiveState.CANDIDATE:
        return speaker.say(_HEALTH[Health.WAITING])
    return speaker.say("is followed")


def lasting(span: timedelta) -> str:
    """Rounded: "45 s", "12 min", "3 h", "2 d"; units as they are in most languages."""
    seconds = round(span.total_seconds())
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{round(seconds / size)} {unit}"
    return f"{seconds} s"


def code(text: str) -> str:
    """Text to stand between backticks, on one line."""
    return cut(clean(text).replace("`", "'"), FILTER)
