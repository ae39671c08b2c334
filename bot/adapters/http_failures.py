"""What keeps a body from coming, said in one sentence to the operator.

Names the host; the caller knows the whole address. Repeats no text that the server wrote.
"""

import os
import re
from datetime import timedelta
from http import HTTPStatus

import aiohttp
from yarl import URL

from bot.adapters.guard import REFUSED
from bot.errors import FetchError, PrivateNetworkError

MEANINGS = {
    401: "asks for a login",
    403: "refuses access; it may not welcome bots, or not this polling.user_agent",
    404: "has nothing at this address",
    410: "has withdrawn this address for good",
    429: "asks for fewer requests",
    503: "is not available for now",
}


def from_answer(host: str, status: int, retry_after: timedelta | None, *, permanent: bool) -> FetchError:
    """`permanent`: no temporary redirect led here, so the answer is about the address that was asked."""
    text = f"{_name(host)} {MEANINGS.get(status) or _meaning(status)} ({_phrase(status)})."
    return FetchError(text, status=status, retry_after=retry_after, gone=status == 410 and permanent)


def _meaning(status: int) -> str:
    if status == 304:
        return 'says "not modified" although it was not asked to compare'
    if status >= 500:
        return "has trouble of its own"
    if 300 <= status < 400:
        return "redirects without saying where to"
    return "gives an answer that is of no use"


def _phrase(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def too_large(host: str, limit: int) -> FetchError:
    return FetchError(f"{_name(host)} sends more than {limit // 1_000_000} MB, which no feed needs.")


def from_exception(error: Exception, url: str, timeout: timedelta) -> FetchError:
    """For everything that aiohttp raises about a server or an address."""
    kind = PrivateNetworkError if _is_private(error) else FetchError
    return kind(f"{_sentence(error, _host(url), timeout)}.")


def _sentence(error: Exception, host: str, timeout: timedelta) -> str:
    match error:
        case aiohttp.TooManyRedirects():
            return f"{host} redirects too many times"
        case aiohttp.RedirectClientError():
            return f"{host} redirects to something that is no http or https address"
        case aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError():
            return "This is no http or https address"
        case TimeoutError():
            return f"{host} did not finish its answer within {timeout.total_seconds():g} seconds"
        case aiohttp.ClientConnectorDNSError():
            return f"{_name(error.host)} is a name that cannot be resolved"
        case aiohttp.ClientConnectorCertificateError():
            reason = getattr(error.certificate_error, "verify_message", "")
            return f"{_name(error.host)} has no valid certificate" + (f": {reason}" if reason else "")
        case aiohttp.ClientConnectorSSLError():
            return f"{_name(error.host)} and we cannot agree on TLS"
        case aiohttp.ClientConnectorError():
            return _unconnected(error, host)
        case aiohttp.ClientResponseError():
            return f"{host} answers in something that is not HTTP, or with headers that are too large"
        case aiohttp.ClientPayloadError():
            return f"{host} broke off in the middle of its answer, or damaged it"
        case aiohttp.ClientConnectionError() | OSError():
            return f"{host} closed the connection before it had answered"
        case _:
            return "This is no http or https address"


def _is_private(error: Exception) -> bool:
    """By its text: the connector mixes the errors of several addresses into one."""
    return isinstance(error, aiohttp.ClientConnectorError) and REFUSED in str(error.os_error)


def _unconnected(error: aiohttp.ClientConnectorError, host: str) -> str:
    there = _name(error.host)
    if _is_private(error):
        where = there if there == host else f"{host} redirects to {there}, which"
        return f"{where} is on a private network; polling.allow_private_networks = true would allow that"
    number = error.os_error.errno or 0
    # asyncio's own text repeats the address; the numbers of getaddrinfo are negative.
    reason = os.strerror(number) if number > 0 else error.os_error.strerror or "no connection"
    return f"{there} cannot be reached: {reason}"


def _host(url: str) -> str:
    try:
        return _name(URL(url).host)
    except ValueError:
        return "The server"


def _name(host: str | None) -> str:
    """A host may come out of a redirect: what is not written like one is not repeated."""
    return host if host and re.fullmatch(r"[\w.:%-]{1,253}", host) else "The server"
