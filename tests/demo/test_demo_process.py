"""How the demo starts and ends; no browser needed."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.request import urlopen

from demo_process import DemoProcess

HELD_OPEN = "SELECT name FROM topics WHERE shown = 'open'"


async def test_it_stops_by_itself_and_takes_its_children_along() -> None:
    async with DemoProcess("--exit-after", "3") as demo:
        world = json.load(await asyncio.to_thread(urlopen, f"{demo.url}control/world"))
        assert 0 == await demo.wait()
    assert ["The Gazette"] == [guild["name"] for guild in world["guilds"]]
    port = int(demo.url.split(":")[-1].strip("/"))
    assert not await _listens(port)


async def test_it_keeps_its_database_where_it_is_told(tmp_path: Path) -> None:
    async with DemoProcess("--exit-after", "8", "--data", str(tmp_path)) as demo:
        assert 0 == await demo.wait()
    with closing(sqlite3.connect(tmp_path / "nightdesk.db")) as connection:
        names = [name for (name,) in connection.execute(HELD_OPEN)]
    assert names
    assert all(name.startswith("[News] ") for name in names)


async def test_a_port_in_use_ends_it_with_a_clear_line() -> None:
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, DemoProcess("--port", str(port)) as demo:
        assert 2 == await demo.wait()
    assert "" == demo.url


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
