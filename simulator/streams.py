"""Server-sent events: one person's view of what happens, as it happens."""

import asyncio
import contextlib
import json

from aiohttp import web

from simulator.events import Event
from simulator.visibility import hears
from simulator.world import World

MAX_BACKLOG = 10_000
"""Events waiting for a slow reader; beyond it the stream ends and the browser reconnects."""


class Streams:
    """The open streams. A browser that leaves is only noticed at the next event, so `close` ends what is left."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._open: set[asyncio.Task[None]] = set()

    async def serve(self, user_id: str, request: web.Request) -> web.StreamResponse:
        """`data: {"t", "d"}` for each event the person may see, until the reader leaves."""
        response = web.StreamResponse(
            headers={
                "Content-Type": "text/event-stream",
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",
            }
        )
        await response.prepare(request)
        pouring = asyncio.create_task(_pour(self._world, user_id, response))
        self._open.add(pouring)
        pouring.add_done_callback(self._open.discard)
        # Waited for, not awaited: ending the stream must not cancel the handler around it.
        await asyncio.wait([pouring])
        return response

    async def close(self) -> None:
        streams = list(self._open)
        for each in streams:
            each.cancel()
        await asyncio.gather(*streams, return_exceptions=True)


async def _pour(world: World, user_id: str, response: web.StreamResponse) -> None:
    outbox: asyncio.Queue[str] = asyncio.Queue(MAX_BACKLOG)
    overrun = asyncio.Event()

    def hear(event: Event) -> None:
        if event.name == "INTERACTION_CREATE" or not hears(world, event, user_id):
            return
        try:
            outbox.put_nowait(json.dumps({"t": event.name, "d": event.render(user_id)}))
        except asyncio.QueueFull:
            overrun.set()

    with world.bus.listening(hear), contextlib.suppress(ConnectionError):
        await response.write(b": listening\n\n")
        while not overrun.is_set():
            await response.write(f"data: {await outbox.get()}\n\n".encode())
