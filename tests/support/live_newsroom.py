"""A small desk that follows live blogs: real SQLite, a fake Discord, pages that tests write, a clock that stands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from fake_clock import START, FakeClock
from fake_forum import FORUM, GUILD, FakeForum, FakeThread, Person
from killing import Killable, KillSwitch
from newsroom import Newsroom, newsroom

from bot.domain.entries import Entry
from bot.domain.feeds import Options
from bot.domain.fetching import Fetched, Validators
from bot.domain.live import LiveReading
from bot.domain.live_blogs import LiveBlog
from bot.domain.messages import Message
from bot.errors import FetchError, PublisherError
from bot.parsing.live import parse_live
from bot.services.live_blogs import LiveBlogs
from bot.services.moderation import Ask
from bot.services.publishing import Publishing
from bot.texts import Texts

PAGE = "https://gazette.example/news/live/harbour-fire"
GRACE = timedelta(minutes=30)
HOUR = timedelta(hours=1)


def update(number: int, text: str = "", *, minutes: float | None = None) -> Entry:
    """One of every ten minutes, unless `minutes` after the start of the clock are given."""
    at = START + timedelta(minutes=number * 10 if minutes is None else minutes)
    body = f"<p>{text or f'Text {number}'}</p>"
    return Entry(guid=f"u{number}", title=f"Update {number}", body=body, published_at=at)


@dataclass
class Pages:
    """A publisher's pages, and what a reader makes of them: implements `ports.Fetcher` and `ports.Parser`."""

    answers: dict[str, LiveReading | bytes | PublisherError | None] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    is_conditional: bool = True

    async def fetch(self, url: str, validators: Validators) -> Fetched:
        self.asked.append(url)
        answer = self.answers.get(url, FetchError("nothing there", status=404))
        if isinstance(answer, PublisherError):
            raise answer
        body = answer if isinstance(answer, bytes) else repr(answer).encode()
        etag = str(hash(body)) if self.is_conditional else None
        if etag and validators.etag == etag:
            return Fetched(url=url, status=304, body=None, validators=validators)
        return Fetched(url=url, status=200, body=body, validators=Validators(etag=etag))

    async def parse_live(self, url: str, body: bytes, content_type: str) -> LiveReading | None:
        answer = self.answers[url]
        if isinstance(answer, bytes):
            return parse_live(url, body, content_type)
        assert not isinstance(answer, PublisherError)
        return answer

    async def parse(self, url: str, body: bytes, content_type: str) -> Any:
        raise NotImplementedError

    parse_article = parse
    discover = parse

    async def read_outlines(self, body: bytes) -> Any:
        raise NotImplementedError

    async def write_outlines(self, title: str, folders: Any) -> Any:
        raise NotImplementedError


@dataclass
class LiveNewsroom:
    """`desk` is the rest of the newsroom."""

    desk: Newsroom
    pages: Pages
    live: LiveBlogs

    @property
    def clock(self) -> FakeClock:
        return self.desk.clock

    @property
    def forum(self) -> FakeForum:
        return self.desk.forum

    def write(self, *updates: Entry, url: str = PAGE, **fields: Any) -> None:
        """The page now reads so."""
        given = {"title": "Harbour fire live", "publisher": "The Gazette", **fields}
        self.pages.answers[url] = LiveReading(url=url, updates=updates, **given)

    async def follow(self, channel_id: int = FORUM, options: Options | None = None, url: str = PAGE) -> None:
        await self.live.follow(url, channel_id, options or Options())
        await self.desk.publish()
        await self.poll(after=timedelta())

    async def poll(self, after: timedelta = timedelta(minutes=20)) -> None:
        """Poll every live blog that is due then, and ring every timer."""
        self.clock.pass_time(after)
        for live_blog_id in await self.desk.store.live.due(self.clock.now(), 100):
            await self.live.poll(live_blog_id)
        await self.desk.publish()
        await self.desk.ring()
        await self.desk.publish()

    @property
    def thread(self) -> FakeThread:
        [thread] = self.forum.threads.values()
        return thread

    def messages(self) -> list[Message]:
        """What stands in the one thread below its starter."""
        starter, *others = [m.message for m in self.forum.messages[self.thread.thread_id]]
        assert starter.buttons
        return others

    def texts(self) -> list[str]:
        """The headlines, or else texts, of the updates in the one thread, in order."""
        return [embed.title or embed.description for message in self.messages() for embed in message.embeds]

    def notices(self) -> list[str]:
        return [message.content for message in self.messages() if message.content]

    def recap(self) -> str:
        """The text of the starter."""
        return self.starter().embeds[0].description

    def has_recap(self) -> bool:
        return "thank you for joining us" in self.recap()

    def ask(self) -> Ask:
        """A moderator asks for something to be done to the one thread."""
        return Ask(guild_id=GUILD, thread_id=self.thread.thread_id, caller=Person())

    async def blog(self) -> LiveBlog:
        """The one live blog, as it is recorded."""
        row = await self.desk.store.database.read.one("SELECT live_blog_id FROM live_blogs")
        assert row is not None
        return await self.desk.store.live.get(row["live_blog_id"])

    def starter(self) -> Message:
        return self.forum.messages[self.thread.thread_id][0].message


@asynccontextmanager
async def live_newsroom(
    path: Path,
    *,
    clock: FakeClock | None = None,
    forum: FakeForum | None = None,
    pages: Pages | None = None,
    switch: KillSwitch | None = None,
) -> AsyncIterator[LiveNewsroom]:
    """`switch` can end the life of the desk before or after any effect."""
    pages = pages or Pages()
    async with newsroom(path, clock=clock, forum=forum) as desk:
        store, discord = desk.store, desk.forum
        topics: Any = Killable(store.topics, switch) if switch else store.topics
        live: Any = Killable(store.live, switch) if switch else store.live
        place: Any = Killable(discord, switch) if switch else discord
        desk.publishing = Publishing(topics, place, desk.clock)
        blogs = LiveBlogs(
            live,
            pages,
            pages,
            forum=place,
            publishing=desk.publishing,
            policies=desk.policies,
            clock=desk.clock,
            ids=desk.ids,
            texts=Texts.load(),
            interval=timedelta(seconds=30),
            grace=GRACE,
            jitter=lambda: 0.0,
            on_wanted=lambda: None,
            on_armed=lambda: None,
        )
        desk.with_handlers({**desk.autoclose.handlers, **blogs.handlers})
        yield LiveNewsroom(desk, pages, blogs)
