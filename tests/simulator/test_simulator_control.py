"""The control API keeps to docs/simulator.md."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest
from local_discord import Bot, Connect, Gazette

from simulator import Simulator


class Control:
    """A browser's view: bare HTTP on `/control`, and the event stream."""

    def __init__(self, sim: Simulator, session: aiohttp.ClientSession) -> None:
        self._sim = sim
        self._session = session

    async def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        async with self._session.request(method, self._sim.control_url + path, json=body) as response:
            return response.status, await response.json()

    async def act(self, person: Any, do: str, **fields: Any) -> tuple[int, Any]:
        return await self("POST", "/act", {"as": person.id, "do": do} | fields)

    async def events(self, person: Any) -> AsyncIterator[Any]:
        """Each event of the person's stream; the first item is `None`: from now on it hears."""
        url = f"{self._sim.control_url}/events?as={person.id}"
        async with self._session.get(url) as response:
            async for line in response.content:
                if line.startswith(b":"):
                    yield None
                if line.startswith(b"data: "):
                    yield json.loads(line[6:])


@pytest.fixture
async def control(sim: Simulator) -> AsyncIterator[Control]:
    async with aiohttp.ClientSession() as session:
        yield Control(sim, session)


async def test_the_world_names_guilds_channels_and_kinds_of_people(
    control: Control, gazette: Gazette
) -> None:
    _, world = await control("GET", "/world")
    [guild] = world["guilds"]
    kinds = {
        each["user"]["global_name"] or each["user"]["username"]: each["kind"] for each in guild["members"]
    }
    assert {"Robin": "owner", "Nightdesk": "bot", "Alice": "member", "Maria": "moderator"} == kinds
    assert ["news", "general", "announcements"] == [each["name"] for each in guild["channels"]]
    assert ["World", "Sport"] == [each["name"] for each in guild["channels"][0]["available_tags"]]
    assert all(
        {"id", "name", "type", "topic", "available_tags", "position"} <= each.keys()
        for each in guild["channels"]
    )
    assert gazette.guild.name == guild["name"]


async def test_a_person_posts_and_replies(control: Control, gazette: Gazette) -> None:
    _, first = await control.act(gazette.alice, "post", channel=gazette.text.id, content="Hello")
    _, second = await control.act(
        gazette.maria, "post", channel=gazette.text.id, content="Hi", reply_to=first["message"]["id"]
    )
    assert "Hello" == second["message"]["referenced_message"]["content"]
    _, view = await control("GET", f"/channels/{gazette.text.id}/messages?as={gazette.alice.id}&limit=1")
    assert (["Hi"], True, "") == (
        [each["content"] for each in view["messages"]],
        view["can_reply"],
        view["why_not"],
    )


async def test_a_refusal_has_discords_shape(control: Control, gazette: Gazette) -> None:
    thread = await gazette.alice.start_thread(gazette.forum, "Rain", "It rains.")
    await gazette.maria.edit_thread(thread, locked=True)
    refused = await control.act(gazette.alice, "post", channel=thread.id, content="Hello?")
    assert (400, {"message": "Thread is locked", "code": 160005}) == refused


async def test_threads_show_starter_and_whether_one_can_reply(control: Control, gazette: Gazette) -> None:
    thread = await gazette.alice.start_thread(gazette.forum, "Rain", "It rains.")
    await gazette.maria.edit_thread(thread, locked=True)
    views = []
    for person in (gazette.alice, gazette.maria):
        _, answer = await control("GET", f"/guilds/{gazette.guild.id}/threads?as={person.id}")
        [shown] = answer["threads"]
        views.append(
            (shown["starter"]["content"], shown["can_reply"], bool(shown["why_not"]), shown["joined"])
        )
    assert [("It rains.", False, True, True), ("It rains.", True, False, False)] == views


async def test_a_thread_from_a_message_shows_that_message_as_starter(
    control: Control, gazette: Gazette
) -> None:
    message = await gazette.alice.post(gazette.text, "Rain")
    _, answer = await control.act(
        gazette.alice, "thread", channel=gazette.text.id, name="Talk", message=message.id
    )
    _, view = await control("GET", f"/guilds/{gazette.guild.id}/threads?as={gazette.alice.id}")
    assert (message.id, "Rain") == (answer["thread"]["id"], view["threads"][0]["starter"]["content"])


