"""Takes the pictures of the demo: docs/demo.png, with a topic that a moderator has just closed, and docs/live.png, with

the recap of a live blog that has ended. Needs Chromium and the test extra.
"""

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import Page, async_playwright, expect

DOCS = Path(__file__).parents[1] / "docs"
SLOW = 90_000.0


async def main() -> None:
    """Each picture of a demo of its own."""
    await _photograph("demo.png", _close_a_topic)
    await _photograph("live.png", _see_the_live_blog_end, "--speed", "10")


async def _photograph(name: str, act: Callable[[Page], Awaitable[None]], *options: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--port", "0", "--no-browser", *options,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().partition(": ")[2].strip()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = await browser.new_page(viewport={"width": 1280, "height": 860}, device_scale_factor=1.5)
        page.set_default_timeout(SLOW)
        await page.goto(url)
        await act(page)
        await page.screenshot(path=DOCS / name)
        await browser.close()
    process.terminate()
    await process.wait()


async def _see_the_live_blog_end(page: Page) -> None:
    await page.get_by_role("link", name="Fire on the old timber quay").first.click()
    log = page.get_by_role("log")
    await expect(log).to_contain_text("This topic is now closed to further replies.", timeout=SLOW)
    recap = page.get_by_text("The live blog is now closed; thank you for joining us")
    await recap.last.scroll_into_view_if_needed()


async def _close_a_topic(page: Page) -> None:
    await page.get_by_role("link", name="[News]").nth(2).wait_for()
    await page.get_by_role("link", name="Council votes").first.click()
    message = page.get_by_role("textbox", name="Message")
    await message.fill("Seven to six! And who was at the dentist?")
    await message.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("Seven to six! And who was at the dentist?")
    await page.get_by_label("You are").select_option(label="Maria (moderator)")
    await message.press_sequentially("/topic close")
    await page.get_by_role("combobox", name="Command").press("Enter")
    await page.get_by_label("reason optional").fill("this goes on in the town hall")
    await page.get_by_role("button", name="Run").click()
    await expect(page.get_by_role("log")).to_contain_text("is closed.")
    await page.get_by_label("You are").select_option(label="Alex (member)")
    await expect(message).to_have_count(0)


if __name__ == "__main__":
    asyncio.run(main())
