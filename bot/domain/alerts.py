"""What the staff of a guild is told of its news, once. Pure values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.feeds import Subscription
from bot.domain.messages import Message, nonce_of
from bot.domain.wording import Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """`channel_id` is of the news concerned; what fills the text is plain text and numbers."""

    alert_id: int
    channel_id: int
    text: Phrase


def for_staff(
    subscriptions: Sequence[Subscription], text: Phrase, new_id: Callable[[], int]
) -> tuple[Alert, ...]:
    """One for each guild that follows a feed; a channel whose guild is not known yet counts as one."""
    channels = {s.guild_id or -s.channel_id: s.channel_id for s in reversed(subscriptions)}
    return tuple(Alert(alert_id=new_id(), channel_id=each, text=text) for each in channels.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingAlert:
    """An alert that is not known to be told. `attempted` was perhaps sent to `attempted_to`."""

    alert: Alert
    created_at: datetime
    attempted: Message | None = None
    attempted_to: int | None = None
    attempted_at: datetime | None = None

    @property
    def nonce(self) -> str:
        return nonce_of(f"nightdesk:alert:{self.alert.alert_id}")
