"""Random lives of two topics: commands, timers, restarts, kills, lost answers, outages, and people who act by hand.

Discord (`FakeForum`) is the truth; its events reach the desk late, in any order, or never.
"""

import asyncio
import tempfile
from collections.abc import Awaitable
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from fake_clock import FakeClock
from fake_forum import GUILD, FakeForum, FakeThread, Person
from hypothesis import HealthCheck, Phase, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from killing import Killable, Killed, KillSwitch
from newsroom import Newsroom, newsroom

from bot.domain import shaping
from bot.domain.cases import Actor, Case, Deed
from bot.domain.moderating import CLOSED_NOTICE, OPEN_NOTICE
from bot.domain.timers import Timer, TimerKind
from bot.domain.topics import Sighting, State, Topic
from bot.domain.wishes import Aspect
from bot.errors import AmbiguousError, RefusedError, UnavailableError
from bot.ports import Forum, TopicStore
from bot.services.moderation import Ask, Moderation, Outcome, Verdict
from bot.services.publishing import Publishing
from bot.texts import Texts

T = TypeVar("T")
MARIA = Actor(user_id=7, name="Maria")

THREADS = st.integers(0, 1)
COMMANDS = st.sampled_from(["close", "close for another reason", "reopen", "rename"])
BY_HAND = (Deed.LOCKED_BY_HAND, Deed.UNLOCKED_BY_HAND)


class LoggingForum(FakeForum):
    """Keeps an audit log, in which a lock of ours that came through without an answer is ours."""

    async def set_flags(
        self, thread_id: int, *, locked: bool | None = None, archived: bool | None = None, reason: str = ""
    ) -> None:
        try:
            await super().set_flags(thread_id, locked=locked, archived=archived, reason=reason)
        except AmbiguousError:
            self.log(thread_id, locked, None)
            raise
        self.log(thread_id, locked, None)

    def log(self, thread_id: int, locked: bool | None, actor: Actor | None) -> None:
        if locked is not None:
            deed = Deed.LOCKED_BY_HAND if locked else Deed.UNLOCKED_BY_HAND
            self.audit_log[thread_id, deed] = actor


