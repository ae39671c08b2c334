"""One topic that lists several entries, because their hour had had its topics. Pure.

Never: an entry that is left out, an order other than the feed's, a message beyond Discord's limits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.marking import escape
from bot.domain.messages import Button, Embed, Message
from bot.domain.rendering import DESCRIPTION_LIMIT, UNTITLED, thread_name
from bot.domain.text import clean, cut, is_blank, units
from bot.domain.topics import TopicMessage, follow_id
from bot.domain.urls import for_discord
from bot.domain.wording import Phrase, _

LISTED = _("{publisher}: {count} headlines")
_TITLE = 200
_LONGEST_LINK = 512  # A longer one would take the place of ten entries.


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An entry of a digest."""

    entry_id: int
    title: str
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingDigest:
    """A digest that is still to be posted, with its messages, the starter first."""

    topic_id: int
    at: datetime
    messages: tuple[TopicMessage, ...]
    listed: tuple[Listed, ...]


def list_entries(
    listed: Sequence[Listed], *, publisher: str, topic_id: int, mention_role_id: int | None = None
) -> tuple[str, tuple[Message, ...]]:
    """The thread's name, and its messages: the starter with its Follow button, then as many more as it takes."""
    name = thread_name(str(Phrase(LISTED, publisher=clean(publisher), count=len(listed))))
    first, *others = _pages(_line(number, each) for number, each in enumerate(listed, 1))
    starter = Message(
        content=f"<@&{mention_role_id}>" if mention_role_id is not None else "",
        embeds=(Embed(description=first),),
        buttons=(Button(label="Follow", custom_id=follow_id(topic_id)),),
        mention_role_id=mention_role_id,
    )
    return name, (starter, *(Message(embeds=(Embed(description=page),)) for page in others))


def _pages(lines: Iterable[str]) -> list[str]:
    pages: list[str] = []
    for line in lines:
        if pages and units(pages[-1]) + 1 + units(line) <= DESCRIPTION_LIMIT:
            pages[-1] += "\n" + line
        else:
            pages.append(line)
    return pages


def _line(number: int, entry: Listed) -> str:
    """A numbered link. Discord shows no link whose text holds an address."""
    text = cut(UNTITLED if is_blank(entry.title) else clean(entry.title), _TITLE)
    url = for_discord(entry.link, limit=_LONGEST_LINK)
    if url is None:
        return f"{number}. {escape(text)}"
    return f"{number}. [{escape(text.replace('://', ' '))}]({url})"
