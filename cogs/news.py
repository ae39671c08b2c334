"""The `/news` group, put together from its parts."""

from discord import app_commands
from discord.ext import commands

from cogs.news_commands import NewsCommands
from cogs.services import Services


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class NewsCog(
    NewsCommands,
    commands.GroupCog,
    group_name="news",
    group_description="Bring feeds and live blogs into channels",
):
    def __init__(self, client: commands.AutoShardedBot, services: Services) -> None:
        self._client = client
        self.services = services
