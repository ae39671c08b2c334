"""Injected faults, as a client meets them."""

import asyncio

import aiohttp
import discord
import pytest
from local_discord import Connect, Gazette, Rest

from simulator import DiscordError, Simulator

SENDING = r"/messages$"


async def send(rest: Rest, gazette: Gazette) -> int:
    return (await rest("POST", f"/channels/{gazette.text.id}/messages", {"content": "Rain"}))[0]


@pytest.mark.parametrize("status", [500, 502, 503, 504, 524])
async def test_a_server_error_strikes_before_or_after_applying(
    sim: Simulator, gazette: Gazette, rest: Rest, status: int
) -> None:
    sim.fault(str(status), method="POST", route=SENDING)
    assert (status, 0) == (await send(rest, gazette), len(gazette.alice.messages(gazette.text)))
    sim.fault(f"{status}-after", method="POST", route=SENDING)
    assert (status, 1) == (await send(rest, gazette), len(gazette.alice.messages(gazette.text)))
    assert 200 == await send(rest, gazette)


@pytest.mark.parametrize(("kind", "applied"), [("reset-before", 0), ("reset-after", 1)])
async def test_a_reset_is_a_true_rst(
    sim: Simulator, gazette: Gazette, rest: Rest, kind: str, applied: int
) -> None:
    sim.fault(kind, method="POST", route=SENDING)
    with pytest.raises(aiohttp.ClientOSError) as reset:
        await send(rest, gazette)
    assert (104, applied) == (reset.value.errno, len(gazette.alice.messages(gazette.text)))


@pytest.mark.parametrize(("kind", "applied"), [("close-before", 0), ("close-after", 1)])
async def test_a_closed_line_gives_no_answer(
    sim: Simulator, gazette: Gazette, rest: Rest, kind: str, applied: int
) -> None:
    sim.fault(kind, method="POST", route=SENDING)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await send(rest, gazette)
    assert applied == len(gazette.alice.messages(gazette.text))


@pytest.mark.parametrize("scope", ["user", "shared", "global"])
async def test_a_429_names_its_scope(sim: Simulator, gazette: Gazette, rest: Rest, scope: str) -> None:
    sim.fault(f"429-{scope}", route=SENDING, retry_after=7.5)
    status, body = await rest("POST", f"/channels/{gazette.text.id}/messages", {"content": "Rain"})
    assert (429, 7.5, scope == "global", scope) == (
        status,
        body["retry_after"],
        body["global"],
        rest.headers["X-RateLimit-Scope"],
    )


async def test_an_html_page_comes_instead_of_json(sim: Simulator) -> None:
    sim.fault("html-502")
    async with aiohttp.ClientSession() as session, session.get(sim.api_url + "/gateway") as response:
        assert (502, "text/html") == (response.status, response.content_type)


async def test_a_slow_answer_is_an_answer(sim: Simulator, gazette: Gazette, rest: Rest) -> None:
    sim.fault("slow", route=SENDING, delay=0.01)
    assert 200 == await send(rest, gazette)


async def test_a_fault_strikes_as_often_as_it_was_told(sim: Simulator, gazette: Gazette, rest: Rest) -> None:
    sim.fault("503", method="POST", route=SENDING, count=2)
    assert [503, 503, 200] == [await send(rest, gazette) for _ in range(3)]


async def test_a_fault_strikes_only_what_it_names(sim: Simulator, gazette: Gazette, rest: Rest) -> None:
    sim.fault("503", method="PATCH", route=SENDING)
    sim.fault("503", method="POST", route=r"/threads$")
    assert 200 == await send(rest, gazette)


@pytest.mark.parametrize(("kind", "route"), [("explode", ".*"), ("503", "(")])
async def test_a_fault_that_makes_no_sense_is_refused(sim: Simulator, kind: str, route: str) -> None:
    with pytest.raises(DiscordError) as refused:
        sim.fault(kind, route=route)
    assert 50035 == refused.value.code


async def test_requests_are_listed_with_status_and_fault(
    sim: Simulator, gazette: Gazette, rest: Rest
) -> None:
    sim.fault("503-after", route=SENDING)
    await send(rest, gazette)
    [request] = sim.requests
    path = f"/channels/{gazette.text.id}/messages"
    assert ("POST", path, 503, {"content": "Rain"}, "503-after") == (
        request.method,
        request.path,
        request.status,
        request.body,
        request.fault,
    )


async def test_a_request_that_was_not_applied_is_listed_with_its_body(
    sim: Simulator, gazette: Gazette, rest: Rest
) -> None:
    sim.fault("503", route=SENDING)
    await send(rest, gazette)
    assert [(503, {"content": "Rain"})] == [(each.status, each.body) for each in sim.requests]


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[" * 100_000])
async def test_a_body_that_is_no_json_answers_50109(sim: Simulator, gazette: Gazette, content: bytes) -> None:
    url = f"{sim.api_url}/channels/{gazette.text.id}/messages"
    headers = {"Authorization": f"Bot {sim.token}", "Content-Type": "application/json"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=content, headers=headers) as response,
    ):
        assert (400, 50109) == (response.status, (await response.json())["code"])


async def test_a_request_can_bring_the_gateway_down(
    sim: Simulator, gazette: Gazette, connect: Connect, rest: Rest
) -> None:
    await connect(sim)
    sim.fault("drop-gateway", route=SENDING)
    assert 200 == await send(rest, gazette)
    await sim.until(lambda: not sim.bot_connected())
    await sim.until(sim.bot_connected)


async def test_discord_py_repeats_a_post_blindly(sim: Simulator, gazette: Gazette, connect: Connect) -> None:
    """The very trap that a bot must avoid: a 500 after a forum post was applied makes a second one."""
    bot = await connect(sim)
    forum = bot.get_channel(int(gazette.forum.id))
    assert isinstance(forum, discord.ForumChannel)
    sim.fault("500-after", method="POST", route=r"/threads$")
    creating = asyncio.create_task(forum.create_thread(name="Rain", content="It rains."))
    await sim.until(lambda: len(gazette.alice.threads(gazette.guild)) == 2)
    assert "Rain" == (await creating).thread.name


async def test_discord_py_meets_a_cloudflare_ban_at_once(
    sim: Simulator, gazette: Gazette, connect: Connect
) -> None:
    bot = await connect(sim)
    sim.fault("429-cloudflare", route=SENDING)
    text = bot.get_channel(int(gazette.text.id))
    assert isinstance(text, discord.TextChannel)
    with pytest.raises(discord.HTTPException) as banned:
        await text.send("Rain")
    assert 429 == banned.value.status
