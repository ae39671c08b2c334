"""Every answer of the simulator, and every request of discord.py, fits Discord's own OpenAPI description.

The description is not part of the project; without it these tests skip.
"""

import json
from typing import Any

import discord
import pytest
from discord_description import (
    BITS_AS_TEXT,
    NOT_DESCRIBED,
    REPLACED,
    SENT_AS_NUMBERS,
    SPEC,
    Description,
)
from local_discord import Bot, Connect, Gazette, Rest

from simulator import Simulator
from simulator.rest.server import Request, all_routes

pytestmark = pytest.mark.skipif(not SPEC.is_file(), reason="Discord's openapi.json is not beside the project")


@pytest.fixture(scope="module")
def answers() -> Description:
    """The description as the simulator's answers must fit it."""
    return Description(REPLACED)


@pytest.fixture(scope="module")
def questions() -> Description:
    """The description as discord.py's requests must fit it."""
    return Description(REPLACED | SENT_AS_NUMBERS)


class Tour:
    """Goes to every address of the API at least once, as discord.py where it can, else by hand."""

    def __init__(self, sim: Simulator, gazette: Gazette, bot: Bot, rest: Rest) -> None:
        self.sim = sim
        self.gazette = gazette
        self.bot = bot
        self.rest = rest

    async def go(self) -> None:
        await self._commands()
        await self._posts()
        await self._text_threads()
        await self._messages()
        await self._interactions()
        await self._guild()
        await self._by_hand()
        await self._errors()

    async def _commands(self) -> None:
        group = discord.app_commands.Group(
            name="topic", description="Topics", default_permissions=discord.Permissions(manage_threads=True)
        )

        async def close(interaction: discord.Interaction, topic: str, reason: str | None = None) -> None:
            await interaction.response.defer(ephemeral=True)
            message = await interaction.original_response()
            await message.edit(content=f"{topic} {reason}", embed=discord.Embed(title="Closed"))

        async def topics(_: discord.Interaction, typed: str) -> list[discord.app_commands.Choice[str]]:
            return [discord.app_commands.Choice(name=f"{typed}!", value=typed)]

        command: discord.app_commands.Command[Any, ..., None] = discord.app_commands.Command(
            name="close", description="Close it", callback=close, parent=group
        )
        command.autocomplete("topic")(topics)
        group.add_command(command)
        self.bot.tree.add_command(group)

        @self.bot.tree.context_menu(name="Look")
        async def look(interaction: discord.Interaction, message: discord.Message) -> None:
            await interaction.response.send_message(message.content, view=Buttons())
            await interaction.followup.send("more", ephemeral=True)

        @self.bot.tree.context_menu(name="Who")
        async def who(interaction: discord.Interaction, _: discord.Member) -> None:
            await interaction.response.send_modal(Form())

        await self.bot.tree.sync()
        await self.bot.tree.fetch_commands()
        guild = discord.Object(int(self.gazette.guild.id))
        self.bot.tree.copy_global_to(guild=guild)
        synced = await self.bot.tree.sync(guild=guild)
        one = await self.bot.tree.fetch_command(synced[0].id, guild=guild)
        await one.edit(description="Of this guild")
        for each in await self.bot.tree.fetch_commands(guild=guild):
            await each.delete()

    async def _posts(self) -> None:
        forum = self.bot.get_channel(int(self.gazette.forum.id))
        assert isinstance(forum, discord.ForumChannel)
        embed = discord.Embed(
            title="Rain", url="https://example.org/rain", description="Wet.", colour=0x123456
        )
        embed.set_image(url="https://example.org/rain.jpg").set_footer(text="Gazette")
        embed.set_author(name="Ann", url="https://example.org/ann").add_field(name="a", value="b")
        embed.timestamp = discord.utils.utcnow()
        self.post = await forum.create_thread(
            name="[News] Rain",
            content="Rain",
            embed=embed,
            applied_tags=[forum.available_tags[0]],
            view=Buttons(),
        )
        thread = self.post.thread
        await thread.edit(name="[News] Snow", locked=True, archived=True, pinned=False)
        await self.bot.fetch_channel(thread.id)
        assert [each async for each in forum.archived_threads()]
        await thread.edit(archived=False, locked=False, applied_tags=[])
        await thread.join()
        await thread.fetch_members()
        await self.bot.fetch_channel(thread.id)
        await self.bot.guilds[0].active_threads()
        alice = await self.bot.guilds[0].fetch_member(int(self.gazette.alice.id))
        await thread.add_user(alice)
        await thread.fetch_member(alice.id)
        await thread.remove_user(alice)
        layout = discord.ui.LayoutView()
        layout.add_item(discord.ui.Container(discord.ui.TextDisplay("Text"), discord.ui.Separator()))
        await thread.send(view=layout)

    async def _text_threads(self) -> None:
        text = self.bot.get_channel(int(self.gazette.text.id))
        assert isinstance(text, discord.TextChannel)
        message = await text.send("hello", nonce="same")
        thread = await message.create_thread(name="talk")
        await thread.delete()
        bare = await text.create_thread(name="aside", type=discord.ChannelType.public_thread)
        await bare.edit(slowmode_delay=5)
        self.gazette.guild.set_bot_permissions(1 << 3)
        private = await text.create_thread(name="secret", invitable=False)
        await private.edit(archived=True)
        assert [each async for each in text.archived_threads(private=True)]
        assert [each async for each in text.archived_threads(private=True, joined=True)]
        announcements = self.bot.get_channel(int(self.gazette.announcements.id))
        assert isinstance(announcements, discord.TextChannel)
        news = await announcements.send("News")
        await news.publish()
        await news.create_thread(name="[News] Announced")

    async def _messages(self) -> None:
        text = self.bot.get_channel(int(self.gazette.text.id))
        assert isinstance(text, discord.TextChannel)
        theirs = await self.gazette.alice.post(self.gazette.text, f"Hello <@{self.gazette.maria.id}>")
        message = await text.fetch_message(int(theirs.id))
        answer = await message.reply("Yes?", mention_author=True)
        await answer.edit(content="Yes.", embeds=[discord.Embed(description="!")])
        await answer.pin()
        assert [each async for each in text.pins()]
        await answer.unpin()
        await answer.add_reaction("👍")
        [reaction] = (await text.fetch_message(answer.id)).reactions
        assert [each async for each in reaction.users()]
        await answer.remove_reaction("👍", self.bot.guilds[0].me)
        assert [each async for each in text.history(limit=5, around=answer)]
        async with text.typing():
            pass
        await answer.delete()
        await text.delete_messages([await text.send("1"), await text.send("2")])

    async def _interactions(self) -> None:
        maria = self.gazette.maria
        choices = await maria.autocomplete(
            "topic close", channel=self.gazette.text, focused="topic", topic="ra"
        )
        assert choices == [{"name": "ra!", "value": "ra"}]
        answer = await maria.slash("topic close", channel=self.gazette.text, topic="rain", reason="Done")
        assert answer.content == "rain Done"
        looked = await maria.menu("Look", message=await maria.post(self.gazette.text, "See"))
        await self.sim.until(lambda: len(self.sim.world.interactions) > 0)
        clicked = await maria.click(looked.message, "again")
        assert clicked.content == "again"
        selected = await maria.select(looked.message, "pick", "b")
        assert selected.message is not None
        opened = await maria.menu("Who", user=self.gazette.alice, channel=self.gazette.text)
        await maria.submit(opened, {"why": "because"})

    async def _guild(self) -> None:
        guild = await self.bot.fetch_guild(int(self.gazette.guild.id))
        await guild.fetch_channels()
        roles = await guild.fetch_roles()
        await guild.fetch_role(roles[-1].id)
        alice = await guild.fetch_member(int(self.gazette.alice.id))
        await alice.add_roles(roles[-1], reason="trust")
        await alice.remove_roles(roles[-1])
        known = self.bot.guilds[0]
        assert [each async for each in known.audit_logs(limit=50)]
        channel = await known.create_text_channel("new", topic="Things")
        await channel.edit(name="newer", slowmode_delay=10)
        await channel.set_permissions(known.default_role, send_messages=False)
        await channel.set_permissions(known.default_role, overwrite=None)
        await channel.delete()
        assert [each async for each in self.bot.fetch_guilds()]
        await self.bot.fetch_user(int(self.gazette.alice.id))
        await (await guild.fetch_member(int(self.gazette.alice.id))).kick()

    async def _by_hand(self) -> None:
        """What discord.py has no call for."""
        bot_id, guild_id = self.bot.application_id, self.gazette.guild.id
        text, forum = self.gazette.text.id, self.gazette.forum.id
        message = await self.gazette.maria.post(self.gazette.text, "Pin me")
        command = {"name": "hand", "type": 1, "description": "By hand"}
        _, created = await self.rest("POST", f"/applications/{bot_id}/commands", command)
        address = f"/applications/{bot_id}/commands/{created['id']}"
        for method, path, body in (
            ("POST", f"/applications/{bot_id}/guilds/{guild_id}/commands", command),
            ("GET", address, None),
            ("PATCH", address, {"description": "Edited"}),
            ("DELETE", address, None),
            ("GET", "/applications/@me", None),
            ("GET", f"/guilds/{guild_id}/members?limit=10", None),
            ("GET", "/gateway", None),
            ("GET", "/gateway/bot", None),
            ("PUT", f"/channels/{text}/pins/{message.id}", None),
            ("GET", f"/channels/{text}/pins", None),
            ("DELETE", f"/channels/{text}/pins/{message.id}", None),
            ("GET", f"/channels/{forum}/threads/search?name=news", None),
        ):
            status, _ = await self.rest(method, path, body)
            assert status < 300, (method, path)

    async def _errors(self) -> None:
        for method, path, body in (
            ("GET", "/channels/1", None),
            ("POST", f"/channels/{self.gazette.text.id}/messages", {"content": "x" * 2001}),
            ("POST", f"/channels/{self.gazette.text.id}/messages", {"content": ""}),
            ("POST", f"/channels/{self.gazette.forum.id}/threads", {"name": ""}),
        ):
            status, _ = await self.rest(method, path, body)
            assert status >= 400, (method, path)