async def test_every_deed_by_hand_works(control: Control, gazette: Gazette) -> None:
    maria, owner, forum = gazette.maria, gazette.guild.owner, gazette.forum.id
    _, made = await control.act(gazette.alice, "thread", channel=forum, name="Rain", content="x", tags=[])
    thread = made["thread"]["id"]
    message = (await gazette.alice.post(thread, "Hello")).id
    role = gazette.guild.add_role("Writer").id
    deeds: list[tuple[Any, str, dict[str, Any]]] = [
        (maria, "join", {"thread": thread}),
        (maria, "leave", {"thread": thread}),
        (maria, "edit_thread", {"thread": thread, "name": "Snow", "pinned": True}),
        (maria, "edit_thread", {"thread": thread, "applied_tags": [gazette.forum.tags[0].id]}),
        (maria, "delete_message", {"message": message}),
        (maria, "delete_thread", {"thread": thread}),
        (owner, "set_roles", {"guild": gazette.guild.id, "user": gazette.alice.id, "roles": [role]}),
        (
            owner,
            "set_overwrites",
            {"channel": forum, "overwrites": [{"id": role, "allow": "0", "deny": "2048"}]},
        ),
        (owner, "kick", {"guild": gazette.guild.id, "user": gazette.alice.id}),
        (owner, "delete_channel", {"channel": forum}),
    ]
    assert [200] * len(deeds) == [(await control.act(who, do, **fields))[0] for who, do, fields in deeds]


@pytest.mark.parametrize("body", [{"do": "dance"}, {"do": "post"}, {}])
async def test_a_deed_that_makes_no_sense_is_refused(control: Control, gazette: Gazette, body: Any) -> None:
    status, refused = await control("POST", "/act", {"as": gazette.alice.id} | body)
    assert (400, 50035) == (status, refused["code"])


async def test_an_unknown_person_is_refused(control: Control) -> None:
    status, refused = await control("GET", "/guilds/1/threads?as=1")
    assert (404, 10013) == (status, refused["code"])


async def test_commands_are_those_the_person_may_use(
    sim: Simulator, control: Control, gazette: Gazette, connect: Connect
) -> None:
    bot = Bot()

    @bot.tree.command()
    @discord.app_commands.default_permissions(manage_threads=True)
    async def close(interaction: discord.Interaction) -> None:
        """Close."""
        await interaction.response.send_message("Closed.")

    await connect(sim, bot)
    await bot.tree.sync()
    names = []
    for person in (gazette.alice, gazette.maria):
        _, answer = await control("GET", f"/guilds/{gazette.guild.id}/commands?as={person.id}")
        names.append([each["name"] for each in answer["commands"]])
    assert [[], ["close"]] == names


async def test_the_stream_tells_a_person_what_only_that_person_may_see(
    sim: Simulator, control: Control, gazette: Gazette, connect: Connect
) -> None:
    bot = Bot()

    @bot.tree.command()
    async def whisper(interaction: discord.Interaction) -> None:
        """Whisper."""
        await interaction.response.defer(ephemeral=True)
        await interaction.edit_original_response(content="psst")
        await interaction.delete_original_response()

    await connect(sim, bot)
    await bot.tree.sync()
    heard: dict[str, list[str]] = {"alice": [], "maria": []}
    listening = asyncio.Barrier(3)

    async def listen(name: str, person: Any, last: str) -> None:
        async for event in control.events(person):
            if event is None:
                await listening.wait()
            else:
                heard[name].append(event["t"])
                if event["t"] == last:
                    return

    both = asyncio.gather(
        listen("alice", gazette.alice, "EPHEMERAL_DELETE"), listen("maria", gazette.maria, "MESSAGE_CREATE")
    )
    await listening.wait()
    status, begun = await control.act(
        gazette.alice, "slash", channel=gazette.text.id, command="whisper", options={}
    )
    assert (200, True) == (status, begun["interaction"].isdecimal())
    interaction = sim.world.interactions[begun["interaction"]]
    await sim.until(
        lambda: interaction.original and interaction.original not in sim.world.messages[gazette.text.id]
    )
    await gazette.maria.post(gazette.text, "Hello")
    await asyncio.wait_for(both, 5)
    expected = ["EPHEMERAL_CREATE", "EPHEMERAL_UPDATE", "EPHEMERAL_DELETE"]
    assert {"alice": expected, "maria": ["MESSAGE_CREATE"]} == heard


