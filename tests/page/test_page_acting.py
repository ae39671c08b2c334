"""What a person does on the page."""

import pytest
from page_bot import post_news
from page_stage import Stage, Window
from playwright.async_api import expect

from simulator import Thread

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WIDE = {"width": 1440, "height": 900}
REFUSED = "This thread is locked. Only moderators can reply."


async def _news(stage: Stage, **changes: bool) -> Thread:
    thread = await post_news(stage.bot, stage.forum.id, "Fire", "It burns.")
    if changes:
        await stage.maria.edit_thread(thread.id, **changes)
    return stage.simulator.world.thread(str(thread.id))


async def test_a_message_is_sent_with_enter(stage: Stage, window: Window) -> None:
    page = await window(stage.alex, stage.general)
    box = page.get_by_role("textbox", name="Message #general")
    await box.fill("Good morning")
    await box.press("Enter")
    await expect(page.get_by_role("article")).to_contain_text("Good morning")
    await expect(box).to_have_value("")
    assert ["Good morning"] == [each.content for each in stage.sam.messages(stage.general)]


async def test_shift_and_enter_start_a_new_line(stage: Stage, window: Window) -> None:
    page = await window(stage.alex, stage.general)
    await page.get_by_role("textbox", name="Message #general").focus()
    await page.keyboard.type("one")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("two")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("article")).to_contain_text("two")
    assert ["one\ntwo"] == [each.content for each in stage.alex.messages(stage.general)]


async def test_follow_answers_only_the_person_who_clicked(stage: Stage, window: Window) -> None:
    thread = await _news(stage)
    page = await window(stage.alex, stage.forum, thread)
    await page.get_by_role("article").get_by_role("button", name="Follow").click()
    answer = page.get_by_role("article").filter(has_text="You follow this thread now.")
    await expect(answer).to_contain_text("Only you can see this")
    assert stage.alex.id in thread.members
    assert ["Nightdesk"] == [
        each.author.global_name or each.author.username for each in stage.sam.messages(thread)
    ]
    await answer.get_by_role("button", name="Dismiss").click()
    await expect(answer).to_have_count(0)


async def test_a_locked_thread_refuses_a_member(stage: Stage, window: Window) -> None:
    thread = await _news(stage, locked=True)
    page = await window(stage.alex, stage.forum, thread)
    await expect(page.get_by_text(REFUSED)).to_be_visible()
    await expect(page.get_by_role("textbox", name="Message")).to_have_count(0)


async def test_a_locked_thread_lets_a_moderator_write(stage: Stage, window: Window) -> None:
    thread = await _news(stage, locked=True)
    page = await window(stage.maria, stage.forum, thread)
    await page.get_by_role("textbox", name="Message").fill("A last word")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("A last word")


async def test_the_composer_goes_when_the_thread_is_locked_while_it_is_read(
    stage: Stage, window: Window
) -> None:
    thread = await _news(stage)
    page = await window(stage.alex, stage.forum, thread)
    await expect(page.get_by_role("textbox", name="Message")).to_be_enabled()
    await stage.maria.edit_thread(thread, locked=True)
    await expect(page.get_by_text(REFUSED)).to_be_visible()
    await stage.maria.edit_thread(thread, locked=False)
    await expect(page.get_by_role("textbox", name="Message")).to_be_enabled()


async def test_a_reply_that_loses_the_race_against_the_lock_is_refused_aloud(
    stage: Stage, window: Window
) -> None:
    thread = await _news(stage)
    # Without its line the page cannot know of the lock: the server must refuse.
    page = await window(stage.alex)
    await page.route("**/control/events*", lambda route: route.abort())
    await page.goto(stage.address(stage.forum, thread))
    await page.reload()
    await page.get_by_role("textbox", name="Message").fill("But why?")
    await stage.maria.edit_thread(thread, locked=True)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("Thread is locked (160005)")
    await expect(page.get_by_text(REFUSED)).to_be_visible()
    assert 1 == len(stage.sam.messages(thread))


