"""A moderator does not wait behind the news: 2,000 posts are queued at Discord's pace, and the answer comes at once.

The simulator keeps Discord's deadline of three seconds: a command that is acknowledged later fails.
"""

from datetime import timedelta
from pathlib import Path

from fake_clock import CountingIds
from fake_publisher import FakeFetcher, InlineParser
from live_desk import LiveDesk, live_desk
from newsroom import FEED, order

from bot.adapters.clock import SystemClock
from bot.domain.moderating import CLOSED_NOTICE
from bot.services.polling import Polling

QUEUED = 2_000


async def queue_news(desk: LiveDesk) -> None:
    """A feed's first poll asks for all of its entries."""
    fetcher, clock = FakeFetcher(), SystemClock()
    fetcher.publish(FEED, *(f"headline {n}" for n in range(QUEUED)))
    polling = Polling(
        desk.store.feeds,
        fetcher,
        InlineParser(),
        clock,
        CountingIds(5_000_000),
        interval=timedelta(days=1),
        on_wanted=lambda: None,
    )
    await desk.store.feeds.own_by_file([order(channel_id=int(desk.forum.id), post_last=QUEUED)], clock.now())
    for feed_id in await desk.store.feeds.due(clock.now(), 1):
        await polling.poll(feed_id)


async def test_a_close_overtakes_two_thousand_queued_posts(tmp_path: Path) -> None:
    async with live_desk(tmp_path, pace=48) as desk:
        thread = await desk.alex.start_thread(
            desk.general, "Lunch", message=await desk.alex.post(desk.general, "?")
        )
        await queue_news(desk)
        desk.wake()
        await desk.sim.until(lambda: len(desk.alex.threads(desk.guild.guild)) > 5)
        answer = await desk.maria.slash("topic close", channel=thread)
        posted = len(desk.alex.threads(desk.guild.guild))
        assert f"<#{thread.id}> is closed." == answer.content
        assert CLOSED_NOTICE == desk.alex.messages(thread)[-1].content
    assert posted < QUEUED / 10
