"""A small desk for tests of the services: real SQLite, a fake Discord, a fake publisher, a clock that stands."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from fake_clock import CountingIds, FakeClock
from fake_forum import FORUM, FakeForum
from fake_publisher import FakeFetcher, InlineParser

from bot.domain.feeds import FeedOrder, Options
from bot.domain.timers import TimerKind
from bot.ports import Fetcher, Forum, Parser
from bot.services.autoclose import AutoClose
from bot.services.moderation import Moderation
from bot.services.policies import Policies
from bot.services.polling import Polling
from bot.services.publishing import Publishing
from bot.services.timing import Handler, Timing
from bot.services.watching import Watching
from bot.store import Store
from bot.texts import Texts

FEED = "https://gazette.example/feed"


@dataclass
class Newsroom:
    store: Store
    clock: FakeClock
    ids: CountingIds
    forum: FakeForum
    fetcher: FakeFetcher
    polling: Polling
    publishing: Publishing
    moderation: Moderation
    policies: Policies
    autoclose: AutoClose
    timing: Timing
    watching: Watching

    async def subscribe(self, *orders: FeedOrder) -> None:
        await self.store.feeds.own_by_file(orders, self.clock.now())

    def read_with(self, fetcher: Fetcher, parser: Parser) -> None:
        """Poll other sources than the fake publisher."""
        self.polling = Polling(
            self.store.feeds,
            fetcher,
            parser,
            self.clock,
            self.ids,
            interval=timedelta(minutes=5),
            on_wanted=lambda: None,
        )

    async def poll(self, after: timedelta = timedelta()) -> None:
        """Poll everything that is due then."""
        self.clock.pass_time(after)
        for feed_id in await self.store.feeds.due(self.clock.now(), 1000):
            await self.polling.poll(feed_id)

    async def publish(self, after: timedelta = timedelta()) -> None:
        """Work on everything that is due then, once."""
        self.clock.pass_time(after)
        for channel_id in await self.store.topics.due_channels(self.clock.now(), 100):
            await self.publishing.publish_channel(channel_id)

    async def publish_until_settled(self) -> None:
        for _ in range(50):
            await self.publish()
            due_at = await self.store.topics.next_due_at(self.clock.now())
            if due_at is None:
                return
            self.clock.pass_time(due_at - self.clock.now())
        raise AssertionError("the topics never settle")

    def with_handlers(self, handlers: Mapping[TimerKind, Handler]) -> None:
        """Ring other kinds of timers, too, or the known ones otherwise."""
        self.timing = Timing(
            self.store.timers,
            self.store.topics,
            self.forum,
            self.publishing,
            self.moderation,
            policies=self.policies,
            clock=self.clock,
            ids=self.ids,
            jitter=lambda: 1.0,
            handlers=handlers,
        )

    async def ring(self, after: timedelta = timedelta()) -> None:
        """Ring every timer that is due then, once."""
        self.clock.pass_time(after)
        for timer_id in await self.store.timers.due(self.clock.now(), 1000):
            await self.timing.ring(timer_id)

    def names(self) -> list[str]:
        return [thread.name for thread in self.forum.threads.values()]


@asynccontextmanager
async def newsroom(
    path: Path,
    *,
    clock: FakeClock | None = None,
    forum: FakeForum | None = None,
    seen_by: Forum | None = None,
) -> AsyncIterator[Newsroom]:
    """`forum` lets a Discord outlive the desk; `seen_by` puts something between it and the services."""
    clock = clock or FakeClock()
    ids = CountingIds(int(clock.now().timestamp()) << 20)
    forum = forum or FakeForum(clock)
    store = await Store.open(path, ids)
    fetcher = FakeFetcher()
    publishing = Publishing(store.topics, seen_by or forum, clock)
    policies = Policies(store.policies, clock)
    moderation = Moderation(
        store.topics,
        seen_by or forum,
        publishing,
        clock,
        ids,
        texts=Texts.load(),
        policies=policies,
        watched=store.watched,
    )
    autoclose = AutoClose(
        topics=store.topics,
        timer_store=store.timers,
        live=store.live,
        forum=seen_by or forum,
        publishing=publishing,
        moderation=moderation,
        policies=policies,
        clock=clock,
        ids=ids,
        texts=Texts.load(),
        on_armed=lambda: None,
    )
    try:
        yield Newsroom(
            store=store,
            autoclose=autoclose,
            clock=clock,
            ids=ids,
            forum=forum,
            fetcher=fetcher,
            polling=Polling(
                store.feeds,
                fetcher,
                InlineParser(),
                clock,
                ids,
                interval=timedelta(minutes=5),
                on_wanted=lambda: None,
            ),
            publishing=publishing,
            moderation=moderation,
            watching=Watching(
                store.topics,
                store.watched,
                seen_by or forum,
                publishing,
                clock=clock,
                ids=ids,
                texts=Texts.load(),
                policy_of=policies.of,
                on_woken=autoclose.woken,
            ),
            policies=policies,
            timing=Timing(
                store.timers,
                store.topics,
                seen_by or forum,
                publishing,
                moderation,
                policies=policies,
                clock=clock,
                ids=ids,
                jitter=lambda: 1.0,
                handlers=autoclose.handlers,
            ),
        )
    finally:
        await store.close()


def order(
    url: str = FEED, channel_id: int = FORUM, *, post_last: int = 0, tags: tuple[str, ...] = ()
) -> FeedOrder:
    return FeedOrder(url=url, channel_id=channel_id, post_last=post_last, options=Options(tags=tags))
