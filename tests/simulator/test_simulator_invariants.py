"""Whatever people do to a thread, in whatever order, Discord's promises about it hold."""

import asyncio
from typing import Any

from hypothesis import given, strategies as st
from local_discord import Clock, Gazette

from simulator import DiscordError, Person, Simulator, Thread
from simulator.flags import MessageType

DEEDS = st.sampled_from(
    [
        "post",
        "delete",
        "lock",
        "unlock",
        "archive",
        "unarchive",
        "rename",
        "pin",
        "join",
        "leave",
        "pass a day",
    ]
)
PEOPLE = st.sampled_from(["alice", "maria", "owner"])
CHANGES: dict[str, dict[str, Any]] = {
    "lock": {"locked": True},
    "unlock": {"locked": False},
    "archive": {"archived": True},
    "unarchive": {"archived": False},
    "rename": {"name": "Snow"},
    "pin": {"pinned": True},
}


class Scene:
    """A thread, three people, a clock; and what must be true after each deed."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.sim = Simulator(clock=self.clock)
        self.gazette = Gazette(self.sim)
        self.people = {
            "alice": self.gazette.alice,
            "maria": self.gazette.maria,
            "owner": self.gazette.guild.owner,
        }

    async def play(self, deeds: list[tuple[str, str]]) -> None:
        thread = await self.gazette.alice.start_thread(self.gazette.forum, "Rain", "It rains.")
        for who, deed in deeds:
            person = self.people[who]
            could_reply = person.can_reply(thread)
            try:
                await self._do(person, deed, thread)
            except DiscordError as refused:
                assert refused.code in {50013, 50083, 160005}, refused  # noqa: PT017 - every other refusal is a fault.
                assert not (deed == "post" and could_reply)
            else:
                assert deed != "post" or could_reply
            self._check(thread)

    async def _do(self, person: Person, deed: str, thread: Thread) -> None:
        if deed == "post":
            await person.post(thread, "Still raining")
            assert not thread.archived
        elif deed == "delete":
            for message in self.gazette.alice.messages(thread)[-1:]:
                await person.delete_message(message)
        elif deed == "join":
            await person.join(thread)
        elif deed == "leave":
            await person.leave(thread)
        elif deed == "pass a day":
            self.clock.advance(86_400)
            self.sim.tick()
        else:
            await person.edit_thread(thread, **CHANGES[deed])

    def _check(self, thread: Thread) -> None:
        found = self.gazette.maria.messages(thread)
        counted = [each for each in found if each.id != thread.id]
        assert len(counted) == thread.message_count <= thread.total_message_sent
        assert not (thread.archived and thread.pinned)
        assert sorted(found, key=lambda each: int(each.id)) == found
        renames = sum(each.type is MessageType.CHANNEL_NAME_CHANGE for each in found)
        assert renames <= (thread.name == "Snow")
        assert self.gazette.alice.can_reply(thread) is not thread.locked


@given(st.lists(st.tuples(PEOPLE, DEEDS), max_size=12))
def test_a_thread_keeps_its_promises(deeds: list[tuple[str, str]]) -> None:
    asyncio.run(Scene().play(deeds))