class TwoTopics(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._folder = tempfile.TemporaryDirectory()
        self._stack = AsyncExitStack()
        self._clock = FakeClock()
        self._forum = LoggingForum(self._clock)
        self._news: list[tuple[int, Sighting | None]] = []  # events on their way; None: deleted
        self._toggled: set[int] = set()  # threads that people locked or unlocked
        self._renames = 0

    def wait(self, work: Awaitable[T]) -> T:
        async def done() -> T:
            return await work

        return self._runner.run(done())

    @initialize()
    def begin(self) -> None:
        self._desk = self.wait(self._open())
        self._ids = [self._forum.add_thread(name).thread_id for name in ("one", "two")]

    async def _open(self) -> Newsroom:
        self._clock.pass_time(timedelta(seconds=1))  # The ids of a new process are greater.
        path = Path(self._folder.name) / "desk.db"
        return await self._stack.enter_async_context(newsroom(path, clock=self._clock, forum=self._forum))

    async def _restart(self) -> None:
        await self._stack.aclose()
        self._news.clear()  # Nobody tells a new session what it missed: it has to look.
        self._desk = await self._open()
        await self._desk.watching.sweep(GUILD)

    @rule(thread=THREADS, command=COMMANDS)
    def command(self, thread: int, command: str) -> None:
        """What is answered as done is what Discord shows."""
        with suppress(RefusedError):
            outcome = self.wait(self._do(self._ids[thread], command))
            shown = self._forum.threads.get(self._ids[thread])
            if outcome.verdict is Verdict.DONE and command in {"close", "reopen"}:
                assert shown is not None
                assert (command == "close") == shown.locked

    def _do(self, thread_id: int, command: str) -> Awaitable[Outcome]:
        ask = Ask(guild_id=GUILD, thread_id=thread_id, caller=Person())
        if command == "rename":
            self._renames += 1
            wanted = {Aspect.NAME: f"ours {self._renames}"}
            return self._desk.moderation.rule(
                ask, "", lambda story, order: shaping.shape(story, order, Deed.RENAME, wanted)
            )
        if command == "reopen":
            return self._desk.moderation.reopen(ask, "")
        return self._desk.moderation.close(ask, "" if command == "close" else f"reason {self._renames}")

    @rule(first=COMMANDS, second=COMMANDS, thread=THREADS)
    def two_commands_at_once(self, first: str, second: str, thread: int) -> None:
        async def both() -> None:
            await asyncio.gather(
                self._do(self._ids[thread], first),
                self._do(self._ids[thread], second),
                return_exceptions=True,
            )

        self.wait(both())

    @rule(thread=THREADS, command=COMMANDS, fatal=st.integers(1, 20), applied=st.booleans())
    def killed_during_a_command(self, thread: int, command: str, fatal: int, *, applied: bool) -> None:
        self._desk.moderation = self._killable(KillSwitch(fatal, applied=applied))
        self.wait(self._until_killed(self._ids[thread], command))
        self.wait(self._restart())

    def _killable(self, switch: KillSwitch) -> Moderation:
        topics: TopicStore = Killable(self._desk.store.topics, switch)
        forum: Forum = Killable(self._forum, switch)
        return Moderation(
            topics,
            forum,
            Publishing(topics, forum, self._clock),
            self._clock,
            self._desk.ids,
            texts=Texts.load(),
            policies=self._desk.policies,
            watched=self._desk.store.watched,
        )

    async def _until_killed(self, thread_id: int, command: str) -> None:
        with suppress(Killed, RefusedError):
            await self._do(thread_id, command)

    @rule(
        thread=THREADS, kind=st.sampled_from([TimerKind.CLOSE, TimerKind.REOPEN]), minutes=st.integers(1, 90)
    )
    def arm(self, thread: int, kind: TimerKind, minutes: int) -> None:
        topic = self.wait(self._desk.store.topics.by_thread(self._ids[thread]))
        if topic is None or topic.state is State.GONE:
            return
        timer = Timer(
            timer_id=self._desk.ids.new(),
            topic_id=topic.topic_id,
            guild_id=GUILD,
            kind=kind,
            due_at=self._clock.now() + timedelta(minutes=minutes),
            owner=MARIA,
        )
        self.wait(self._desk.store.timers.arm(timer))

    @rule(minutes=st.integers(1, 60))
    def time_passes(self, minutes: int) -> None:
        self.wait(self._desk.ring(after=timedelta(minutes=minutes)))
        self.wait(self._desk.publish())

    @rule()
    def restart(self) -> None:
        self.wait(self._restart())

    @rule(deed=st.sampled_from(["send", "edit", "shape(name)", "set_flags(locked=True, archived=None)"]))
    def an_answer_will_be_lost(self, deed: str) -> None:
        self._forum.lose_answer_of(deed)

    @rule(times=st.integers(1, 3))
    def an_outage_begins(self, times: int) -> None:
        self._forum.fail_next(UnavailableError("503"), times)

    @rule(thread=THREADS, change=st.sampled_from(["locked", "unlocked", "archived", "woken", "renamed"]))
    def a_person_acts(self, thread: int, change: str) -> None:
        old = self._forum.threads.get(self._ids[thread])
        if old is None:
            return
        new = _changed(old, change)
        if new.locked is not old.locked:
            self._toggled.add(old.thread_id)
            self._forum.log(old.thread_id, new.locked, MARIA)
        self._forum.threads[old.thread_id] = new
        self._news.append((old.thread_id, self.wait(self._forum.sight(old.thread_id))))

    @rule(thread=THREADS)
    def a_person_replies(self, thread: int) -> None:
        """Discord refuses it in a locked thread; it wakes an archived one."""
        old = self._forum.threads.get(self._ids[thread])
        if old is None or old.locked:
            return
        self._forum.add_post(old.thread_id, "But why?")
        if old.archived:
            self._forum.threads[old.thread_id] = replace(old, archived=False)
            self._news.append((old.thread_id, self.wait(self._forum.sight(old.thread_id))))

    @rule(thread=THREADS, really=st.integers(0, 2))
    def a_person_deletes_the_thread(self, thread: int, really: int) -> None:
        """Seldom, for little can happen to it after."""
        if really == 0 and self._ids[thread] in self._forum.threads:
            del self._forum.threads[self._ids[thread]]
            self._news.append((self._ids[thread], None))

    @precondition(lambda self: self._news)
    @rule(data=st.data())
    def an_event_arrives(self, data: Any) -> None:
        at = data.draw(st.integers(0, len(self._news) - 1))
        self.wait(self._hear(*self._news.pop(at)))

    async def _hear(self, thread_id: int, seen: Sighting | None) -> None:
        if seen is None:
            await self._desk.watching.gone(thread_id)
        else:
            await self._desk.watching.changed(seen)

    async def _topics(self) -> list[tuple[Topic, list[Case]]]:
        store = self._desk.store
        topics = [await store.topics.by_thread(thread_id) for thread_id in self._ids]
        return [(t, await store.cases.of_thread(t.thread_id or 0)) for t in topics if t is not None]

    @invariant()
    def no_close_has_two_notices(self) -> None:
        for topic, cases in self.wait(self._topics()):
            assert topic.thread_id is not None
            notices = [
                text
                for text in self._forum.shown_in(topic.thread_id)
                if text.startswith((CLOSED_NOTICE, OPEN_NOTICE))
            ]
            closes = [case for case in cases if case.deed is Deed.CLOSE and case.before is not case.after]
            assert len(notices) <= len(closes)
            assert sum(text.startswith(CLOSED_NOTICE) for text in notices) <= 1

    @invariant()
    def no_topic_has_two_live_timers_of_a_kind_and_none_that_is_gone_has_any(self) -> None:
        for topic, _ in self.wait(self._topics()):
            kinds = [timer.kind for timer in self.wait(self._desk.store.timers.of_topic(topic.topic_id))]
            assert len(kinds) == len(set(kinds))
            assert topic.state is not State.GONE or kinds == []

    @invariant()
    def the_history_leads_to_the_present_state(self) -> None:
        """Without a gap, except where people acted; what Discord refused led nowhere."""
        for topic, all_cases in self.wait(self._topics()):
            cases = [case for case in all_cases if case.outcome in {"done", "pending"}]
            if not cases:
                continue
            state = cases[0].before
            for case in cases:
                assert case.before is state or topic.thread_id in self._toggled or case.deed is Deed.DELETED
                state = case.after
            assert topic.state in {state, State.GONE} or topic.thread_id in self._toggled

    @invariant()
    def nothing_is_told_as_done_by_hand_that_nobody_did(self) -> None:
        for topic, cases in self.wait(self._topics()):
            by_hand = [case for case in cases if case.deed in BY_HAND]
            assert by_hand == [] or topic.thread_id in self._toggled

    def teardown(self) -> None:
        """In the end, when nothing fails any more, Discord shows what the desk wants."""
        try:
            if hasattr(self, "_desk"):
                self.wait(self._settle())
        finally:
            self.wait(self._stack.aclose())
            self._runner.close()
            self._folder.cleanup()

    async def _settle(self) -> None:
        self._forum.heal()
        for thread_id, seen in self._news:
            await self._hear(thread_id, seen)
        await self._desk.publish_until_settled()
        await self._desk.watching.sweep(GUILD)
        await self._desk.publish_until_settled()
        for topic, _ in await self._topics():
            shown = self._forum.threads.get(topic.thread_id or 0)
            if shown is None:
                assert topic.state is State.GONE or topic.archived
            else:
                assert (topic.state is State.CLOSED) == shown.locked or topic.archived
                assert topic.name == shown.name or topic.archived


def _changed(thread: FakeThread, change: str) -> FakeThread:
    match change:
        case "locked":
            return replace(thread, locked=True)
        case "unlocked":
            return replace(thread, locked=False)
        case "archived":
            return replace(thread, archived=True)
        case "woken":
            return replace(thread, archived=False)
        case _:
            return replace(thread, name=f"{thread.name}, by hand"[:100])


TestTwoTopics = TwoTopics.TestCase
TestTwoTopics.settings = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.reuse, Phase.generate),  # To shrink a failing life takes minutes.
)
