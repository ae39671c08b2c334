"""Discord's permission algorithm (topics/permissions)."""

import pytest
from hypothesis import given, strategies as st
from local_discord import Gazette

from simulator import Permission, Simulator
from simulator.flags import ALL_PERMISSIONS
from simulator.permissions import in_place, may
from simulator.values import Overwrite

SEND, VIEW = Permission.SEND_MESSAGES, Permission.VIEW_CHANNEL


@pytest.fixture
def world() -> Gazette:
    return Gazette(Simulator())


def permissions(gazette: Gazette, user_id: str) -> int:
    return in_place(gazette.guild._world, user_id, gazette.text)


async def test_a_role_overwrite_beats_everyones(world: Gazette) -> None:
    owner, role = world.guild.owner, world.guild.add_role("Writer")
    await owner.set_overwrite(world.text, world.guild.id, deny=SEND)
    await owner.set_overwrite(world.text, role, allow=SEND)
    assert not permissions(world, world.alice.id) & SEND
    await owner.set_roles(world.guild, world.alice, [role])
    assert permissions(world, world.alice.id) & SEND


async def test_among_roles_an_allow_beats_a_deny(world: Gazette) -> None:
    owner = world.guild.owner
    roles = [world.guild.add_role("Muted"), world.guild.add_role("Writer")]
    await owner.set_overwrite(world.text, roles[0], deny=SEND)
    await owner.set_overwrite(world.text, roles[1], allow=SEND)
    await owner.set_roles(world.guild, world.alice, roles)
    assert permissions(world, world.alice.id) & SEND


async def test_a_members_own_overwrite_has_the_last_word(world: Gazette) -> None:
    owner, role = world.guild.owner, world.guild.add_role("Writer")
    await owner.set_overwrite(world.text, role, allow=SEND)
    await owner.set_roles(world.guild, world.alice, [role])
    await owner.set_overwrite(world.text, world.alice, deny=SEND)
    assert not permissions(world, world.alice.id) & SEND


async def test_who_cannot_view_can_do_nothing(world: Gazette) -> None:
    await world.guild.owner.set_overwrite(world.text, world.alice, deny=VIEW, allow=SEND)
    assert 0 == permissions(world, world.alice.id)


async def test_a_thread_inherits_its_parents_overwrites(world: Gazette) -> None:
    thread = await world.alice.start_thread(world.forum, "Rain", "It rains.")
    in_threads = Permission.SEND_MESSAGES_IN_THREADS
    await world.guild.owner.set_overwrite(world.forum, world.alice, deny=in_threads)
    assert not may(world.guild._world, world.alice.id, thread, in_threads)


async def test_send_messages_has_no_effect_in_threads(world: Gazette) -> None:
    thread = await world.alice.start_thread(world.forum, "Rain", "It rains.")
    await world.guild.owner.set_overwrite(world.forum, world.alice, deny=SEND)
    assert "Still raining" == (await world.alice.post(thread, "Still raining")).content


@given(deny=st.integers(0, ALL_PERMISSIONS), granted=st.booleans())
def test_no_overwrite_binds_owners_and_administrators(deny: int, *, granted: bool) -> None:
    gazette = Gazette(Simulator())
    owner = gazette.guild.owner
    person = owner
    if granted:
        person, role = gazette.alice, gazette.guild.add_role("Chief", Permission.ADMINISTRATOR)
        gazette.guild.guild.members[person.id].roles.append(role.id)
    gazette.text.overwrites[person.id] = Overwrite(person.id, 1, 0, deny)
    assert ALL_PERMISSIONS == permissions(gazette, person.id)
