"""A subscription list as files carry it: feeds with what is known of them, and what was wrong with the rest. Pure."""

from dataclasses import dataclass, field

from bot.domain.feeds import Options
from bot.domain.wording import Phrase

LONGEST_LIST = 1_000_000  # Bytes of a file; ten thousand feeds need no more.


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One feed of a list. `labels` are the folders around it and its categories, outermost first.

    `channel_id` and `options` are what we wrote ourselves; files of others have neither.
    """

    url: str
    title: str = ""
    link: str | None = None
    labels: tuple[str, ...] = ()
    channel_id: int | None = None
    options: Options = field(default_factory=Options)
    paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """An outline that cannot be taken over: what it is called, and why."""

    name: str
    why: Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineList:
    """What a file holds, in its order."""

    outlines: tuple[Outline, ...] = ()
    rejected: tuple[Rejected, ...] = ()
