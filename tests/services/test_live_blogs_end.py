from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fake_clock import START
from fake_forum import FORUM, GUILD
from live_newsroom import HOUR, PAGE, LiveNewsroom, live_newsroom, update

from bot.domain.cases import Deed
from bot.domain.deadlines import BY_POLICY
from bot.domain.live_blogs import LiveState
from bot.domain.moderating import CLOSED_NOTICE, OPEN_NOTICE
from bot.errors import FetchError, MissingAccessError


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[LiveNewsroom]:
    async with live_newsroom(tmp_path / "desk.db") as room:
        yield room


@pytest.mark.parametrize(
    ("page", "sign"),
    [
        ({"is_live": False}, "flag"),
        ({"standfirst": "<p>This live blog is now closed.</p>"}, "sentence"),
        ({"title": "Harbour fire - as it happened"}, "title"),
        ({"title": "Harbour fire updates: all safe"}, "title"),
    ],
)
async def test_it_ends_when_the_page_says_so(room: LiveNewsroom, page: dict[str, Any], sign: str) -> None:
    room.write(update(1), update(0), title="Harbour fire live: smoke")
    await room.follow()
    room.write(update(1), update(0), **{"title": "Harbour fire live: smoke", **page})
    await room.poll()
    ended = await room.blog()
    assert (LiveState.ENDED, sign) == (ended.state, ended.ended_by)


