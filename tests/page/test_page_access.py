"""The page by keyboard, by screen reader, on a narrow screen, and in either colour scheme."""

import re

import pytest
from page_bot import post_news
from page_stage import Stage, Window
from playwright.async_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PHONE = {"width": 360, "height": 740}
WIDE = {"width": 1440, "height": 900}


async def test_it_has_its_landmarks_and_one_first_heading(stage: Stage, window: Window) -> None:
    thread = await post_news(stage.bot, stage.forum.id, "Fire", "It burns.")
    page = await window(stage.alex, stage.forum, thread, viewport=WIDE)
    await expect(page.get_by_role("banner")).to_have_count(1)
    await expect(page.get_by_role("main")).to_have_count(1)
    await expect(page.get_by_role("navigation", name="Channels")).to_be_visible()
    await expect(page.get_by_role("complementary", name="About this thread")).to_be_visible()
    await expect(page.get_by_role("heading", level=1)).to_have_text("[News] Fire")
    await expect(page).to_have_title("[News] Fire · The Gazette · Nightdesk simulator")


async def test_every_control_has_a_name(stage: Stage, window: Window) -> None:
    thread = await post_news(stage.bot, stage.forum.id, "Fire", "It burns.")
    page = await window(stage.maria, stage.forum, thread, viewport=WIDE)
    await expect(page.get_by_role("article")).to_have_count(1)
    nameless = re.compile("^$")
    await expect(page.get_by_role("button", name=nameless)).to_have_count(0)
    await expect(page.get_by_role("link", name=nameless)).to_have_count(0)
    await expect(page.get_by_role("textbox", name=nameless)).to_have_count(0)
    await expect(page.get_by_role("combobox", name=nameless)).to_have_count(0)
    await expect(page.get_by_role("article", name=nameless)).to_have_count(0)


async def test_the_skip_link_comes_first_and_leads_to_the_conversation(stage: Stage, window: Window) -> None:
    page = await window(stage.alex, stage.general)
    await expect(page.get_by_role("heading", level=1)).to_have_text("#general")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the conversation")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#conversation")).to_be_focused()
    assert page.url.endswith(f"#/{stage.guild.id}/{stage.general.id}")


async def test_a_thread_is_opened_by_keyboard_and_takes_the_focus(stage: Stage, window: Window) -> None:
    await post_news(stage.bot, stage.forum.id, "Fire", "It burns.")
    page = await window(stage.alex, stage.forum)
    await page.get_by_role("link", name="[News] Fire").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1, name="[News] Fire")).to_be_focused()


async def test_reload_and_back_keep_the_place(stage: Stage, window: Window) -> None:
    thread = await post_news(stage.bot, stage.forum.id, "Fire", "It burns.")
    page = await window(stage.alex, stage.forum)
    await page.get_by_role("link", name="[News] Fire").click()
    heading = page.get_by_role("heading", level=1, name="[News] Fire")
    await expect(heading).to_be_visible()
    assert stage.address(stage.forum, thread) == page.url
    await page.reload()
    await expect(heading).to_be_visible()
    await page.go_back()
    await expect(page.get_by_text("Choose a post to read it.")).to_be_visible()


async def test_an_empty_address_leads_to_the_first_forum(stage: Stage, window: Window) -> None:
    page = await window(stage.alex)
    await page.goto(stage.simulator.page_url)
    await expect(page.get_by_role("heading", name="news")).to_be_visible()
    assert stage.address(stage.forum) == page.url


