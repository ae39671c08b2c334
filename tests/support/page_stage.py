"""What the tests of the page stand on: who and what is there. The fixtures are in `tests/page/conftest.py`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from page_bot import PageBot
from playwright.async_api import Page

from simulator import Channel, GuildHandle, Person, Simulator


@dataclass(frozen=True, slots=True)
class Stage:
    """`maria` moderates, `alex` and `sam` are members."""

    simulator: Simulator
    guild: GuildHandle
    forum: Channel
    general: Channel
    maria: Person
    alex: Person
    sam: Person
    bot: PageBot

    def address(self, channel: Any = None, thread: Any = None) -> str:
        parts = [
            self.guild.id,
            *(each.id if hasattr(each, "id") else each for each in (channel, thread) if each),
        ]
        return f"{self.simulator.page_url}#/{'/'.join(map(str, parts))}"


Window = Callable[..., Awaitable[Page]]
