"""A member's appeal against the close of a topic, as a value, and what is next for it. Pure: one decision, no I/O."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.marking import escape
from bot.domain.messages import Button, Embed, Message, nonce_of
from bot.domain.wording import _

LONGEST = 1000
Say = Callable[..., str]


class AppealState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"  # Nobody can decide it any more: its topic or the staff's message is gone.


class Decision(StrEnum):
    """As it stands in a button's `custom_id`."""

    REOPEN = "reopen"
    DECLINE = "decline"


class AppealStep(StrEnum):
    LOOK_UP = "look up"  # Perhaps sent: ask Discord before repeating.
    SEND = "send"  # To the staff.
    EDIT = "edit"
    TELL = "tell"  # The person who appealed.


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """`channel_id` is the staff's; `shown` is the state that the message there shows; `told` the person once at most.

    `locale` is the language of the person, `guild_locale` that of the staff, as Discord writes them.
    """

    appeal_id: int
    guild_id: int
    topic_id: int
    thread_id: int
    channel_id: int
    author_id: int
    author_name: str
    text: str
    at: datetime
    locale: str
    guild_locale: str
    state: AppealState = AppealState.OPEN
    decided_by: int | None = None
    message_id: int | None = None
    shown: AppealState | None = None
    attempted_at: datetime | None = None
    told: bool = False
    attempts: int = 0

    @property
    def nonce(self) -> str:
        return nonce_of(f"nightdesk:appeal:{self.appeal_id}")

    @property
    def telling_nonce(self) -> str:
        return nonce_of(f"nightdesk:appeal:{self.appeal_id}:told")


def next_appeal_step(appeal: Appeal) -> AppealStep | None:
    """None where staff and person know all there is to know."""
    if appeal.message_id is None:
        if appeal.attempted_at is not None:
            return AppealStep.LOOK_UP
        if appeal.state is AppealState.OPEN:
            return AppealStep.SEND
    elif appeal.shown is not appeal.state:
        return AppealStep.EDIT
    decided = appeal.state in {AppealState.ACCEPTED, AppealState.DECLINED}
    return AppealStep.TELL if decided and not appeal.told else None


def button_id(appeal_id: int, decision: Decision) -> str:
    return f"nightdesk:appeal:{appeal_id}:{decision}"


def as_sent(appeal: Appeal) -> Appeal:
    """The appeal as the staff saw it first."""
    return replace(appeal, state=AppealState.OPEN, decided_by=None)


def staff_message(appeal: Appeal, say: Say) -> Message:
    """What the staff reads; only an open appeal has buttons."""
    told = say(_ASKS, author=f"<@{appeal.author_id}>", topic=f"<#{appeal.thread_id}>")
    if appeal.state is not AppealState.OPEN:
        moderator = f"<@{appeal.decided_by}>" if appeal.decided_by else ""
        told += "\n" + say(_BECAME[appeal.state], moderator=moderator)
    text = "\n".join(escape(line) for line in appeal.text.splitlines())
    return Message(
        content=told,
        embeds=(Embed(description=text, footer=appeal.author_name, timestamp=appeal.at),),
        buttons=_buttons(appeal, say) if appeal.state is AppealState.OPEN else (),
    )


def person_message(appeal: Appeal, say: Say) -> Message:
    """What the person reads who appealed."""
    link = f"https://discord.com/channels/{appeal.guild_id}/{appeal.thread_id}"
    return Message(content=say(_ANSWERS[appeal.state], link=link))


def _buttons(appeal: Appeal, say: Say) -> tuple[Button, ...]:
    return tuple(
        Button(label=say(label), custom_id=button_id(appeal.appeal_id, decision))
        for decision, label in _LABELS.items()
    )


_ASKS = _("{author} asks that {topic} be opened again.")
_BECAME = {
    AppealState.ACCEPTED: _("{moderator} opened the topic again."),
    AppealState.DECLINED: _("{moderator} declined."),
    AppealState.LAPSED: _("There is nothing left to decide."),
}
_ANSWERS = {
    AppealState.ACCEPTED: _("Your appeal was heard: the topic is open again. {link}"),
    AppealState.DECLINED: _("Your appeal was declined: the topic stays closed. {link}"),
}
_LABELS = {Decision.REOPEN: _("Reopen topic"), Decision.DECLINE: _("Decline")}
