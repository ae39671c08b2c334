"""The fetcher against servers that mean harm or are broken: each ends as one clear sentence, soon and small."""

import asyncio
import gzip
import shutil
import socket
import ssl
import struct
import sys
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # It ships no types.
import pytest
from aiohttp.abc import ResolveResult
from hostile_servers import (
    Handler,
    LyingResolver,
    answer,
    failure,
    fetcher,
    listening,
    sending,
)

from bot.adapters.http import BODY_LIMIT
from bot.domain.fetching import Validators

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


OPENSSL = shutil.which("openssl")
SHORT = timedelta(seconds=0.3)
BOMB = bytes(64_000_000)
TOO_LARGE = "127.0.0.1 sends more than 5 MB, which no feed needs."
NO_HTTP = "127.0.0.1 answers in something that is not HTTP, or with headers that are too large."
BROKEN_OFF = "127.0.0.1 broke off in the middle of its answer, or damaged it."
CLOSED = "127.0.0.1 closed the connection before it had answered."
TIMED_OUT = "127.0.0.1 did not finish its answer within 0.3 seconds."


async def failure_of(handler: Handler, limit: timedelta = timedelta(seconds=20)) -> str:
    async with listening(handler) as url, fetcher(limit=limit) as made:
        return await failure(made, url)


@pytest.fixture
def memory() -> Iterator[Callable[[], int]]:
    """The bytes that were in use at the worst moment since the test began."""
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()


ENCODINGS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda body: brotli.compress(body, quality=1),
    "zstd": zstd.compress,
}


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_a_compressed_bomb_stops_at_the_limit(encoding: str, memory: Callable[[], int]) -> None:
    body = ENCODINGS[encoding](BOMB)
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    assert TOO_LARGE == await failure_of(sending(answer(body, f"Content-Encoding: {encoding}")))
    assert 5 * BODY_LIMIT > memory() - before


async def test_a_body_that_says_it_is_too_large_is_not_even_read() -> None:
    assert TOO_LARGE == await failure_of(sending(answer(b"", f"Content-Length: {BODY_LIMIT + 1}")))


async def test_a_body_without_end_stops_at_the_limit() -> None:
    async def pour(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(b""))
        while True:
            writer.write(bytes(100_000))
            await writer.drain()

    assert TOO_LARGE == await failure_of(pour)


async def test_a_body_at_the_limit_is_taken_whole() -> None:
    body = gzip.compress(b"x" * BODY_LIMIT)
    async with listening(sending(answer(body, "Content-Encoding: gzip"))) as url, fetcher() as made:
        fetched = await made.fetch(url, Validators())
    assert BODY_LIMIT == len(fetched.body or b"")


async def test_a_server_that_drips_is_ended_by_the_clock() -> None:
    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(b""))
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    assert TIMED_OUT == await failure_of(drip, SHORT)


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200", answer(b"", "Content-Length: 5")])
async def test_a_server_that_falls_silent_is_ended_by_the_clock(said: bytes) -> None:
    async def fall_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await reader.read()

    assert TIMED_OUT == await failure_of(fall_silent, SHORT)


async def test_waiting_for_ones_turn_at_a_slow_host_does_not_count() -> None:
    """Ten answers of a quarter second, two at a time, are longer than the limit of one."""

    async def think(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.25)
        writer.write(answer(b"<rss/>"))
        await writer.drain()

    async with listening(think) as url, fetcher(limit=timedelta(seconds=1)) as made:
        fetched = await asyncio.gather(*(made.fetch(url, Validators()) for _ in range(10)))
    assert [b"<rss/>"] * 10 == [each.body for each in fetched]


async def test_redirects_share_one_time_limit() -> None:
    async def send_round(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.1)
        writer.write(b"HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: /again\r\n\r\n")
        await writer.drain()

    assert TIMED_OUT == await failure_of(send_round, SHORT)


@pytest.mark.parametrize(
    "sent",
    [
        answer(b"", "X: " + "x" * 100_000),
        answer(b"", *(f"X-{number}: x" for number in range(1000))),
        b"HTTP/1.1 200 " + b"x" * 100_000 + b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x00\xff\x00\xff\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"HTTP/1.1 two hundred\r\n\r\n",
        answer(b"", "Content-Length: -5"),
        answer(b"zz\r\n", "Transfer-Encoding: chunked"),
        answer(b"", "Content-Length: 5", "Content-Length: 6"),
    ],
)
async def test_what_is_no_http_is_named(sent: bytes) -> None:
    assert NO_HTTP == await failure_of(sending(sent))


@pytest.mark.parametrize(
    "sent",
    [
        answer(b"abc", "Content-Length: 10"),
        answer(b"5\r\nab", "Transfer-Encoding: chunked"),
        answer(b"this is not gzip", "Content-Encoding: gzip"),
        answer(gzip.compress(b"x" * 100_000)[:50], "Content-Encoding: gzip", "Content-Length: 100"),
    ],
)
async def test_a_damaged_body_is_named(sent: bytes) -> None:
    assert BROKEN_OFF == await failure_of(sending(sent))


async def test_a_server_that_hangs_up_is_named() -> None:
    assert CLOSED == await failure_of(sending())


async def test_a_reset_is_named() -> None:
    async def reset(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        writer.transport.abort()

    assert CLOSED == await failure_of(reset)


async def test_a_closed_port_is_named() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        async with fetcher() as made:
            sentence = await failure(made, f"http://127.0.0.1:{reserved.getsockname()[1]}/")
    assert "127.0.0.1 cannot be reached: Connection refused." == sentence


async def test_tls_with_a_server_that_has_none_is_named() -> None:
    async def talk(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server, fetcher() as made:
        port = server.sockets[0].getsockname()[1]
        assert "127.0.0.1 and we cannot agree on TLS." == await failure(made, f"https://127.0.0.1:{port}/")


@pytest.mark.skipif(OPENSSL is None, reason="openssl makes the certificate, and is not installed")
async def test_a_certificate_that_nobody_vouches_for_is_named(tmp_path: Path) -> None:
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    make = f"req -x509 -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -days 1 -keyout {key} -out {certificate}"
    made_it = await asyncio.create_subprocess_exec(
        str(OPENSSL), *make.split(), stderr=asyncio.subprocess.DEVNULL
    )
    assert 0 == await made_it.wait()
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    async with listening(sending(answer(b"<rss/>")), tls) as url, fetcher() as made:
        sentence = await failure(made, url)
    assert sentence.startswith("127.0.0.1 has no valid certificate: self")


@pytest.mark.parametrize(
    "url", ["", "feed", "http://", "http://[::1", "ftp://example.org/", "http://x:99999999/"]
)
async def test_what_is_no_address_is_named(url: str) -> None:
    async with fetcher() as made:
        assert "This is no http or https address." == await failure(made, url)


async def test_a_name_that_cannot_be_resolved_is_named() -> None:
    class Nothing(LyingResolver):
        async def resolve(
            self,
            host: str,
            port: int = 0,  # noqa: ARG002
            family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002
        ) -> list[ResolveResult]:
            raise OSError(None, f"no such name: {host}")

    async with fetcher(resolver=Nothing([])) as made:
        assert "news.example is a name that cannot be resolved." == await failure(
            made, "http://news.example/"
        )
