"""Long lists, page by page: buttons that work after a restart, too, for whoever may see the list.

What a list is of stands in the `custom_id` of its buttons; a click asks for the page with the rights of who clicks.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import discord

from bot.domain.cases import Deed
from bot.domain.records import CaseSearch, Page
from bot.domain.text import cut, units
from bot.errors import RefusedError
from bot.services.case_texts import line
from bot.texts import Speaker, Texts
from cogs.answering import Answer, Reply
from cogs.buttons import lasting_button

LONGEST_ID = 100  # Discord, "Component Reference: Button".
LONGEST_TEXT = 25
_LINE = 390
Ids = Callable[[int], str]


class AnyPage(Protocol):
    """Where a page stands in its list, counted from 0."""

    @property
    def number(self) -> int: ...
    @property
    def has_next(self) -> bool: ...


Fetch = Callable[[discord.Interaction, Any, int], Awaitable[Answer]]


def listing(page: Page, title: str, custom_id: Ids, speaker: Speaker) -> Reply:
    """A page of a record, as `paged`."""
    lines = [cut(line(entry, speaker), _LINE) for entry in page.entries]
    nothing = speaker.say("Nothing is recorded.")
    return paged(lines, page, title=title, nothing=nothing, custom_id=custom_id, speaker=speaker)


def paged(
    lines: Sequence[str], page: AnyPage, *, title: str, nothing: str, custom_id: Ids, speaker: Speaker
) -> Reply:
    """A page with buttons to those before and after it; `custom_id` names a page, `nothing` tells that it is empty."""
    embed = discord.Embed(title=title, description="\n".join(lines) or nothing)
    view = discord.ui.View(timeout=None)
    if page.number > 0:
        view.add_item(_button(speaker.say("Back"), custom_id(page.number - 1)))
    if page.has_next:
        view.add_item(_button(speaker.say("More"), custom_id(page.number + 1)))
    view.stop()  # A DynamicItem answers, also after a restart.
    return Reply(embed=embed, view=view if view.children else None)


def _button(label: str, custom_id: str) -> discord.ui.Button[Any]:
    if units(custom_id) > LONGEST_ID:
        raise RefusedError("Search for a shorter text.")
    return discord.ui.Button(label=label, custom_id=custom_id)


def history_id(thread_id: int, page: int) -> str:
    return f"nightdesk:history:{page}:{thread_id}"


def search_id(search: CaseSearch, page: int) -> str:
    ids = ":".join(f"{number:x}" if number else "" for number in (search.actor_id, search.thread_id))
    return f"nightdesk:cases:{page}:{ids}:{search.deed or ''}:{search.text}"


def latest_id(feed_id: int | None, page: int) -> str:
    return f"nightdesk:latest:{page}:{feed_id or ''}"


def words_id(text: str, page: int) -> str:
    return f"nightdesk:search:{page}:{text}"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of list: what its buttons' ids look like, and how one is read back."""

    template: str
    read: Callable[[re.Match[str]], Any]


def _search(match: re.Match[str]) -> CaseSearch:
    return CaseSearch(
        actor_id=int(match["actor"], 16) if match["actor"] else None,
        thread_id=int(match["thread"], 16) if match["thread"] else None,
        deed=Deed(match["deed"]) if match["deed"] in set(Deed) else None,
        text=match["text"],
    )


HISTORY = Kind(
    r"nightdesk:history:(?P<page>\d{1,6}):(?P<thread>\d{1,19})", lambda match: int(match["thread"])
)
LATEST = Kind(
    r"nightdesk:latest:(?P<page>\d{1,6}):(?P<feed>\d{0,19})",
    lambda match: int(match["feed"]) if match["feed"] else None,
)
WORDS = Kind(r"nightdesk:search:(?P<page>\d{1,6}):(?P<text>(?s:.*))", lambda match: match["text"])
CASES = Kind(
    r"nightdesk:cases:(?P<page>\d{1,6}):(?P<actor>[0-9a-f]{0,16}):(?P<thread>[0-9a-f]{0,16}):(?P<deed>[^:]*):(?P<text>(?s:.*))",
    _search,
)


def page_button(kind: Kind, fetch: Fetch, texts: Texts) -> type[discord.ui.DynamicItem[Any]]:
    """The class of a kind's buttons. `fetch(interaction, what, page)` checks who asks and makes the page."""

    async def turn(interaction: discord.Interaction, match: re.Match[str]) -> Answer:
        return await fetch(interaction, kind.read(match), int(match["page"]))

    return lasting_button(kind.template, turn, texts, in_place=True)
