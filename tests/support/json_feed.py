"""Feeds that tests write entry by entry, as JSON Feed, read by the real parser."""

import json
from dataclasses import dataclass, replace
from datetime import datetime

from fake_publisher import FakeFetcher, InlineParser

from bot.domain.entries import ParsedFeed
from bot.parsing import parse


@dataclass(frozen=True, kw_only=True)
class Story:
    """An entry as its publisher keeps it."""

    guid: str
    title: str = "Ferry runs again"
    link: str | None = "https://gazette.example/ferry"
    text: str = "It left at noon."
    image: str | None = None
    at: datetime | None = None

    def but(self, **changes: str | datetime | None) -> "Story":
        return replace(self, **changes)  # type: ignore[arg-type]  # names and types are those of the fields


def json_feed(*stories: Story, title: str = "The Gazette") -> bytes:
    items = [
        {
            "id": story.guid,
            "title": story.title,
            "content_html": f"<p>{story.text}</p>",
            **({"url": story.link} if story.link else {}),
            **({"image": story.image} if story.image else {}),
            **({"date_published": story.at.isoformat()} if story.at else {}),
        }
        for story in stories
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": title, "items": items}
    return json.dumps(feed).encode()


class FeedParser(InlineParser):
    """Reads feeds with the real parser, in place."""

    async def parse(self, url: str, body: bytes, content_type: str) -> ParsedFeed:
        return parse(url, body, content_type)


def publish(fetcher: FakeFetcher, url: str, *stories: Story) -> None:
    """The feed now lists these, newest first."""
    fetcher.answers[url] = json_feed(*stories)
