"""discord.py's and aiohttp's exceptions, told apart by what they mean: applied, not applied, or nobody knows.

Sources: Discord's "Opcodes and Status Codes"; discord.py's `HTTPClient.request`, which repeats 500, 502, 504 and 524 by
itself and raises `RateLimited` (no HTTPException) for a wait longer than `max_ratelimit_timeout`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import aiohttp
import discord

from bot.errors import (
    AmbiguousError,
    ForumError,
    GoneError,
    MissingAccessError,
    RejectedError,
    UnavailableError,
)


@contextmanager
def translated(*, reading: bool = False) -> Iterator[None]:
    """Raise ForumErrors only. `reading`: nothing can have been applied, so nothing is ambiguous."""
    try:
        yield
    except ForumError as error:
        raise _told(error, reading=reading) from error.__cause__
    except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
        raise _told(_meaning(error), reading=reading) from error


def describe(error: Exception) -> str:
    """Some exceptions (a timeout, a closed connection) have no text of their own."""
    return str(error) or type(error).__name__


def _told(error: ForumError, *, reading: bool) -> ForumError:
    return UnavailableError(str(error)) if reading and isinstance(error, AmbiguousError) else error


def _meaning(error: Exception) -> ForumError:
    match error:
        case discord.RateLimited():
            wait = timedelta(seconds=error.retry_after)
            return UnavailableError(f"Discord's rate limit asks to wait {wait}", retry_after=wait)
        case discord.HTTPException():
            return _answered(error)
        case aiohttp.ClientConnectorError():
            return UnavailableError(f"Discord cannot be reached: {error}")
        case aiohttp.ClientError() | OSError() | TimeoutError():
            return AmbiguousError(f"the connection to Discord broke: {describe(error)}")
        case _:
            return UnavailableError(f"Discord cannot be used: {error}")


def _answered(error: discord.HTTPException) -> ForumError:
    text = f"{error.text or error.response.reason} ({error.code or error.status})"
    if isinstance(error, discord.Forbidden):
        return MissingAccessError(text)
    if isinstance(error, discord.NotFound):
        return GoneError(text)
    if error.status in {401, 408, 429, 503}:
        return UnavailableError(f"Discord answered {error.status}: {text}")
    if error.status >= 500:
        return AmbiguousError(f"Discord answered {error.status}; nobody knows whether it was applied")
    return RejectedError(text, code=error.code)