async def test_a_goodbye_ends_it_after_30_quiet_minutes(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    room.write(update(1, "That's all from us for today. Thanks for joining us - goodbye."), update(0))
    await room.poll()
    await room.poll(after=timedelta(minutes=25))
    assert LiveState.FOLLOWED is (await room.blog()).state
    await room.poll(after=timedelta(minutes=6))
    assert (LiveState.ENDED, "goodbye") == ((await room.blog()).state, (await room.blog()).ended_by)


async def test_a_goodbye_that_is_followed_by_news_ends_nothing(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    room.write(update(1, "It's goodbye from us."), update(0))
    await room.poll()
    room.write(update(2), update(1, "It's goodbye from us."), update(0))
    await room.poll()
    await room.poll(after=3 * HOUR)
    assert LiveState.FOLLOWED is (await room.blog()).state


async def test_eight_silent_hours_end_it_and_five_do_not(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    await room.poll(after=5 * HOUR)
    assert LiveState.FOLLOWED is (await room.blog()).state
    await room.poll(after=3 * HOUR)
    assert (LiveState.ENDED, "silence") == ((await room.blog()).state, (await room.blog()).ended_by)


async def test_a_page_that_is_gone_again_and_again_has_ended(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    room.pages.answers[PAGE] = FetchError("not found", status=404)
    await room.poll(after=HOUR)
    assert LiveState.FOLLOWED is (await room.blog()).state
    for _ in range(3):
        await room.poll()
    assert (LiveState.ENDED, "gone") == ((await room.blog()).state, (await room.blog()).ended_by)


async def test_a_page_that_is_an_ordinary_article_from_now_on_has_ended(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    room.pages.answers[PAGE] = None
    for _ in range(4):
        await room.poll()
    assert (LiveState.ENDED, "changed") == ((await room.blog()).state, (await room.blog()).ended_by)


async def test_an_outage_of_the_publisher_ends_nothing(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    room.pages.answers[PAGE] = FetchError("no answer within 20 s")
    for _ in range(30):
        await room.poll()
    assert LiveState.FOLLOWED is (await room.blog()).state


async def test_a_time_of_its_end_ends_nothing_that_had_one_from_the_first(room: LiveNewsroom) -> None:
    """As Guardian sets it: to the last change, which is past at any time."""
    room.write(update(0), coverage_end=START)
    await room.follow()
    for number in range(1, 5):
        at = START + timedelta(hours=number)
        room.write(*(update(n, minutes=n * 60) for n in range(number, -1, -1)), coverage_end=at)
        await room.poll(after=HOUR)
    await room.poll(after=4 * HOUR)
    assert LiveState.FOLLOWED is (await room.blog()).state


async def test_a_time_of_its_end_that_appears_ends_it_after_30_quiet_minutes(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    room.write(update(0), coverage_end=START)
    await room.poll()
    await room.poll(after=timedelta(minutes=31))
    assert (LiveState.ENDED, "end") == ((await room.blog()).state, (await room.blog()).ended_by)


async def test_an_ended_live_blog_gets_its_recap_and_is_closed_after_the_grace(room: LiveNewsroom) -> None:
    room.write(update(1), update(0))
    await room.follow()
    room.write(update(1), update(0), standfirst="<p>This live blog is now closed.</p>")
    await room.poll()
    first = room.forum.messages[room.thread.thread_id][1]
    lines = room.recap().split("\n")
    assert (
        "*The live blog is now closed; thank you for joining us. Here are the updates for January 26, 2026:*"
        == lines[0]
    )
    at = int(START.timestamp())
    link = f"https://discord.com/channels/{GUILD}/{room.thread.thread_id}/{first.message_id}"
    assert f"<t:{at}:t> [Update 0]({link})" == lines[1]
    assert 3 == len(lines)
    assert not room.thread.locked
    await room.poll(after=timedelta(minutes=31))
    assert room.thread.locked
    assert [f"{CLOSED_NOTICE} Reason: The live blog has ended."] == room.notices()


async def test_the_recap_links_to_the_successor_and_keeps_the_buttons(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    buttons = room.starter().buttons
    room.write(update(0), is_live=False, successor_url="https://gazette.example/news/live/day-two")
    await room.poll()
    assert "[on a new page](https://gazette.example/news/live/day-two)" in room.recap()
    assert buttons == room.starter().buttons


async def test_a_recap_of_hundreds_fits(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    for number in range(40, 280, 40):
        room.write(*(update(n, minutes=n / 2) for n in range(number, -1, -1)))
        await room.poll()
    room.write(*(update(n, minutes=n / 2) for n in range(240, -1, -1)), is_live=False)
    await room.poll()
    assert len(room.recap()) <= 4096
    assert "More updates in this topic: " in room.recap()
    assert "[Update 0]" in room.recap()
    assert "[Update 240]" in room.recap()


@pytest.mark.parametrize(("policy", "locked"), [("ignore", False), ("now", True)])
async def test_the_policy_of_the_channel_says_whether_it_is_closed(
    room: LiveNewsroom, policy: str, locked: bool
) -> None:
    await room.desk.policies.set(GUILD, FORUM, {"on_source_closed": policy}, 7)
    room.write(update(0))
    await room.follow()
    room.write(update(0), is_live=False)
    await room.poll()
    assert locked == room.thread.locked
    assert room.has_recap()


async def test_a_policy_that_changes_within_the_grace_counts_as_it_is_then(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    room.write(update(0), is_live=False)
    await room.poll()
    await room.desk.policies.set(GUILD, FORUM, {"on_source_closed": "ignore"}, 7)
    await room.poll(after=HOUR)
    assert not room.thread.locked
    assert room.has_recap()


async def test_what_ends_while_its_channel_is_out_of_reach_for_days_is_told_and_closed_after(
    room: LiveNewsroom,
) -> None:
    room.write(update(0))
    await room.follow()
    await room.desk.store.watched.suspend(GUILD, FORUM, room.clock.now())
    room.forum.fail_next(MissingAccessError("Missing Access"), 1000)
    room.write(update(1), update(0), is_live=False)
    for _ in range(20):
        await room.poll(after=3 * HOUR)
    room.forum.heal()
    await room.desk.store.watched.resume(GUILD, FORUM, room.clock.now())
    for _ in range(6):
        await room.poll(after=HOUR)
    assert ["Update 0", "Update 1"] == [each for each in room.texts() if each.startswith("Update")]
    assert room.has_recap()
    assert room.thread.locked
    asked = len(room.pages.asked)
    await room.poll(after=5 * HOUR)
    assert asked == len(room.pages.asked)


async def test_what_people_closed_and_open_days_after_its_end_catches_up(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    await room.desk.moderation.close(room.ask(), "enough")
    room.write(update(1), update(0), is_live=False)
    for _ in range(20):
        await room.poll(after=3 * HOUR)
    await room.desk.moderation.reopen(room.ask(), "")
    await room.poll(after=HOUR)
    assert "[Update 1]" in room.recap()
    assert not room.thread.locked


async def test_what_can_never_be_shown_is_left_alone_a_week_after_its_end(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    await room.desk.moderation.close(room.ask(), "enough")
    room.write(update(1), update(0), is_live=False)
    for _ in range(60):
        await room.poll(after=3 * HOUR)
    assert LiveState.DONE is (await room.blog()).state


async def test_what_resumes_is_opened_again_and_its_recap_taken_back(room: LiveNewsroom) -> None:
    room.write(update(1), update(0))
    await room.follow()
    usual = room.starter()
    room.write(update(1), update(0), is_live=False)
    await room.poll()
    await room.poll(after=timedelta(minutes=31))
    room.write(update(2), update(1), update(0), is_live=True)
    await room.poll()
    assert not room.thread.locked
    assert usual == room.starter()
    assert "Update 2" == room.texts()[-1]
    assert [f"{OPEN_NOTICE} Reason: The live blog goes on."] == room.notices()


async def test_what_resumes_within_the_grace_is_never_closed(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    room.write(update(0), is_live=False)
    await room.poll()
    room.write(update(1), update(0), is_live=True)
    await room.poll()
    await room.poll(after=HOUR)
    assert not room.thread.locked
    assert not room.has_recap()


async def test_a_late_update_of_a_closed_page_is_posted_without_opening_it(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    room.write(update(0), is_live=False)
    await room.poll()
    await room.poll(after=timedelta(minutes=31))
    room.write(update(1), update(0), is_live=False)
    await room.poll()
    assert room.thread.locked
    assert "Update 1" == room.texts()[-1]
    assert "[Update 1]" in room.recap()


async def test_a_day_after_its_end_the_page_is_left_alone(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    room.write(update(0), is_live=False)
    for _ in range(60):
        await room.poll(after=timedelta(minutes=30))
    assert LiveState.DONE is (await room.blog()).state
    asked = len(room.pages.asked)
    await room.poll(after=5 * HOUR)
    assert asked == len(room.pages.asked)


def day_recaps(room: LiveNewsroom) -> list[str]:
    return [embed.description for message in room.messages() for embed in message.embeds if not embed.title]


async def test_a_live_blog_over_midnight_gets_a_recap_of_each_day(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    for hour in range(1, 17):
        room.write(*(update(n, minutes=n * 60) for n in range(hour, -1, -1)))
        await room.poll(after=HOUR)
    told = day_recaps(room)
    assert 1 == len(told)
    assert told[0].startswith("*Here are the updates for January 26, 2026:*\n")
    assert 15 == told[0].count("\n")


async def test_a_live_blog_that_ends_right_after_midnight_gets_a_recap_of_the_evening(
    room: LiveNewsroom,
) -> None:
    evening = [update(n, minutes=14 * 60 + n) for n in (2, 1, 0)]
    room.clock.pass_time(timedelta(hours=14, minutes=3))
    room.write(*evening)
    await room.follow()
    room.write(update(3, minutes=15 * 60 + 1), *evening, is_live=False)
    await room.poll(after=timedelta(minutes=59))
    assert 1 == len(day_recaps(room))
    assert 3 == day_recaps(room)[0].count("[Update")
    assert 1 == room.recap().count("[Update")
    await room.poll(after=30 * HOUR)
    assert 1 == len(day_recaps(room))


async def test_what_comes_after_midnight_of_the_day_before_stands_above_its_recap_and_in_it(
    room: LiveNewsroom,
) -> None:
    room.write(update(0))
    await room.follow()
    late = [update(n, minutes=14 * 60 + n) for n in range(70, 0, -1)]  # From 23:01 to 00:10.
    room.write(*late, update(0))
    await room.poll(after=timedelta(hours=15, minutes=40))
    [number] = [index for index, text in enumerate(room.texts()) if text in day_recaps(room)]
    assert ["Update 59", "Update 60"] == [room.texts()[number - 1], room.texts()[number + 1]]
    assert ("Update 70", 72) == (room.texts()[-1], len(room.texts()))
    assert "[Update 59]" in day_recaps(room)[0]
    assert "[Update 60]" not in day_recaps(room)[0]


async def test_a_day_ends_at_midnight_of_the_policys_zone(room: LiveNewsroom) -> None:
    await room.desk.policies.set(GUILD, FORUM, {"zone": "Pacific/Auckland"}, 7)  # 22:00 there at the start
    room.write(update(0))
    await room.follow()
    for hour in range(1, 4):
        room.write(*(update(n, minutes=n * 60) for n in range(hour, -1, -1)))
        await room.poll(after=HOUR)
    told = day_recaps(room)
    assert 1 == len(told)
    assert 2 == told[0].count("\n")


async def test_the_close_is_a_case_of_the_bot_with_its_reason(room: LiveNewsroom) -> None:
    await room.desk.policies.set(GUILD, FORUM, {"on_source_closed": "now"}, 7)
    room.write(update(0))
    await room.follow()
    room.write(update(0), is_live=False)
    await room.poll()
    [case] = await room.desk.store.cases.of_thread(room.thread.thread_id)
    assert (Deed.CLOSE, BY_POLICY, "The live blog has ended.", "done") == (
        case.deed,
        case.actor,
        case.reason,
        case.outcome,
    )
