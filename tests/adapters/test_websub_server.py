"""Where hubs reach the desk, over real HTTP."""

import asyncio
import gzip
import io
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

import aiohttp
import pytest

from bot.adapters.http import BODY_LIMIT
from bot.adapters.websub_server import DELIVERIES_AT_ONCE, WebSubServer
from bot.errors import ConfigError

TOKEN = "t0ken"


class FakeSubscriber:
    """Knows one address, confirms one topic; what came stays in `delivered`. Works only while `may_work` is set."""

    def __init__(self) -> None:
        self.delivered: list[tuple[str, bytes, str, str | None]] = []
        self.expected = asyncio.Semaphore(0)
        self.may_work = asyncio.Event()
        self.may_work.set()

    async def answer(self, token: str, question: Mapping[str, str]) -> str | None:
        if token != TOKEN or question.get("hub.topic") != "https://gazette.example/feed":
            return None
        return question.get("hub.challenge", "")

    async def expects(self, token: str) -> bool:
        self.expected.release()
        return token == TOKEN

    async def deliver(self, token: str, body: bytes, content_type: str, signature: str | None) -> None:
        await self.may_work.wait()
        self.delivered.append((token, body, content_type, signature))


class Hub:
    """Asks the server over HTTP."""

    def __init__(self, session: aiohttp.ClientSession, port: int) -> None:
        self._session = session
        self._base = f"http://127.0.0.1:{port}"

    async def verify(self, path: str, **question: str) -> tuple[int, str, str]:
        params = {f"hub.{name}": value for name, value in question.items()}
        async with self._session.get(self._base + path, params=params) as answer:
            return answer.status, await answer.text(), answer.content_type

    async def deliver(self, path: str, body: bytes, **headers: str) -> int:
        async with self._session.post(self._base + path, data=io.BytesIO(body), headers=headers) as answer:
            return answer.status

    async def deliver_slowly(self, path: str, go_on: asyncio.Event) -> int:
        """The end of the delivery is sent when `go_on` is set."""

        async def body() -> AsyncIterator[bytes]:
            yield b"<rss>"
            await go_on.wait()
            yield b"</rss>"

        async with self._session.post(self._base + path, data=body()) as answer:
            return answer.status


@pytest.fixture
def subscriber() -> FakeSubscriber:
    return FakeSubscriber()


@pytest.fixture
async def hub(subscriber: FakeSubscriber) -> AsyncIterator[Hub]:
    async with (
        WebSubServer(subscriber, "127.0.0.1", 0) as server,
        aiohttp.ClientSession() as session,
    ):
        yield Hub(session, server.port)
        subscriber.may_work.set()


@pytest.mark.parametrize("path", [f"/{TOKEN}", f"/push/{TOKEN}", f"/a/b/{TOKEN}"])
async def test_a_challenge_comes_back_as_plain_text_below_any_path_of_a_proxy(hub: Hub, path: str) -> None:
    challenge = "<script>é"
    answer = await hub.verify(path, topic="https://gazette.example/feed", challenge=challenge)
    assert (200, challenge, "text/plain") == answer


@pytest.mark.parametrize(
    ("path", "topic"),
    [(f"/{TOKEN}", "https://evil.example/"), ("/other", "https://gazette.example/feed"), ("/", "x")],
)
async def test_what_nobody_asked_for_is_not_found(hub: Hub, path: str, topic: str) -> None:
    status, text, _ = await hub.verify(path, topic=topic, challenge="challenge")
    assert 404 == status
    assert "challenge" not in text


async def test_a_delivery_is_answered_before_it_is_worked_on(hub: Hub, subscriber: FakeSubscriber) -> None:
    subscriber.may_work.clear()
    headers = {"Content-Type": "application/rss+xml", "X-Hub-Signature": "sha256=00"}
    assert 202 == await hub.deliver(f"/push/{TOKEN}", b"<rss/>", **headers)
    assert [] == subscriber.delivered
    subscriber.may_work.set()
    await asyncio.sleep(0)
    assert [(TOKEN, b"<rss/>", "application/rss+xml", "sha256=00")] == subscriber.delivered


async def test_a_delivery_to_an_unknown_address_is_not_even_read(
    hub: Hub, subscriber: FakeSubscriber
) -> None:
    assert 404 == await hub.deliver("/other", b"<rss/>")
    assert [] == subscriber.delivered


async def test_a_delivery_that_is_too_large_is_refused(hub: Hub, subscriber: FakeSubscriber) -> None:
    assert 413 == await hub.deliver(f"/{TOKEN}", b"x" * (BODY_LIMIT + 1))
    assert [] == subscriber.delivered


async def test_a_delivery_that_unpacks_to_something_too_large_is_refused(
    hub: Hub, subscriber: FakeSubscriber
) -> None:
    bomb = gzip.compress(bytes(BODY_LIMIT * 20))
    assert 413 == await hub.deliver(f"/{TOKEN}", bomb, **{"Content-Encoding": "gzip"})
    assert [] == subscriber.delivered


async def test_more_deliveries_than_can_be_worked_on_are_asked_to_come_again(
    hub: Hub, subscriber: FakeSubscriber
) -> None:
    subscriber.may_work.clear()
    answers = [await hub.deliver(f"/{TOKEN}", b"<rss/>") for _ in range(DELIVERIES_AT_ONCE + 1)]
    assert [202] * DELIVERIES_AT_ONCE + [503] == answers


async def test_deliveries_that_are_still_arriving_count_as_well(hub: Hub, subscriber: FakeSubscriber) -> None:
    go_on = asyncio.Event()
    arriving = [
        asyncio.create_task(hub.deliver_slowly(f"/{TOKEN}", go_on)) for _ in range(DELIVERIES_AT_ONCE)
    ]
    for _ in arriving:
        await subscriber.expected.acquire()
    assert 503 == await hub.deliver(f"/{TOKEN}", b"<rss/>")
    go_on.set()
    assert [202] * DELIVERIES_AT_ONCE == await asyncio.gather(*arriving)
    assert 202 == await hub.deliver(f"/{TOKEN}", b"<rss/>")


async def test_a_delivery_that_never_ends_is_refused(subscriber: FakeSubscriber) -> None:
    async with (
        WebSubServer(subscriber, "127.0.0.1", 0, reading=timedelta(milliseconds=50)) as server,
        aiohttp.ClientSession() as session,
    ):
        assert 408 == await Hub(session, server.port).deliver_slowly(f"/{TOKEN}", asyncio.Event())
    assert [] == subscriber.delivered


@pytest.mark.parametrize("path", [f"/{TOKEN}", "/other"])
async def test_no_answer_names_the_software(hub: Hub, path: str) -> None:
    async with hub._session.post(hub._base + path, data=b"<rss/>") as answer:
        assert "Server" not in answer.headers


async def test_other_methods_are_not_allowed(hub: Hub) -> None:
    async with hub._session.put(f"{hub._base}/{TOKEN}") as answer:
        assert 405 == answer.status


async def test_an_address_in_use_is_the_operator_s_matter(subscriber: FakeSubscriber) -> None:
    async with WebSubServer(subscriber, "127.0.0.1", 0) as server:
        with pytest.raises(
            ConfigError, match=rf"websub\.listen: cannot listen on 127\.0\.0\.1:{server.port}"
        ):
            async with WebSubServer(subscriber, "127.0.0.1", server.port):
                pass
