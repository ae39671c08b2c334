"""The simulator as one object: starts, stops, and gives tests their hands. See docs/simulator.md."""

import base64
import secrets
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from aiohttp import web

from simulator.control import Control
from simulator.faults import Fault, Faults
from simulator.gateway.connection import accept
from simulator.gateway.hub import Hub
from simulator.guilds import GuildHandle, add_guild
from simulator.limits import NO_LIMITS, Limiter, Limits
from simulator.page_files import serve_page
from simulator.rest.server import MAX_BODY, Api, Request, attachment, upload
from simulator.snowflakes import Clock
from simulator.streams import Streams
from simulator.world import Rules, World

T = TypeVar("T")
HOST = "127.0.0.1"


class Simulator:
    """A local Discord on 127.0.0.1, for `async with`.

    `limits`: True for Discord's, False for none, or a `Limits`. `clock`: seconds since 1970 UTC; a test that moves
    its own clock calls `tick()` so that what has fallen due happens. `port` 0 takes a free one.
    """

    def __init__(
        self,
        *,
        limits: bool | Limits = True,
        clock: Clock = time.time,
        port: int = 0,
        token: str | None = None,
        rules: Rules | None = None,
    ) -> None:
        chosen = limits if isinstance(limits, Limits) else Limits() if limits else NO_LIMITS
        self.world = World(clock, rules or Rules())
        self.token = token or _new_token(self.world.application.id)
        self.hub = Hub(self.world, self.token, limited=limits is not False)
        self.faults = Faults()
        self.limiter = Limiter(chosen, clock)
        self.api = Api(self.world, self.hub, self.limiter, self.faults)
        self.streams = Streams(self.world)
        self.port = port
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listens. Raises OSError where the port is taken."""
        self._runner = web.AppRunner(
            self._application(), access_log=None, handle_signals=False, shutdown_timeout=0.2
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.world.public_url = self.url
        self.hub.resume_url = self.gateway_url
        self.world.timers.start()

    async def stop(self) -> None:
        self.world.timers.stop()
        self.hub.drop()
        await self.streams.close()
        if self._runner:
            await self._runner.cleanup()
        self._runner = None

    def _application(self) -> web.Application:
        async def gateway(request: web.Request) -> web.StreamResponse:
            return await accept(self.hub, request)

        async def file(request: web.Request) -> web.StreamResponse:
            return await attachment(self.world, request)

        async def given(request: web.Request) -> web.StreamResponse:
            return await upload(self.world, request)

        app = web.Application(client_max_size=MAX_BODY)
        app.router.add_route("*", "/api/v10/{path:.*}", self.api.handle)
        app.router.add_get("/gateway", gateway)
        app.router.add_get("/gateway/", gateway)
        app.router.add_get("/attachments/{channel}/{attachment}/{name}", file)
        app.router.add_get("/ephemeral-attachments/{application}/{attachment}/{name}", given)
        Control(self.world, self.hub, self.faults, self.requests, self.streams).add_to(app)
        serve_page(app)
        return app

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/v10"

    @property
    def gateway_url(self) -> str:
        return f"ws://{HOST}:{self.port}/gateway"

    @property
    def page_url(self) -> str:
        return f"{self.url}/"

    @property
    def control_url(self) -> str:
        return f"{self.url}/control"

    def add_guild(self, name: str) -> GuildHandle:
        """A guild with its owner and the bot in it."""
        return add_guild(self.world, name)

    @property
    def requests(self) -> list[Request]:
        """The REST requests received since the start or the last `requests.clear()`."""
        return self.api.requests

    def fault(self, kind: str, *, method: str = "*", route: str = ".*", count: int = 1, delay: float = 1.0,
              retry_after: float = 1.0) -> Fault:  # fmt: skip
        """Injects a fault into the next `count` requests that match; kinds: see `simulator.faults.KINDS`."""
        return self.faults.add(Fault(kind, method, route, count, delay, retry_after))

    def bot_connected(self) -> bool:
        """Whether the bot has identified on the gateway and is still connected."""
        return self.hub.connected

    async def until(self, condition: Callable[[], T], timeout: float = 5.0) -> T:  # noqa: ASYNC109 - the contract.
        """The condition's first true value, asked again on every change of the world."""
        return await self.world.changes.until(condition, timeout)

    def tick(self) -> None:
        """Lets happen what has fallen due by the injected clock."""
        self.world.timers.run_due()
        self.world.changes.notify()


def _new_token(application_id: str) -> str:
    """Shaped like a bot token: the application's id in Base64, then two random parts."""
    head = base64.urlsafe_b64encode(application_id.encode()).decode().rstrip("=")
    return f"{head}.{secrets.token_urlsafe(4)}.{secrets.token_urlsafe(28)}"
