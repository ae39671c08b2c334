"""`/latest` and `/search` through real interactions."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from live_desk import LiveDesk, live_desk
from live_news import bring

from bot.domain.headlines import PAGE
from cogs.cooldowns import TIMES
from simulator import Answer, Simulator
from simulator.flags import Permission


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[LiveDesk]:
    async with live_desk(tmp_path) as desk:
        yield desk


def lines(answer: Answer) -> list[str]:
    assert answer.ephemeral
    return str(answer.embeds[0]["description"]).split("\n")


def buttons(answer: Answer) -> dict[str, str]:
    return {b["label"]: b["custom_id"] for row in answer.components for b in row["components"]}


def is_last(answer: Answer) -> bool:
    return list(buttons(answer)) == ["Back"]


async def test_a_member_reads_the_newest_first_with_thread_publisher_and_time(desk: LiveDesk) -> None:
    fire, storm = await bring(desk, "Harbour fire", "Storm")
    answer = await desk.alex.slash("latest", channel=desk.general)
    newest, older = lines(answer)
    begin = f"[(News) Storm](https://discord.com/channels/{desk.guild.id}/{storm.id}) · The Gazette · <t:"
    assert begin == newest[: len(begin)]
    assert f"/{fire.id})" in older


async def test_a_closed_topic_has_a_lock_also_when_it_is_archived(desk: LiveDesk) -> None:
    [thread] = await bring(desk, "Harbour fire")
    await desk.maria.slash("topic close", channel=thread)
    await desk.maria.edit_thread(thread, archived=True)
    [line] = lines(await desk.alex.slash("latest", channel=desk.general))
    assert line.startswith("🔒 [")


async def test_nothing_there_says_so(desk: LiveDesk) -> None:
    assert ["There is no news here yet."] == lines(await desk.alex.slash("latest", channel=desk.general))


async def test_news_of_a_channel_that_the_member_cannot_see_is_not_theirs(desk: LiveDesk) -> None:
    [thread] = await bring(desk, "Secret plans")
    await desk.guild.owner.set_overwrite(desk.forum, desk.alex, deny=Permission.VIEW_CHANNEL)
    assert ["There is no news here yet."] == lines(await desk.alex.slash("latest", channel=desk.general))
    found = await desk.alex.slash("search", channel=desk.general, words="secret")
    assert ["No news topic that you can see has all of these words in its headline."] == lines(found)
    assert [] == await desk.alex.autocomplete("latest", channel=desk.general, focused="feed", feed="")
    assert thread.id in lines(await desk.maria.slash("latest", channel=desk.general))[0]


async def test_a_search_finds_by_all_words_in_any_order(desk: LiveDesk) -> None:
    await bring(desk, "Harbour fire is out", "Fire drill at school", "Harbour reopened")
    [line] = lines(await desk.alex.slash("search", channel=desk.general, words="FIRE harbour"))
    assert "Harbour fire is out" in line


async def test_a_title_cannot_break_out_of_its_line(desk: LiveDesk) -> None:
    await bring(desk, "@everyone [free](https://evil.example) **now**")
    [line] = lines(await desk.alex.slash("search", channel=desk.general, words="free"))
    assert ("@everyone" in line, "](https://evil" in line, "**now" in line) == (False, False, False)


async def test_one_feed_can_be_chosen(desk: LiveDesk) -> None:
    await bring(desk, "Harbour fire")
    await bring(
        desk, "Election", feed="https://herald.example/feed", publisher="The Herald", channel=desk.general
    )
    choices = await desk.alex.autocomplete("latest", channel=desk.general, focused="feed", feed="hera")
    assert ["The Herald"] == [choice["name"] for choice in choices]
    [line] = lines(await desk.alex.slash("latest", channel=desk.general, feed=choices[0]["value"]))
    assert "Election" in line


async def test_a_feed_that_is_not_there_is_refused(desk: LiveDesk) -> None:
    answer = await desk.alex.slash("latest", channel=desk.general, feed="The Times")
    assert "I know no such feed here. Choose one from the list." == answer.content


async def test_pages_are_turned_also_after_a_restart(tmp_path: Path) -> None:
    async with Simulator(limits=False) as sim:
        async with live_desk(tmp_path, sim=sim) as before:
            await bring(before, *(f"Item {number:02}" for number in range(PAGE + 2)))
            latest = await before.alex.slash("latest", channel=before.general)
            search = await before.alex.slash("search", channel=before.general, words="item")
        async with live_desk(tmp_path, sim=sim, after=before) as desk:
            for answer in (latest, search):
                assert ["More"] == list(buttons(answer))
                await desk.alex.click(answer.message, buttons(answer)["More"])
                await desk.sim.until(partial(is_last, answer))
                assert [
                    f"Item {number:02}" in line for number, line in enumerate(reversed(lines(answer)))
                ] == [True, True]


async def test_who_asks_too_often_has_to_wait(desk: LiveDesk) -> None:
    answers = [await desk.alex.slash("latest", channel=desk.general) for _ in range(TIMES + 1)]
    assert "Try again" in answers[-1].content