async def test_another_person_sees_with_other_rights(stage: Stage, window: Window) -> None:
    thread = await _news(stage, locked=True)
    page = await window(stage.alex, stage.forum, thread, viewport=WIDE)
    details = page.get_by_role("complementary", name="About this thread")
    await expect(page.get_by_text(REFUSED)).to_be_visible()
    await expect(details.get_by_role("button", name="Unlock")).to_be_hidden()
    await page.get_by_label("You are").select_option(label="Maria (moderator)")
    await expect(page.get_by_role("textbox", name="Message")).to_be_enabled()
    await details.get_by_role("button", name="Unlock").click()
    await expect(details).to_contain_text("Open")
    await page.get_by_label("You are").select_option(label="Alex (member)")
    await expect(page.get_by_role("textbox", name="Message")).to_be_enabled()
    await page.reload()
    await expect(page.get_by_label("You are")).to_have_value(stage.alex.id)


async def test_a_message_menu_offers_the_commands_of_the_bot(stage: Stage, window: Window) -> None:
    thread = await _news(stage)
    page = await window(stage.maria, stage.forum, thread)
    more = page.get_by_role("button", name="More for the message of Nightdesk")
    await more.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Reply")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("menuitem", name="Close this topic")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("This topic is now closed to further replies.")
    await expect(page.get_by_role("log")).to_contain_text("Closed [News] Fire.")
    assert thread.locked


async def test_a_member_is_not_offered_what_moderators_may_do(stage: Stage, window: Window) -> None:
    thread = await _news(stage)
    page = await window(stage.alex, stage.forum, thread)
    more = page.get_by_role("button", name="More for the message of Nightdesk")
    await more.click()
    await expect(page.get_by_role("menuitem", name="Reply")).to_be_visible()
    await expect(page.get_by_role("menuitem", name="Close this topic")).to_have_count(0)
    await expect(page.get_by_role("menuitem", name="Delete message")).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("menu")).to_have_count(0)
    await expect(more).to_be_focused()


async def test_a_reply_names_what_it_answers(stage: Stage, window: Window) -> None:
    await stage.sam.post(stage.general, "Tea?")
    page = await window(stage.alex, stage.general)
    await page.get_by_role("button", name="More for the message of Sam").click()
    await page.get_by_role("menuitem", name="Reply").click()
    await expect(page.get_by_text("Replying to Sam")).to_be_visible()
    await page.keyboard.type("Always")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("article").last).to_contain_text("In reply to Sam: Tea?")
    await expect(page.get_by_text("Replying to Sam")).to_be_hidden()


async def test_a_modal_is_filled_in_and_answered(stage: Stage, window: Window) -> None:
    page = await window(stage.alex, stage.general)
    await page.get_by_role("textbox", name="Message").press_sequentially("/feedback")
    await expect(page.get_by_role("option", name="/feedback")).to_be_visible()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Your opinion")
    await dialog.get_by_label("Name").fill("Alex")
    about = dialog.get_by_role("combobox", name="About")
    await expect(about).to_have_value("The news")
    await about.select_option("The weather")
    await dialog.get_by_role("button", name="Submit").click()
    await expect(page.get_by_role("log")).to_contain_text("Thank you, Alex, for a word on the weather.")
    await expect(dialog).to_have_count(0)


async def test_a_bot_that_does_not_answer_is_said_aloud(stage: Stage, window: Window) -> None:
    thread = await _news(stage)
    page = await window(stage.alex, stage.forum, thread)
    await page.get_by_role("article").get_by_role("button", name="Follow").wait_for()
    await stage.bot.close()
    await page.get_by_role("article").get_by_role("button", name="Follow").click()
    await expect(page.get_by_role("alert")).to_contain_text("did not respond")


async def test_a_person_starts_a_post(stage: Stage, window: Window) -> None:
    page = await window(stage.alex, stage.forum)
    await page.get_by_role("button", name="New post").click()
    dialog = page.get_by_role("dialog", name="New post in news")
    await dialog.get_by_label("Title").fill("What burns there?")
    await dialog.get_by_label("Message").fill("I see smoke.")
    await dialog.get_by_label("World").check()
    await dialog.get_by_role("button", name="Post", exact=True).click()
    await expect(page.get_by_role("heading", level=1, name="What burns there?")).to_be_visible()
    await expect(page.get_by_role("log")).to_contain_text("I see smoke.")


async def test_deleting_a_thread_asks_first(stage: Stage, window: Window) -> None:
    thread = await _news(stage)
    page = await window(stage.maria, stage.forum, thread)
    await page.get_by_role("button", name="About this thread").click()
    delete = page.get_by_role("button", name="Delete thread…")
    await delete.click()
    await page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert [thread] == stage.maria.threads(stage.guild.id)
    await delete.click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("No posts yet")).to_be_visible()
    assert [] == stage.maria.threads(stage.guild.id)
