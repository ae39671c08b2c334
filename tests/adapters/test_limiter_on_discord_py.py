"""The limiter on real, unmodified discord.py against a small local server."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import cast

import aiohttp
import discord
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from discord.http import HTTPClient, MultipartParameters, Route
from discord.webhook.async_ import AsyncWebhookAdapter

from bot.adapters.limiter import Lane, Limiter, fast_lane, fast_lane_for_this_task, trace_config
from bot.errors import AmbiguousError

# What discord.py wants to see: without these it holds the whole route back.
LIMITS = {
    "Via": "1.1 test",
    "X-RateLimit-Bucket": "b",
    "X-RateLimit-Limit": "10",
    "X-RateLimit-Remaining": "9",
    "X-RateLimit-Reset": "1",
    "X-RateLimit-Reset-After": "1",
}


class OpenRoad(Limiter):
    """Lets everybody pass and keeps the lanes they came on."""

    def __init__(self) -> None:
        super().__init__()
        self.lanes: list[Lane] = []

    async def wait(self, lane: Lane = Lane.NORMAL) -> None:
        self.lanes.append(lane)


Request = Callable[[HTTPClient], Awaitable[None]]


@dataclass
class Server:
    """Remembers what it was asked; `statuses` are its next answers, then 200 for ever."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    padding: int = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path.removeprefix('/api/v10')}")
        if request.path == "/gateway":
            return await self._open_socket(request)
        status = self.statuses.pop(0) if self.statuses else 200
        # discord.py reads JSON only where the type carries no charset.
        headers = LIMITS | {"Content-Type": "application/json"}
        return web.Response(
            body=json.dumps({"id": "1"}).encode().ljust(self.padding), status=status, headers=headers
        )

    async def _open_socket(self, request: web.Request) -> web.StreamResponse:
        opened = web.WebSocketResponse()
        await opened.prepare(request)
        await opened.close()
        return opened


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    asked = Server()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", asked.answer)
    async with TestServer(app, host="127.0.0.1") as started:
        asked.url = str(started.make_url("")).rstrip("/")
        yield asked


@pytest.fixture
def road() -> OpenRoad:
    return OpenRoad()


