"""Addresses inside the operator's own network, however they are written or reached."""

import socket

import pytest
from aiohappyeyeballs import AddrInfoType
from aiohttp import TCPConnector
from hostile_servers import LyingResolver, StoppedClock, answer, failure, fetcher, listening, sending
from yarl import URL

from bot.adapters.guard import guarded_socket
from bot.adapters.http import HttpFetcher
from bot.domain.fetching import Validators
from bot.errors import FetchError, PrivateNetworkError

PRIVATE = "is on a private network; polling.allow_private_networks = true would allow that."


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "169.254.169.254",
        "10.0.0.1",
        "0.0.0.0",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
    ],
)
async def test_a_private_address_is_refused_however_it_is_written(host: str) -> None:
    async with fetcher(private=False) as made:
        sentence = await failure(made, f"http://{host}:9/")
    others = ("is a name that cannot be resolved.", "This is no http or https address.")
    assert sentence.endswith((PRIVATE, *others))


@pytest.mark.parametrize(
    "answers", [["127.0.0.1"], ["::1"], ["10.0.0.1", "192.168.0.1"], ["::1", "127.0.0.1"]]
)
async def test_a_name_of_private_addresses_is_refused(answers: list[str]) -> None:
    async with fetcher(private=False, resolver=LyingResolver(answers)) as made:
        assert f"news.example {PRIVATE}" == await failure(made, "http://news.example/")


async def test_a_redirect_to_a_private_address_is_refused_and_named() -> None:
    """One local port stands for a public server: the guard lets it through, and only it."""
    location = b"http://10.0.0.1/feed"
    redirect = b"HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: " + location + b"\r\n\r\n"
    async with listening(sending(redirect)) as url:

        def guard(address: AddrInfoType) -> socket.socket:
            if address[4][1] == URL(url).port:
                return socket.socket(*address[:3])
            return guarded_socket(address)

        async with HttpFetcher(StoppedClock(), user_agent="t", guard=guard) as made:
            sentence = await failure(made, url)
    assert f"127.0.0.1 redirects to 10.0.0.1, which {PRIVATE}" == sentence


async def test_a_name_that_turns_private_between_two_polls_is_refused() -> None:
    def guard(address: AddrInfoType) -> socket.socket:
        """127.0.0.1 stands for the public address."""
        if address[4][0] == "127.0.0.1":
            return socket.socket(*address[:3])
        return guarded_socket(address)

    resolver = LyingResolver(["127.0.0.1"], ["10.0.0.1"])
    async with (
        listening(sending(answer(b"<rss/>"))) as url,
        HttpFetcher(StoppedClock(), user_agent="t", guard=guard, resolver=resolver) as made,
    ):
        named = url.replace("127.0.0.1", "news.example")
        assert b"<rss/>" == (await made.fetch(named, Validators())).body
        connector = made._session.connector
        assert isinstance(connector, TCPConnector)
        connector.clear_dns_cache()  # It keeps an answer for ten seconds.
        assert f"news.example {PRIVATE}" == await failure(made, named)


async def test_a_hub_on_a_private_network_is_not_asked() -> None:
    async with fetcher(private=False) as made:
        with pytest.raises(PrivateNetworkError):
            await made.post("http://127.0.0.1:9/hub", {"hub.secret": "s3cret"})


async def test_a_hub_s_redirect_is_not_followed_for_the_form_has_a_secret() -> None:
    async with (
        listening(sending(answer(b"never asked"))) as elsewhere,
        listening(
            sending(
                b"HTTP/1.1 307 Temporary Redirect\r\nConnection: close\r\nLocation: "
                + elsewhere.encode()
                + b"\r\n\r\n"
            )
        ) as hub,
        fetcher() as made,
    ):
        with pytest.raises(FetchError) as refused:
            await made.post(hub, {"hub.secret": "s3cret"})
    assert 307 == refused.value.status


async def test_nothing_private_is_refused_where_it_is_allowed() -> None:
    async with listening(sending(answer(b"<rss/>"))) as url, fetcher() as made:
        assert b"<rss/>" == (await made.fetch(url, Validators())).body
