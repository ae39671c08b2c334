"""How often a person may use a command; what those are told who use it more often, `cogs.answering` knows."""

from collections.abc import Callable
from typing import TypeVar

import discord
from discord import app_commands

TIMES = 5
SECONDS = 60.0

T = TypeVar("T")


def a_few_a_minute() -> Callable[[T], T]:
    """For each command, and each person in each server, a count of its own."""
    return app_commands.checks.cooldown(TIMES, SECONDS, key=_person)


def _person(interaction: discord.Interaction) -> tuple[int, int]:
    return interaction.guild_id or 0, interaction.user.id
