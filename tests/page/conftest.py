"""A real simulator, a small discord.py bot, and windows onto the page."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from page_bot import PageBot, point_discord_py_at
from page_stage import Stage, Window
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page

from simulator import Person, Simulator


@pytest_asyncio.fixture(loop_scope="session")
async def stage() -> AsyncIterator[Stage]:
    async with Simulator(limits=False) as simulator:
        guild = simulator.add_guild("The Gazette")
        forum = guild.add_forum("news", tags=["World", "Live"], topic="Headlines.")
        general = guild.add_text("general", topic="Everything else.")
        maria, alex, sam = guild.add_moderator("Maria"), guild.add_member("Alex"), guild.add_member("Sam")
        point_discord_py_at(simulator)
        async with PageBot() as bot:
            running = asyncio.create_task(bot.start(simulator.token))
            await simulator.until(simulator.bot_connected)
            await bot.wait_until_ready()
            yield Stage(simulator, guild, forum, general, maria, alex, sam, bot)
            await bot.close()
            await running


@pytest_asyncio.fixture(loop_scope="session")
async def window(browser: Browser, stage: Stage) -> AsyncIterator[Window]:
    """Opens the page as a person, at a channel or thread; named arguments are Playwright's for a context.

    Whatever the page complains about in its console fails the test; what the server refuses is no complaint.
    """
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    async def open_window(person: Person, channel: Any = None, thread: Any = None, **options: Any) -> Page:
        context = await browser.new_context(**{"locale": "en-GB", "timezone_id": "Europe/Berlin"} | options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = await context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.add_init_script(f"sessionStorage.person ??= '{person.id}'")
        await page.goto(stage.address(channel, thread))
        return page

    yield open_window
    for context in contexts:
        await context.close()
    assert [] == complaints
