"""Subscriptions by command, against real SQLite and a fake publisher: what polling makes of them afterwards."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fake_forum import FORUM, GUILD, TEXT
from fake_publisher import InlineParser
from newsroom import FEED, Newsroom, newsroom, order

from bot.domain.entries import ParsedFeed
from bot.domain.subscriptions import SubscriptionCard
from bot.errors import FetchError, GoneError, RefusedError
from bot.services.proposing import GOOD_FOR, Manager, Proposals
from bot.services.subscribing import Changes, Subscribing

MARIA = Manager(guild_id=GUILD, user_id=7)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path / "desk.db") as desk:
        desk.fetcher.publish(FEED, "old")
        yield desk


@pytest.fixture
def subscribing(desk: Newsroom) -> Subscribing:
    return Subscribing(desk.store.subscriptions, desk.forum, clock=desk.clock, on_subscribed=lambda: None)


async def settle(desk: Newsroom) -> None:
    await desk.poll(timedelta(hours=1))
    await desk.publish_until_settled()


async def only_card(desk: Newsroom) -> SubscriptionCard:
    [card] = await desk.store.subscriptions.cards(GUILD, desk.clock.now(), limit=10)
    return card


async def test_a_subscription_posts_what_is_new_from_then_on(
    desk: Newsroom, subscribing: Subscribing
) -> None:
    await subscribing.add(MARIA, order())
    await settle(desk)
    desk.fetcher.publish(FEED, "new", "old")
    await settle(desk)
    assert ["[News] new"] == desk.names()
    assert 1 == (await only_card(desk)).topics


async def test_what_comes_during_a_pause_is_not_posted_later(
    desk: Newsroom, subscribing: Subscribing
) -> None:
    await subscribing.add(MARIA, order())
    await settle(desk)
    await subscribing.pause(GUILD, FEED)
    desk.fetcher.publish(FEED, "meanwhile", "old")
    await settle(desk)
    await subscribing.resume(GUILD, FEED)
    desk.fetcher.publish(FEED, "after", "meanwhile", "old")
    await settle(desk)
    assert ["[News] after"] == desk.names()


async def test_a_moved_subscription_posts_nothing_again(desk: Newsroom, subscribing: Subscribing) -> None:
    await subscribing.add(MARIA, order(post_last=1))
    await settle(desk)
    await subscribing.edit(GUILD, FEED, Changes(channel_id=TEXT))
    desk.fetcher.publish(FEED, "new", "old")
    await settle(desk)
    places = [thread.channel_id for thread in desk.forum.threads.values()]
    assert (["[News] old", "[News] new"], [FORUM, TEXT]) == (desk.names(), places)


async def test_topics_that_discord_was_not_asked_for_move_along(
    desk: Newsroom, subscribing: Subscribing
) -> None:
    await subscribing.add(MARIA, order(post_last=1))
    await desk.poll()
    await subscribing.edit(GUILD, FEED, Changes(channel_id=TEXT))
    await desk.publish_until_settled()
    assert [TEXT] == [thread.channel_id for thread in desk.forum.threads.values()]


async def test_a_channel_that_a_removed_subscription_had_is_free(
    desk: Newsroom, subscribing: Subscribing
) -> None:
    await subscribing.add(MARIA, order(channel_id=TEXT))
    await subscribing.remove(GUILD, FEED)
    await subscribing.add(MARIA, order())
    await subscribing.edit(GUILD, FEED, Changes(channel_id=TEXT))
    await subscribing.edit(GUILD, FEED, Changes(channel_id=FORUM))
    assert FORUM == (await only_card(desk)).subscription.channel_id


async def test_a_removed_subscriptions_feed_is_still_asked_for_others(
    desk: Newsroom, subscribing: Subscribing
) -> None:
    await subscribing.add(MARIA, order())
    there = await subscribing.add(MARIA, order(channel_id=TEXT))
    await settle(desk)
    await subscribing.remove(GUILD, str(there.subscription.subscription_id))
    desk.fetcher.publish(FEED, "new", "old")
    await settle(desk)
    assert [FORUM] == [thread.channel_id for thread in desk.forum.threads.values()]


async def test_a_withdrawn_feed_that_comes_back_is_posted_again(
    desk: Newsroom, subscribing: Subscribing
) -> None:
    await subscribing.add(MARIA, order())
    await settle(desk)
    desk.fetcher.fail(FEED, FetchError("withdrawn", status=410, gone=True))
    for _ in range(5):
        await settle(desk)
    await subscribing.resume(GUILD, FEED)
    desk.fetcher.publish(FEED, "new", "old")
    await settle(desk)
    assert ["[News] new"] == desk.names()


class DatedParser(InlineParser):
    """Every entry was published at a given moment."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self._at = at

    async def parse(self, url: str, body: bytes, content_type: str) -> ParsedFeed:
        found = await super().parse(url, body, content_type)
        return replace(found, entries=tuple(replace(each, published_at=self._at) for each in found.entries))


async def test_the_lag_is_from_publication_to_thread_of_what_came_since(
    desk: Newsroom, subscribing: Subscribing
) -> None:
    await subscribing.add(MARIA, order(post_last=1))
    await settle(desk)
    assert (await only_card(desk)).lag is None  # What was there at the first poll tells nothing.
    desk.read_with(desk.fetcher, DatedParser(desk.clock.now() + timedelta(minutes=57)))
    desk.fetcher.publish(FEED, "new", "old")
    await settle(desk)  # An hour later.
    lag = (await only_card(desk)).lag
    assert lag is not None
    assert timedelta(minutes=3) == timedelta(seconds=round(lag.total_seconds()))


async def test_a_file_subscription_whose_channel_is_gone_does_not_disturb(
    desk: Newsroom, subscribing: Subscribing
) -> None:
    await desk.subscribe(order(), order("https://other.example/feed", 999))
    assert [FORUM] == [each.channel_id for each in await subscribing.suggest(GUILD, "")]
    with pytest.raises(GoneError):
        await subscribing.place(GUILD, 999)


async def test_a_proposal_is_over_after_a_while(desk: Newsroom) -> None:
    proposals = Proposals(desk.store.proposals, clock=desk.clock, ids=desk.ids)
    kept = await proposals.keep(MARIA, "{}")
    desk.clock.pass_time(GOOD_FOR)
    assert "{}" == await proposals.read(MARIA, kept)
    desk.clock.pass_time(timedelta(seconds=1))
    with pytest.raises(RefusedError, match="too old"):
        await proposals.read(MARIA, kept)


async def test_old_proposals_are_forgotten(desk: Newsroom) -> None:
    proposals = Proposals(desk.store.proposals, clock=desk.clock, ids=desk.ids)
    await proposals.keep(MARIA, "{}")
    desk.clock.pass_time(timedelta(days=2))
    await proposals.keep(MARIA, "{}")
    [count] = await desk.store.database.read.all("SELECT COUNT(*) AS n FROM proposals")
    assert 1 == count["n"]
