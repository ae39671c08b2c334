"""Parsing in processes of their own: what a document can cost, and that nothing else suffers."""

import asyncio
import os
import pickle
import signal
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.parser import CRASHED, HOME, WorkerParser, _loads
from bot.domain.entries import Image
from bot.domain.feeds import Options, Overflow
from bot.domain.outlines import Outline, OutlineList
from bot.domain.templates import Templates
from bot.errors import ParseError
from bot.parsing import parse
from bot.parsing.discovery import discover
from bot.parsing.live import parse_live

URL = "https://gazette.example/rss"
SMALL = b"<rss version='2.0'><channel><title>The Gazette</title></channel></rss>"
ITEM = (
    "<item><title>{0}</title><link>https://gazette.example/{0}</link><description>words</description></item>"
)
LARGE = f"<rss version='2.0'><channel>{''.join(ITEM.format(n) for n in range(3000))}</channel></rss>".encode()
GOLDEN = sorted(
    path
    for path in (Path(__file__).parents[1] / "parsing" / "data").iterdir()
    if not path.name.endswith(".expected.json")
)
LIVE_BLOGS = sorted(
    path
    for path in (Path(__file__).parents[1] / "parsing" / "live" / "data").iterdir()
    if not path.name.endswith(".expected.json")
)
LINUX = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells size and environment of a process"
)
PARENT = f"""
import asyncio
from bot.adapters.parser import WorkerParser

async def main():
    parser = WorkerParser()
    await parser.parse({URL!r}, {SMALL!r}, "")
    print(*(worker.pid for worker in parser._workers), flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
async def parser() -> AsyncIterator[WorkerParser]:
    async with WorkerParser(workers=1) as parser:
        yield parser


async def survives(parser: WorkerParser) -> bool:
    return (await parser.parse(URL, SMALL, "")).title == "The Gazette"


def environment(process: int) -> bytes:
    return Path(f"/proc/{process}/environ").read_bytes()


def pid(parser: WorkerParser) -> int:
    (worker,) = parser._workers
    return worker.pid


async def test_a_live_blog_is_read_just_as_in_this_process(parser: WorkerParser) -> None:
    for path in LIVE_BLOGS:
        body = path.read_bytes()
        assert parse_live(URL, body) == await parser.parse_live(URL, body, "")


async def test_the_feeds_of_a_page_are_found_just_as_in_this_process(parser: WorkerParser) -> None:
    body = b"<html><link rel=alternate type=application/rss+xml href=/feed><a href=/atom.xml>Feed</a>"

    assert discover(URL, body) == await parser.discover(URL, body, "")


async def test_a_feed_is_read_just_as_in_this_process(parser: WorkerParser) -> None:
    for path in GOLDEN:
        body = path.read_bytes()
        assert parse(URL, body) == await parser.parse(URL, body, "")


async def test_what_is_no_feed_is_refused_in_the_same_words(parser: WorkerParser) -> None:
    with pytest.raises(ParseError, match="This is an HTML page, not a feed"):
        await parser.parse(URL, b"<!doctype html><p>Hello", "text/html")
    assert await survives(parser)


async def test_another_bot_in_the_working_directory_is_not_mistaken_for_this_one(
    parser: WorkerParser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bot.py").write_text("raise SystemExit('wrong bot')")
    monkeypatch.chdir(tmp_path)
    assert await survives(parser)


async def test_two_documents_are_read_at_once_and_a_third_waits_for_its_turn() -> None:
    async with WorkerParser(workers=2) as parser:
        feeds = await asyncio.gather(*(parser.parse(URL, SMALL, "") for _ in range(5)))
        assert ["The Gazette"] * 5 == [feed.title for feed in feeds]
        assert 2 == len(parser._workers)


async def test_a_document_that_takes_too_long_is_given_up_and_the_next_one_is_read() -> None:
    async with WorkerParser(workers=1, time_limit=timedelta(milliseconds=50)) as parser:
        with pytest.raises(ParseError, match=r"This document takes more than 0\.05 s to read"):
            await parser.parse(URL, LARGE, "")
        assert await survives(parser)


@LINUX
async def test_a_document_that_takes_too_much_memory_is_given_up_and_the_next_one_is_read() -> None:
    async with WorkerParser(workers=1, memory_limit=3_000_000) as parser:
        with pytest.raises(ParseError, match="This document needs too much memory to read"):
            await parser.parse(URL, LARGE, "")
        assert await survives(parser)


@LINUX
async def test_a_process_that_has_grown_is_replaced() -> None:
    async with WorkerParser(workers=1, memory_limit=15_000_000) as parser:
        await survives(parser)
        before = pid(parser)
        assert 3000 == len((await parser.parse(URL, LARGE, "")).entries)
        assert await survives(parser)
        assert before != pid(parser)


async def test_a_process_that_dies_over_a_document_costs_that_document_alone(parser: WorkerParser) -> None:
    await survives(parser)
    reading = asyncio.create_task(parser.parse(URL, LARGE, ""))
    await asyncio.sleep(0)  # The request is on its way.
    os.kill(pid(parser), signal.SIGKILL)
    with pytest.raises(ParseError, match=CRASHED):
        await reading
    assert await survives(parser)


async def test_a_process_that_died_while_idle_costs_no_document(parser: WorkerParser) -> None:
    await survives(parser)
    (worker,) = parser._workers
    os.kill(worker.pid, signal.SIGKILL)
    await worker.died_by()
    assert await survives(parser)


async def test_a_reading_that_is_cancelled_leaves_the_parser_usable(parser: WorkerParser) -> None:
    await survives(parser)
    reading = asyncio.create_task(parser.parse(URL, LARGE, ""))
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert await survives(parser)


async def test_signals_to_the_whole_group_do_not_end_a_document(parser: WorkerParser) -> None:
    await survives(parser)
    before = pid(parser)
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(before, number)
    assert await survives(parser)
    assert before == pid(parser)


@LINUX
async def test_a_process_that_reads_documents_does_not_know_the_token(
    parser: WorkerParser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIGHTDESK_DISCORD__TOKEN", "t0ken")
    await survives(parser)
    assert b"t0ken" not in environment(pid(parser))


@LINUX
async def test_the_processes_end_with_the_bot_however_it_ends() -> None:
    bot = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, stdout=asyncio.subprocess.PIPE)
    assert bot.stdout is not None
    ended = asyncio.Event()
    worker = os.pidfd_open(int(await bot.stdout.readline()))
    asyncio.get_running_loop().add_reader(worker, ended.set)
    bot.kill()
    async with asyncio.timeout(30):
        await ended.wait()
    asyncio.get_running_loop().remove_reader(worker)
    os.close(worker)
    await bot.communicate()


def test_a_result_that_is_no_value_of_a_document_is_refused() -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return os.getcwd, ()

    with pytest.raises(pickle.UnpicklingError, match=r"posix\.getcwd is no value of a document"):
        _loads(pickle.dumps(("ok", Trap())))


async def test_an_article_comes_back_as_an_entry(parser: WorkerParser) -> None:
    page = b"<title>Harbour fire</title><meta property='og:image' content='/fire.jpg'>"
    [entry] = (await parser.parse_article(URL, page, "text/html")).entries
    assert ("Harbour fire", Image(url="https://gazette.example/fire.jpg")) == (entry.title, entry.image)
    with pytest.raises(ParseError, match="no headline"):
        await parser.parse_article(URL, b"<p>text</p>", "text/html")


async def test_a_list_of_feeds_comes_back_as_it_was_written(parser: WorkerParser) -> None:
    options = Options(
        tags=("Sea",), filter="ferry", overflow=Overflow.DIGEST, templates=Templates(name="{{ title }}")
    )
    outlines = [Outline(url=URL, title="The Gazette", labels=("#news",), channel_id=7, options=options)]
    written = await parser.write_outlines("Feeds", [("#news", outlines)])
    assert OutlineList(outlines=tuple(outlines)) == await parser.read_outlines(written)


async def test_what_a_list_names_wrongly_comes_back_with_the_reason(parser: WorkerParser) -> None:
    body = b"<opml><body><outline type='rss' text='Tides'/></body></opml>"
    [rejected] = (await parser.read_outlines(body)).rejected
    assert ("Tides", "it has no address of a feed (`xmlUrl`)") == (rejected.name, str(rejected.why))
    with pytest.raises(ParseError, match="This is no OPML file"):
        await parser.read_outlines(b"news")


async def test_the_bot_itself_loads_no_parser_of_documents() -> None:
    script = "import sys, bot.app; print(*({'feedparser', 'lxml', 'bot.parsing'} & {*sys.modules}))"
    bot = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE, cwd=HOME
    )
    loaded, _ = await bot.communicate()
    assert (0, b"") == (bot.returncode, loaded.strip())


async def test_a_document_cannot_write_to_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    async with WorkerParser(workers=1, memory_limit=8_000_000) as parser:
        with pytest.raises(ParseError):
            # lxml says on standard error, for each element, that it cannot say what is wrong.
            await parser.parse(URL, b"<rss><channel>" + b"<a>" * 200_000, "")
    assert ("", "") == capfd.readouterr()