@pytest.fixture
async def http(server: Server, road: OpenRoad, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[HTTPClient]:
    monkeypatch.setattr(Route, "BASE", f"{server.url}/api/v10")
    client = HTTPClient(asyncio.get_running_loop(), http_trace=trace_config(road))
    await client.static_login("token")
    server.asked.clear()
    road.lanes.clear()
    yield client
    await client.close()


def session(http: HTTPClient) -> aiohttp.ClientSession:
    return cast("aiohttp.ClientSession", http._HTTPClient__session)  # type: ignore[attr-defined]


async def create_forum_post(http: HTTPClient) -> None:
    await http.request(
        Route("POST", "/channels/{channel_id}/threads", channel_id=1), json={"name": "[News] x"}
    )


async def edit_thread(http: HTTPClient) -> None:
    await http.edit_channel(1, archived=True)


async def test_every_request_waits_its_turn(http: HTTPClient, road: OpenRoad) -> None:
    await http.get_channel(1)
    await create_forum_post(http)
    assert [Lane.NORMAL, Lane.NORMAL] == road.lanes


async def test_answers_to_interactions_do_not_wait(http: HTTPClient, road: OpenRoad, server: Server) -> None:
    adapter = AsyncWebhookAdapter()  # type: ignore[no-untyped-call]  # discord.py left its constructor bare.
    parameters = MultipartParameters(payload={"type": 5}, multipart=None, files=None)
    await adapter.create_interaction_response(
        interaction_id=1, token="abc", session=session(http), params=parameters
    )
    await adapter.edit_original_interaction_response(
        application_id=2, token="abc", session=session(http), payload={"content": "done"}
    )
    assert [
        "POST /interactions/1/abc/callback",
        "PATCH /webhooks/2/abc/messages/@original",
    ] == server.asked
    assert [] == road.lanes


async def test_a_channels_list_of_webhooks_waits_like_the_rest(http: HTTPClient, road: OpenRoad) -> None:
    await http.channel_webhooks(1)
    assert [Lane.NORMAL] == road.lanes


async def test_the_gateway_does_not_wait(http: HTTPClient, road: OpenRoad, server: Server) -> None:
    await (await http.ws_connect(server.url.replace("http", "ws") + "/gateway")).close()
    assert [] == road.lanes


async def test_the_fast_lane_reaches_through_discord_py_and_ends_with_its_block(
    http: HTTPClient, road: OpenRoad
) -> None:
    with fast_lane():
        await http.get_channel(1)
        await asyncio.gather(http.get_channel(2))
    await http.get_channel(3)
    assert [Lane.FAST, Lane.FAST, Lane.NORMAL] == road.lanes


async def test_the_fast_lane_of_a_task_is_its_own(http: HTTPClient, road: OpenRoad) -> None:
    async def command() -> None:
        fast_lane_for_this_task()
        await http.get_channel(1)

    await asyncio.create_task(command())
    await http.get_channel(2)
    assert [Lane.FAST, Lane.NORMAL] == road.lanes


@pytest.mark.parametrize("status", [500, 502, 504, 524])
@pytest.mark.parametrize("request_", [create_forum_post, edit_thread])
async def test_what_may_have_been_applied_is_not_repeated(
    http: HTTPClient, server: Server, status: int, request_: Request
) -> None:
    server.statuses = [status]
    with pytest.raises(AmbiguousError):
        await request_(http)
    assert 1 == len(server.asked)
    await http.get_channel(1)
    assert "GET /channels/1" == server.asked[-1]


@pytest.mark.parametrize("request_", [create_forum_post, edit_thread])
async def test_a_plain_refusal_reaches_the_caller_as_it_is(
    http: HTTPClient, server: Server, request_: Request
) -> None:
    server.statuses = [503]
    with pytest.raises(discord.DiscordServerError):
        await request_(http)


async def test_the_connection_of_an_ambiguous_answer_is_given_back(http: HTTPClient, server: Server) -> None:
    server.padding = 5_000_000  # More than arrives with the head: what is unread keeps a connection busy.
    server.statuses = [502]
    with pytest.raises(AmbiguousError) as caught:
        await create_forum_post(http)
    assert caught.tb is not None  # As long as it lives, nothing that it passed is collected.
    connector = session(http).connector
    assert connector is not None
    assert 0 == len(connector._acquired)


@pytest.fixture
async def plain(road: OpenRoad) -> AsyncIterator[aiohttp.ClientSession]:
    """Without discord.py, whose repeats sleep for seconds."""
    async with aiohttp.ClientSession(trace_configs=[trace_config(road)]) as opened:
        yield opened


@pytest.mark.parametrize(
    "request_",
    [
        "GET /channels/1",
        "PUT /channels/1/thread-members/@me",
        "DELETE /channels/1",
        "POST /channels/1/messages",
        "POST /channels/1/messages/2/threads",
        "POST /channels/1/messages/2/crosspost",
        "PATCH /channels/1/messages/2",
        "PATCH /webhooks/1/abc/messages/@original",
    ],
)
async def test_what_is_safe_to_repeat_is_left_to_discord_py(
    plain: aiohttp.ClientSession, server: Server, request_: str
) -> None:
    method, path = request_.split()
    server.statuses = [500]
    async with plain.request(method, f"{server.url}/api/v10{path}") as response:
        assert 500 == response.status


class ResetConnector(aiohttp.TCPConnector):
    """Breaks each request off with the errno that a reset has on macOS, where discord.py repeats on it."""

    async def connect(self, *_: object, **__: object) -> aiohttp.connector.Connection:
        raise aiohttp.ClientOSError(54, "Connection reset by peer")


@pytest.mark.parametrize(
    ("method", "path", "error"),
    [
        ("POST", "/channels/1/threads", AmbiguousError),
        ("PATCH", "/channels/1", AmbiguousError),
        ("POST", "/channels/1/messages", aiohttp.ClientOSError),
    ],
)
async def test_a_reset_that_discord_py_would_repeat_is_ambiguous_too(
    road: OpenRoad, method: str, path: str, error: type[Exception]
) -> None:
    connector = ResetConnector()
    async with aiohttp.ClientSession(connector=connector, trace_configs=[trace_config(road)]) as opened:
        with pytest.raises(error):
            await opened.request(method, f"http://127.0.0.1:1/api/v10{path}")
