"""A local Discord: REST, gateway and a page, on 127.0.0.1. Shares no code with the bot it is for.

async with Simulator(limits=False) as sim:
    guild = sim.add_guild("Gazette")
"""

from simulator.errors import DiscordError
from simulator.faults import Fault
from simulator.flags import BOT_PERMISSIONS, Permission
from simulator.guilds import GuildHandle
from simulator.handle import Simulator
from simulator.limits import Limits, Window
from simulator.people import Answer, InteractionFailed, Person
from simulator.values import Channel, Message, Thread
from simulator.world import Rules

__all__ = [
    "BOT_PERMISSIONS",
    "Answer",
    "Channel",
    "DiscordError",
    "Fault",
    "GuildHandle",
    "InteractionFailed",
    "Limits",
    "Message",
    "Permission",
    "Person",
    "Rules",
    "Simulator",
    "Thread",
    "Window",
]