async def test_a_narrow_screen_goes_step_by_step(stage: Stage, window: Window) -> None:
    await post_news(stage.bot, stage.forum.id, "Fire", "It burns. " + "Averylongwordwithoutanyend" * 8)
    page = await window(stage.alex, stage.forum, viewport=PHONE)
    post = page.get_by_role("link", name="[News] Fire")
    await expect(post).to_be_visible()
    await expect(page.get_by_role("navigation")).to_be_hidden()
    await post.click()
    await expect(page.get_by_role("log")).to_be_visible()
    await expect(post).to_be_hidden()
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), "nothing sticks out"
    await page.get_by_role("link", name="Back to the list").click()
    await expect(post).to_be_visible()
    await page.get_by_role("link", name="Back to channels").click()
    await page.get_by_role("link", name="general").click()
    await expect(page.get_by_role("textbox", name="Message #general")).to_be_visible()


async def test_the_details_lie_over_a_narrow_screen_until_they_are_shut(stage: Stage, window: Window) -> None:
    thread = await post_news(stage.bot, stage.forum.id, "Fire", "It burns.")
    page = await window(stage.alex, stage.forum, thread, viewport=PHONE)
    details = page.get_by_role("complementary")
    about = page.get_by_role("button", name="About this thread")
    await expect(details).to_be_hidden()
    await about.click()
    await expect(details).to_contain_text("Nightdesk")
    await page.keyboard.press("Escape")
    await expect(details).to_be_hidden()
    await expect(about).to_be_focused()


async def test_a_lost_line_is_said_and_what_was_missed_is_read_again(stage: Stage, window: Window) -> None:
    page = await window(stage.alex, stage.general)
    await expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    await page.route("**/control/events*", lambda route: route.abort())
    await page.get_by_label("You are").select_option(label="Sam (member)")
    await expect(page.get_by_text("Connection lost")).to_be_visible()
    await stage.maria.post(stage.general, "Anybody there?")
    await page.unroute("**/control/events*")
    await page.get_by_label("You are").select_option(label="Alex (member)")
    await expect(page.get_by_text("Connection lost")).to_be_hidden()
    await expect(page.get_by_role("log")).to_contain_text("Anybody there?")


async def test_it_shows_dark_colours_to_those_who_want_them(stage: Stage, window: Window) -> None:
    page = await window(stage.alex, stage.general, color_scheme="dark")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    assert "rgb(16, 21, 27)" == await page.evaluate(ground)
    await page.emulate_media(color_scheme="light")
    assert "rgb(244, 241, 234)" == await page.evaluate(ground)


async def test_nothing_moves_for_those_who_want_rest(stage: Stage, window: Window) -> None:
    page = await window(stage.alex, stage.general, reduced_motion="reduce")
    await expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    moving = "[...document.querySelectorAll('*')].filter((e) => parseFloat(getComputedStyle(e).transitionDuration) > 0)"
    assert 0 == await page.evaluate(f"{moving}.length")
    await page.emulate_media(reduced_motion="no-preference")
    assert 0 < await page.evaluate(f"{moving}.length")


async def test_an_address_of_another_day_leads_to_what_is_there(stage: Stage, window: Window) -> None:
    page = await window(stage.alex)
    await page.goto(f"{stage.simulator.page_url}#/123/456/789")
    await expect(page.get_by_role("heading", name="news")).to_be_visible()
    assert stage.address(stage.forum) == page.url


async def test_rows_that_stay_are_not_touched_when_others_come_and_go(stage: Stage, window: Window) -> None:
    """A row that is moved in a live region may be read out again."""
    page = await window(stage.alex)
    script = """async () => {
      const { reconcile } = await import("/page/js/dom.js");
      const list = document.createElement("ul");
      const row = (id) => Object.assign(document.createElement("li"), { textContent: id });
      const show = (ids) => reconcile(list, ids, (id) => id, row);
      show(["a", "b", "c", "d"]);
      const observer = new MutationObserver(() => {});
      observer.observe(list, { childList: true });
      show(["b", "x", "d", "e"]);
      const added = observer.takeRecords().flatMap((record) => [...record.addedNodes].map((node) => node.textContent));
      return [[...list.children].map((item) => item.textContent), added];
    }"""
    assert [["b", "x", "d", "e"], ["x", "e"]] == await page.evaluate(script)
