"""Every hostile document of the corpus, over real HTTP into the real parser: each ends as values or as one sentence."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer

from bot.adapters.clock import SystemClock
from bot.adapters.http import HttpFetcher
from bot.adapters.parser import CRASHED, WorkerParser
from bot.domain.fetching import Fetched, Validators
from bot.errors import FetchError, ParseError

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "hostile"
FILES = sorted(CORPUS.iterdir()) if CORPUS.is_dir() else []
KINDS = {".json": "application/json", ".html": "text/html"}
READ = "read"

pytestmark = pytest.mark.skipif(not FILES, reason=f"the corpus of hostile documents is not at {CORPUS}")


async def send(request: web.Request) -> web.Response:
    """A document of the corpus; one that is packed is sent as a server packs its answers."""
    file = CORPUS / request.match_info["name"]
    headers = {"Content-Type": KINDS.get(file.suffix, "application/xml")}
    if file.suffix == ".gz":
        headers["Content-Encoding"] = "gzip"
    return web.Response(body=file.read_bytes(), headers=headers)


class Desk:
    """The desk's way of reading documents."""

    def __init__(self, server: BaseTestServer, fetcher: HttpFetcher, parser: WorkerParser) -> None:
        self._server = server
        self._fetcher = fetcher
        self._parser = parser

    async def fetch(self, file: Path) -> Fetched:
        return await self._fetcher.fetch(str(self._server.make_url(f"/{file.name}")), Validators())

    async def ends(self, file: Path) -> list[str]:
        """What becomes of it as a feed and as a live blog: "read", or the sentence that says why not."""
        try:
            fetched = await self.fetch(file)
        except FetchError as error:
            return [str(error)]
        ends = []
        for parse in (self._parser.parse, self._parser.parse_live):
            try:
                await parse(fetched.url, fetched.body or b"", fetched.content_type)
                ends.append(READ)
            except ParseError as error:
                ends.append(str(error))
        return ends


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    app = web.Application()
    app.router.add_get("/{name}", send)
    async with (
        TestServer(app, host="127.0.0.1") as server,
        HttpFetcher(SystemClock(), user_agent="t", allow_private_networks=True, gap=timedelta()) as fetcher,
        WorkerParser(workers=1) as parser,
    ):
        yield Desk(server, fetcher, parser)


async def test_no_document_crashes_the_parser_or_takes_all_its_time(desk: Desk) -> None:
    for file in FILES:
        for end in await desk.ends(file):
            assert end == READ or (end.startswith(("This ", "The ", "127.0.0.1 ")) and "\n" not in end), file
            assert CRASHED != end, file
            assert "takes more than" not in end, file
            assert "too much memory" not in end, file


@pytest.mark.parametrize("name", ["bomb_10MB.xml.gz", "bomb_200MB.xml.gz"])
async def test_what_unpacks_to_more_than_a_feed_may_be_never_reaches_the_parser(
    desk: Desk, name: str
) -> None:
    assert ["127.0.0.1 sends more than 5 MB, which no feed needs."] == await desk.ends(CORPUS / name)


@pytest.mark.parametrize("name", ["not_binary.xml", "not_html.xml", "not_json_error.xml", "not_sitemap.xml"])
async def test_what_is_no_feed_is_refused_by_name(desk: Desk, name: str) -> None:
    as_feed, _ = await desk.ends(CORPUS / name)
    assert as_feed.startswith("This is ")


@pytest.mark.parametrize(
    "file", [each for each in FILES if each.name.startswith("ld_")], ids=lambda file: file.stem
)
async def test_a_page_is_no_feed_whatever_is_in_its_scripts(desk: Desk, file: Path) -> None:
    as_feed, _ = await desk.ends(file)
    assert "This is an HTML page, not a feed." == as_feed
