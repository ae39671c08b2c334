"""The browser that every test of a page shares, and how property tests run."""

import os
import shutil
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.async_api import Browser

# Property tests assert what is true, never how fast. Everywhere but in CI they look for something new at each run.
settings.register_profile("nightdesk", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("nightdesk")

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> "AsyncIterator[Browser]":
    """The installed Chromium, once for each worker. It lives on the session's event loop, so its tests are marked
    `pytest.mark.asyncio(loop_scope="session")` beside `pytest.mark.browser`.
    """
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed; to enable this test: apt-get install chromium")
    from playwright.async_api import async_playwright  # Not paid for by the tests that need no browser.

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()
