"""Takes docs/demo.png: the demo, with a topic that a moderator has just closed. Needs Chromium and the test extra."""

import asyncio
import shutil
import sys
from pathlib import Path

from playwright.async_api import Page, async_playwright, expect

PICTURE = Path(__file__).parents[1] / "docs" / "demo.png"
SLOW = 30_000.0


async def main() -> None:
    """Start the demo, close its first topic as Maria, and look at it as Alex."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--port", "0", "--no-browser", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().partition(": ")[2].strip()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = await browser.new_page(viewport={"width": 1280, "height": 860}, device_scale_factor=1.5)
        page.set_default_timeout(SLOW)
        await page.goto(url)
        await _close_a_topic(page)
        await page.screenshot(path=PICTURE)
        await browser.close()
    process.terminate()
    await process.wait()


async def _close_a_topic(page: Page) -> None:
    await page.get_by_role("link", name="[News]").nth(2).wait_for()
    await page.get_by_role("link", name="[News]").first.click()
    message = page.get_by_role("textbox", name="Message")
    await message.fill("I can see the smoke from here.")
    await message.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("I can see the smoke from here.")
    await page.get_by_label("You are").select_option(label="Maria (moderator)")
    await message.press_sequentially("/topic close")
    await page.get_by_role("combobox", name="Command").press("Enter")
    await page.get_by_label("reason optional").fill("the fire is out")
    await page.get_by_role("button", name="Run").click()
    await expect(page.get_by_role("log")).to_contain_text("is closed.")
    await page.get_by_label("You are").select_option(label="Alex (member)")
    await expect(message).to_have_count(0)


if __name__ == "__main__":
    asyncio.run(main())
