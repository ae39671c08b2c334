"""What a person reads on the page, and that it comes by itself."""

import pytest
from page_bot import post_news
from page_stage import Stage, Window
from playwright.async_api import expect

from simulator.publisher.pictures import picture

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

IMAGE = "https://pictures.example/quay.png"


async def test_a_new_thread_appears_without_a_reload(stage: Stage, window: Window) -> None:
    page = await window(stage.alex, stage.forum)
    await expect(page.get_by_text("No posts yet")).to_be_visible()
    await post_news(stage.bot, stage.forum.id, "Fire on the quay", "It burns.", tags=("Live",))
    post = page.get_by_role("link", name="[News] Fire on the quay")
    await expect(post).to_contain_text("It burns.")
    await expect(post).to_contain_text("Live")
    await expect(post).to_contain_text("The Harbour Gazette")


async def test_a_new_message_is_added_to_a_polite_log(stage: Stage, window: Window) -> None:
    thread = await post_news(stage.bot, stage.forum.id, "Fire", "It burns.")
    page = await window(stage.alex, stage.forum, thread)
    log = page.get_by_role("log", name="Messages")
    await expect(log).to_have_attribute("aria-live", "polite")
    await expect(log.get_by_role("article")).to_have_count(1)
    first = await log.get_by_role("article").first.element_handle()
    await stage.sam.post(thread.id, "Is everyone safe?")
    await expect(log).to_contain_text("Is everyone safe?")
    assert first is not None
    assert await first.evaluate("element => element.isConnected"), (
        "an unchanged message must not be drawn again"
    )


async def test_an_edited_and_a_deleted_message_show_it(stage: Stage, window: Window) -> None:
    message = await stage.alex.post(stage.general, "Good mornign")
    page = await window(stage.sam, stage.general)
    await stage.alex.edit_message(message, "Good morning")
    await expect(page.get_by_role("log")).to_contain_text("Good morning")
    await expect(page.get_by_role("log")).to_contain_text("(edited)")
    await stage.alex.delete_message(message)
    await expect(page.get_by_role("article")).to_have_count(0)


async def test_a_card_has_all_its_parts(stage: Stage, window: Window) -> None:
    thread = await post_news(stage.bot, stage.forum.id, "Fire & water", "Ten people are **safe**.", IMAGE)
    page = await window(stage.alex)
    await page.route(IMAGE, lambda route: route.fulfill(body=picture("quay"), content_type="image/png"))
    await page.goto(stage.address(stage.forum, thread))
    card = page.get_by_role("region", name="Card: Fire & water")
    title = card.get_by_role("link", name="Fire & water")
    await expect(title).to_have_attribute("href", "https://gazette.example/a?b=1&c=2")
    await expect(title).to_have_attribute("rel", "noopener noreferrer")
    await expect(card.locator("strong")).to_have_text("safe")
    await expect(card.locator("img")).to_have_attribute("src", IMAGE)
    await expect(card.locator("img")).to_have_js_property("naturalWidth", 960)
    await expect(card.locator("footer")).to_contain_text("The Harbour Gazette")
    await expect(card.locator("footer time")).to_have_text("1 March 2026 at 19:30")


async def test_a_link_button_opens_a_new_tab_without_an_opener(stage: Stage, window: Window) -> None:
    thread = await post_news(stage.bot, stage.forum.id, "Fire", "It burns.")
    page = await window(stage.alex, stage.forum, thread)
    button = page.get_by_role("link", name="Read at The Harbour Gazette")
    await expect(button).to_have_attribute("target", "_blank")
    await expect(button).to_have_attribute("rel", "noopener noreferrer")


@pytest.mark.parametrize(
    ("zone", "shown"),
    [("Asia/Kolkata", "2 March 2026 at 00:00"), ("America/New_York", "1 March 2026 at 13:30")],
)
async def test_timestamps_are_in_the_zone_of_the_reader(
    stage: Stage, window: Window, zone: str, shown: str
) -> None:
    await stage.alex.post(stage.general, "Meet <t:1772389800:f>!")
    page = await window(stage.sam, stage.general, timezone_id=zone)
    moment = page.get_by_role("log").locator(".markdown time")
    await expect(moment).to_have_text(shown)
    await expect(moment).to_have_attribute("datetime", "2026-03-01T18:30:00.000Z")


async def test_tags_and_the_lock_are_said_in_words(stage: Stage, window: Window) -> None:
    thread = await post_news(stage.bot, stage.forum.id, "Fire", "It burns.", tags=("World",))
    page = await window(stage.alex, stage.forum)
    post = page.get_by_role("link", name="[News] Fire")
    await expect(post).not_to_contain_text("Closed")
    await stage.maria.edit_thread(thread.id, locked=True)
    await expect(post).to_contain_text("Closed")
    await expect(post).to_contain_text("World")


async def test_a_deleted_thread_says_that_it_is_gone(stage: Stage, window: Window) -> None:
    thread = await post_news(stage.bot, stage.forum.id, "Fire", "It burns.")
    page = await window(stage.alex, stage.forum, thread)
    await expect(page.get_by_role("heading", name="[News] Fire")).to_be_visible()
    await stage.maria.delete_thread(thread.id)
    await expect(page.get_by_role("heading", name="This thread is gone")).to_be_visible()
    await expect(page.get_by_role("link", name="[News] Fire")).to_have_count(0)


@pytest.mark.parametrize(
    "attempt",
    [
        "<img src=x onerror=\"document.title='broken'\">",
        "[click](javascript:document.title='broken')",
        "<script>document.title='broken'</script>",
        "```html\n<svg onload=\"document.title='broken'\">\n```",
    ],
)
async def test_what_people_write_stays_text(stage: Stage, window: Window, attempt: str) -> None:
    message = f"{attempt} end of it"
    thread = await post_news(stage.bot, stage.forum.id, attempt[:60], message)
    await stage.alex.post(thread.id, message)
    page = await window(stage.sam, stage.forum, thread)
    log = page.get_by_role("log")
    await expect(log.get_by_text("end of it")).to_have_count(2)
    assert 0 == await log.locator("script, svg[onload], img[onerror], a[href^=javascript]").count()
    assert "broken" != await page.title()
