"""The desk as a subscriber of hubs: real SQLite, a fake publisher, a hub that only notes what it is asked."""

import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fake_clock import FakeClock
from fake_publisher import FakeFetcher, InlineParser
from newsroom import FEED, Newsroom, newsroom, order

from bot.domain.entries import ParsedFeed
from bot.domain.fetching import Fetched, Validators
from bot.domain.websub import Lease, LeaseState
from bot.errors import FetchError, ParseError
from bot.services.polling import Polling
from bot.services.websub import WebSub

HUB = "https://hub.example/"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
INTERVAL = timedelta(minutes=5)
ORDINARY = 1.2 * INTERVAL  # A feed that was overdue takes its slot first.
LATER = timedelta(minutes=6)
PUBLIC = "https://desk.example/push"


class HubFetcher(FakeFetcher):
    """The fake publisher, naming a hub in the headers; `hub` None: none."""

    def __init__(self) -> None:
        super().__init__()
        self.hub: str | None = HUB

    async def fetch(self, url: str, validators: Validators) -> Fetched:
        fetched = await super().fetch(url, validators)
        links = (("hub", self.hub), ("self", FEED)) if self.hub else ()
        return replace(fetched, links=links)


class Picky(InlineParser):
    """Cannot read what begins with "<"."""

    async def parse(self, url: str, body: bytes, content_type: str) -> ParsedFeed:
        if body.startswith(b"<"):
            raise ParseError("This is no feed.")
        return await super().parse(url, body, content_type)


