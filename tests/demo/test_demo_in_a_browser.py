"""The demo as a newcomer sees it: the real bot, a real browser, no Discord account."""

import pytest
from demo_process import DemoProcess
from playwright.async_api import Browser, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SLOW = 30_000.0  # Milliseconds: the bot polls, posts and waits for Discord's limits.


async def be(page: Page, person: str) -> None:
    await page.get_by_label("You are").select_option(label=person)


async def test_a_thread_appears_a_moderator_closes_it_and_a_member_cannot_reply(browser: Browser) -> None:
    async with DemoProcess() as demo:
        page = await browser.new_page()
        page.set_default_timeout(SLOW)
        await page.goto(demo.url)
        await page.get_by_role("link", name="[News]").first.click()
        await expect(page.get_by_role("link", name="Read at The Harbour Gazette")).to_be_visible(timeout=SLOW)
        message = page.get_by_role("textbox", name="Message")
        await message.fill("I was there!")
        await message.press("Enter")
        await expect(page.get_by_role("log")).to_contain_text("I was there!", timeout=SLOW)

        await be(page, "Maria (moderator)")
        await page.get_by_role("textbox", name="Message").press_sequentially("/topic close")
        await page.get_by_role("combobox", name="Command").press("Enter")
        await page.get_by_label("reason optional").fill("off topic")
        await page.get_by_role("button", name="Run").click()
        log = page.get_by_role("log")
        await expect(log).to_contain_text("is closed.", timeout=SLOW)
        await expect(log).to_contain_text("This topic is now closed to further replies. Reason: off topic")

        await be(page, "Alex (member)")
        await expect(page.get_by_role("textbox", name="Message")).to_have_count(0, timeout=SLOW)
        await expect(log).to_contain_text("This topic is now closed to further replies. Reason: off topic")
        await page.close()
        assert 0 == await demo.stop()


async def test_the_live_blog_grows_is_corrected_ends_and_is_closed_with_its_recap(browser: Browser) -> None:
    async with DemoProcess("--speed", "12") as demo:
        page = await browser.new_page()
        page.set_default_timeout(SLOW)
        await page.goto(demo.url)
        await page.get_by_role("link", name="Fire on the old timber quay").first.click()
        log = page.get_by_role("log")
        await expect(log).to_contain_text("Firefighters led ten people out", timeout=SLOW)
        await expect(log).not_to_contain_text("Firefighters led twelve people out")
        await expect(log).to_contain_text("The piano is safe", timeout=SLOW)
        await expect(log).to_contain_text("This topic is now closed to further replies.", timeout=2 * SLOW)
        await expect(log).to_contain_text("thank you for joining us. Here are the updates for", timeout=SLOW)
        await page.close()
        assert 0 == await demo.stop()
