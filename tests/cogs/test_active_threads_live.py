"""At Discord's limit of active threads, over HTTP: the simulator refuses one more as Discord does."""

from pathlib import Path

from live_desk import live_desk
from live_news import bring

from simulator import Rules, Simulator


async def test_ours_sleep_so_that_news_come_and_peoples_threads_stay(tmp_path: Path) -> None:
    rules = Rules(max_active_threads=3)
    async with Simulator(limits=False, rules=rules) as sim, live_desk(tmp_path, sim=sim) as desk:
        question = await desk.alex.start_thread(desk.forum, "A question", "Why is the sky blue?")
        first = await bring(desk, "One", "Two")
        await bring(desk, "Three", channel=desk.general, feed="https://herald.example/feed")
        active = [thread.name for thread in desk.guild.owner.threads(desk.guild) if not thread.archived]
        assert ["A question", "[News] Three"] == sorted(active)
        assert (False, [True, True]) == (question.archived, [thread.archived for thread in first])


async def test_a_moderator_closes_a_sleeping_topic_at_the_limit(tmp_path: Path) -> None:
    rules = Rules(max_active_threads=3)
    async with Simulator(limits=False, rules=rules) as sim, live_desk(tmp_path, sim=sim) as desk:
        question = await desk.alex.start_thread(desk.forum, "A question", "Why is the sky blue?")
        await desk.maria.edit_thread(question, archived=True)
        await bring(desk, "One", "Two", "Three")
        await desk.maria.slash("topic close", channel=desk.general, topic=question.id)
        await desk.sim.until(lambda: question.locked, 20)
        assert question.locked
