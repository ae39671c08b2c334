"""Random lives of a live blog: its page grows, is edited, loses and regains updates, shows a window, ends and goes on.

Meanwhile the desk restarts, loses answers, meets outages, and a person closes and opens the thread. A model tells what
must stand.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from fake_clock import FakeClock
from fake_forum import FakeForum
from hypothesis import HealthCheck, Phase, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from live_newsroom import LiveNewsroom, Pages, live_newsroom

from bot.domain.entries import Entry
from bot.domain.live_updates import MISSING_FOR, MOST_REVISIONS
from bot.errors import UnavailableError
from bot.services.moderation import Ask

T = TypeVar("T")
WINDOW = 6


class LifeOfALiveBlog(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._folder = tempfile.TemporaryDirectory()
        self._stack = AsyncExitStack()
        self._clock = FakeClock()
        self._forum = FakeForum(self._clock)
        self._pages = Pages()
        self._written: list[Entry] = []  # oldest first
        self._texts: dict[str, str] = {}  # by headline: the latest text that was on the page when it was read
        self._hidden: set[int] = set()
        self._windowed = False
        self._over = False
        self._edits: Counter[int] = Counter()

    def wait(self, work: Awaitable[T]) -> T:
        async def done() -> T:
            return await work

        return self._runner.run(done())

    @initialize()
    def begin(self) -> None:
        self._room = self.wait(self._open())
        self._write(1)
        self._publish()
        self.wait(self._room.follow())
        self._read()

    async def _open(self) -> LiveNewsroom:
        self._clock.pass_time(timedelta(seconds=1))  # The ids of a new process are greater.
        path = Path(self._folder.name) / "desk.db"
        return await self._stack.enter_async_context(
            live_newsroom(path, clock=self._clock, forum=self._forum, pages=self._pages)
        )

    def _write(self, count: int) -> None:
        for _ in range(count):
            number = len(self._written)
            self._clock.pass_time(timedelta(seconds=40))
            self._written.append(
                Entry(
                    guid=f"u{number}",
                    title=f"Update {number}",
                    body=f"<p>Text {number}</p>",
                    published_at=self._clock.now(),
                )
            )

    def _on_page(self) -> list[Entry]:
        shown = self._written[-WINDOW:] if self._windowed else self._written
        return [entry for entry in shown if self._written.index(entry) not in self._hidden]

    def _publish(self) -> None:
        self._room.write(*reversed(self._on_page()), is_live=not self._over)

    def _read(self) -> None:
        self._texts |= {entry.title: entry.body[3:-4] for entry in self._on_page()}

    @rule(count=st.integers(1, WINDOW - 1))
    def it_grows(self, count: int) -> None:
        self._over = False
        self._write(count)
        self._look()

    @rule(back=st.integers(0, 4), times=st.integers(1, 99))
    def an_update_is_edited(self, back: int, times: int) -> None:
        index = max(len(self._written) - 1 - back, 0)
        self._edits[index] += 1
        if self._edits[index] > MOST_REVISIONS:
            return
        old = self._written[index]
        self._written[index] = Entry(
            guid=old.guid,
            title=old.title,
            body=f"<p>Text {index}, again {times}</p>",
            published_at=old.published_at,
        )
        self._look()

    @rule(back=st.integers(1, 4))
    def an_update_vanishes_for_a_moment(self, back: int) -> None:
        """Fewer readings than it takes to believe that it was withdrawn."""
        self._hidden = {max(len(self._written) - 1 - back, 0)}
        for _ in range(MISSING_FOR - 1):
            self._look()
        self._hidden = set()
        self._look()

    @rule()
    def the_page_shows_a_window_or_all(self) -> None:
        self._windowed = not self._windowed
        self._look()

    @rule()
    def it_ends(self) -> None:
        self._over = True
        self._look()

    @rule(minutes=st.integers(1, 45))
    def time_passes(self, minutes: int) -> None:
        self._look(timedelta(minutes=minutes))

    @rule()
    def the_desk_restarts(self) -> None:
        self.wait(self._stack.aclose())
        self._room = self.wait(self._open())

    @rule(deed=st.sampled_from(["send", "edit", "set_flags(locked=True, archived=None)"]))
    def an_answer_will_be_lost(self, deed: str) -> None:
        self._forum.lose_answer_of(deed)

    @rule(times=st.integers(1, 3))
    def an_outage_begins(self, times: int) -> None:
        self._forum.fail_next(UnavailableError("503"), times)

    @rule()
    def a_moderator_closes_the_topic_and_opens_it_later(self) -> None:
        """Nothing is posted meanwhile; then all of it."""
        self._forum.heal()
        self._settle()
        thread = self._room.thread
        if thread.locked:
            return
        ask = Ask(guild_id=1, thread_id=thread.thread_id, caller=_Moderator())
        self.wait(self._room.desk.moderation.close(ask, "enough"))
        before = len(self._shown())
        self._write(2)
        self._over = False
        self._look()
        assert before == len(self._shown())
        self.wait(self._room.desk.moderation.reopen(ask, ""))
        self._settle()

    def _look(self, after: timedelta = timedelta(minutes=6)) -> None:
        self._publish()
        self.wait(self._room.poll(after=max(after, timedelta(minutes=1))))
        self.wait(self._room.poll(after=timedelta(minutes=16)))  # Slow by now, or put off.
        self._read()

    def _settle(self) -> None:
        self._publish()
        for _ in range(3):
            self.wait(self._room.desk.publish_until_settled())
            self.wait(self._room.poll(after=timedelta(minutes=16)))
        self._read()

    def _shown(self) -> list[tuple[str, str]]:
        thread = next(iter(self._forum.threads))
        return [
            (embed.title, embed.description)
            for found in self._forum.messages[thread][1:]
            for embed in found.message.embeds
            if embed.title
        ]

    @invariant()
    def each_update_is_shown_at_most_once_and_in_order(self) -> None:
        numbers = [int(title.removeprefix("Update ")) for title, _ in self._shown()]
        assert sorted(set(numbers)) == numbers

    def teardown(self) -> None:
        """In the end, when nothing fails any more, all is shown, as it was read last."""
        try:
            if hasattr(self, "_room"):
                self._forum.heal()
                if not self._over:
                    self._write(1)  # Else it might have been silent for so long that it counts as over.
                self._settle()
                assert self._texts == dict(self._shown())
                closed = self._room.thread.locked
                has_recap = "thank you for joining us" in self._room.starter().embeds[0].description
                assert (self._over, self._over) == (closed, has_recap)
        finally:
            self.wait(self._stack.aclose())
            self._runner.close()
            self._folder.cleanup()


class _Moderator:
    id = 7
    display_name = "Maria"


TestLifeOfALiveBlog: Any = LifeOfALiveBlog.TestCase
TestLifeOfALiveBlog.settings = settings(
    max_examples=25,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.reuse, Phase.generate),  # To shrink a failing life takes minutes.
)
