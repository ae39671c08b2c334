"""The updates of a live blog whose site keeps each at an address of its own."""

import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace

from bot.domain.live import LiveReading
from bot.errors import PublisherError

log = logging.getLogger(__name__)

MOST = 20  # Updates that one poll fetches.
KNOWN_IN_A_ROW = 3  # Fetched again, for they may have been edited; what is older is left alone.


async def with_parts(
    reading: LiveReading, known: Collection[str], read: Callable[[str], Awaitable[LiveReading | None]]
) -> LiveReading:
    """The reading with its newest updates, from the top down to some that are known by their keys.

    Where one cannot be read, it and what is older stay `elsewhere` for the next time. What lies below the bound is
    left to the page: `older_url`.
    """
    updates, in_a_row = list(reading.updates), 0
    for index, part in enumerate(reading.elsewhere[:MOST]):
        try:
            found = await read(part.url)
        except PublisherError as error:
            log.info("live blog %s: one of its updates cannot be read yet: %s", reading.url, error)
            return replace(reading, updates=tuple(updates), elsewhere=reading.elsewhere[index:])
        updates += found.updates if found else ()
        if index == 0 and found and found.successor_url:
            reading = replace(reading, successor_url=found.successor_url)
        in_a_row = in_a_row + 1 if f"id:{part.guid}" in known else 0
        if in_a_row == KNOWN_IN_A_ROW:
            return replace(reading, updates=tuple(updates), elsewhere=())
    older = reading.url if len(reading.elsewhere) > MOST else reading.older_url
    return replace(reading, updates=tuple(updates), elsewhere=(), older_url=older)