class Buttons(discord.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.add_item(discord.ui.Button(label="Read", url="https://example.org/"))

    @discord.ui.button(label="Again", custom_id="again", emoji="🔁")
    async def again(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        await interaction.response.defer(thinking=True, ephemeral=True)
        await interaction.edit_original_response(content="again")

    @discord.ui.select(
        custom_id="pick",
        options=[discord.SelectOption(label="A", value="a"), discord.SelectOption(label="B", value="b")],
    )
    async def pick(self, interaction: discord.Interaction, select: discord.ui.Select[Any]) -> None:
        await interaction.response.edit_message(content=select.values[0], view=None)


class Form(discord.ui.Modal, title="Why"):
    why: discord.ui.TextInput[Any] = discord.ui.TextInput(label="Why", custom_id="why")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(self.why.value, ephemeral=True)
        await interaction.delete_original_response()


async def _toured(sim: Simulator, gazette: Gazette, bot: Bot, rest: Rest) -> list[Request]:
    await Tour(sim, gazette, bot, rest).go()
    return [each for each in sim.requests if not NOT_DESCRIBED.fullmatch(each.path)]


async def test_every_answer_fits_the_description(
    sim: Simulator, gazette: Gazette, connect: Connect, rest: Rest, answers: Description
) -> None:
    requests = await _toured(sim, gazette, await connect(sim), rest)
    wrong = [
        f"{each.method} {each.path} {each.status}: {error}"
        for each in requests
        for error in answers.answer_errors(each)
    ]
    assert [] == wrong


async def test_every_request_of_discord_py_fits_the_description(
    sim: Simulator, gazette: Gazette, connect: Connect, rest: Rest, questions: Description
) -> None:
    requests = await _toured(sim, gazette, await connect(sim), rest)
    wrong = [
        f"{each.method} {each.path}: {error} in {json.dumps(each.body)}"
        for each in requests
        if each.status < 300 and not BITS_AS_TEXT.fullmatch(each.path)
        for error in questions.body_errors(each)
    ]
    assert [] == wrong


async def test_the_tour_leaves_no_address_out(
    sim: Simulator, gazette: Gazette, connect: Connect, rest: Rest
) -> None:
    await Tour(sim, gazette, await connect(sim), rest).go()
    routes = all_routes()
    seen = {(route.method, route.template) for each in sim.requests if each.status < 300
            for route, _ in [routes.find(each.method, each.path)]}  # fmt: skip
    assert set() == {(each.method, each.template) for each in routes.all} - seen
