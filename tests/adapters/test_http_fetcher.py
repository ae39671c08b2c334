"""The fetcher on a real local server: conditional, patient with honest servers, bounded with all others."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.adapters.http import HttpFetcher
from bot.domain.fetching import Fetched, Validators
from bot.errors import FetchError, HostBusyError

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
FEED = b'<?xml version="1.0"?><rss version="2.0"/>'


class StoppedClock:
    def now(self) -> datetime:
        return NOW


@dataclass
class Publisher:
    """A server of one path, `/feed`, and whatever else a test puts up."""

    app: web.Application = field(default_factory=web.Application)
    asked: list[dict[str, str]] = field(default_factory=list)
    base: str = ""

    def put(
        self, path: str, body: bytes = b"", status: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        async def answer(request: web.Request) -> web.Response:
            self.asked.append({"path": request.path, **request.headers})
            return web.Response(body=body, status=status, headers=headers)

        self.app.router.add_get(path, answer)

    def url(self, path: str) -> str:
        return f"{self.base}{path}"


Fetch = Callable[..., Awaitable[Fetched]]


@pytest.fixture
def publisher() -> Publisher:
    return Publisher()


@pytest.fixture
async def fetch(publisher: Publisher) -> AsyncIterator[Fetch]:
    """Starts the server at the first fetch, when the test has put up its pages."""
    server = TestServer(publisher.app, host="127.0.0.1")

    async def get(path: str, validators: Validators = Validators()) -> Fetched:  # noqa: B008  # It is frozen.
        if not publisher.base:
            await server.start_server()
            publisher.base = str(server.make_url("")).rstrip("/")
        return await fetcher.fetch(publisher.url(path), validators)

    async with HttpFetcher(
        StoppedClock(), user_agent="Nightdesk/test", allow_private_networks=True, gap=timedelta()
    ) as fetcher:
        yield get
    await server.close()


async def failure(answer: Awaitable[Fetched]) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await answer
    return caught.value


async def test_a_feed_comes_with_all_that_the_next_poll_needs(publisher: Publisher, fetch: Fetch) -> None:
    headers = {
        "ETag": '"v1"',
        "Last-Modified": "Wed, 01 Jul 2026 10:00:00 GMT",
        "Content-Type": "application/rss+xml; charset=ISO-8859-1",
        "Cache-Control": "max-age=300",
    }
    publisher.put("/feed", FEED, headers=headers)
    assert await fetch("/feed") == Fetched(
        url=publisher.url("/feed"),
        status=200,
        body=FEED,
        content_type="application/rss+xml; charset=ISO-8859-1",
        validators=Validators(etag='"v1"', last_modified="Wed, 01 Jul 2026 10:00:00 GMT"),
        max_age=timedelta(minutes=5),
    )


async def test_it_says_who_it_is_and_what_it_reads(publisher: Publisher, fetch: Fetch) -> None:
    publisher.put("/feed", FEED)
    await fetch("/feed")
    (asked,) = publisher.asked
    assert "Nightdesk/test" == asked["User-Agent"]
    assert asked["Accept"].startswith("application/atom+xml, application/rss+xml, application/feed+json")
    assert {"gzip", "deflate"} <= {*asked["Accept-Encoding"].split(", ")} <= {"gzip", "deflate", "br", "zstd"}
    assert {"If-None-Match", "If-Modified-Since", "Cookie"}.isdisjoint(asked)


async def test_the_validators_go_back_verbatim_and_not_modified_keeps_them(
    publisher: Publisher, fetch: Fetch
) -> None:
    publisher.put("/feed", status=304, headers={"ETag": '"other"', "Cache-Control": "max-age=60"})
    known = Validators(etag='W/"v 1"', last_modified="yesterday")
    answer = await fetch("/feed", known)
    assert ('W/"v 1"', "yesterday") == (
        publisher.asked[0]["If-None-Match"],
        publisher.asked[0]["If-Modified-Since"],
    )
    assert (304, None, known, timedelta(minutes=1)) == (
        answer.status,
        answer.body,
        answer.validators,
        answer.max_age,
    )


async def test_not_modified_makes_no_sense_without_validators(publisher: Publisher, fetch: Fetch) -> None:
    publisher.put("/feed", status=304)
    error = await failure(fetch("/feed"))
    assert 'says "not modified" although it was not asked to compare (304 Not Modified).' in str(error)


@pytest.mark.parametrize(("status", "body"), [(200, b""), (200, b" \r\n"), (204, b"")])
async def test_an_empty_answer_is_not_modified_and_keeps_the_old_validators(
    publisher: Publisher, fetch: Fetch, status: int, body: bytes
) -> None:
    publisher.put("/feed", body, status=status, headers={"ETag": '"empty"'})
    known = Validators(etag='"full"')
    answer = await fetch("/feed", known)
    assert (None, known) == (answer.body, answer.validators)


async def test_cookies_are_not_kept(publisher: Publisher, fetch: Fetch) -> None:
    publisher.put("/feed", FEED, headers={"Set-Cookie": "tracker=1; Path=/"})
    await fetch("/feed")
    # By name: to an address without one nobody would send cookies.
    publisher.base = publisher.base.replace("127.0.0.1", "localhost")
    await fetch("/feed")
    await fetch("/feed")
    assert "Cookie" not in publisher.asked[2]


async def test_a_proxy_of_the_environment_is_not_used(
    publisher: Publisher, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would connect where the guard cannot see it."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    publisher.put("/feed", FEED)
    assert FEED == (await fetch("/feed")).body


@pytest.mark.parametrize(
    ("statuses", "moves"),
    [
        ([301], True),
        ([308, 301], True),
        ([302], False),
        ([301, 302], False),
        ([307, 308], False),
        ([303], False),
    ],
)
async def test_an_address_has_moved_only_if_every_hop_is_permanent(
    publisher: Publisher, fetch: Fetch, statuses: list[int], moves: bool
) -> None:
    for number, status in enumerate(statuses):
        publisher.put(f"/{number}", status=status, headers={"Location": f"/{number + 1}"})
    publisher.put(f"/{len(statuses)}", FEED)
    answer = await fetch("/0")
    target = publisher.url(f"/{len(statuses)}")
    assert (target, FEED, target if moves else None) == (answer.url, answer.body, answer.moved_to)


async def test_five_redirects_are_followed_and_no_more(publisher: Publisher, fetch: Fetch) -> None:
    for number in range(6):
        publisher.put(f"/{number}", status=302, headers={"Location": f"/{number + 1}"})
    publisher.put("/6", FEED)
    assert FEED == (await fetch("/1")).body
    assert "127.0.0.1 redirects too many times." == str(await failure(fetch("/0")))


async def test_a_redirect_to_itself_ends(publisher: Publisher, fetch: Fetch) -> None:
    publisher.put("/feed", status=301, headers={"Location": "/feed"})
    await failure(fetch("/feed"))
    assert 6 == len(publisher.asked)


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("file:///etc/passwd", "127.0.0.1 redirects to something that is no http or https address."),
        ("javascript:alert(1)", "127.0.0.1 redirects to something that is no http or https address."),
        ("http://", "127.0.0.1 redirects to something that is no http or https address."),
        ("http://[::1", "127.0.0.1 redirects to something that is no http or https address."),
        ("http://x:99999999/", "127.0.0.1 redirects to something that is no http or https address."),
        ("", "127.0.0.1 redirects without saying where to (302 Found)."),
    ],
)
async def test_a_redirect_to_nowhere_is_named(
    publisher: Publisher, fetch: Fetch, location: str, expected: str
) -> None:
    publisher.put("/feed", status=302, headers={"Location": location} if location else {})
    assert expected == str(await failure(fetch("/feed")))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, "127.0.0.1 asks for a login (401 Unauthorized)."),
        (
            403,
            "127.0.0.1 refuses access; it may not welcome bots, or not this polling.user_agent (403 Forbidden).",
        ),
        (404, "127.0.0.1 has nothing at this address (404 Not Found)."),
        (410, "127.0.0.1 has withdrawn this address for good (410 Gone)."),
        (418, "127.0.0.1 gives an answer that is of no use (418 I'm a Teapot)."),
        (429, "127.0.0.1 asks for fewer requests (429 Too Many Requests)."),
        (500, "127.0.0.1 has trouble of its own (500 Internal Server Error)."),
        (503, "127.0.0.1 is not available for now (503 Service Unavailable)."),
        (202, "127.0.0.1 gives an answer that is of no use (202 Accepted)."),
        (999, "127.0.0.1 has trouble of its own (999)."),
    ],
)
async def test_every_refusal_is_one_sentence(
    publisher: Publisher, fetch: Fetch, status: int, expected: str
) -> None:
    publisher.put("/feed", b"<html>no</html>", status=status)
    error = await failure(fetch("/feed"))
    assert (expected, status, status == 410) == (str(error), error.status, error.gone)


@pytest.mark.parametrize(("hop", "gone"), [(301, True), (302, False)])
async def test_an_address_is_gone_for_good_only_if_nothing_temporary_led_to_the_answer(
    publisher: Publisher, fetch: Fetch, hop: int, gone: bool
) -> None:
    publisher.put("/feed", status=hop, headers={"Location": "/gone"})
    publisher.put("/gone", status=410)
    assert gone == (await failure(fetch("/feed"))).gone


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("wish", ["90", "Wed, 01 Jul 2026 12:01:30 GMT"])
async def test_a_wish_to_wait_is_handed_on(
    publisher: Publisher, fetch: Fetch, status: int, wish: str
) -> None:
    publisher.put("/feed", status=status, headers={"Retry-After": wish})
    assert timedelta(seconds=90) == (await failure(fetch("/feed"))).retry_after


async def test_one_host_is_asked_twice_at_a_time_at_most(publisher: Publisher, fetch: Fetch) -> None:
    now, most = 0, 0

    async def answer(_request: web.Request) -> web.Response:
        nonlocal now, most
        now += 1
        most = max(most, now)
        for _ in range(50):
            await asyncio.sleep(0)
        now -= 1
        return web.Response(body=FEED)

    publisher.app.router.add_get("/{name}", answer)
    await fetch("/first")
    answers = await asyncio.gather(*(fetch(f"/{number}") for number in range(8)))
    assert [FEED] * 8 == [each.body for each in answers]
    assert 2 == most


@pytest.mark.parametrize("status", [429, 503])
async def test_a_host_that_wants_a_pause_is_not_asked_for_its_other_feeds_either(
    publisher: Publisher, fetch: Fetch, status: int
) -> None:
    publisher.put("/feed", status=status, headers={"Retry-After": "60"})
    publisher.put("/other", FEED)
    await failure(fetch("/feed"))
    error = await failure(fetch("/other"))
    assert isinstance(error, HostBusyError)
    assert timedelta(seconds=59) < (error.retry_after or timedelta()) <= timedelta(minutes=1)
    assert ["/feed"] == [each["path"] for each in publisher.asked]


async def test_an_error_without_a_wish_to_wait_is_the_feed_s_own(publisher: Publisher, fetch: Fetch) -> None:
    publisher.put("/feed", status=503)
    publisher.put("/other", FEED)
    await failure(fetch("/feed"))
    assert FEED == (await fetch("/other")).body


async def test_links_of_the_answer_are_handed_on(publisher: Publisher, fetch: Fetch) -> None:
    publisher.put("/feed", FEED, headers={"Link": '<https://hub.example/>; rel=hub, </feed>; rel="self"'})
    links = (await fetch("/feed")).links
    assert (("hub", "https://hub.example/"), ("self", publisher.url("/feed"))) == links


async def test_who_gives_up_waiting_leaves_the_turn_to_others(publisher: Publisher, fetch: Fetch) -> None:
    release = asyncio.Event()

    async def answer(_request: web.Request) -> web.Response:
        await release.wait()
        return web.Response(body=FEED)

    publisher.put("/first", FEED)
    publisher.app.router.add_get("/{name}", answer)
    await fetch("/first")
    tasks = [asyncio.ensure_future(fetch(f"/{number}")) for number in range(5)]
    await asyncio.sleep(0)
    for task in tasks[:4]:
        task.cancel()
    release.set()
    assert FEED == (await tasks[4]).body
