"""An item posted by hand when Discord is not willing."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fake_forum import FORUM, GUILD, Person
from fake_publisher import InlineParser
from newsroom import Newsroom, newsroom

from bot.domain.posting import Item, Order
from bot.domain.records import CaseSearch
from bot.errors import RejectedError, UnavailableError
from bot.services.posting import Known, Posted, Posting
from bot.services.proposing import Proposals
from bot.services.subscribing import Subscribing
from bot.texts import ENGLISH, Texts

MARIA = Person(7, "Maria")
ORDER = Order(item=Item(title="Ferry late", link="https://ferry.example/1"), channel_id=FORUM)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path / "desk.db") as desk:
        yield desk


@pytest.fixture
def posting(desk: Newsroom) -> Posting:
    store = desk.store
    return Posting(
        store.posts,
        store.topics,
        desk.forum,
        publishing=desk.publishing,
        subscribing=Subscribing(
            store.subscriptions, desk.forum, clock=desk.clock, on_subscribed=lambda: None
        ),
        proposals=Proposals(store.proposals, clock=desk.clock, ids=desk.ids),
        fetcher=desk.fetcher,
        parser=InlineParser(),
        clock=desk.clock,
        ids=desk.ids,
        texts=Texts.load(),
    )


async def outcome(desk: Newsroom) -> str:
    [file] = await desk.store.records.search(GUILD, CaseSearch(), 10, 0)
    return file.case.outcome


async def test_an_outage_is_waited_out(desk: Newsroom, posting: Posting) -> None:
    desk.forum.fail_next(UnavailableError("down"))
    posted = await posting.post(GUILD, MARIA, ORDER, ENGLISH)
    assert (Posted(thread_id=None, channel_id=FORUM), "pending") == (posted, await outcome(desk))
    await desk.publish_until_settled()
    assert (["[News] Ferry late"], "done") == (desk.names(), await outcome(desk))


async def test_an_item_that_waits_is_not_recorded_twice(desk: Newsroom, posting: Posting) -> None:
    desk.forum.fail_next(UnavailableError("down"))
    await posting.post(GUILD, MARIA, ORDER, ENGLISH)
    known = await posting.post(GUILD, MARIA, ORDER, ENGLISH)
    assert isinstance(known, Known)
    assert (0, "[News] Ferry late") == (known.topic.thread_id, known.topic.name)


async def test_what_discord_refuses_is_on_record_as_refused(desk: Newsroom, posting: Posting) -> None:
    desk.forum.fail_next(RejectedError("Invalid Form Body", code=50035))
    await posting.post(GUILD, MARIA, ORDER, ENGLISH)
    assert ([], "Invalid Form Body") == (desk.names(), await outcome(desk))


async def test_a_page_whose_topic_was_deleted_can_be_posted_again(desk: Newsroom, posting: Posting) -> None:
    posted = await posting.post(GUILD, MARIA, ORDER, ENGLISH)
    assert isinstance(posted, Posted)
    assert posted.thread_id is not None
    topic = await desk.store.topics.by_thread(posted.thread_id)
    assert topic is not None
    await desk.store.topics.vanish(topic.topic_id)
    assert isinstance(await posting.post(GUILD, MARIA, ORDER, ENGLISH), Posted)
