"""A kill -9 before or after any effect of a correction and a digest: nothing is lost or doubled.

As in `test_kill_points`; here the store of feeds is killed, too.
"""

from datetime import timedelta
from pathlib import Path

import pytest
from fake_clock import FakeClock
from fake_forum import FORUM, TEXT, FakeForum
from json_feed import FeedParser, Story, publish
from killing import Killable, Killed, KillSwitch
from newsroom import FEED, Newsroom, newsroom

from bot.domain.feeds import FeedOrder, Options, Overflow
from bot.domain.revising import DEBOUNCE
from bot.ports import FeedStore, Forum, TopicStore
from bot.services.polling import Polling
from bot.services.publishing import Publishing

LATER = timedelta(minutes=6)
FERRY = Story(guid="ferry")
LATE = FERRY.but(title="Ferry late", text="It left at one.")
OTHERS = [Story(guid=name, title=name, link=f"https://gazette.example/{name}") for name in ("Tram", "Bus")]
LIFE = ([FERRY], [LATE], [*OTHERS, LATE])


def with_kill_switch(desk: Newsroom, switch: KillSwitch) -> None:
    feeds: FeedStore = Killable(desk.store.feeds, switch)
    topics: TopicStore = Killable(desk.store.topics, switch)
    forum: Forum = Killable(desk.forum, switch)
    desk.publishing = Publishing(topics, forum, desk.clock)
    desk.polling = Polling(
        feeds,
        desk.fetcher,
        FeedParser(),
        desk.clock,
        desk.ids,
        interval=timedelta(minutes=5),
        on_wanted=lambda: None,
    )


async def live(path: Path, channel_id: int, fatal: int, *, applied: bool) -> tuple[FakeForum, bool]:
    """One life with one kill; returns the Discord it leaves behind, and whether the kill came."""
    clock = FakeClock()
    forum = FakeForum(clock)
    switch = KillSwitch(fatal, applied=applied)
    chapters = list(LIFE)
    options = Options(at_most=2, overflow=Overflow.DIGEST)
    while chapters:
        async with newsroom(path, clock=clock, forum=forum) as desk:
            with_kill_switch(desk, switch)
            await desk.subscribe(FeedOrder(url=FEED, channel_id=channel_id, post_last=1, options=options))
            try:
                while chapters:
                    publish(desk.fetcher, FEED, *chapters[0])
                    await desk.poll(after=LATER)
                    await desk.publish_until_settled()
                    clock.pass_time(DEBOUNCE)
                    chapters.pop(0)
            except Killed:
                clock.pass_time(timedelta(minutes=10))
    return forum, switch.dead


@pytest.mark.parametrize("applied", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("channel_id", [FORUM, TEXT], ids=["forum", "text"])
async def test_a_kill_at_any_effect_of_a_correction_or_a_digest_loses_and_doubles_nothing(
    tmp_path: Path, channel_id: int, applied: bool
) -> None:
    fatal, died = 0, True
    while died:
        fatal += 1
        forum, died = await live(tmp_path / f"{fatal}.db", channel_id, fatal, applied=applied)
        names = [thread.name for thread in forum.threads.values()]
        assert ["[News] Ferry late", "[News] The Gazette: 2 headlines"] == names, fatal
        shown = [
            message.message.embeds[0].description
            for place in (TEXT, *forum.threads)
            for message in forum.messages.get(place, [])
        ]
        assert ["It left at one.", _digest()] == shown, fatal
    assert fatal > 30


def _digest() -> str:
    return "1. [Bus](https://gazette.example/Bus)\n2. [Tram](https://gazette.example/Tram)"
