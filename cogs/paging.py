"""Long lists, page by page: buttons that work after a restart, too, for whoever may see the list.

What a list is of stands in the `custom_id` of its buttons; a click asks for the page with the rights of who clicks.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import discord

from bot.domain.cases import Deed
from bot.domain.records import CaseSearch, Page
from bot.domain.text import cut, units
from bot.errors import RefusedError
from bot.services.case_texts import line
from bot.texts import Speaker, Texts
from cogs.answering import Answer, Reply, answer

LONGEST_ID = 100  # Discord, "Component Reference: Button".
LONGEST_TEXT = 25
_LINE = 390
Ids = Callable[[int], str]
Fetch = Callable[[discord.Interaction, Any, int], Awaitable[Answer]]


def listing(page: Page, title: str, custom_id: Ids, speaker: Speaker) -> Reply:
    """A page with buttons to the ones before and after it; `custom_id` names a page."""
    lines = [cut(line(entry, speaker), _LINE) for entry in page.entries]
    embed = discord.Embed(title=title, description="\n".join(lines) or speaker.say("Nothing is recorded."))
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
CASES = Kind(
    r"nightdesk:cases:(?P<page>\d{1,6}):(?P<actor>[0-9a-f]{0,16}):(?P<thread>[0-9a-f]{0,16}):(?P<deed>[^:]*):(?P<text>(?s:.*))",
    _search,
)


def page_button(kind: Kind, fetch: Fetch, texts: Texts) -> type[discord.ui.DynamicItem[Any]]:
    """The class of a kind's buttons. `fetch(interaction, what, page)` checks who asks and makes the page."""

    class PageButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=kind.template):
        def __init__(self, item: discord.ui.Button[Any], what: Any, page: int) -> None:
            super().__init__(item)
            self._what = what
            self._page = page

        @classmethod
        async def from_custom_id(
            cls,
            interaction: discord.Interaction,  # noqa: ARG003 - discord.py's signature.
            item: discord.ui.Item[Any],
            match: re.Match[str],
        ) -> "PageButton":
            assert isinstance(item, discord.ui.Button)
            return cls(item, kind.read(match), int(match["page"]))

        async def callback(self, interaction: discord.Interaction) -> None:
            await answer(
                interaction, _asked(fetch(interaction, self._what, self._page)), texts, in_place=True
            )

    return PageButton


async def _asked(work: Awaitable[Answer]) -> Answer:
    return await work
