"""How a guild, or one of its channels, wants its topics moderated. Pure values; a channel overrides its guild."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from bot.domain.durations import format_duration, parse_duration
from bot.domain.weekly_hours import WeeklyHours, parse_weekly_hours
from bot.domain.zones import parse_zone
from bot.errors import RefusedError

WHOLE_GUILD = 0
OFF = "off"
# Languages that the notice can speak, as Discord writes them (Discord, "Reference: Locales").
LOCALES = ("en-US", "en-GB", "de", "es-ES", "es-419", "fr", "ja", "pt-BR", "uk")
LONGEST_NOTICE = 500
LONGEST_REASON = 100  # Discord's limit for a choice of a completion.
MOST_REASONS = 25  # Discord shows no more choices.


class Activity(StrEnum):
    """Whose messages count as activity. Bots, notices and feed updates never do."""

    ANYONE = "anyone"
    NOT_THE_AUTHOR = "non-author"
    STAFF = "staff"
    AUTHOR = "author"


class OnNecro(StrEnum):
    """What a reply to an old, archived topic brings."""

    IGNORE = "ignore"
    CLOSE = "close"


class OnSourceClosed(StrEnum):
    """What the end of a live blog brings."""

    IGNORE = "ignore"
    AFTER_GRACE = "after grace"
    NOW = "now"


class OnAuthorLost(StrEnum):
    """What a timer does whose author may no longer do it by hand."""

    RUN = "run"
    TELL_STAFF = "tell staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The effective settings for a channel. Durations of None: never.

    `origins` tells where each was set: 0, the guild, or the channel's id; a setting that is not in it has its default.
    """

    idle: timedelta | None = None
    max_age: timedelta | None = None
    warn_before: timedelta | None = timedelta(hours=12)
    activity: Activity = Activity.ANYONE
    on_necro: OnNecro = OnNecro.IGNORE
    necro_after: timedelta = timedelta(days=30)
    on_source_closed: OnSourceClosed = OnSourceClosed.AFTER_GRACE
    on_author_lost: OnAuthorLost = OnAuthorLost.TELL_STAFF
    notice: str = ""
    reasons: tuple[str, ...] = ()
    require_reason: bool = False
    locale: str = ""
    zone: str = "UTC"
    archive: bool = False
    enforce: bool = False
    hours: str = ""
    staff_channel_id: int | None = None
    origins: Mapping[str, int] = field(default_factory=dict)

    @property
    def opening_hours(self) -> WeeklyHours | None:
        """The weekly hours in the policy's zone; None: open at all times."""
        return parse_weekly_hours(self.hours, zone=self.zone) if self.hours else None


SETTINGS = tuple(f.name for f in fields(Policy) if f.name != "origins")


def effective(channel_id: int, guild: Mapping[str, str], channel: Mapping[str, str]) -> Policy:
    """The policy of a channel, from the stored settings of its guild and its own.

    A stored text that this version cannot read counts as not set: one bad row must not stop a guild's moderation.
    """
    values: dict[str, Any] = {}
    origins: dict[str, int] = {}
    for origin, settings in ((WHOLE_GUILD, guild), (channel_id, channel)):
        for setting, text in settings.items():
            try:
                values[setting] = _FORMS[setting].read(text)
            except (KeyError, RefusedError):
                continue
            origins[setting] = origin
    return Policy(**values, origins=origins)


def canonical(setting: str, typed: str) -> str:
    """The one spelling in which a typed setting is stored. Raises RefusedError, with what would be understood."""
    form = _FORMS.get(setting)
    if form is None:
        raise RefusedError("There is no setting {setting}.", setting=setting)
    return form.write(form.read(typed.strip()))


def shown(policy: Policy, setting: str) -> str:
    """A setting's value in its stored spelling."""
    return _FORMS[setting].write(getattr(policy, setting))


@dataclass(frozen=True, slots=True)
class _Form:
    """How a setting is read from what people type, and written for the store: `read(write(value)) == value`."""

    read: Callable[[str], Any]
    write: Callable[[Any], str] = str


def _duration_or_never(text: str) -> timedelta | None:
    return None if _is_off(text) else parse_duration(text)


def _yes_or_no(text: str) -> bool:
    if text.lower() in {"yes", "on", "true"}:
        return True
    if text.lower() in {"no", "false", OFF}:
        return False
    raise RefusedError("Answer `yes` or `no`.")


def _one_of(kind: type[StrEnum], text: str) -> StrEnum:
    try:
        return kind(text.lower())
    except ValueError:
        known = ", ".join(f"`{choice}`" for choice in kind)
        raise RefusedError("Choose one of {choices}.", choices=known) from None


def _notice(text: str) -> str:
    if len(text) > LONGEST_NOTICE:
        raise RefusedError("A notice can have {count} characters at most.", count=LONGEST_NOTICE)
    return "" if _is_off(text) else " ".join(text.split())


def _reasons(text: str) -> tuple[str, ...]:
    if _is_off(text):
        return ()
    reasons = tuple(dict.fromkeys(" ".join(part.split()) for part in text.split(";") if part.strip()))
    if len(reasons) > MOST_REASONS or any(len(reason) > LONGEST_REASON for reason in reasons):
        raise RefusedError(
            "Give up to {count} reasons of {length} characters each, separated by semicolons.",
            count=MOST_REASONS,
            length=LONGEST_REASON,
        )
    return reasons


def _locale(text: str) -> str:
    if _is_off(text):
        return ""
    known = {locale.lower(): locale for locale in LOCALES}
    if text.lower() not in known:
        raise RefusedError("Choose one of {choices}.", choices=", ".join(f"`{code}`" for code in LOCALES))
    return known[text.lower()]


def _hours(text: str) -> str:
    return "" if _is_off(text) else parse_weekly_hours(text, zone="UTC").week


def _channel(text: str) -> int | None:
    if _is_off(text):
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise RefusedError("That is no channel.")
    return int(text)


def _is_off(text: str) -> bool:
    return text.lower() in {"", OFF, "never", "none"}


def _or_off(value: object) -> str:
    return str(value) if value else OFF


_NEVER = _Form(_duration_or_never, lambda value: format_duration(value) if value else OFF)
_FLAG = _Form(_yes_or_no, lambda value: "yes" if value else "no")
_FORMS: Mapping[str, _Form] = {
    "idle": _NEVER,
    "max_age": _NEVER,
    "warn_before": _NEVER,
    "activity": _Form(partial(_one_of, Activity)),
    "on_necro": _Form(partial(_one_of, OnNecro)),
    "necro_after": _Form(parse_duration, format_duration),
    "on_source_closed": _Form(partial(_one_of, OnSourceClosed)),
    "on_author_lost": _Form(partial(_one_of, OnAuthorLost)),
    "notice": _Form(_notice, _or_off),
    "reasons": _Form(_reasons, lambda value: "; ".join(value) or OFF),
    "require_reason": _FLAG,
    "locale": _Form(_locale, _or_off),
    "zone": _Form(parse_zone),
    "archive": _FLAG,
    "enforce": _FLAG,
    "hours": _Form(_hours, _or_off),
    "staff_channel_id": _Form(_channel, _or_off),
}
