"""One live blog as a publisher serves it and a reader sees it, followed by a desk process."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from desk_process import PATIENCE, DeskProcess
from feed_server import FeedServer

from simulator import GuildHandle, Person, Simulator
from simulator.values import Message, Thread

PAGE = "/news/live/harbour-fire"
CLOSED = "This topic is now closed to further replies."
RECAP = "The live blog is now closed; thank you for joining us."
LIVE = {"interval": "1s", "grace": "2s"}


@dataclass
class Story:
    """The one followed live blog, as a reader sees it."""

    sim: Simulator
    publisher: FeedServer
    guild: GuildHandle
    reader: Person

    def show(self, page: bytes) -> None:
        self.publisher.pages[PAGE] = ("text/html", page)

    async def looked(self, times: int = 1) -> None:
        """Until the desk has begun to look at the page so many times more."""
        wanted = self.publisher.asked.count(PAGE) + times
        while self.publisher.asked.count(PAGE) < wanted:
            await self.publisher.asked_for(len(self.publisher.asked) + 1)

    @property
    def thread(self) -> Thread:
        [thread] = self.reader.threads(self.guild.guild)
        return thread

    def messages(self) -> list[Message]:
        return self.reader.messages(self.thread) if self.reader.threads(self.guild.guild) else []

    def updates(self) -> list[tuple[str, Mapping[str, Any]]]:
        """Each update in the thread with the message that it is in, in order."""
        return [(m.id, e) for m in self.messages()[1:] for e in m.embeds if "timestamp" in e]

    def written(self) -> list[datetime]:
        return [datetime.fromisoformat(embed["timestamp"]) for _, embed in self.updates()]

    def notices(self) -> list[str]:
        return [m.content for m in self.messages() if CLOSED in m.content]

    def recap(self) -> str:
        """What the starter says."""
        return "\n".join(embed.get("description", "") for embed in self.messages()[0].embeds)

    async def until(self, condition: Callable[[], Any]) -> None:
        await self.sim.until(condition, PATIENCE)


def desk_for(story: Story, folder: Path) -> DeskProcess:
    """A desk that reads a feed whose one entry is the live blog."""
    story.publisher.pages["/feed"] = (
        "application/rss+xml",
        "<rss version='2.0'><channel><title>The Gazette</title><item><guid>fire</guid>"
        f"<title>Harbour fire live</title><link>{story.publisher.url(PAGE)}</link></item></channel></rss>".encode(),
    )
    [forum] = story.reader.channels(story.guild.guild)
    feed = {"url": story.publisher.url("/feed"), "channel_id": int(forum.id), "post_last": 1}
    return DeskProcess(folder, story.sim, [feed], live=LIVE)
