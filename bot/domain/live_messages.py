"""A live blog's updates -> the messages of a topic. Pure: no clock, no I/O.

Never: more in a message than Discord takes (10 embeds, 6000 characters in all), an update that changes its message or
its place, an update that disappears. Rules: docs/decisions/0018.
"""

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.domain.entries import Entry
from bot.domain.live_signs import plain_text
from bot.domain.marking import escape
from bot.domain.messages import Embed, Message
from bot.domain.presenting import update_embed
from bot.domain.rendering import EMBED_LIMIT, headline
from bot.domain.templates import Templates
from bot.domain.text import cut, units
from bot.domain.wording import _

FIRST_SIGHT = 25  # The newest updates of a live blog that was long under way; a line leads to the others.
MOST_AT_ONCE = 50  # Rendered at a time; what is left follows.
MOST_EMBEDS = 10  # Discord, "Create Message"
CATCH_UP = 5  # More at once share messages, however far apart they were written.
TOGETHER = timedelta(minutes=1)
_SHORTEST = 100
_TITLE = 120

WITHDRAWN = _("Withdrawn by the publisher.")
EARLIER = _("Earlier updates are on [the page of the live blog]({link}).")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownUpdate:
    """An update for a topic, with its place there if it has one. `at`: its own time, or else when it was first seen."""

    update_id: int
    entry: Entry
    at: datetime
    revision: int = 0
    withdrawn: bool = False
    record_id: int | None = None
    message_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is said about updates, in the topic's language."""

    withdrawn: str
    earlier: Callable[[str], str]  # an address
    recap: Callable[[date], str]
    day_recap: Callable[[date], str]
    more: Callable[[int], str]
    successor: Callable[[str], str]  # an address


def batches(
    updates: Sequence[ShownUpdate], templates: Templates, words: Words, *, publisher: str = ""
) -> list[tuple[tuple[ShownUpdate, ...], Message]]:
    """The messages for new updates, in their order: each alone, but together what came within a minute or at once."""
    catch_up = len(updates) > CATCH_UP
    found: list[list[ShownUpdate]] = []
    size = 0
    for update in updates:
        own = _size(_embed(update, templates, words, publisher))
        if not found or not _may_join(found[-1], update, size + own, catch_up=catch_up):
            found.append([])
            size = 0
        found[-1].append(update)
        size += own
    return [(tuple(batch), message_of(batch, templates, words, publisher=publisher)) for batch in found]


def message_of(
    updates: Sequence[ShownUpdate],
    templates: Templates,
    words: Words,
    content: str = "",
    *,
    publisher: str = "",
) -> Message:
    """The one message that shows these updates; what grew too long for it is cut, the longest first."""
    shown = list(updates)
    embeds = [_embed(update, templates, words, publisher) for update in shown]
    room = {index: units(embed.description) for index, embed in enumerate(embeds)}
    while (over := sum(map(_size, embeds)) - EMBED_LIMIT) > 0 and max(room.values()) > _SHORTEST:
        index = max(room, key=lambda each: room[each])
        room[index] = max(min(room[index] - over, room[index] * 3 // 4), _SHORTEST)
        shown[index] = replace(shown[index], entry=_shortened(updates[index].entry, room[index]))
        embeds[index] = _embed(shown[index], templates, words, publisher)
    if sum(map(_size, embeds)) > EMBED_LIMIT:  # A template that says much whatever the update says.
        embeds = [_bare(update) for update in updates]
    return Message(content=content, embeds=tuple(embeds))


def _may_join(batch: Sequence[ShownUpdate], update: ShownUpdate, size: int, *, catch_up: bool) -> bool:
    near = catch_up or abs(update.at - batch[0].at) <= TOGETHER
    return near and len(batch) < MOST_EMBEDS and size <= EMBED_LIMIT


def _embed(update: ShownUpdate, templates: Templates, words: Words, publisher: str) -> Embed:
    if not update.withdrawn:
        # The starter tells the publisher; below each of hundreds of updates its name would be noise.
        return replace(update_embed(update.entry, templates, publisher=publisher), footer="")
    return replace(
        _bare(update),
        title=f"~~{_title(update.entry)}~~",
        url=None,
        description=f"*{escape(words.withdrawn)}*",
    )


def _bare(update: ShownUpdate) -> Embed:
    return Embed(title=_title(update.entry), timestamp=update.entry.published_at)


def _title(entry: Entry) -> str:
    return escape(cut(headline(entry), _TITLE))


def _size(embed: Embed) -> int:
    return sum(units(text) for text in (embed.title, embed.description, embed.author, embed.footer))


def _shortened(entry: Entry, limit: int) -> Entry:
    """The beginning of its plain text: what could not be shown whole is read at the publisher's."""
    text = cut(plain_text(entry.body).replace("\n", " "), limit)
    return replace(
        entry, body=f"<p>{html.escape(text)}</p>", image=entry.image and replace(entry.image, caption="")
    )
