"""A feed that a moderator brings in by `/news add`, through the real thing: `nightdesk run` and a local web server."""

from pathlib import Path

from desk_process import PATIENCE, DeskProcess
from feed_server import FeedServer

from simulator import Simulator


async def test_a_feed_added_by_command_is_posted_at_once_and_survives_a_kill(
    tmp_path: Path, sim: Simulator, publisher: FeedServer
) -> None:
    guild = sim.add_guild("The Gazette")
    forum, general = guild.add_forum("news"), guild.add_text("general")
    alex = guild.add_member("Alex")
    publisher.publish("/feed", ["first"])
    page = '<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head></html>'
    publisher.pages["/"] = ("text/html", page.encode())
    async with DeskProcess(tmp_path, sim, []) as desk:
        await sim.until(lambda: sim.world.commands and sim.bot_connected(), PATIENCE)
        shown = await guild.owner.slash(
            "news add",
            channel=general,
            options={"url": publisher.url("/"), "channel": forum.id, "post_last": 1},
        )
        assert "A thread of it, named **[News] first**" in shown.content
        await desk.kill()
        await desk.start()
        await sim.until(lambda: not sim.bot_connected(), PATIENCE)
        await sim.until(sim.bot_connected, PATIENCE)
        yes = shown.components[0]["components"][0]["custom_id"]
        told = await guild.owner.click(shown.message, yes)
        assert f"comes to <#{forum.id}> from now on." in told.content
        await sim.until(lambda: alex.threads(guild.guild), PATIENCE)
        publisher.publish("/feed", ["second", "first"])
        await sim.until(lambda: len(alex.threads(guild.guild)) == 2, PATIENCE)
        names = [thread.name for thread in alex.threads(guild.guild)]
        assert ["[News] second", "[News] first"] == names
