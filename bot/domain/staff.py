"""A case's message in the staff channel: what Discord is known to show of it, and what comes next. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.messages import Message, content_hash, nonce_of


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMessage:
    """The record of it. `channel_id`: where it stands, or where it was perhaps sent (`attempted` without
    `message_id`). `revision` grows with every change of its case.
    """

    case_id: int
    guild_id: int
    revision: int
    channel_id: int | None = None
    message_id: int | None = None
    shown_hash: str | None = None
    attempted: Message | None = None
    attempted_at: datetime | None = None

    @property
    def nonce(self) -> str:
        return nonce_of(f"nightdesk:case:{self.case_id}")


class StaffStep(StrEnum):
    LOOK_UP = "look_up"  # Perhaps sent: ask Discord before repeating.
    SEND = "send"
    EDIT = "edit"


def next_staff_step(message: StaffMessage, wanted: Message) -> StaffStep | None:
    """None where Discord shows what is wanted."""
    if message.message_id is None:
        return StaffStep.LOOK_UP if message.attempted is not None else StaffStep.SEND
    return None if message.shown_hash == content_hash(wanted) else StaffStep.EDIT
