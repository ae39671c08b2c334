"""Rate limits, counted by a clock that stands still (topics/rate-limits)."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest
from local_discord import Bot, Clock, Connect, Gazette, Rest

from simulator import Limits, Simulator, Window
from simulator.rest.server import all_routes


class Bench:
    def __init__(self, sim: Simulator, clock: Clock, rest: Rest) -> None:
        self.sim = sim
        self.clock = clock
        self.rest = rest
        self.gazette = Gazette(sim)

    async def send(self) -> int:
        path = f"/channels/{self.gazette.text.id}/messages"
        return (await self.rest("POST", path, {"content": "x"}))[0]


@pytest.fixture
async def bench(clock: Clock) -> AsyncIterator[Bench]:
    async with Simulator(clock=clock) as sim, aiohttp.ClientSession() as session:
        yield Bench(sim, clock, Rest(sim, session))


async def test_a_channel_takes_five_messages_in_five_seconds(bench: Bench) -> None:
    assert [200] * 5 + [429] == [await bench.send() for _ in range(6)]
    bench.clock.advance(5)
    assert 200 == await bench.send()


async def test_headers_tell_what_remains(bench: Bench) -> None:
    await bench.send()
    headers = bench.rest.headers
    assert ("5", "4", "5.000") == (
        headers["X-RateLimit-Limit"],
        headers["X-RateLimit-Remaining"],
        headers["X-RateLimit-Reset-After"],
    )
    assert f"{bench.clock() + 5:.3f}" == headers["X-RateLimit-Reset"]


async def test_a_refusal_has_discords_body_and_headers(bench: Bench) -> None:
    for _ in range(5):
        await bench.send()
    bench.clock.advance(2)
    status, body = await bench.rest("POST", f"/channels/{bench.gazette.text.id}/messages", {"content": "x"})
    expected = {"message": "You are being rate limited.", "retry_after": 3.0, "global": False}
    assert (429, expected) == (status, body)
    headers = bench.rest.headers
    assert ("3", "user", "0") == (
        headers["Retry-After"],
        headers["X-RateLimit-Scope"],
        headers["X-RateLimit-Remaining"],
    )


async def test_the_fifty_first_request_of_a_second_is_refused_globally(bench: Bench) -> None:
    assert [200] * 50 == [(await bench.rest("GET", "/gateway"))[0] for _ in range(50)]
    status, body = await bench.rest("GET", "/users/@me")
    assert (429, True, "global") == (status, body["global"], bench.rest.headers["X-RateLimit-Scope"])
    bench.clock.advance(1)
    assert 200 == (await bench.rest("GET", "/users/@me"))[0]


async def test_answers_to_interactions_do_not_count(bench: Bench) -> None:
    for _ in range(50):
        await bench.rest("GET", "/gateway")
    status, body = await bench.rest("POST", "/interactions/1/token/callback", {"type": 5})
    assert (404, 10062) == (status, body["code"])


async def test_a_third_rename_waits_ten_minutes_though_no_header_said_so(bench: Bench) -> None:
    thread = await bench.gazette.alice.start_thread(bench.gazette.forum, "Rain", "It rains.")
    path = f"/channels/{thread.id}"
    answers: list[tuple[int, Any]] = [
        await bench.rest("PATCH", path, {"name": f"Rain {each}"}) for each in range(3)
    ]
    assert ([200, 200, 429], 600) == ([each[0] for each in answers], answers[2][1]["retry_after"])
    assert int(bench.rest.headers["X-RateLimit-Remaining"]) > 0
    assert 200 == (await bench.rest("PATCH", path, {"locked": True}))[0]


async def test_thread_creation_has_a_shared_limit(clock: Clock) -> None:
    limits = Limits(thread_creates=Window(1, 300))
    async with Simulator(clock=clock, limits=limits) as sim, aiohttp.ClientSession() as session:
        gazette, rest = Gazette(sim), Rest(sim, session)
        body = {"name": "Rain", "message": {"content": "x"}}
        assert 201 == (await rest("POST", f"/channels/{gazette.forum.id}/threads", body))[0]
        status, refused = await rest("POST", f"/channels/{gazette.forum.id}/threads", body)
        assert (429, 300, "shared") == (status, refused["retry_after"], rest.headers["X-RateLimit-Scope"])


async def test_channels_do_not_share_a_bucket(bench: Bench) -> None:
    for _ in range(5):
        await bench.send()
    path = f"/channels/{bench.gazette.announcements.id}/messages"
    assert 200 == (await bench.rest("POST", path, {"content": "x"}))[0]


@pytest.mark.parametrize("limits", [True, False])
async def test_every_address_has_rate_limit_headers(clock: Clock, *, limits: bool) -> None:
    async with Simulator(clock=clock, limits=limits) as sim, aiohttp.ClientSession() as session:
        rest, bare = Rest(sim, session), []
        for route in all_routes().all:
            clock.advance(60)
            path = (
                route.template.replace("{application}", sim.world.application.id)
                .replace("{", "")
                .replace("}", "")
            )
            await rest(route.method, path)
            if "X-RateLimit-Bucket" not in rest.headers or "Via" not in rest.headers:
                bare.append(route.template)
        assert [] == bare


async def test_answers_are_exactly_json(bench: Bench) -> None:
    await bench.rest("GET", "/users/@me")
    assert "application/json" == bench.rest.headers["Content-Type"]


async def test_an_unknown_address_and_a_wrong_token_are_refused(bench: Bench) -> None:
    assert (404, {"message": "404: Not Found", "code": 0}) == await bench.rest("GET", "/nothing")
    assert (405, {"message": "405: Method Not Allowed", "code": 0}) == await bench.rest("PUT", "/gateway")
    wrong = await bench.rest("GET", "/users/@me", token="wrong")
    assert (401, {"message": "401: Unauthorized", "code": 0}) == wrong


async def test_discord_py_gives_up_on_a_long_rename_limit(connect: Connect) -> None:
    async with Simulator(limits=True) as sim:
        desk = Gazette(sim)
        bot = await connect(sim, Bot(max_ratelimit_timeout=30))
        thread = await desk.alice.start_thread(desk.forum, "Rain", "It rains.")
        found = await bot.fetch_channel(int(thread.id))
        assert isinstance(found, discord.Thread)
        await found.edit(name="Rain 1")
        await found.edit(name="Rain 2")
        with pytest.raises(discord.RateLimited) as refused:
            await found.edit(name="Rain 3")
        assert refused.value.retry_after > 590
