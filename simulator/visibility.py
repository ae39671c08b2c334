"""Who hears of an event: the one rule that gateway sessions and browser streams share."""

from simulator.events import Event
from simulator.permissions import may_view, of_member
from simulator.world import World

_TOLD_TO_BOTS_UNSEEN = frozenset({"CHANNEL_CREATE", "CHANNEL_UPDATE"})
"""A bot is told of channels it cannot view, so that it learns when it may again."""


def hears(world: World, event: Event, user_id: str) -> bool:
    """Members of the guild who can view the place and have the permission; or the one addressee alone."""
    if event.only is not None:
        return event.only == user_id
    guild = world.guilds.get(event.guild_id or "")
    member = guild.members.get(user_id) if guild else None
    if guild is None or member is None:
        return False
    unseen = member.user.bot and event.name in _TOLD_TO_BOTS_UNSEEN
    if event.place is not None and not unseen and not may_view(world, user_id, event.place):
        return False
    return of_member(guild, member) & event.needs == event.needs
