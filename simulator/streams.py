"""Server-sent events: one person's view of what happens, as it happens."""

import asyncio
import json

from aiohttp import web

from simulator.events import Event
from simulator.visibility import hears
from simulator.world import World

MAX_BACKLOG = 10_000
"""Events waiting for a slow reader; beyond it the stream ends and the browser reconnects."""


async def stream(world: World, user_id: str, request: web.Request) -> web.StreamResponse:
    """`data: {"t", "d"}` for each event the person may see, until the reader leaves."""
    outbox: asyncio.Queue[str] = asyncio.Queue(MAX_BACKLOG)
    overrun = asyncio.Event()

    def hear(event: Event) -> None:
        if event.name == "INTERACTION_CREATE" or not hears(world, event, user_id):
            return
        try:
            outbox.put_nowait(json.dumps({"t": event.name, "d": event.render(user_id)}))
        except asyncio.QueueFull:
            overrun.set()

    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
    await response.prepare(request)
    with world.bus.listening(hear):
        await response.write(b": listening\n\n")
        while not overrun.is_set():
            line = await outbox.get()
            try:
                await response.write(f"data: {line}\n\n".encode())
            except ConnectionError:
                break
    return response
