"""The gateway: HELLO to RESUMED, compression, shards, intents and close codes (events/gateway)."""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest
from local_discord import Bot, Clock, Connect, Gazette, Rest

from simulator import Rules, Simulator


class Socket:
    """A bare gateway client."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, *, zlib_stream: bool = False) -> None:
        self._socket = socket
        self._inflate = zlib.decompressobj() if zlib_stream else None

    async def receive(self) -> Any:
        """The next payload; `None` once the connection is closed."""
        message = await self._socket.receive(timeout=5)
        if message.type is aiohttp.WSMsgType.TEXT:
            return json.loads(message.data)
        if message.type is aiohttp.WSMsgType.BINARY and self._inflate:
            return json.loads(self._inflate.decompress(message.data))
        if message.type is aiohttp.WSMsgType.BINARY:
            return json.loads(zlib.decompress(message.data))
        return None

    async def until(self, name: str) -> Any:
        """The data of the next event of this name."""
        while (payload := await self.receive()) is not None:
            if payload["t"] == name:
                return payload["d"]
        raise AssertionError(f"closed before {name}")

    async def send(self, op: int, data: Any) -> None:
        await self._socket.send_json({"op": op, "d": data})

    async def identify(self, token: str, *, intents: int = 1, **more: Any) -> None:
        await self.send(2, {"token": token, "intents": intents, "properties": {}} | more)

    async def closed_with(self) -> int | None:
        while await self.receive() is not None:
            pass
        return self._socket.close_code


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as found:
        yield found


async def open_socket(session: aiohttp.ClientSession, sim: Simulator, query: str = "") -> Socket:
    socket = Socket(await session.ws_connect(sim.gateway_url + query), zlib_stream="zlib" in query)
    assert 10 == (await socket.receive())["op"]
    return socket


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"op": 2, "d": {"token": "wrong", "intents": 1}}, 4004),
        ({"op": 2, "d": {"token": "TOKEN", "intents": 1, "shard": [2, 2]}}, 4010),
        ({"op": 2, "d": {"token": "TOKEN", "intents": 1, "shard": ["a", None]}}, 4010),
        ({"op": 2, "d": {"token": "TOKEN", "intents": "all"}}, 4013),
        ({"op": 2, "d": {"token": "TOKEN", "intents": 1 << 40}}, 4013),
        ({"op": 2, "d": []}, 4002),
        ({"op": 6, "d": {"token": "TOKEN", "session_id": "x", "seq": "y"}}, 4007),
        ({"op": 2, "d": {"token": "TOKEN", "intents": 1 << 8}}, 4014),
        ({"op": 6, "d": {"token": "wrong", "session_id": "x", "seq": 0}}, 4004),
        ({"op": 8, "d": {}}, 4003),
        ({"d": {}}, 4002),
    ],
)
async def test_a_wrong_start_closes_with_discords_code(
    sim: Simulator, session: aiohttp.ClientSession, payload: Any, code: int
) -> None:
    socket = await open_socket(session, sim)
    await socket._socket.send_str(json.dumps(payload).replace("TOKEN", sim.token))
    assert code == await socket.closed_with()


async def test_a_second_identify_closes_with_4005(sim: Simulator, session: aiohttp.ClientSession) -> None:
    socket = await open_socket(session, sim)
    await socket.identify(sim.token)
    await socket.identify(sim.token)
    assert 4005 == await socket.closed_with()


async def test_an_unknown_opcode_closes_with_4001(sim: Simulator, session: aiohttp.ClientSession) -> None:
    socket = await open_socket(session, sim)
    await socket.identify(sim.token)
    await socket.send(77, {})
    assert 4001 == await socket.closed_with()


async def test_text_that_is_no_json_closes_with_4002(sim: Simulator, session: aiohttp.ClientSession) -> None:
    socket = await open_socket(session, sim)
    await socket._socket.send_str("hello?")
    assert 4002 == await socket.closed_with()


async def test_a_heartbeat_is_acknowledged(sim: Simulator, session: aiohttp.ClientSession) -> None:
    socket = await open_socket(session, sim)
    await socket.send(1, None)
    assert 11 == (await socket.receive())["op"]


async def test_a_client_that_never_beats_is_closed_by_the_clock(
    clock: Clock, session: aiohttp.ClientSession
) -> None:
    async with Simulator(clock=clock) as sim:
        socket = await open_socket(session, sim)
        clock.advance(90)
        sim.tick()
        assert 4009 == await socket.closed_with()


async def test_more_than_120_payloads_in_a_minute_close_with_4008(
    clock: Clock, session: aiohttp.ClientSession
) -> None:
    async with Simulator(clock=clock) as sim:
        socket = await open_socket(session, sim)
        for _ in range(121):
            await socket.send(1, None)
        assert 4008 == await socket.closed_with()


@pytest.mark.parametrize("query", ["", "?compress=zlib-stream"])
async def test_guilds_arrive_after_ready_however_compressed(
    sim: Simulator, gazette: Gazette, session: aiohttp.ClientSession, query: str
) -> None:
    socket = await open_socket(session, sim, query)
    await socket.identify(sim.token, compress=True)
    ready = await socket.until("READY")
    guild = await socket.until("GUILD_CREATE")
    assert [{"id": gazette.guild.id, "unavailable": True}] == ready["guilds"]
    assert [gazette.forum.id, gazette.text.id, gazette.announcements.id] == [
        each["id"] for each in guild["channels"]
    ]
    assert [sim.world.application.id] == [each["user"]["id"] for each in guild["members"]]


async def test_a_resume_replays_what_was_missed(
    sim: Simulator, gazette: Gazette, session: aiohttp.ClientSession
) -> None:
    socket = await open_socket(session, sim)
    await socket.identify(sim.token, intents=1 << 9)
    ready = await socket.until("READY")
    sim.hub.drop()
    await sim.until(lambda: not sim.bot_connected())
    await gazette.alice.post(gazette.text, "Missed")
    again = await open_socket(session, sim)
    await again.send(6, {"token": sim.token, "session_id": ready["session_id"], "seq": 1})
    message = await again.receive()
    assert ("MESSAGE_CREATE", 2) == (message["t"], message["s"])
    assert "RESUMED" == (await again.receive())["t"]
    assert 1 == sim.hub.identifies


@pytest.mark.parametrize("resumable", [True, False])
async def test_an_invalidated_session_can_or_cannot_be_resumed(
    sim: Simulator, session: aiohttp.ClientSession, *, resumable: bool
) -> None:
    socket = await open_socket(session, sim)
    await socket.identify(sim.token)
    ready = await socket.until("READY")
    sim.hub.invalidate(resumable=resumable)
    payload = await socket.receive()
    assert (9, resumable) == (payload["op"], payload["d"])
    again = await open_socket(session, sim)
    await again.send(6, {"token": sim.token, "session_id": ready["session_id"], "seq": 1})
    assert resumable is ((await again.receive())["t"] == "RESUMED")


@pytest.mark.parametrize("known", [True, False])
async def test_an_impossible_resume_is_told_to_identify_anew(
    sim: Simulator, session: aiohttp.ClientSession, *, known: bool
) -> None:
    socket = await open_socket(session, sim)
    await socket.identify(sim.token)
    session_id = (await socket.until("READY"))["session_id"] if known else "unknown"
    again = await open_socket(session, sim)
    await again.send(6, {"token": sim.token, "session_id": session_id, "seq": 1000})
    payload = await again.receive()
    assert (9, False) == (payload["op"], payload["d"])


async def test_a_session_is_forgotten_after_some_minutes(
    clock: Clock, session: aiohttp.ClientSession
) -> None:
    async with Simulator(clock=clock) as sim:
        socket = await open_socket(session, sim)
        await socket.identify(sim.token)
        ready = await socket.until("READY")
        sim.hub.drop()
        await sim.until(lambda: not sim.bot_connected())
        clock.advance(301)
        sim.tick()
        again = await open_socket(session, sim)
        await again.send(6, {"token": sim.token, "session_id": ready["session_id"], "seq": 1})
        assert 9 == (await again.receive())["op"]


async def test_a_hasty_second_identify_is_an_invalid_session(
    clock: Clock, session: aiohttp.ClientSession
) -> None:
    async with Simulator(clock=clock) as sim:
        for expected, seconds in ((0, 0), (9, 4), (0, 2)):
            clock.advance(seconds)
            socket = await open_socket(session, sim)
            await socket.identify(sim.token)
            assert expected == (await socket.receive())["op"]


async def test_a_shard_hears_of_its_guilds_alone(sim: Simulator, session: aiohttp.ClientSession) -> None:
    guilds = [sim.add_guild(f"Guild {number}") for number in range(8)]
    heard = []
    for shard in range(2):
        socket = await open_socket(session, sim)
        await socket.identify(sim.token, shard=[shard, 2])
        heard.append({each["id"] for each in (await socket.until("READY"))["guilds"]})
    assert [{each.id for each in guilds if (int(each.id) >> 22) % 2 == shard} for shard in range(2)] == heard


async def test_without_the_messages_intent_no_message_is_heard(
    sim: Simulator, gazette: Gazette, session: aiohttp.ClientSession
) -> None:
    socket = await open_socket(session, sim)
    await socket.identify(sim.token, intents=1)
    await socket.until("GUILD_CREATE")
    await gazette.alice.post(gazette.text, "Hello")
    await gazette.alice.start_thread(gazette.forum, "Rain", "It rains.")
    assert "THREAD_CREATE" == (await socket.receive())["t"]


async def test_without_the_content_intent_messages_of_others_are_empty(
    sim: Simulator, gazette: Gazette, session: aiohttp.ClientSession
) -> None:
    socket = await open_socket(session, sim)
    await socket.identify(sim.token, intents=1 << 9)
    await socket.until("READY")
    await gazette.alice.post(gazette.text, "Secret")
    assert "" == (await socket.until("MESSAGE_CREATE"))["content"]


async def test_a_channel_the_bot_cannot_view_stays_silent(
    sim: Simulator, gazette: Gazette, session: aiohttp.ClientSession
) -> None:
    await gazette.guild.owner.set_overwrite(gazette.text, sim.world.application.id, deny=1 << 10)
    socket = await open_socket(session, sim)
    await socket.identify(sim.token, intents=(1 << 9) | (1 << 15))
    await socket.until("READY")
    await gazette.alice.post(gazette.text, "Unheard")
    await gazette.maria.post(gazette.announcements, "Heard")
    assert "Heard" == (await socket.until("MESSAGE_CREATE"))["content"]


async def test_gaining_sight_of_a_channel_brings_its_active_threads(
    sim: Simulator, gazette: Gazette, session: aiohttp.ClientSession
) -> None:
    owner, bot_id = gazette.guild.owner, sim.world.application.id
    await owner.set_overwrite(gazette.forum, bot_id, deny=1 << 10)
    thread = await gazette.alice.start_thread(gazette.forum, "Rain", "It rains.")
    socket = await open_socket(session, sim)
    await socket.identify(sim.token)
    assert [] == (await socket.until("GUILD_CREATE"))["threads"]
    await owner.set_overwrite(gazette.forum, bot_id)
    synchronised = await socket.until("THREAD_LIST_SYNC")
    assert ([gazette.forum.id], [thread.id]) == (
        synchronised["channel_ids"],
        [each["id"] for each in synchronised["threads"]],
    )


async def test_members_come_in_a_chunk_when_asked_for(
    sim: Simulator, gazette: Gazette, session: aiohttp.ClientSession
) -> None:
    socket = await open_socket(session, sim)
    await socket.identify(sim.token)
    await socket.until("GUILD_CREATE")
    await socket.send(8, {"guild_id": gazette.guild.id, "query": "al", "limit": 5, "nonce": "n"})
    chunk = await socket.until("GUILD_MEMBERS_CHUNK")
    assert ([gazette.alice.id], "n") == ([each["user"]["id"] for each in chunk["members"]], chunk["nonce"])


async def test_a_bot_that_is_removed_hears_so_and_is_a_stranger(
    sim: Simulator, gazette: Gazette, session: aiohttp.ClientSession, rest: Rest
) -> None:
    other = sim.add_guild("Herald")
    socket = await open_socket(session, sim)
    await socket.identify(sim.token)
    await socket.until("READY")
    gazette.guild.remove_bot()
    assert {"id": gazette.guild.id} == await socket.until("GUILD_DELETE")
    status, refused = await rest("GET", f"/guilds/{gazette.guild.id}")
    assert (404, 10004) == (status, refused["code"])
    status, refused = await rest("GET", f"/channels/{gazette.text.id}")
    assert (403, 50001) == (status, refused["code"])
    assert 200 == (await rest("GET", f"/guilds/{other.id}"))[0]


async def test_a_guild_founded_later_is_introduced(sim: Simulator, connect: Connect) -> None:
    bot = await connect(sim)
    joined = asyncio.Event()

    async def on_guild_available(_: discord.Guild) -> None:
        joined.set()

    bot.on_guild_available = bot.on_guild_join = on_guild_available  # type: ignore[attr-defined]
    guild = sim.add_guild("Herald")
    await asyncio.wait_for(joined.wait(), 5)
    assert [guild.name] == [each.name for each in bot.guilds]


async def test_audit_log_entries_are_heard_with_the_moderation_intent(
    sim: Simulator, gazette: Gazette, session: aiohttp.ClientSession
) -> None:
    thread = await gazette.alice.start_thread(gazette.forum, "Rain", "It rains.")
    socket = await open_socket(session, sim)
    await socket.identify(sim.token, intents=1 << 2)
    await socket.until("READY")
    await gazette.maria.edit_thread(thread, locked=True)
    entry = await socket.until("GUILD_AUDIT_LOG_ENTRY_CREATE")
    assert (111, gazette.maria.id, thread.id) == (entry["action_type"], entry["user_id"], entry["target_id"])


async def test_a_refusing_gateway_answers_503(sim: Simulator, session: aiohttp.ClientSession) -> None:
    sim.hub.refusing = True
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await session.ws_connect(sim.gateway_url)
    assert 503 == refused.value.status


# With discord.py.


async def test_discord_py_resumes_after_a_dropped_line(
    sim: Simulator, gazette: Gazette, connect: Connect
) -> None:
    bot = await connect(sim)
    resumed = asyncio.Event()
    heard: list[str] = []

    async def on_shard_resumed(_: int) -> None:
        resumed.set()

    async def on_thread_create(thread: discord.Thread) -> None:
        heard.append(thread.name)

    bot.on_shard_resumed = on_shard_resumed  # type: ignore[attr-defined]
    bot.on_thread_create = on_thread_create  # type: ignore[attr-defined]
    sim.hub.drop()
    await sim.until(lambda: not sim.bot_connected())
    await gazette.alice.start_thread(gazette.forum, "Missed", "Text")
    await asyncio.wait_for(resumed.wait(), 10)
    assert (["Missed"], 1) == (heard, sim.hub.identifies)


async def test_discord_py_reconnects_when_asked(sim: Simulator, connect: Connect) -> None:
    bot = await connect(sim)
    resumed = asyncio.Event()

    async def on_shard_resumed(_: int) -> None:
        resumed.set()

    bot.on_shard_resumed = on_shard_resumed  # type: ignore[attr-defined]
    sim.hub.reconnect()
    await asyncio.wait_for(resumed.wait(), 10)
    assert 1 == sim.hub.identifies


async def test_discord_py_runs_two_shards(sim: Simulator, connect: Connect) -> None:
    names = {sim.add_guild(f"Guild {number}").name for number in range(4)}
    bot = await connect(sim, Bot(shard_count=2, shard_ids=[0, 1]))
    assert (names, 2) == ({each.name for each in bot.guilds}, sim.hub.identifies)


async def test_discord_py_meets_a_wrong_token(sim: Simulator, connect: Connect) -> None:
    with pytest.raises(discord.LoginFailure):
        await connect(sim, token="wrong")


async def test_discord_py_meets_a_forbidden_intent(connect: Connect) -> None:
    async with Simulator(limits=False, rules=Rules(message_content=False)) as sim:
        intents = discord.Intents(guilds=True, message_content=True)
        with pytest.raises(discord.PrivilegedIntentsRequired):
            await connect(sim, Bot(intents=intents))
