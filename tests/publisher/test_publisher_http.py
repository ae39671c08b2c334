"""The paper over HTTP, on a clock that the test moves."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser
import pytest
from aiohttp.test_utils import TestClient, TestServer
from lxml import html

from simulator.publisher.server import Publisher

OPENED = datetime(2026, 3, 1, 18, 0, 0, 250_000, tzinfo=UTC)
MEDIA = "{http://search.yahoo.com/mrss/}"
FEEDS = ("/feed.xml", "/atom.xml", "/feed.json")


class Reader:
    """A client and the clock of the paper it reads."""

    def __init__(self) -> None:
        self.now = OPENED
        self.client: TestClient[Any, Any] = TestClient(TestServer(Publisher(OPENED, lambda: self.now).app()))

    async def text(self, path: str) -> str:
        async with self.client.get(path) as response:
            assert 200 == response.status
            return await response.text()


@pytest.fixture
async def reader() -> AsyncIterator[Reader]:
    reader = Reader()
    async with reader.client:
        yield reader


@pytest.mark.parametrize("path", ["/feed.xml", "/atom.xml"])
async def test_a_feed_reader_understands_it(reader: Reader, path: str) -> None:
    reader.now += timedelta(hours=1)
    feed = feedparser.parse((await reader.text(path)).encode())
    assert not feed.bozo
    assert "The Harbour Gazette" == feed.feed.title
    titles = [entry.title for entry in feed.entries]
    assert "@everyone is invited: free concert on the fish market" in titles
    assert len(titles) == len({entry.id for entry in feed.entries})


async def test_the_rss_has_pictures_with_captions_sections_and_dates(reader: Reader) -> None:
    feed = feedparser.parse((await reader.text("/feed.xml")).encode(), sanitize_html=False)
    item = feed.entries[1]  # The first is the live page.
    assert "council-dredging" == item.link.rpartition("/")[2]
    assert item.media_content[0]["url"].endswith("/picture/council-dredging.png")
    assert ["Council", "Harbour"] == [tag.term for tag in item.tags]
    assert OPENED.replace(microsecond=0) - timedelta(minutes=30) == parsedate_to_datetime(item.published)
    assert "The inner basin at low water" in await reader.text("/feed.xml")
    assert "<ul><li>Cost: 2.3 million crowns</li>" in item.summary


async def test_the_three_feeds_say_the_same(reader: Reader) -> None:
    reader.now += timedelta(minutes=5)
    rss, atom = [feedparser.parse((await reader.text(path)).encode()) for path in FEEDS[:2]]
    items = json.loads(await reader.text("/feed.json"))["items"]
    expected = [(each["title"], each["url"]) for each in items]
    assert expected == [(each.title, each.link) for each in rss.entries]
    assert expected == [(each.title, each.link) for each in atom.entries]


@pytest.mark.parametrize("path", [*FEEDS, "/", "/live/harbour-fire"])
async def test_what_the_reader_has_is_not_sent_again(reader: Reader, path: str) -> None:
    async with reader.client.get(path) as first:
        tag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    for headers in (
        {"If-None-Match": tag},
        {"If-None-Match": f'"x", W/{tag}'},
        {"If-Modified-Since": modified},
    ):
        async with reader.client.get(path, headers=headers) as again:
            assert (304, b"") == (again.status, await again.read())
            assert tag == again.headers["ETag"]


@pytest.mark.parametrize("path", [*FEEDS, "/", "/live/harbour-fire"])
async def test_what_is_new_is_sent(reader: Reader, path: str) -> None:
    async with reader.client.get(path) as first:
        tag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    reader.now += timedelta(seconds=30)
    for headers in ({"If-None-Match": tag}, {"If-Modified-Since": modified}):
        async with reader.client.get(path, headers=headers) as again:
            assert 200 == again.status


async def test_the_tag_decides_before_the_date(reader: Reader) -> None:
    headers = {"If-None-Match": '"another"', "If-Modified-Since": "Sun, 01 Mar 2099 00:00:00 GMT"}
    async with reader.client.get("/feed.xml", headers=headers) as response:
        assert 200 == response.status


async def test_every_link_and_picture_of_the_feed_is_there(reader: Reader) -> None:
    reader.now += timedelta(hours=1)
    for item in json.loads(await reader.text("/feed.json"))["items"]:
        page = html.fromstring(await reader.text(item["url"].split("/", 3)[3].join(("/", ""))))
        assert item["title"] == page.findtext(".//h1")
        if "image" in item:
            async with reader.client.get("/" + item["image"].split("/", 3)[3]) as response:
                assert "image/png" == response.headers["Content-Type"]
                assert (await response.read()).startswith(b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize("path", ["/article/clock-tower", "/live/nothing", "/picture/no-picture-tides.png"])
async def test_what_is_not_in_the_paper_is_not_found(reader: Reader, path: str) -> None:
    async with reader.client.get(path) as response:
        assert 404 == response.status


async def _posting(reader: Reader) -> dict[str, Any]:
    page = html.fromstring(await reader.text("/live/harbour-fire"))
    script = page.find('.//script[@type="application/ld+json"]')
    assert script is not None
    found: dict[str, Any] = json.loads(script.text or "")
    return found


async def test_the_live_page_grows_corrects_and_ends(reader: Reader) -> None:
    first = await _posting(reader)
    assert "LiveBlogPosting" == first["@type"]
    assert ["u3", "u2", "u1"] == [each["@id"].partition("#")[2] for each in first["liveBlogUpdate"]]
    assert "coverageEndTime" not in first
    reader.now += timedelta(seconds=100)
    second = await _posting(reader)
    corrected = next(each for each in second["liveBlogUpdate"] if each["@id"].endswith("#u3"))
    assert corrected["dateModified"] > corrected["datePublished"]
    assert "Ten people led out (corrected)" == corrected["headline"]
    reader.now += timedelta(hours=1)
    last = await _posting(reader)
    assert (OPENED + timedelta(seconds=330)).isoformat() == last["coverageEndTime"]
    assert "This live page is now closed" in last["liveBlogUpdate"][0]["articleBody"]
