"""News in a live desk without a publisher: recorded as polling records it, posted by the desk itself."""

import asyncio
from datetime import timedelta
from itertools import count

from live_desk import LiveDesk

from bot.adapters.clock import SystemClock
from bot.domain.feeds import FeedOrder, Options
from bot.domain.messages import Button, Message
from bot.domain.topics import MessageKind, Topic, TopicMessage, follow_id
from bot.store.stories import insert_topic
from simulator import Channel
from simulator.values import Thread

FEED = "https://gazette.example/feed"
_PATIENCE = 10.0
_next_id = count(1 << 40)  # Far below those that the desk gives out.


async def bring(
    desk: LiveDesk,
    *titles: str,
    feed: str = FEED,
    publisher: str = "The Gazette",
    channel: Channel | None = None,
) -> list[Thread]:
    """Topics of a feed with these titles, the oldest first, once each stands in Discord and the desk knows it."""
    channel_id, now = int((channel or desk.forum).id), SystemClock().now()
    order = FeedOrder(url=feed, channel_id=channel_id, options=Options(name=publisher))
    await desk.store.feeds.own_by_file([*await _orders(desk), order], now)
    rows = await desk.store.database.read.all("SELECT feed_id FROM feeds WHERE url = :url", {"url": feed})
    [subscription] = (await desk.store.feeds.get(rows[0]["feed_id"])).subscriptions
    topics = [
        Topic(
            topic_id=next(_next_id),
            channel_id=channel_id,
            name=f"[News] {title}",
            subscription_id=subscription.subscription_id,
        )
        for title in titles
    ]
    async with desk.store.database.write() as tx:
        for topic in topics:
            await insert_topic(tx, topic, _starter(topic), now - timedelta(minutes=1))
    desk.wake()
    names = {topic.name for topic in topics}
    await desk.sim.until(
        lambda: names <= {each.name for each in desk.guild.owner.threads(desk.guild)}, _PATIENCE
    )
    async with asyncio.timeout(_PATIENCE):
        while await _is_unconfirmed(desk, topics):
            continue  # The look itself lets the desk work on.
    found = {each.name: each for each in desk.guild.owner.threads(desk.guild)}
    return [found[topic.name] for topic in topics]


async def _is_unconfirmed(desk: LiveDesk, topics: list[Topic]) -> bool:
    stories = [await desk.store.topics.story(topic.topic_id) for topic in topics]
    return any(story.topic.thread_id is None for story in stories)


async def _orders(desk: LiveDesk) -> list[FeedOrder]:
    """What was brought before stays."""
    rows = await desk.store.database.read.all(
        """
        SELECT feeds.url, subscriptions.channel_id, subscriptions.name
        FROM subscriptions JOIN feeds ON feeds.feed_id = subscriptions.feed_id
        """
    )
    return [
        FeedOrder(url=row["url"], channel_id=row["channel_id"], options=Options(name=row["name"]))
        for row in rows
    ]


def _starter(topic: Topic) -> TopicMessage:
    follow = Button(label="Follow", custom_id=follow_id(topic.topic_id))
    wanted = Message(content=topic.name, buttons=(follow,))
    return TopicMessage(
        record_id=next(_next_id), topic_id=topic.topic_id, kind=MessageKind.STARTER, wanted=wanted
    )
