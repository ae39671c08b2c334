"""When and where feeds are asked, and what is told of those that fail."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fake_forum import TEXT
from fake_publisher import FakeFetcher, InlineParser
from newsroom import FEED, Newsroom, newsroom, order

from bot.domain.entries import ParsedFeed
from bot.domain.fetching import Fetched, Validators
from bot.errors import FetchError, HostBusyError
from bot.services.polling import Polling

NEW = "https://new.example/feed"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class MovingFetcher(FakeFetcher):
    """`moves[url]` is where permanent redirects lead; `max_age` is the freshness of every answer."""

    def __init__(self) -> None:
        super().__init__()
        self.moves: dict[str, str] = {}
        self.max_age: timedelta | None = None

    async def fetch(self, url: str, validators: Validators) -> Fetched:
        new = self.moves.get(url)
        if new is None:
            return replace(await super().fetch(url, validators), max_age=self.max_age)
        self.asked.append((url, validators))
        return replace(await self.fetch(new, validators), moved_to=new)

    @property
    def places(self) -> list[str]:
        return [url for url, _ in self.asked]


class PatientParser(InlineParser):
    """`ttl` is what every feed asks for."""

    ttl: timedelta | None = None

    async def parse(self, url: str, body: bytes, content_type: str) -> ParsedFeed:
        return replace(await super().parse(url, body, content_type), ttl=self.ttl)


class Desk:
    def __init__(self, desk: Newsroom) -> None:
        self.desk = desk
        self.fetcher = MovingFetcher()
        self.parser = PatientParser()
        self.interval(timedelta(minutes=5))

    def interval(self, interval: timedelta) -> None:
        self.desk.polling = Polling(
            self.desk.store.feeds,
            self.fetcher,
            self.parser,
            self.desk.clock,
            self.desk.ids,
            interval=interval,
            on_wanted=lambda: None,
            jitter=lambda: 0.0,
        )

    async def wait(self) -> timedelta:
        """How long until any feed is due."""
        at = await self.desk.store.feeds.next_due_at(self.desk.clock.now())
        assert at is not None
        return at - self.desk.clock.now()

    async def told(self) -> list[str]:
        """What waits to be told to staff."""
        alerts = self.desk.store.alerts
        ids = await alerts.due(self.desk.clock.now(), 99)
        waiting = [await alerts.get(alert_id) for alert_id in sorted(ids)]
        return [str(each.alert.text) for each in waiting if each]

    async def poll(self, times: int = 1) -> None:
        """Whenever the next feed is due."""
        for _ in range(times):
            await self.desk.poll()
            self.desk.clock.pass_time(await self.wait())


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with newsroom(tmp_path / "desk.db") as made:
        yield Desk(made)


async def test_a_feed_is_asked_as_seldom_as_it_wishes_also_when_nothing_is_new(desk: Desk) -> None:
    desk.parser.ttl = 2 * HOUR
    await desk.desk.subscribe(order())
    desk.fetcher.publish(FEED, "a")
    await desk.poll()
    await desk.desk.poll()
    assert 2 * HOUR == await desk.wait()


async def test_a_server_s_freshness_is_respected(desk: Desk) -> None:
    desk.fetcher.max_age = timedelta(minutes=40)
    await desk.desk.subscribe(order())
    desk.fetcher.publish(FEED, "a")
    await desk.poll()
    await desk.desk.poll()
    assert timedelta(minutes=40) == await desk.wait()


async def test_a_feed_keeps_its_beat(desk: Desk) -> None:
    await desk.desk.subscribe(order())
    desk.fetcher.publish(FEED, "a")
    await desk.poll()
    for _ in range(3):
        await desk.desk.poll()
        assert timedelta(minutes=5) == await desk.wait()
        desk.desk.clock.pass_time(await desk.wait())


async def test_a_feed_that_moved_for_good_is_asked_at_its_new_place_after_three_polls(desk: Desk) -> None:
    await desk.desk.subscribe(order())
    desk.fetcher.moves[FEED] = NEW
    desk.fetcher.publish(NEW, "a")
    await desk.poll(4)
    assert [FEED, NEW] * 3 + [NEW] == desk.fetcher.places


async def test_a_feed_that_moved_is_still_the_feed_of_the_file(desk: Desk) -> None:
    await desk.desk.subscribe(order())
    desk.fetcher.moves[FEED] = NEW
    desk.fetcher.publish(NEW, "a")
    await desk.poll(3)
    await desk.desk.subscribe(order())
    desk.fetcher.publish(NEW, "b", "a")
    await desk.poll()
    await desk.desk.publish()
    assert ["[News] b"] == desk.desk.names()
    assert NEW == desk.fetcher.places[-1]


async def test_a_feed_that_moved_to_where_another_one_is_breaks_neither(desk: Desk) -> None:
    await desk.desk.subscribe(order(), order(NEW))
    desk.fetcher.moves[FEED] = NEW
    desk.fetcher.publish(NEW, "a")
    await desk.poll(8)
    desk.fetcher.publish(NEW, "b", "a")
    await desk.poll(4)
    await desk.desk.publish()
    assert ["[News] b"] == desk.desk.names()


async def test_a_new_place_that_fails_is_given_up_for_the_old_one(desk: Desk) -> None:
    await desk.desk.subscribe(order())
    desk.fetcher.moves[FEED] = NEW
    desk.fetcher.publish(NEW, "a")
    await desk.poll(3)
    desk.fetcher.moves.clear()
    desk.fetcher.publish(FEED, "b", "a")
    desk.fetcher.fail(NEW, FetchError("gone", status=410, gone=True))
    await desk.poll(2)
    await desk.desk.publish()
    assert [NEW, FEED] == desk.fetcher.places[-2:]
    assert ["[News] b"] == desk.desk.names()


async def test_a_host_that_wants_a_pause_is_no_failure(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    await desk.desk.subscribe(order())
    desk.fetcher.fail(FEED, HostBusyError("gazette.example", timedelta(minutes=2)))
    for _ in range(5):
        await desk.desk.poll()
        assert timedelta(minutes=2) == await desk.wait()
        desk.desk.clock.pass_time(await desk.wait())
    desk.fetcher.publish(FEED, "a")
    await desk.desk.poll()
    assert "" == caplog.text


async def test_a_failing_feed_is_told_of_once_whatever_its_reasons_and_once_that_it_works_again(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    await desk.desk.subscribe(order())
    for reason in ("no answer", "503", "no answer", "503"):
        desk.fetcher.fail(FEED, FetchError(reason))
        await desk.poll()
    desk.fetcher.publish(FEED, "a")
    await desk.poll(3)
    assert 1 == sum(record.levelname == "WARNING" for record in caplog.records)
    assert 1 == caplog.text.count("works again")


async def test_a_feed_that_fails_for_months_is_still_asked_every_day(desk: Desk) -> None:
    await desk.desk.subscribe(order())
    desk.fetcher.fail(FEED, FetchError("no answer"))
    await desk.poll(100)
    await desk.desk.poll()
    assert await desk.wait() <= DAY


async def test_staff_is_told_once_of_a_feed_that_fails_for_days_and_once_that_it_works_again(
    desk: Desk,
) -> None:
    await desk.desk.subscribe(order(), order(channel_id=TEXT))
    desk.fetcher.fail(FEED, FetchError("No answer."))
    await desk.poll(9)
    assert [] == await desk.told()
    await desk.poll(10)
    silent = f"The feed {FEED} has not worked for a while: No answer. It is asked once a day from now on."
    assert [silent, silent] == await desk.told()
    desk.fetcher.publish(FEED, "a")
    await desk.poll(3)
    assert [f"The feed {FEED} works again."] * 2 == (await desk.told())[2:]


async def test_staff_is_told_of_a_feed_that_is_gone_for_good(desk: Desk) -> None:
    await desk.desk.subscribe(order())
    desk.fetcher.fail(FEED, FetchError("withdrawn", status=410, gone=True))
    await desk.desk.poll()
    expected = f"The publisher of {FEED} has withdrawn it for good. It is not asked any more."
    assert [expected] == await desk.told()


async def test_staff_is_not_told_of_a_feed_that_fails_now_and_then(desk: Desk) -> None:
    await desk.desk.subscribe(order())
    for _ in range(3):
        desk.fetcher.fail(FEED, FetchError("No answer."))
        await desk.poll(3)
        desk.fetcher.publish(FEED, "a")
        await desk.poll()
    assert [] == await desk.told()


async def test_a_feed_that_is_gone_for_good_is_told_of_and_asked_again_only_when_it_is_wanted_again(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    await desk.desk.subscribe(order())
    desk.fetcher.fail(FEED, FetchError("withdrawn", status=410, gone=True))
    await desk.desk.poll()
    assert await desk.desk.store.feeds.next_due_at(desk.desk.clock.now()) is None
    assert "withdrawn; it is not asked again until the next start" in caplog.text
    await desk.desk.subscribe(order())
    await desk.desk.poll()
    assert 2 == len(desk.fetcher.asked)
