"""A publisher without a network: tests say what each address answers."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from bot.domain.discovery import Discovered
from bot.domain.entries import Entry, ParsedFeed
from bot.domain.fetching import Fetched, Validators
from bot.domain.live import LiveReading
from bot.domain.outlines import Outline, OutlineList
from bot.errors import FetchError, PublisherError
from bot.parsing.discovery import discover
from bot.parsing.opml import read_opml, write_opml


class FakeFetcher:
    """Implements `ports.Fetcher`. Entries travel beside the bytes: `InlineParser` finds them by the body."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes | PublisherError] = {}
        self.asked: list[tuple[str, Validators]] = []
        self._editions = 0

    def publish(self, url: str, *titles: str) -> None:
        """The feed now lists these, newest first."""
        self._editions += 1
        self.answers[url] = "\n".join(titles).encode()

    def fail(self, url: str, error: PublisherError) -> None:
        self.answers[url] = error

    async def fetch(self, url: str, validators: Validators) -> Fetched:
        self.asked.append((url, validators))
        answer = self.answers.get(url, FetchError("nothing there", status=404))
        if isinstance(answer, PublisherError):
            raise answer
        etag = str(hash(answer))
        if validators.etag == etag:
            return Fetched(url=url, status=304, body=None, validators=validators)
        return Fetched(url=url, status=200, body=answer, validators=Validators(etag=etag))


class FileFetcher:
    """Implements `ports.Fetcher` over a folder: `file:NAME` is the file's bytes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def fetch(self, url: str, validators: Validators) -> Fetched:
        body = await asyncio.to_thread((self._folder / url.removeprefix("file:")).read_bytes)
        return Fetched(url=f"https://gazette.example/{url}", status=200, body=body, validators=validators)


class InlineParser:
    """Implements `ports.Parser`: each line of the body is an entry with that title; `lives` are live blogs by URL."""

    def __init__(self) -> None:
        self.lives: dict[str, LiveReading] = {}

    async def parse_live(self, url: str, body: bytes, content_type: str) -> LiveReading | None:  # noqa: ARG002 - the port's.
        return self.lives.get(url)

    async def parse_article(self, url: str, body: bytes, content_type: str) -> ParsedFeed:  # noqa: ARG002 - the port's.
        """The first line is the headline, the others are the summary."""
        title, _, summary = body.decode().partition("\n")
        entry = Entry(link=url, title=title, body=f"<p>{summary}</p>" if summary else "")
        return ParsedFeed(title="The Gazette", entries=(entry,))

    async def discover(self, url: str, body: bytes, content_type: str) -> Discovered:
        return discover(url, body, content_type)

    async def read_outlines(self, body: bytes) -> OutlineList:
        return read_opml(body)

    async def write_outlines(self, title: str, folders: Sequence[tuple[str, Sequence[Outline]]]) -> bytes:
        return write_opml(title, folders)

    async def parse(self, url: str, body: bytes, content_type: str) -> ParsedFeed:  # noqa: ARG002 - the port's.
        titles = [title for title in body.decode().split("\n") if title]
        return ParsedFeed(
            title="The Gazette",
            entries=tuple(
                Entry(
                    guid=title, link=f"https://gazette.example/{title}", title=title, body=f"<p>{title}</p>"
                )
                for title in titles
            ),
        )
