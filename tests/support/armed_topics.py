"""A thread under our care with timers, and what became of them."""

from datetime import timedelta

from fake_forum import GUILD, FakeThread, Person
from newsroom import Newsroom

from bot.domain.cases import Actor
from bot.domain.timers import Timer, TimerKind
from bot.domain.topics import Topic
from bot.services.moderation import Ask

HOUR = timedelta(hours=1)
MARIA = Actor(user_id=7, name="Maria")


def about(thread: FakeThread) -> Ask:
    return Ask(guild_id=GUILD, thread_id=thread.thread_id, caller=Person())


def now(desk: Newsroom, thread: FakeThread) -> FakeThread:
    return desk.forum.threads[thread.thread_id]


async def known(desk: Newsroom, thread: FakeThread) -> Topic:
    """The thread under our care."""
    if await desk.store.topics.by_thread(thread.thread_id) is None:
        await desk.moderation.close(about(thread), "")
        await desk.moderation.reopen(about(thread), "")
        desk.forum.messages.clear()
        desk.forum.deeds.clear()
    topic = await desk.store.topics.by_thread(thread.thread_id)
    assert topic is not None
    return topic


async def arm(
    desk: Newsroom,
    thread: FakeThread,
    kind: TimerKind,
    *,
    owner: Actor = MARIA,
    recurrence: str = "",
    **payload: object,
) -> Timer:
    """A timer that is due in an hour."""
    topic = await known(desk, thread)
    timer = Timer(
        timer_id=desk.ids.new(),
        topic_id=topic.topic_id,
        guild_id=GUILD,
        kind=kind,
        due_at=desk.clock.now() + HOUR,
        owner=owner,
        reason="as planned",
        recurrence=recurrence,
        payload=payload,
    )
    return await desk.store.timers.arm(timer)


async def timers(desk: Newsroom) -> list[tuple[str, str]]:
    rows = await desk.store.database.read.all("SELECT kind, state FROM timers ORDER BY timer_id")
    return [(row["kind"], row["state"]) for row in rows]


async def latest_case(desk: Newsroom) -> tuple[object, ...]:
    row = await desk.store.database.read.one(
        "SELECT verb, actor_id, reason, outcome FROM cases ORDER BY case_id DESC LIMIT 1"
    )
    return tuple(row) if row else ()
