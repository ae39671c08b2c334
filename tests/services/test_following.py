from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from newsroom import FEED, Newsroom, newsroom, order

from bot.errors import RefusedError
from bot.services.following import Following

ALEX = 8


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path / "desk.db") as desk:
        await desk.subscribe(order(post_last=1))
        desk.fetcher.publish(FEED, "a")
        await desk.poll()
        await desk.publish()
        yield desk


async def follow(desk: Newsroom) -> int:
    [topic] = await desk.store.database.read.all("SELECT topic_id FROM topics")
    return await Following(desk.store.topics, desk.forum).follow(topic["topic_id"], ALEX)


async def test_a_follower_becomes_a_member_of_the_thread(desk: Newsroom) -> None:
    thread_id = await follow(desk)
    assert {ALEX} == desk.forum.threads[thread_id].followers


async def test_an_archived_thread_cannot_be_followed(desk: Newsroom) -> None:
    [thread] = desk.forum.threads.values()
    thread.archived = True
    with pytest.raises(RefusedError, match="archived"):
        await follow(desk)


async def test_a_thread_that_is_gone_cannot_be_followed(desk: Newsroom) -> None:
    desk.forum.threads.clear()
    with pytest.raises(RefusedError, match="no longer exists"):
        await follow(desk)


async def test_a_topic_that_nobody_knows_cannot_be_followed(desk: Newsroom) -> None:
    with pytest.raises(RefusedError, match="do not know"):
        await Following(desk.store.topics, desk.forum).follow(7, ALEX)
