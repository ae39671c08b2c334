"""Pages are fetched where their sites want bots; robots.txt is read in the parsing process."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from fake_clock import FakeClock
from fake_publisher import FakeFetcher

from bot.adapters.parser import WorkerParser
from bot.adapters.robots import KEPT, LONGEST, ROOM, RobotsFetcher
from bot.domain.fetching import Validators
from bot.errors import FetchError, HostBusyError, ParseError

SITE = "https://gazette.example"
PAGE = f"{SITE}/live/fire?page=2"
ROBOTS = f"{SITE}/robots.txt"
NOTHING = Validators()
CLOSED = b"User-agent: *\nDisallow: /live/"
ONLY_OTHERS = b"User-agent: GreedyBot\nDisallow: /\n\nUser-agent: *\nAllow: /"
ONLY_US = b"User-agent: nightdesk\nDisallow: /\n\nUser-agent: *\nAllow: /"
HUGE = b"User-agent: *\n" + b"Disallow: /*a*b*c\n" * 25_000


class Site:
    """A site with one page, and the desk that reads it."""

    def __init__(self, reader: WorkerParser) -> None:
        self.clock = FakeClock()
        self.fetcher = FakeFetcher()
        self.fetcher.answers[PAGE] = b"a page"
        self.pages = RobotsFetcher(self.fetcher, reader, self.clock, user_agent="Nightdesk/1.0 (news bot)")

    async def read(self, url: str = PAGE) -> bytes | None:
        return (await self.pages.fetch(url, NOTHING)).body

    @property
    def asked(self) -> list[str]:
        return [url for url, _ in self.fetcher.asked]


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with WorkerParser(workers=1) as reader:
        yield Site(reader)


@pytest.mark.parametrize(
    "robots", [b"", b"User-agent: *\nDisallow: /admin/", ONLY_OTHERS, b"<html>\xff", b"\0" * 99]
)
async def test_a_page_that_is_not_forbidden_is_read(site: Site, robots: bytes) -> None:
    site.fetcher.answers[ROBOTS] = robots
    assert b"a page" == await site.read()


@pytest.mark.parametrize("robots", [CLOSED, ONLY_US, b"User-agent: *\nDisallow: /*?page="])
async def test_a_page_that_is_forbidden_is_not_asked_for(site: Site, robots: bytes) -> None:
    site.fetcher.answers[ROBOTS] = robots
    with pytest.raises(FetchError, match=r"gazette\.example wants no bots on this page \(robots\.txt\)"):
        await site.read()
    assert [ROBOTS] == site.asked


@pytest.mark.parametrize("error", [FetchError("nothing there", status=404), FetchError("no answer")])
async def test_a_robots_txt_that_cannot_be_had_forbids_nothing(site: Site, error: FetchError) -> None:
    site.fetcher.fail(ROBOTS, error)
    assert b"a page" == await site.read()


async def test_a_robots_txt_that_takes_too_long_to_understand_forbids_nothing() -> None:
    async with WorkerParser(workers=1, time_limit=timedelta(milliseconds=30)) as reader:
        site = Site(reader)
        site.fetcher.answers[ROBOTS] = HUGE
        with pytest.raises(ParseError):
            await reader.allows(HUGE, PAGE, "Nightdesk")
        assert b"a page" == await site.read()


async def test_a_robots_txt_is_asked_for_once_a_day(site: Site) -> None:
    site.fetcher.answers[ROBOTS] = b""
    for hours in (0, 1, 22, 2):
        site.clock.pass_time(timedelta(hours=hours))
        await site.read()
    assert 2 == site.asked.count(ROBOTS)


async def test_a_host_that_wants_a_pause_is_asked_for_its_robots_txt_later(site: Site) -> None:
    site.fetcher.fail(ROBOTS, HostBusyError("gazette.example", timedelta(minutes=1)))
    with pytest.raises(HostBusyError):
        await site.read()
    site.fetcher.answers[ROBOTS] = CLOSED
    with pytest.raises(FetchError, match="wants no bots"):
        await site.read()


async def test_what_is_no_address_fails_as_it_would_without_a_robots_txt(site: Site) -> None:
    with pytest.raises(FetchError, match="nothing there"):
        await site.read("nonsense")


async def test_only_so_many_sites_are_remembered(site: Site) -> None:
    for n in range(KEPT + 5):
        site.fetcher.answers[f"https://{n}.example/"] = b"a page"
        await site.read(f"https://{n}.example/")
    assert KEPT == len(site.pages._robots)


async def test_what_is_kept_of_all_hosts_is_bounded(site: Site) -> None:
    hosts = ROOM // LONGEST + 1
    for number in range(hosts):
        host = f"https://{number}.gazette.example"
        site.fetcher.answers |= {f"{host}/robots.txt": b"#" * LONGEST, f"{host}/": b"a page"}
        await site.read(f"{host}/")
    await site.read(f"https://{hosts - 1}.gazette.example/")
    await site.read("https://0.gazette.example/")
    asked = [url for url in site.asked if url.endswith("robots.txt")]
    assert hosts + 1 == len(asked)
    assert "https://0.gazette.example/robots.txt" == asked[-1]
