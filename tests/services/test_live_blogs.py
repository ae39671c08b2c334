from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fake_clock import START
from fake_forum import FORUM
from live_newsroom import HOUR, PAGE, LiveNewsroom, live_newsroom, update

from bot.domain.entries import Entry, Image
from bot.domain.feeds import Options
from bot.domain.templates import Templates
from bot.errors import AmbiguousError, RefusedError


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[LiveNewsroom]:
    async with live_newsroom(tmp_path / "desk.db") as room:
        yield room


async def test_updates_become_messages_oldest_first(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    room.write(update(2), update(1), update(0))
    await room.poll()
    assert ["Update 0", "Update 1", "Update 2"] == room.texts()
    assert 3 == len(room.messages())


async def test_updates_within_a_minute_share_a_message(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    room.write(update(3, minutes=12), update(2, minutes=10.5), update(1, minutes=10), update(0))
    await room.poll()
    assert [1, 2, 1] == [len(message.embeds) for message in room.messages()]


async def test_a_catch_up_shares_messages_of_ten(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    room.write(*(update(number) for number in range(22, -1, -1)))
    await room.poll(after=4 * HOUR)
    assert [1, 10, 10, 2] == [len(message.embeds) for message in room.messages()]
    assert [f"Update {number}" for number in range(23)] == room.texts()


async def test_a_live_blog_long_under_way_shows_its_newest_and_links_to_the_others(
    room: LiveNewsroom,
) -> None:
    room.write(*(update(number, minutes=number - 40) for number in range(40, -1, -1)))
    await room.follow()
    assert [f"Update {number}" for number in range(16, 41)] == room.texts()
    assert f"-# Earlier updates are on [the page of the live blog]({PAGE})." == room.messages()[0].content


async def test_an_edit_changes_its_message_in_place(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    room.write(update(1), update(0, "Corrected"))
    await room.poll()
    assert ["Corrected", "Text 1"] == [m.embeds[0].description for m in room.messages()]


async def test_new_times_and_counts_edit_nothing(room: LiveNewsroom) -> None:
    room.write(update(1, "3 comments, 5 minutes ago"), update(0), coverage_end=START)
    await room.follow()
    deeds = len(room.forum.deeds)
    for number in range(4, 9):
        at = START + timedelta(minutes=number)
        dated = update(1, f"{number} comments, {number * 5} minutes ago", minutes=number)
        room.write(dated, update(0), modified_at=at, coverage_end=at)
        await room.poll()
    assert [] == room.forum.deeds[deeds:]


async def test_an_update_is_edited_24_times_at_most(room: LiveNewsroom) -> None:
    room.write(update(0, "0"))
    await room.follow()
    for number in range(1, 30):
        room.write(update(0, str(number)))
        await room.poll(after=timedelta(minutes=10))
    assert "24" == room.messages()[0].embeds[0].description


async def test_an_update_that_stays_away_is_struck_but_stands(room: LiveNewsroom) -> None:
    room.write(update(2), update(1), update(0))
    await room.follow()
    for number in range(3, 6):
        room.write(*(update(n) for n in range(number, 1, -1)), update(0))
        await room.poll()
        withdrawn = room.messages()[1].embeds[0]
        assert ("~~Update 1~~" if number == 5 else "Update 1") == withdrawn.title, number
    assert "*Withdrawn by the publisher.*" == room.messages()[1].embeds[0].description
    room.write(*(update(n) for n in range(6, -1, -1)))
    await room.poll()
    assert ("Update 1", "Text 1") == (
        room.messages()[1].embeds[0].title,
        room.messages()[1].embeds[0].description,
    )


async def test_updates_that_leave_the_window_stay(room: LiveNewsroom) -> None:
    room.write(*(update(n) for n in range(5, -1, -1)))
    await room.follow()
    for number in range(6, 15):
        room.write(*(update(n) for n in range(number, number - 5, -1)))
        await room.poll()
    assert [f"Update {number}" for number in range(15)] == room.texts()


async def test_older_pages_fill_the_gap_between_two_looks(room: LiveNewsroom) -> None:
    room.write(update(1), update(0))
    await room.follow()
    older = f"{PAGE}?page=2"
    room.write(update(3), update(2), update(1), url=older)
    room.write(update(5), update(4), older_url=older)
    await room.poll()
    assert [f"Update {number}" for number in range(6)] == room.texts()


async def test_pictures_of_the_whole_page_are_not_those_of_updates(room: LiveNewsroom) -> None:
    page = Image(url="https://gazette.example/page.jpg")
    own = Image(url="https://gazette.example/own.jpg")
    entries = [
        Entry(
            guid=str(n),
            title=f"U{n}",
            body="<p>x</p>",
            image=image,
            published_at=START + timedelta(minutes=n),
        )
        for n, image in ((1, own), (0, page))
    ]
    room.write(*entries, image=page)
    await room.follow()
    shown = [embed.image_url for message in room.messages() for embed in message.embeds]
    assert [None, own.url] == shown


async def test_a_template_shapes_updates(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow(options=Options(templates=Templates(update="Just in: {{ title }}")))
    assert "Just in: Update 0" in room.messages()[0].embeds[0].description


async def test_a_new_title_renames_the_thread(room: LiveNewsroom) -> None:
    room.write(update(0))
    await room.follow()
    room.write(update(1), update(0), title="Harbour fire live: all safe")
    await room.poll()
    assert "[News] Harbour fire live: all safe" == room.thread.name


async def test_an_update_that_only_repeats_another_is_sent_though_its_answer_was_lost(
    room: LiveNewsroom,
) -> None:
    kick_off = Entry(guid="k", title="Kick-off", body="<p>0:0</p>")
    goal = Entry(guid="g1", title="Goal!", body="<p>What a shot!</p>")
    room.write(kick_off)
    await room.follow()
    room.write(goal, kick_off)
    await room.poll(after=timedelta(seconds=60))
    room.forum.fail_next(AmbiguousError("the connection broke"))
    room.write(replace(goal, guid="g2"), goal, kick_off)
    await room.poll(after=timedelta(seconds=60))
    await room.desk.publish_until_settled()
    assert ["Kick-off", "Goal!", "Goal!"] == room.texts()


async def test_a_title_is_told_harmless_where_its_thread_does_not_stand_yet(room: LiveNewsroom) -> None:
    room.write(update(0), title="**Harbour** [fire](https://x.example) live")
    await room.live.follow(PAGE, FORUM, Options())
    with pytest.raises(RefusedError) as refused:
        await room.live.follow(PAGE, FORUM, Options())
    told = str(refused.value.params["topic"])
    assert "\\*\\*Harbour\\*\\*" in told
    assert "[fire](" not in told
