"""Live blogs through the real thing: `nightdesk run` follows a page on a local server, and dies at awkward moments."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from desk_process import DeskProcess
from live_replay import CORPUS, OURS, Scene, replay
from live_story import CLOSED, RECAP, Story, desk_for

_JUMP = re.compile(r"<t:(\d+):t> \[.+?\]\(https://discord\.com/channels/(\d+)/(\d+)/(\d+)\)")


async def kill_and_start(desk: DeskProcess) -> None:
    await desk.kill()
    await desk.start()


async def follow(story: Story, desk: DeskProcess, scene: Scene, *, kill: str | None) -> None:
    """Let the page be so, and wait until the thread shows it; `kill`: when the desk dies meanwhile."""
    before, places = story.updates(), [*story.written(), *scene.added]
    if kill == "before":
        await desk.kill()
    story.show(scene.page)
    if kill == "before":
        await desk.start()
    if kill == "reading":
        await story.looked()
        await kill_and_start(desk)
    if kill == "posting":
        await story.until(lambda: len(story.updates()) > len(before))
        await kill_and_start(desk)
    await story.until(lambda: len(story.updates()) >= len(places) and changed(before, story) >= scene.edited)
    assert places == story.written()
    assert scene.edited == changed(before, story)
    assert [message for message, _ in before] == [message for message, _ in story.updates()][: len(before)]


def changed(before: list[tuple[str, Mapping[str, Any]]], story: Story) -> set[datetime]:
    """When the updates were written that stand there otherwise than before."""
    pairs = zip(before, story.updates(), strict=False)
    return {datetime.fromisoformat(old["timestamp"]) for (_, old), (_, new) in pairs if old != new}


async def end(story: Story, desk: DeskProcess, kills: Collection[str]) -> None:
    """The page has ended: the recap, the close and the notice come, whichever of them the desk dies at."""
    await story.until(lambda: RECAP in story.recap())
    if "recap" in kills:
        await kill_and_start(desk)
    await story.until(lambda: story.thread.locked)
    if "close" in kills:
        await kill_and_start(desk)
    await story.until(story.notices)


def linked(story: Story) -> list[datetime]:
    """When the updates were written that the recap leads to, after a look at where each link leads."""
    places = {(at, message) for (message, _), at in zip(story.updates(), story.written(), strict=True)}
    found = []
    for second, guild, thread, message in _JUMP.findall(story.recap()):
        assert (story.guild.guild.id, story.thread.id) == (guild, thread)
        found += [at for at, place in places if place == message and int(at.timestamp()) == int(second)]
    return found


def left_out(story: Story) -> int:
    """How many updates the recap has no room for, as it says."""
    found = re.search(r"More updates in this topic: (\d+)\.", story.recap())
    return int(found[1]) if found else 0


# When the desk dies: while it follows which scene, and at which point of the end.
KILLS: Mapping[str, tuple[Mapping[int, str], Collection[str]]] = {
    OURS: ({1: "reading", 2: "posting"}, ["recap", "close"]),
    "express_royal": ({1: "posting", 3: "before"}, []),
    "guardian_like_paged": ({2: "reading"}, []),
    "mirror_riots": ({}, ["close"]),
}


@pytest.mark.parametrize("name", KILLS)
async def test_a_live_blog_is_one_thread_with_each_update_once_whenever_the_desk_is_killed(
    tmp_path: Path, story: Story, name: str
) -> None:
    if name != OURS and not CORPUS.is_dir():
        pytest.skip(f"the sequences of the corpus are not at {CORPUS}")
    scenes, (kills, kills_at_the_end) = replay(name), KILLS[name]
    story.show(scenes[0].page)
    async with desk_for(story, tmp_path) as desk:
        for number, scene in enumerate(scenes):
            await follow(story, desk, scene, kill=kills.get(number))
            assert [] == story.notices()
        if scenes[-1].closed:
            await end(story, desk, kills_at_the_end)
        await story.publisher.asked_for(len(story.publisher.asked) + 2)
        assert 0 == await desk.stop()
    written = story.written()
    assert len(set(map(str, story.updates()))) == len(written)
    if scenes[-1].closed:
        assert [f"{CLOSED} Reason: The live blog has ended."] == story.notices()
        of_the_day = [at for at in written if at.date() == written[-1].date()]
        assert [at for at in of_the_day if at in linked(story)] == linked(story)
        assert len(of_the_day) == len(linked(story)) + left_out(story)
    assert scenes[-1].closed == story.thread.locked
