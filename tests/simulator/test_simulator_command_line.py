"""`python -m simulator`, started as a person or a program starts it."""

import asyncio
import json
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process

import aiohttp
import pytest

URLS = {"page_url", "api_url", "gateway_url", "control_url"}


async def start(*arguments: str, stdin: int | None = PIPE) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", *arguments, stdin=stdin, stdout=PIPE, stderr=PIPE
    )


async def first_line(process: Process) -> str:
    assert process.stdout is not None
    return (await asyncio.wait_for(process.stdout.readline(), 20)).decode()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_tells_where_it_listens_and_stops_on_a_signal(number: signal.Signals) -> None:
    process = await start("--port", "0", "--ready-json", "--token", "secret")
    found = json.loads(await first_line(process))
    async with aiohttp.ClientSession() as session, session.get(found["control_url"] + "/world") as response:
        world = await response.json()
    process.send_signal(number)
    output, errors = await asyncio.wait_for(process.communicate(), 10)
    assert (0, b"", b"") == (process.returncode, output, errors)
    assert (URLS | {"token", "channels"}, "secret") == (found.keys(), found["token"])
    assert ["The Gazette"] == [each["name"] for each in world["guilds"]]
    assert {"news", "general", "announcements"} == found["channels"].keys()


async def test_it_stops_when_its_parent_goes() -> None:
    process = await start("--port", "0", "--ready-json", "--stay-with-parent")
    await first_line(process)
    assert process.stdin is not None
    process.stdin.close()
    await asyncio.wait_for(process.wait(), 10)
    assert 0 == process.returncode


async def test_a_taken_port_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        process = await start("--port", port)
        output, errors = await asyncio.wait_for(process.communicate(), 20)
    expected = f"simulator: port {port} on 127.0.0.1 is in use; choose another with --port\n"
    assert (2, b"", expected) == (process.returncode, output, errors.decode())


async def test_an_empty_world_has_no_guild_and_lines_are_for_people() -> None:
    process = await start("--port", "0", "--world", "empty", "--no-limits")
    assert "page" in await first_line(process)
    process.terminate()
    output, _ = await asyncio.wait_for(process.communicate(), 10)
    assert {"api", "gateway", "control", "token"} == {
        line.split()[0] for line in output.decode().splitlines()
    }
