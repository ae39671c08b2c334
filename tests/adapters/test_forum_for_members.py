"""What members' commands need of the Discord adapter, on unmodified discord.py."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import discord
import pytest
from aiohttp import web
from live_forum import live_forum

from bot.adapters.forum import DiscordForum
from bot.domain.messages import Message
from bot.errors import MissingAccessError
from simulator import Channel, GuildHandle, Person, Simulator
from simulator.flags import BOT_PERMISSIONS, Permission

DIRECT = "77"
BOT = {"id": "5", "username": "Nightdesk", "discriminator": "0", "avatar": None}


@dataclass
class Stage:
    guild: GuildHandle
    general: Channel
    alex: Person
    forum: DiscordForum


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with Simulator(limits=False) as sim:
        guild = sim.add_guild("The Gazette")
        general, alex = guild.add_text("general"), guild.add_member("Alex")
        async with live_forum(sim) as forum:
            yield Stage(guild, general, alex, forum)


async def test_a_deleted_message_is_found_out_however_long_the_thread_is(stage: Stage) -> None:
    thread = await stage.alex.start_thread(stage.general, "Long")
    posts = [await stage.alex.post(thread, str(number)) for number in range(230)]
    asked = [posts[number] for number in (0, 40, 150, 229)]
    for post in (posts[40], posts[229]):
        await stage.alex.delete_message(post)
    gone = await stage.forum.deleted(int(thread.id), [int(post.id) for post in asked])
    assert {int(posts[40].id), int(posts[229].id)} == gone


async def test_a_bot_that_may_not_read_the_history_takes_nothing_for_deleted(stage: Stage) -> None:
    thread = await stage.alex.start_thread(stage.general, "Hidden")
    post = await stage.alex.post(thread, "Here")
    stage.guild.set_everyone_permissions(Permission.VIEW_CHANNEL)
    stage.guild.set_bot_permissions(BOT_PERMISSIONS & ~Permission.READ_MESSAGE_HISTORY)
    async with asyncio.timeout(5):
        while "Read Message History" not in (await stage.forum.channel(int(stage.general.id))).missing:  # noqa: ASYNC110 - discord.py sets no event.
            await asyncio.sleep(0)
    assert set() == await stage.forum.deleted(int(thread.id), [int(post.id)])


@asynccontextmanager
async def direct_messages(*, closed: bool) -> AsyncIterator[list[dict[str, object]]]:
    """Discord's two routes for them, which the simulator does not have; what was sent."""
    sent: list[dict[str, object]] = []

    async def open_channel(request: web.Request) -> web.Response:
        person = {**BOT, "id": str((await request.json())["recipient_id"]), "username": "alex"}
        return _json({"id": DIRECT, "type": 1, "recipients": [person]})

    async def send(request: web.Request) -> web.Response:
        if closed:
            refusal = {"code": 50007, "message": "Cannot send messages to this user"}
            return _json(refusal, status=403)
        sent.append(await request.json())
        return _json(_message(str(sent[-1]["content"])))

    app = web.Application()
    app.router.add_post("/users/@me/channels", open_channel)
    app.router.add_post(f"/channels/{DIRECT}/messages", send)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    before = discord.http.Route.BASE
    discord.http.Route.BASE = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield sent
    finally:
        discord.http.Route.BASE = before
        await runner.cleanup()


def _json(body: object, status: int = 200) -> web.Response:
    """With Discord's content type to the letter: discord.py reads no other as JSON."""
    return web.Response(body=json.dumps(body).encode(), content_type="application/json", status=status)


def _message(content: str) -> dict[str, object]:
    lists = dict.fromkeys(("mentions", "mention_roles", "attachments", "embeds", "components"), ())
    return {
        "id": "78",
        "channel_id": DIRECT,
        "author": BOT,
        "content": content,
        "timestamp": "2026-01-26T09:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "pinned": False,
        "type": 0,
        **lists,
    }


async def test_a_person_is_told_once_and_without_pings(stage: Stage) -> None:
    async with direct_messages(closed=False) as sent:
        await stage.forum.tell(8, Message(content="Heard"), "nonce")
    [body] = sent
    assert ("Heard", "nonce", True) == (body["content"], body["nonce"], body["enforce_nonce"])
    assert {"parse": []} == body["allowed_mentions"]


async def test_a_person_who_takes_no_direct_messages_is_told_apart(stage: Stage) -> None:
    async with direct_messages(closed=True):
        with pytest.raises(MissingAccessError):
            await stage.forum.tell(8, Message(content="Heard"), "nonce")
