"""Slash commands, typed with completion."""

import pytest
from page_bot import post_news
from page_stage import Stage, Window
from playwright.async_api import FilePayload, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def _type(page: Page, text: str) -> None:
    await page.get_by_role("textbox", name="Message").press_sequentially(text)


async def test_a_slash_lists_the_commands_that_person_may_use(stage: Stage, window: Window) -> None:
    page = await window(stage.alex, stage.general)
    await _type(page, "/")
    await expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(2)
    await expect(page.get_by_role("option", name="/vote")).to_contain_text(
        "colour [weight] [friend] [secret] [proof]"
    )
    await expect(page.get_by_role("option", name="/topic")).to_have_count(0)


async def test_a_moderator_closes_a_topic_by_keyboard_alone(stage: Stage, window: Window) -> None:
    thread = await post_news(stage.bot, stage.forum.id, "Fire", "It burns.")
    page = await window(stage.maria, stage.forum, thread)
    await _type(page, "/topic")
    box = page.get_by_role("combobox", name="Command")
    first = page.get_by_role("option", name="/topic close")
    second = page.get_by_role("option", name="/topic reopen")
    await expect(first).to_have_attribute("aria-selected", "true")
    await expect(box).to_have_attribute("aria-expanded", "true")
    await page.keyboard.press("ArrowDown")
    await expect(second).to_have_attribute("aria-selected", "true")
    await expect(box).to_have_attribute("aria-activedescendant", await second.get_attribute("id") or "")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Tab")
    await expect(page.get_by_label("topic optional")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.type("the fire is out")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text(
        "This topic is now closed to further replies. Reason: the fire is out"
    )
    await expect(page.get_by_role("log")).to_contain_text("Closed [News] Fire.")
    assert stage.simulator.world.thread(str(thread.id)).locked


async def test_an_option_completes_from_what_the_bot_offers(stage: Stage, window: Window) -> None:
    fire = await post_news(stage.bot, stage.forum.id, "Fire", "It burns.")
    await post_news(stage.bot, stage.forum.id, "Ferry", "It sails.")
    page = await window(stage.maria, stage.general)
    await _type(page, "/topic close")
    await expect(page.get_by_role("option", name="/topic close")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(2)
    await page.keyboard.type("fir")
    await expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(1)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("topic optional")).to_have_value("[News] Fire")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("Closed [News] Fire.")
    assert stage.simulator.world.thread(str(fire.id)).locked


async def test_choices_numbers_and_people_reach_the_bot_as_their_kind(stage: Stage, window: Window) -> None:
    page = await window(stage.alex, stage.general)
    await _type(page, "/vote")
    await page.get_by_role("option", name="/vote").click()
    await page.get_by_role("option", name="Sea green").click()
    await page.get_by_label("weight optional").fill("3")
    await page.get_by_label("friend optional").fill("sa")
    await page.get_by_role("option", name="@Sam").click()
    await page.get_by_label("secret optional").fill("true")
    await page.get_by_role("button", name="Run").click()
    answer = page.get_by_role("article").filter(has_text="green, 3 times, for Sam")
    await expect(answer).to_contain_text("Only you can see this")


async def test_a_file_reaches_the_bot(stage: Stage, window: Window) -> None:
    page = await window(stage.alex, stage.general)
    await _type(page, "/vote")
    await page.get_by_role("option", name="/vote").click()
    await page.get_by_role("option", name="Sea green").click()
    proof = FilePayload(name="sea view.txt", mimeType="text/plain", buffer=b"the sea")
    await page.get_by_label("proof optional").set_input_files(proof)
    await page.get_by_role("button", name="Run").click()
    await expect(page.get_by_role("log")).to_contain_text(
        "green, 1 times, for you, as the sea in sea view.txt"
    )


async def test_a_missing_or_wrong_option_is_not_sent(stage: Stage, window: Window) -> None:
    page = await window(stage.alex, stage.general)
    await _type(page, "/vote")
    await page.get_by_role("option", name="/vote").click()
    colour = page.get_by_label("colour required")
    await page.get_by_role("button", name="Run").click()
    await expect(colour).to_be_focused()
    await colour.fill("purple")
    await page.get_by_role("button", name="Run").click()
    await expect(colour).to_have_js_property("validationMessage", "Choose one from the list.")
    assert [] == stage.alex.messages(stage.general)


async def test_escape_leads_back_to_plain_writing(stage: Stage, window: Window) -> None:
    page = await window(stage.alex, stage.general)
    await _type(page, "/vo")
    await expect(page.get_by_role("listbox")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("listbox")).to_be_hidden()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("textbox", name="Message")).to_be_focused()


async def test_a_command_that_does_not_exist_is_said_aloud(stage: Stage, window: Window) -> None:
    page = await window(stage.alex, stage.general)
    await _type(page, "/nothing")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("There is no command /nothing")


async def test_enter_may_come_before_the_list(stage: Stage, window: Window) -> None:
    page = await window(stage.alex, stage.general)
    await page.get_by_role("textbox", name="Message").fill("/feedback")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Run")).to_be_focused()
