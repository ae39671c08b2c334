"""A thread in each stage of its life, and what people do to it by hand."""

from dataclasses import replace
from datetime import timedelta

from fake_forum import GUILD, FakeThread, Person
from newsroom import Newsroom

from bot.domain.cases import Actor, Case, Deed
from bot.domain.timers import Timer, TimerKind
from bot.domain.topics import Topic
from bot.errors import UnavailableError
from bot.services.moderation import Ask

MARIA = Actor(user_id=7, name="Maria")


def about(thread: FakeThread) -> Ask:
    return Ask(guild_id=GUILD, thread_id=thread.thread_id, caller=Person())


def now(desk: Newsroom, thread: FakeThread) -> FakeThread:
    return desk.forum.threads[thread.thread_id]


def by_hand(desk: Newsroom, thread: FakeThread, **changes: object) -> None:
    desk.forum.threads[thread.thread_id] = replace(now(desk, thread), **changes)  # type: ignore[arg-type]


async def tell(desk: Newsroom, thread: FakeThread) -> None:
    """Discord's event, as it stands now."""
    await desk.watching.changed(await desk.forum.sight(thread.thread_id))


async def topic_of(desk: Newsroom, thread: FakeThread) -> Topic:
    topic = await desk.store.topics.by_thread(thread.thread_id)
    assert topic is not None
    return topic


async def cases(desk: Newsroom, thread: FakeThread) -> list[Case]:
    return await desk.store.cases.of_thread(thread.thread_id)


async def deeds(desk: Newsroom, thread: FakeThread) -> list[Deed]:
    return [case.deed for case in await cases(desk, thread)]


async def arm(desk: Newsroom, thread: FakeThread, *kinds: TimerKind) -> None:
    for kind in kinds:
        await desk.store.timers.arm(
            Timer(
                timer_id=desk.ids.new(),
                topic_id=(await topic_of(desk, thread)).topic_id,
                guild_id=GUILD,
                kind=kind,
                due_at=desk.clock.now() + timedelta(days=1),
                owner=MARIA,
            )
        )


async def live(desk: Newsroom, thread: FakeThread) -> set[TimerKind]:
    topic = await topic_of(desk, thread)
    return {timer.kind for timer in await desk.store.timers.of_topic(topic.topic_id)}


async def opened(desk: Newsroom) -> FakeThread:
    thread = desk.forum.add_thread("A question")
    await desk.moderation.close(about(thread), "")
    await desk.moderation.reopen(about(thread), "")
    return thread


async def closed(desk: Newsroom) -> FakeThread:
    thread = desk.forum.add_thread("A question")
    await desk.moderation.close(about(thread), "")
    return thread


async def closed_asleep(desk: Newsroom) -> FakeThread:
    return await asleep(desk, await closed(desk))


async def asleep(desk: Newsroom, thread: FakeThread) -> FakeThread:
    by_hand(desk, thread, archived=True)
    await tell(desk, thread)
    return thread


async def closing(desk: Newsroom) -> FakeThread:
    """Recorded, and not shown because of an outage."""
    thread = await opened(desk)
    desk.forum.fail_next(UnavailableError("503"))
    await desk.moderation.close(about(thread), "")
    return thread