async def test_a_guild_is_made_as_described(sim: Simulator, control: Control) -> None:
    body = {
        "name": "Herald",
        "channels": [
            {"name": "wire", "type": "forum", "tags": ["World"], "require_tag": True},
            {"name": "talk", "type": "text"},
            {"name": "news", "type": "announcement"},
        ],
        "members": [{"name": "Ann", "kind": "owner"}, {"name": "Bob", "kind": "moderator"}, {"name": "Cy"}],
    }
    status, guild = await control("POST", "/guilds", body)
    assert (201, [15, 0, 5]) == (status, [each["type"] for each in guild["channels"]])
    kinds = {each["user"]["global_name"]: each["kind"] for each in guild["members"]}
    assert {"Ann": "owner", "Bob": "moderator", "Cy": "member", None: "bot"} == kinds
    assert guild["id"] in sim.world.guilds


async def test_faults_are_listed_added_and_cleared(control: Control) -> None:
    status, fault = await control("POST", "/faults", {"kind": "503", "method": "POST", "route": "/messages$"})
    assert (201, "503", 1) == (status, fault["kind"], fault["count"])
    assert [fault] == (await control("GET", "/faults"))[1]
    await control("DELETE", "/faults")
    assert [] == (await control("GET", "/faults"))[1]
    assert 50035 == (await control("POST", "/faults", {"method": "POST"}))[1]["code"]


async def test_requests_are_listed_and_forgotten(sim: Simulator, control: Control) -> None:
    async with aiohttp.ClientSession() as session, session.get(sim.api_url + "/gateway"):
        pass
    _, [request] = await control("GET", "/requests")
    assert ("GET", "/gateway", 200) == (request["method"], request["path"], request["status"])
    assert {"at", "method", "path", "status", "body", "fault"} == request.keys()
    await control("DELETE", "/requests")
    assert [] == (await control("GET", "/requests"))[1]


async def test_the_gateway_obeys(sim: Simulator, control: Control, connect: Connect) -> None:
    await connect(sim)
    await control("POST", "/gateway", {"do": "refuse"})
    await control("POST", "/gateway", {"do": "drop"})
    await sim.until(lambda: not sim.bot_connected())
    await control("POST", "/gateway", {"do": "accept"})
    await sim.until(sim.bot_connected, timeout=10)
    assert 50035 == (await control("POST", "/gateway", {"do": "explode"}))[1]["code"]


async def test_clicks_menus_modals_and_completion_go_through(
    sim: Simulator, control: Control, gazette: Gazette, connect: Connect
) -> None:
    bot = Bot()

    class Why(discord.ui.Modal, title="Why?"):
        reason: discord.ui.TextInput[Any] = discord.ui.TextInput(label="Reason", custom_id="reason")

        async def on_submit(self, interaction: discord.Interaction) -> None:
            await interaction.response.send_message(self.reason.value)

    class Open(discord.ui.View):
        @discord.ui.button(label="Open", custom_id="open")
        async def open(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
            await interaction.response.send_modal(Why())

    @bot.tree.context_menu(name="Show")
    async def show(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(message.content, view=Open())

    @bot.tree.command()
    async def find(interaction: discord.Interaction, topic: str) -> None:
        """Find."""
        await interaction.response.send_message(topic)

    @find.autocomplete("topic")
    async def offer(_: discord.Interaction, typed: str) -> list[discord.app_commands.Choice[str]]:
        return [discord.app_commands.Choice(name=typed, value=typed)]

    await connect(sim, bot)
    await bot.tree.sync()
    alice, text = gazette.alice, gazette.text.id
    message = await alice.post(gazette.text, "Rain")
    await control.act(alice, "menu", channel=text, command="Show", message=message.id)
    shown = await sim.until(lambda: alice.messages(text)[1:])
    _, clicked = await control.act(alice, "click", channel=text, message=shown[0].id, custom_id="open")
    await sim.until(lambda: sim.world.interactions[clicked["interaction"]].modal)
    await control.act(alice, "modal", interaction=clicked["interaction"], values={"reason": "Wet"})
    await sim.until(lambda: [each.content for each in alice.messages(text)][-1] == "Wet")
    fields = {"channel": text, "command": "find", "focused": "topic", "options": {"topic": "ra"}}
    _, completed = await control.act(alice, "autocomplete", **fields)
    assert {"choices": [{"name": "ra", "value": "ra"}]} == completed


async def test_the_page_is_served_or_its_absence_told(sim: Simulator) -> None:
    async with aiohttp.ClientSession() as session, session.get(sim.page_url) as response:
        assert response.status in {200, 404}
        assert await response.text()
