"""The `/news` group, put together from its parts."""

from functools import partial
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from cogs.menus import MenuCog
from cogs.news_adding import Adding, adding_items
from cogs.news_lists import Lists
from cogs.news_previewing import Previewing
from cogs.news_subscriptions import SUBSCRIPTIONS, Subscriptions, subscriptions_page
from cogs.news_templates import mend_button
from cogs.paging import page_button
from cogs.posting import Posting, again_button, fill_button, repost_menu
from cogs.services import Services


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class NewsCog(
    Adding,
    Subscriptions,
    Previewing,
    Lists,
    Posting,
    MenuCog,
    commands.GroupCog,
    group_name="news",
    group_description="Bring feeds and live blogs into channels",
):
    def __init__(self, client: commands.AutoShardedBot, services: Services) -> None:
        self.client = client
        self.services = services
        self.menu = repost_menu(services)


def news_items(services: Services) -> tuple[type[discord.ui.DynamicItem[Any]], ...]:
    """Buttons and menus of the group's answers."""
    return (
        page_button(SUBSCRIPTIONS, partial(subscriptions_page, services), services.texts),
        mend_button(services),
        *adding_items(services),
        fill_button(services),
        again_button(services),
    )
