"""The recap of a live blog: a day's updates as a list of links that jump to them. Pure: no clock, no I/O.

Never: a link to what does not stand yet, a text beyond Discord's limits, a starter without its buttons.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from whenever import Instant

from bot.domain.digests import post_link
from bot.domain.live_messages import ShownUpdate, Words
from bot.domain.marking import escape
from bot.domain.messages import Embed, Message
from bot.domain.rendering import DESCRIPTION_LIMIT, EMBED_LIMIT, headline
from bot.domain.text import cut, units
from bot.domain.urls import for_discord
from bot.domain.wording import _

RECAP = _("The live blog is now closed; thank you for joining us. Here are the updates for {date}:")
DAY_RECAP = _("Here are the updates for {date}:")
MORE = _("More updates in this topic: {count}.")
SUCCESSOR = _("The live blog goes on [on a new page]({link}).")
_LONGEST_TITLES = (90, 50, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The thread that the links lead into."""

    guild_id: int
    thread_id: int
    zone: str


def day_of(moment: datetime, zone: str) -> date:
    """The local date."""
    return Instant(moment).to_tz(zone).date().to_stdlib()


def of_day(updates: Sequence[ShownUpdate], day: date, zone: str) -> list[ShownUpdate]:
    """The day's updates that stand, in their order, without those withdrawn."""
    return [u for u in updates if u.message_id and not u.withdrawn and day_of(u.at, zone) == day]


def day_recap(updates: Sequence[ShownUpdate], day: date, place: Place, words: Words) -> Message:
    """The message that ends a day of a live blog that goes on."""
    heading = f"*{words.day_recap(day)}*"
    room = DESCRIPTION_LIMIT - units(heading) - 1
    lines = _lines(of_day(updates, day, place.zone), place, words, room)
    return Message(embeds=(Embed(description=f"{heading}\n{lines}"),))


def recap(
    usual: Message, updates: Sequence[ShownUpdate], place: Place, words: Words, successor_url: str | None
) -> Message:
    """The starter of a live blog that has ended, with the updates of its last day, and what it was otherwise."""
    standing = [update for update in updates if update.message_id and not update.withdrawn]
    first, *others = usual.embeds or (Embed(),)
    if not standing:
        return usual
    day = day_of(standing[-1].at, place.zone)
    heading = f"*{words.recap(day)}*"
    link = for_discord(successor_url)
    end = f"\n{words.successor(link)}" if link else ""
    used = sum(_size(embed) for embed in usual.embeds) - units(first.description)
    room = min(DESCRIPTION_LIMIT, EMBED_LIMIT - used) - units(heading) - units(end) - 1
    lines = _lines(of_day(updates, day, place.zone), place, words, max(room, 0))
    text = f"{heading}\n{lines}{end}"
    return replace(usual, embeds=(replace(first, description=text), *others))


def _lines(updates: Sequence[ShownUpdate], place: Place, words: Words, room: int) -> str:
    """One for each update where all of them fit; else some of them, evenly spread, and how many more there are."""
    lines: list[str] = []
    for longest in _LONGEST_TITLES:
        lines = [_line(update, place, longest) for update in updates]
        if _size_of(lines) <= room:
            return "\n".join(lines)
    most = room // min((units(line) + 1 for line in lines), default=1)  # Of thousands, few can fit.
    for count in range(min(len(lines) - 1, most), 0, -1):
        few = [lines[index * (len(lines) - 1) // max(count - 1, 1)] for index in range(count)]
        few.append(words.more(len(lines) - count))
        if _size_of(few) <= room:
            return "\n".join(few)
    return ""


def _line(update: ShownUpdate, place: Place, longest: int) -> str:
    """Discord shows no link whose text holds an address."""
    title = escape(cut(headline(update.entry).replace("://", " "), longest))
    link = post_link(place.guild_id, place.thread_id, update.message_id or 0)
    return f"<t:{int(update.at.timestamp())}:t> [{title}]({link})"


def _size_of(lines: Sequence[str]) -> int:
    return sum(units(line) + 1 for line in lines)


def _size(embed: Embed) -> int:
    return sum(units(text) for text in (embed.title, embed.description, embed.author, embed.footer))
