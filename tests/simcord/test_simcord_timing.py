"""Schedules, timed closes and slow mode under SimCord, a simulator that is not ours."""

from datetime import timedelta

import simcord
from simcord_desk import SimcordDesk, told

from bot.domain.moderating import CLOSED_NOTICE, OPEN_NOTICE

HOUR = timedelta(hours=1)


def texts(thread: simcord.ChannelHandle) -> list[str]:
    return [message.content for message in thread.history()]


async def test_a_scheduled_close_happens_at_its_time(
    desk: SimcordDesk, thread: simcord.ChannelHandle
) -> None:
    answer = await desk.maria.slash(thread, "topic schedule", action="close", when="2h")
    due_at = int((desk.now() + 2 * HOUR).timestamp())
    assert f"<t:{due_at}:F>" in told(answer)
    await desk.pass_time(HOUR)
    assert {"locked": False, "archived": False} == desk.flags(thread)
    await desk.pass_time(HOUR + timedelta(minutes=1))
    assert {"locked": True, "archived": False} == desk.flags(thread)
    assert CLOSED_NOTICE in texts(thread)


async def test_a_topic_closed_for_a_while_reopens(desk: SimcordDesk, thread: simcord.ChannelHandle) -> None:
    await desk.maria.slash(thread, "topic close", **{"for": "30m"})
    assert {"locked": True, "archived": False} == desk.flags(thread)
    await desk.pass_time(timedelta(minutes=31))
    assert {"locked": False, "archived": False} == desk.flags(thread)
    assert OPEN_NOTICE in texts(thread)


async def test_a_timer_survives_a_restart(desk: SimcordDesk, thread: simcord.ChannelHandle) -> None:
    await desk.maria.slash(thread, "topic close", **{"for": "30m"})
    await desk.restart()
    await desk.pass_time(timedelta(days=2))
    assert {"locked": False, "archived": False} == desk.flags(thread)


async def test_slow_mode_is_set_and_put_back(desk: SimcordDesk, thread: simcord.ChannelHandle) -> None:
    await desk.maria.slash(thread, "topic slowmode", delay="30s", **{"for": "1h"})
    assert 30 == desk.shown(thread).rate_limit_per_user
    await desk.pass_time(HOUR + timedelta(minutes=1))
    assert 0 == desk.shown(thread).rate_limit_per_user
