"""What the bot gains when permissions change: the active threads of channels it can view from now on.

Source: topics/threads, Channel Access (Thread List Sync).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from simulator import payloads
from simulator.events import Event
from simulator.permissions import may_view
from simulator.values import Guild
from simulator.world import World


@contextmanager
def noticed(world: World, guild: Guild) -> Iterator[None]:
    """Runs a change of permissions, then tells the bot of the threads it has come to see."""
    before = _viewed(world, guild)
    yield
    gained = _viewed(world, guild) - before
    if gained:
        _synchronise(world, guild, gained)


def _viewed(world: World, guild: Guild) -> set[str]:
    bot_id = world.application.id
    return {each.id for each in guild.channels.values() if may_view(world, bot_id, each)}


def _synchronise(world: World, guild: Guild, channel_ids: set[str]) -> None:
    bot_id = world.application.id
    found = [
        each
        for each in guild.threads.values()
        if each.parent_id in channel_ids and not each.archived and may_view(world, bot_id, each)
    ]
    shown = {
        "guild_id": guild.id,
        "channel_ids": sorted(channel_ids),
        "threads": [payloads.thread(each) for each in found],
        "members": [
            payloads.thread_member(each.id, bot_id, each.members[bot_id])
            for each in found
            if bot_id in each.members
        ],
    }
    world.publish(Event("THREAD_LIST_SYNC", guild.id, lambda _: shown, only=bot_id))