class FakeHub:
    """Implements `ports.HubCaller`: what it was asked; `down` is what it answers instead of accepting."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self.down: FetchError | None = None

    async def post(self, url: str, form: Mapping[str, str]) -> None:
        self.asked.append((url, dict(form)))
        if self.down:
            raise self.down

    @property
    def modes(self) -> list[str]:
        return [form["hub.mode"] for _, form in self.asked]


class Stage:
    """A desk that follows one feed, with its hub."""

    def __init__(
        self, desk: Newsroom, hub: FakeHub, fetcher: HubFetcher, *, public_url: str = PUBLIC
    ) -> None:
        self.desk = desk
        self.hub = hub
        self.fetcher = fetcher
        self.pokes = 0
        self.websub = WebSub(
            desk.store.websub,
            desk.store.feeds,
            hub,
            desk.clock,
            public_url=public_url,
            take=self.take,
            new_secret=lambda: f"secret{desk.ids.new()}",
            on_due=self.poke,
        )
        desk.polling = Polling(
            desk.store.feeds,
            fetcher,
            Picky(),
            desk.clock,
            desk.ids,
            interval=INTERVAL,
            on_wanted=lambda: None,
            jitter=lambda: 0.0,
            hubs=self.websub,
        )

    def poke(self) -> None:
        self.pokes += 1

    async def take(self, feed_id: int, delivered: Fetched) -> None:
        await self.desk.polling.take(feed_id, delivered)

    async def work(self, after: timedelta = timedelta()) -> None:
        self.desk.clock.pass_time(after)
        for feed_id in await self.desk.store.websub.due(self.desk.clock.now(), 10):
            await self.websub.work(feed_id)

    async def lease(self) -> Lease:
        (row,) = await self.desk.store.database.read.all("SELECT feed_id FROM websub")
        lease = await self.desk.store.websub.get(row["feed_id"])
        assert lease is not None
        return lease

    async def verify(self, mode: str = "subscribe", **more: str) -> str | None:
        question = {"hub.mode": mode, "hub.topic": FEED, "hub.challenge": "c", "hub.lease_seconds": "86400"}
        return await self.websub.answer((await self.lease()).token, question | more)

    async def subscribed(self) -> None:
        """A desk that has the lease."""
        await self.desk.subscribe(order())
        self.fetcher.publish(FEED, "old")
        await self.desk.poll()
        await self.work()
        assert "c" == await self.verify()

    async def deliver(self, *titles: str, body: bytes | None = None, secret: str | None = None) -> None:
        lease = await self.lease()
        body = "\n".join(titles).encode() if body is None else body
        digest = hmac.new((secret or lease.secret).encode(), body, hashlib.sha256).hexdigest()
        await self.websub.deliver(lease.token, body, "text/plain", f"sha256={digest}")

    async def names(self) -> list[str]:
        await self.desk.publish_until_settled()
        return self.desk.names()

    async def polled_in(self) -> timedelta:
        row = await self.desk.store.database.read.one("SELECT next_poll_at FROM feeds")
        assert row is not None
        return timedelta(milliseconds=row["next_poll_at"] - self.desk.clock.now().timestamp() * 1000)


@asynccontextmanager
async def staged(
    path: Path, *, clock: FakeClock | None = None, hub: FakeHub | None = None, public_url: str = PUBLIC
) -> AsyncIterator[Stage]:
    async with newsroom(path, clock=clock) as desk:
        yield Stage(desk, hub or FakeHub(), HubFetcher(), public_url=public_url)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path / "desk.db") as stage:
        yield stage


async def test_a_feed_with_a_hub_is_asked_for_with_an_address_and_a_secret_of_its_own(stage: Stage) -> None:
    await stage.desk.subscribe(order())
    stage.fetcher.publish(FEED, "old")
    await stage.desk.poll()
    await stage.work()
    ((url, form),) = stage.hub.asked
    lease = await stage.lease()
    assert HUB == url
    assert {
        "hub.mode": "subscribe",
        "hub.topic": FEED,
        "hub.callback": f"{PUBLIC}/{lease.token}",
        "hub.secret": lease.secret,
        "hub.lease_seconds": "864000",
    } == form
    assert lease.token != lease.secret


async def test_a_feed_without_a_hub_is_polled_alone(stage: Stage) -> None:
    stage.fetcher.hub = None
    await stage.desk.subscribe(order())
    stage.fetcher.publish(FEED, "old")
    await stage.desk.poll()
    await stage.work()
    assert [] == stage.hub.asked


async def test_an_unproven_lease_changes_no_polling(stage: Stage) -> None:
    await stage.subscribed()
    await stage.desk.poll(after=LATER)
    assert await stage.polled_in() <= ORDINARY


async def test_a_delivery_becomes_a_thread_and_polling_slows_to_a_safety_poll(stage: Stage) -> None:
    await stage.subscribed()
    await stage.deliver("new", "old")
    assert HOUR == await stage.polled_in()
    assert ["[News] new"] == await stage.names()


async def test_a_delivery_that_comes_twice_or_holds_one_entry_alone_does_no_harm(stage: Stage) -> None:
    await stage.subscribed()
    for titles in (["new", "old"], ["new", "old"], ["new"], ["newer"], ["newer"]):
        await stage.deliver(*titles)
    stage.fetcher.publish(FEED, "newer", "new", "old")
    await stage.desk.poll(after=2 * HOUR)
    assert ["[News] new", "[News] newer"] == await stage.names()


async def test_a_delivery_with_a_wrong_signature_is_not_taken_in(stage: Stage) -> None:
    await stage.subscribed()
    lease = await stage.lease()
    await stage.deliver("fake", secret="guessed")
    await stage.websub.deliver(lease.token, b"fake", "text/plain", None)
    await stage.websub.deliver("unknown", b"fake", "text/plain", f"sha256={'0' * 64}")
    assert [] == await stage.names()
    assert (await stage.lease()).pushed_at is None


async def test_a_delivery_before_the_lease_is_verified_is_not_taken_in(stage: Stage) -> None:
    await stage.desk.subscribe(order())
    stage.fetcher.publish(FEED, "old")
    await stage.desk.poll()
    await stage.work()
    await stage.deliver("new")
    assert [] == await stage.names()


async def test_a_delivery_ends_a_failure_that_was_told(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    await stage.subscribed()
    stage.fetcher.fail(FEED, FetchError("no answer"))
    await stage.desk.poll(after=LATER)
    await stage.deliver("new", "old")
    assert "works again" in caplog.text


@pytest.mark.parametrize("body", [b"<html>", b""])
async def test_after_a_delivery_that_is_not_usable_the_feed_is_asked_soon(stage: Stage, body: bytes) -> None:
    await stage.subscribed()
    await stage.deliver("new", "old")
    assert HOUR == await stage.polled_in()
    await stage.deliver(body=body)
    assert timedelta(minutes=1) == await stage.polled_in()


async def test_a_delivery_that_was_lost_in_a_crash_is_polled_for(stage: Stage) -> None:
    await stage.subscribed()

    async def crash(*_: object) -> None:
        raise RuntimeError("killed")

    stage.websub._take = crash  # The process ends between recording and taking in.
    await stage.deliver("new", "old")
    assert timedelta(minutes=1) == await stage.polled_in()


async def test_a_restart_keeps_the_lease(tmp_path: Path) -> None:
    clock = FakeClock()
    async with staged(tmp_path / "desk.db", clock=clock) as stage:
        await stage.subscribed()
        await stage.deliver("new", "old")
    clock.pass_time(INTERVAL)
    async with staged(tmp_path / "desk.db", clock=clock) as stage:
        await stage.desk.store.websub.call_back_at(PUBLIC, clock.now())
        await stage.work()
        assert [] == stage.hub.asked
        await stage.deliver("newer", "new", "old")
        assert ["[News] new", "[News] newer"] == await stage.names()


async def test_a_lease_is_renewed_before_it_ends(stage: Stage) -> None:
    await stage.subscribed()
    await stage.work(after=timedelta(hours=19))
    assert 1 == len(stage.hub.asked)
    await stage.work(after=timedelta(minutes=12))
    assert ["subscribe", "subscribe"] == stage.hub.modes
    assert "c" == await stage.verify()
    assert stage.desk.clock.now() + DAY == (await stage.lease()).lease_until


async def test_a_hub_that_fails_is_told_of_once_and_polling_goes_on_as_before(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    await stage.subscribed()
    await stage.deliver("new", "old")
    stage.hub.down = FetchError("the hub is down")
    await stage.work(after=timedelta(hours=20))
    for _ in range(5):
        await stage.work(after=timedelta(hours=6))
    await stage.desk.poll()
    assert await stage.polled_in() <= ORDINARY
    assert 1 == caplog.text.count("the hub is down")
    assert 7 <= len(stage.hub.asked)


async def test_a_denial_is_told_and_the_feed_polled_at_once(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    await stage.subscribed()
    await stage.deliver("new", "old")
    assert "" == await stage.verify("denied", **{"hub.reason": "not you"})
    assert timedelta() == await stage.polled_in()
    assert "it pushes nothing to us: 'not you'" in caplog.text
    await stage.deliver("newer", "new", "old")
    assert ["[News] new"] == await stage.names()


async def test_a_hub_that_denies_over_and_over_cannot_have_the_feed_polled_each_time(stage: Stage) -> None:
    await stage.subscribed()
    await stage.verify("denied")
    await stage.desk.poll()
    before = await stage.polled_in()
    assert await stage.verify("denied") is None
    assert before == await stage.polled_in() > timedelta()


@pytest.mark.parametrize(
    "question",
    [
        {"hub.topic": "https://evil.example/"},
        {"hub.mode": "unsubscribe"},
        {"hub.mode": "publish"},
        {"hub.mode": "denied", "hub.topic": "https://evil.example/"},
    ],
)
async def test_a_hub_that_asks_for_something_else_gets_no_confirmation(
    stage: Stage, question: dict[str, str]
) -> None:
    await stage.subscribed()
    before = await stage.lease()
    assert await stage.verify(**question) is None
    assert before == await stage.lease()


async def test_an_address_that_no_hub_was_told_confirms_nothing(stage: Stage) -> None:
    question = {"hub.mode": "subscribe", "hub.topic": FEED, "hub.challenge": "c"}
    for mode in ("subscribe", "denied"):
        assert await stage.websub.answer("unknown", question | {"hub.mode": mode}) is None
    assert 0 == stage.pokes
    assert not await stage.websub.expects("unknown")


async def test_a_hub_that_kept_news_to_itself_is_not_relied_on_until_it_delivers(stage: Stage) -> None:
    await stage.subscribed()
    await stage.deliver("new", "old")
    stage.fetcher.publish(FEED, "secret", "new", "old")
    await stage.desk.poll(after=HOUR)
    await stage.desk.poll(after=HOUR)
    assert await stage.polled_in() <= ORDINARY
    await stage.deliver("newest", "secret", "new", "old")
    assert HOUR == await stage.polled_in()


async def test_a_feed_that_nobody_follows_any_more_is_given_back(stage: Stage) -> None:
    await stage.subscribed()
    await stage.desk.subscribe()
    await stage.deliver("new", "old")
    await stage.work()
    assert ["subscribe", "unsubscribe"] == stage.hub.modes
    assert await stage.verify() is None
    assert "c" == await stage.verify("unsubscribe")
    await stage.work(after=30 * DAY)
    assert 2 == len(stage.hub.asked)
    assert [] == await stage.names()


async def test_a_feed_that_is_followed_again_is_asked_for_again(stage: Stage) -> None:
    await stage.subscribed()
    await stage.desk.subscribe()
    await stage.work(after=DAY)
    await stage.desk.subscribe(order())
    stage.fetcher.publish(FEED, "new", "old")
    await stage.desk.poll(after=LATER)
    await stage.work()
    assert ["subscribe", "unsubscribe", "subscribe"] == stage.hub.modes


async def test_another_hub_is_asked_where_the_feed_changes_it(stage: Stage) -> None:
    await stage.subscribed()
    stage.fetcher.hub = "https://better.example/"
    stage.fetcher.publish(FEED, "new", "old")
    await stage.desk.poll(after=LATER)
    await stage.work()
    assert [HUB, "https://better.example/"] == [url for url, _ in stage.hub.asked]


async def test_hubs_are_told_when_the_desk_has_moved(stage: Stage) -> None:
    await stage.subscribed()
    await stage.deliver("new", "old")
    await stage.desk.store.websub.call_back_at("https://new.example", stage.desk.clock.now())
    await stage.work()
    assert f"https://new.example/{(await stage.lease()).token}" == stage.hub.asked[-1][1]["hub.callback"]


async def test_a_desk_that_does_not_listen_any_more_polls_as_usual(stage: Stage) -> None:
    await stage.subscribed()
    await stage.deliver("new", "old")
    await stage.desk.store.websub.call_back_at(None, stage.desk.clock.now())
    await stage.desk.poll(after=HOUR)
    assert await stage.polled_in() <= ORDINARY
    assert LeaseState.OVER == (await stage.lease()).state
