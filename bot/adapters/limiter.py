"""One pace for every request to Discord, and an end to discord.py's blind repeats.

Never decides what to send; it only says when, and stops what must not be sent twice. It sits in aiohttp's
tracing hooks (discord.py's `http_trace`), because only there does it see each attempt, discord.py's own
repeats included.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import IntEnum
from heapq import heappop, heappush
from itertools import count

import aiohttp
from yarl import URL

from bot.errors import AmbiguousError


class Lane(IntEnum):
    """Who waits less: the lower number always goes first."""

    FAST = 0
    NORMAL = 1


# discord.py owns the calls between a command and its requests and passes nothing through. A context variable
# travels along them, task by task, so that one moderator's haste never leaks into what runs beside it.
_lane = ContextVar("lane", default=Lane.NORMAL)


@contextmanager
def fast_lane() -> Iterator[None]:
    """Requests made inside, and in tasks started inside, go before all others."""
    token = _lane.set(Lane.FAST)
    try:
        yield
    finally:
        _lane.reset(token)


def fast_lane_for_this_task() -> None:
    """The same until the task ends, where no block can be put around its work."""
    _lane.set(Lane.FAST)


class Limiter:
    """Lets one waiter pass each 1/`rate` seconds: never a burst, and never more than `rate` in any second.

    Discord allows a bot 50 requests a second in all (its documentation, "Rate Limits"). `now` and `sleep`
    count seconds. A delay of the event loop is not made up for: what was missed is gone.
    """

    def __init__(
        self,
        rate: float = 48.0,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._spacing = 1 / rate
        self._now = now
        self._sleep = sleep
        self._free_at = now()
        self._numbers = count()
        self._waiting: list[tuple[Lane, int, asyncio.Future[None]]] = []
        self._dispatcher: asyncio.Task[None] | None = None

    async def wait(self, lane: Lane = Lane.NORMAL) -> None:
        """Returns when it is this caller's turn. A caller that is cancelled gives its turn to the next."""
        turn = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (lane, next(self._numbers), turn))
        if self._dispatcher is None or self._dispatcher.done():
            self._dispatcher = asyncio.create_task(self._dispatch())
        await turn

    async def _dispatch(self) -> None:
        while self._waiting:
            while (delay := self._free_at - self._now()) > 0:
                await self._sleep(delay)
            # Chosen only now: somebody in a hurry may have come meanwhile.
            turn = self._next_turn()
            if turn is not None:
                self._free_at = self._now() + self._spacing
                turn.set_result(None)

    def _next_turn(self) -> asyncio.Future[None] | None:
        while self._waiting:
            *_, turn = heappop(self._waiting)
            if not turn.done():
                return turn
        return None


# Answers to interactions do not count (Discord's documentation, "Rate Limits"), and are due in 3 seconds.
_EXEMPT = re.compile(r"/(interactions|webhooks)/\d+/.")

# discord.py repeats a request up to five times on these statuses, and (on macOS and Windows) on a reset.
_REPEATED_STATUSES = frozenset({500, 502, 504, 524})
_REPEATED_ERRNOS = frozenset({54, 10054})

# The requests that it must not repeat, because the first attempt may have been applied:
# - a forum post has no nonce, so a second attempt makes a second post;
# - a change of a thread answers 50083 the second time if the first one archived it, and a second rename uses
#   up the allowance of two in ten minutes.
# All others are safe: a message carries an enforced nonce, a thread from a message answers 160004, a
# crosspost 40033, and GET, PUT, DELETE and an edit of a message end where they would have ended.
_NEVER_REPEATED = re.compile(r"POST .*/channels/\d+/threads|PATCH .*/channels/\d+")


def trace_config(limiter: Limiter) -> aiohttp.TraceConfig:
    """For discord.py's `http_trace`. Stops a blind repeat by raising AmbiguousError out of the request."""

    async def pace(_session: object, _context: object, params: aiohttp.TraceRequestStartParams) -> None:
        if params.url.scheme in {"http", "https"} and not _EXEMPT.search(params.url.path):
            await limiter.wait(_lane.get())

    async def check_answer(_session: object, _context: object, params: aiohttp.TraceRequestEndParams) -> None:
        if params.response.status in _REPEATED_STATUSES and _never_repeated(params.method, params.url):
            raise AmbiguousError(
                f"Discord answered {params.response.status}; it may have been done all the same."
            )

    async def check_failure(
        _session: object, _context: object, params: aiohttp.TraceRequestExceptionParams
    ) -> None:
        errno = getattr(params.exception, "errno", None)
        if errno in _REPEATED_ERRNOS and _never_repeated(params.method, params.url):
            raise AmbiguousError("Discord broke the connection off; it may have been done all the same.")

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(pace)
    trace.on_request_end.append(check_answer)
    trace.on_request_exception.append(check_failure)
    return trace


def _never_repeated(method: str, url: URL) -> bool:
    return _NEVER_REPEATED.fullmatch(f"{method} {url.path}") is not None
