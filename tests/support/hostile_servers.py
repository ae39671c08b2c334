"""Servers that lie, and a fetcher that must survive them."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.adapters.http import HttpFetcher
from bot.domain.fetching import Validators
from bot.errors import FetchError

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class StoppedClock:
    def now(self) -> datetime:
        return NOW


class LyingResolver(AbstractResolver):
    """Gives each question about any name the next of its answers, as a rebinding name server does."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = [*answers]

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002  # aiohttp's signature.
    ) -> list[ResolveResult]:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=each,
                port=port,
                family=socket.AF_INET6 if ":" in each else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for each in answer
        ]

    async def close(self) -> None:
        pass


@asynccontextmanager
async def listening(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """A server that does with its connections what the handler says, after the request has come."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await handler(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # The fetcher hung up, as it should.
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    scheme = "https" if tls else "http"
    try:
        yield f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed"
    finally:
        server.close()


def sending(*parts: bytes) -> Handler:
    async def handle(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()

    return handle


def answer(body: bytes, *headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


@asynccontextmanager
async def fetcher(
    *,
    private: bool = True,
    limit: timedelta = timedelta(seconds=20),
    resolver: AbstractResolver | None = None,
) -> AsyncIterator[HttpFetcher]:
    async with HttpFetcher(
        StoppedClock(), user_agent="t", allow_private_networks=private, timeout=limit, resolver=resolver
    ) as made:
        yield made


async def failure(made: HttpFetcher, url: str) -> str:
    with pytest.raises(FetchError) as caught:
        await made.fetch(url, Validators())
    return str(caught.value)
