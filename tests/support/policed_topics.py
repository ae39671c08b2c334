"""Threads in a channel with a policy, as time passes."""

from datetime import timedelta

from fake_forum import FORUM, GUILD, FakeThread, Person
from newsroom import Newsroom

from bot.domain.timers import TimerKind
from bot.services.moderation import Ask

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ADMIN, AUTHOR, READER = Person(7, "Maria"), Person(8, "Alex"), Person(9, "Kim")


async def set_policy(desk: Newsroom, **settings: str) -> None:
    await desk.policies.set(GUILD, FORUM, settings, ADMIN.id)
    await desk.autoclose.sweep(GUILD, FORUM, renew=True)


async def new_thread(desk: Newsroom) -> FakeThread:
    thread = desk.forum.add_thread("A question")
    thread.owner_id = AUTHOR.id
    await desk.autoclose.adopt(GUILD, FORUM, thread.thread_id)
    return thread


async def pass_time(desk: Newsroom, by: timedelta, step: timedelta = HOUR / 2) -> None:
    """Let time pass as a running desk lives it."""
    until = desk.clock.now() + by
    while desk.clock.now() < until:
        await desk.ring(min(step, until - desk.clock.now()))
        await desk.publish()


async def kinds(desk: Newsroom, thread: FakeThread) -> set[TimerKind]:
    topic = await desk.store.topics.by_thread(thread.thread_id)
    return {timer.kind for timer in await desk.store.timers.of_topic(topic.topic_id)} if topic else set()


def is_locked(desk: Newsroom, thread: FakeThread) -> bool:
    return desk.forum.threads[thread.thread_id].locked


def read(desk: Newsroom, thread: FakeThread) -> list[str]:
    return desk.forum.shown_in(thread.thread_id)


def ask(thread: FakeThread) -> Ask:
    return Ask(guild_id=GUILD, thread_id=thread.thread_id, caller=ADMIN)
