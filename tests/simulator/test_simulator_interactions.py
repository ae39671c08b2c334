"""Interactions: three seconds to answer, fifteen minutes to add (interactions/receiving-and-responding)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands
from local_discord import Bot, Clock, Connect, Gazette, Rest

from simulator import DiscordError, InteractionFailed, Rules, Simulator
from simulator.world import Interaction

COMMAND = {"name": "ping", "type": 1, "description": "Ping", "options": [
    {"type": 3, "name": "text", "description": "Text", "max_length": 5},
    {"type": 4, "name": "count", "description": "Count", "min_value": 1, "max_value": 3},
]}  # fmt: skip


class Bench:
    """A world whose bot answers by bare HTTP, under a clock that stands still."""

    def __init__(self, sim: Simulator, clock: Clock, rest: Rest) -> None:
        self.sim = sim
        self.clock = clock
        self.rest = rest
        self.gazette = Gazette(sim)

    async def register(self, **more: Any) -> None:
        status, _ = await self.rest(
            "POST", f"/applications/{self.sim.world.application.id}/commands", COMMAND | more
        )
        assert status in {200, 201}

    def ping(self) -> Interaction:
        return self.gazette.alice.begin_slash("ping", self.gazette.text, {})

    async def answer(self, interaction: Interaction, kind: int = 4, **data: Any) -> tuple[int, Any]:
        path = f"/interactions/{interaction.id}/{interaction.token}/callback?with_response=1"
        return await self.rest("POST", path, {"type": kind, "data": data})

    def token_path(self, interaction: Interaction) -> str:
        return f"/webhooks/{self.sim.world.application.id}/{interaction.token}"


@pytest.fixture
async def bench(clock: Clock) -> AsyncIterator[Bench]:
    async with Simulator(limits=False, clock=clock) as sim, aiohttp.ClientSession() as session:
        yield Bench(sim, clock, Rest(sim, session))


async def test_an_answer_after_three_seconds_answers_10062(bench: Bench) -> None:
    await bench.register()
    interaction = bench.ping()
    bench.clock.advance(3.1)
    status, refused = await bench.answer(interaction, content="late")
    assert (404, 10062, "Unknown interaction") == (status, refused["code"], refused["message"])


async def test_an_answer_within_three_seconds_counts(bench: Bench) -> None:
    await bench.register()
    interaction = bench.ping()
    bench.clock.advance(2.9)
    status, answer = await bench.answer(interaction, content="in time")
    assert (200, "in time") == (status, answer["resource"]["message"]["content"])


async def test_the_person_is_told_when_the_bot_stays_silent(bench: Bench) -> None:
    await bench.register()
    waiting = asyncio.create_task(bench.gazette.alice.slash("ping", channel=bench.gazette.text))
    await bench.sim.until(lambda: bench.sim.world.interactions)
    bench.clock.advance(3)
    bench.sim.tick()
    with pytest.raises(InteractionFailed):
        await waiting


async def test_a_second_answer_answers_40060(bench: Bench) -> None:
    await bench.register()
    interaction = bench.ping()
    await bench.answer(interaction, content="one")
    status, refused = await bench.answer(interaction, content="two")
    assert (400, 40060) == (status, refused["code"])


async def test_a_wrong_token_answers_10062(bench: Bench) -> None:
    await bench.register()
    status, refused = await bench.rest("POST", f"/interactions/{bench.ping().id}/wrong/callback", {"type": 5})
    assert (404, 10062) == (status, refused["code"])


async def test_the_token_ends_after_fifteen_minutes(bench: Bench) -> None:
    await bench.register()
    interaction = bench.ping()
    await bench.answer(interaction, kind=5)
    bench.clock.advance(899)
    assert 200 == (await bench.rest("POST", bench.token_path(interaction), {"content": "still here"}))[0]
    bench.clock.advance(2)
    status, refused = await bench.rest("POST", bench.token_path(interaction), {"content": "too late"})
    assert (401, 50027) == (status, refused["code"])


async def test_a_follow_up_before_the_answer_answers_10015(bench: Bench) -> None:
    await bench.register()
    status, refused = await bench.rest("POST", bench.token_path(bench.ping()), {"content": "early"})
    assert (404, 10015) == (status, refused["code"])


async def test_the_first_follow_up_fills_in_a_deferred_answer(bench: Bench) -> None:
    await bench.register()
    interaction = bench.ping()
    await bench.answer(interaction, kind=5, flags=64)
    [thinking] = bench.gazette.alice.messages(bench.gazette.text)
    assert thinking.deferred
    _, message = await bench.rest("POST", bench.token_path(interaction), {"content": "done"})
    assert (thinking.id, "done", 64) == (message["id"], message["content"], message["flags"])


async def test_an_ephemeral_answer_is_seen_by_its_person_alone(bench: Bench) -> None:
    await bench.register()
    await bench.answer(bench.ping(), content="psst", flags=64)
    text = bench.gazette.text
    assert ["psst"] == [each.content for each in bench.gazette.alice.messages(text)]
    assert [] == bench.gazette.maria.messages(text)
    assert [] == (await bench.rest("GET", f"/channels/{text.id}/messages"))[1]


@pytest.mark.parametrize("kind", [1, 6, 7, 8, 99])
async def test_a_command_cannot_be_answered_in_every_way(bench: Bench, kind: int) -> None:
    await bench.register()
    status, refused = await bench.answer(bench.ping(), kind=kind)
    assert (400, 50035) == (status, refused["code"])


@pytest.mark.parametrize(
    "options", [{"text": "longer"}, {"count": "many"}, {"count": "4"}, {"colour": "red"}]
)
async def test_a_client_does_not_send_options_that_do_not_fit(bench: Bench, options: Any) -> None:
    await bench.register()
    with pytest.raises(DiscordError) as refused:
        bench.gazette.alice.begin_slash("ping", bench.gazette.text, options)
    assert 50035 == refused.value.code


async def test_default_permissions_hide_a_command_from_members(bench: Bench) -> None:
    await bench.register(default_member_permissions=str(1 << 34))
    with pytest.raises(DiscordError) as refused:
        bench.ping()
    assert 10063 == refused.value.code
    assert bench.gazette.maria.begin_slash("ping", bench.gazette.text, {}).id


async def test_a_command_without_guild_context_is_not_offered(bench: Bench) -> None:
    await bench.register(contexts=[1])
    with pytest.raises(DiscordError) as refused:
        bench.ping()
    assert 10063 == refused.value.code


async def test_nobody_uses_commands_in_an_archived_thread(bench: Bench) -> None:
    await bench.register()
    thread = await bench.gazette.alice.start_thread(bench.gazette.forum, "Rain", "It rains.")
    await bench.gazette.maria.edit_thread(thread, archived=True)
    with pytest.raises(DiscordError) as refused:
        bench.gazette.maria.begin_slash("ping", thread, {})
    assert 50083 == refused.value.code


async def test_members_click_nothing_in_a_locked_thread(bench: Bench) -> None:
    gazette = bench.gazette
    row = {"type": 1, "components": [{"type": 2, "style": 2, "label": "Follow", "custom_id": "follow"}]}
    body = {"name": "Rain", "message": {"content": "Rain", "components": [row]}}
    _, thread = await bench.rest("POST", f"/channels/{gazette.forum.id}/threads", body)
    await gazette.maria.edit_thread(thread["id"], locked=True)
    with pytest.raises(DiscordError) as refused:
        gazette.alice.begin_click(thread["id"], "follow", [])
    assert 160005 == refused.value.code
    assert gazette.maria.begin_click(thread["id"], "follow", []).id


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Ping!"},
        {"name": "x" * 33},
        {"description": ""},
        {"description": "x" * 101},
        {"options": [{"type": 3, "name": "a", "description": "b"}] * 2},
        {"options": [{"type": 3, "name": "a", "description": "b"},
                     {"type": 3, "name": "c", "description": "d", "required": True}]},
        {"options": [{"type": 3, "name": "a", "description": "b", "choices": [{"name": "", "value": "x"}]}]},
        {"options": [{"type": 3, "name": f"o{each}", "description": "b"} for each in range(26)]},
        {"name_localizations": {"de": "Pöng"}},
        {"name_localizations": {"tlh": "ping"}},
        {"name_localizations": ["ping"]},
        {"description_localizations": {"ja": "x" * 101}},
        {"options": [{"type": 3, "name": each, "description": "b", "name_localizations": {"de": "gleich"}}
                     for each in "ac"]},
        {"options": [{"type": 3, "name": "a", "description": "b",
                      "choices": [{"name": "c", "value": "x", "name_localizations": {"de": ""}}]}]},
        {"options": [{"type": 3, "name": f"a{each}", "description": "b",
                      "choices": [{"name": f"c{choice}", "value": "x", "name_localizations": {"de": "x" * 100}}
                                  for choice in range(25)]}
                     for each in range(4)]},
    ],
)  # fmt: skip
async def test_a_command_beyond_discords_rules_is_refused(bench: Bench, wrong: Any) -> None:
    path = f"/applications/{bench.sim.world.application.id}/commands"
    status, refused = await bench.rest("PUT", path, [COMMAND | wrong])
    assert (400, 50035, ["0"]) == (status, refused["code"], list(refused["errors"]))


async def test_a_bulk_overwrite_keeps_ids_and_drops_the_rest(bench: Bench) -> None:
    path = f"/applications/{bench.sim.world.application.id}/commands"
    _, before = await bench.rest("PUT", path, [COMMAND, COMMAND | {"name": "pong"}])
    _, after = await bench.rest("PUT", path, [COMMAND | {"description": "New"}])
    assert [before[0]["id"]] == [each["id"] for each in after]
    assert after == (await bench.rest("GET", path))[1]


async def test_more_than_a_hundred_commands_answer_30032(bench: Bench) -> None:
    path = f"/applications/{bench.sim.world.application.id}/commands"
    status, refused = await bench.rest("PUT", path, [COMMAND | {"name": f"c{each}"} for each in range(101)])
    assert (400, 30032) == (status, refused["code"])


# With discord.py.


async def test_an_interaction_tells_the_languages_of_person_and_guild(
    sim: Simulator, gazette: Gazette, connect: Connect
) -> None:
    bot = Bot()

    @bot.tree.command()
    async def languages(interaction: discord.Interaction) -> None:
        """Tell them."""
        assert interaction.guild is not None
        told = interaction.locale, interaction.guild_locale, interaction.guild.preferred_locale
        await interaction.response.send_message(" ".join(map(str, told)))

    kim = gazette.guild.add_member("Kim", locale="de")
    await connect(sim, bot)
    await bot.tree.sync()
    gazette.guild.set_locale("ja")
    assert "de ja ja" == (await kim.slash("languages", channel=gazette.text)).content


async def test_every_type_of_option_reaches_discord_py(
    sim: Simulator, gazette: Gazette, connect: Connect
) -> None:
    bot = Bot()

    @bot.tree.command()
    async def echo(  # noqa: PLR0917 - a command with an option of every type.
        interaction: discord.Interaction,
        text: str,
        whole: int,
        real: float,
        yes: bool,
        who: discord.Member,
        where: discord.Thread,
        role: discord.Role,
    ) -> None:
        """Echo."""
        shown = [text, whole, real, yes, who.display_name, where.name, role.name]
        await interaction.response.send_message(repr(shown), ephemeral=True)

    await connect(sim, bot)
    await bot.tree.sync()
    thread = await gazette.alice.start_thread(gazette.forum, "Rain", "It rains.")
    role = gazette.guild.add_role("Writer")
    answer = await gazette.maria.slash(
        "echo", channel=gazette.text, text="a", whole="3", real="1.5", yes="true", who=gazette.alice,
        where=thread, role=f"<@&{role.id}>",
    )  # fmt: skip
    assert "['a', 3, 1.5, True, 'Alice', 'Rain', 'Writer']" == answer.content
    assert answer.ephemeral


async def test_a_public_answer_is_waited_for_until_it_is_final(
    sim: Simulator, gazette: Gazette, connect: Connect
) -> None:
    bot = Bot()
    gate = asyncio.Event()

    @bot.tree.command()
    async def slow(interaction: discord.Interaction) -> None:
        """Slow."""
        await interaction.response.defer()
        await gate.wait()
        await interaction.edit_original_response(content="At last", embed=discord.Embed(title="Done"))

    await connect(sim, bot)
    await bot.tree.sync()
    waiting = asyncio.create_task(gazette.alice.slash("slow", channel=gazette.text))
    [thinking] = await sim.until(lambda: gazette.alice.messages(gazette.text))
    assert thinking.deferred
    gate.set()
    answer = await waiting
    assert ("At last", "Done", thinking.id) == (
        answer.content,
        answer.embeds[0]["title"],
        answer.message.id if answer.message else None,
    )


async def test_autocomplete_offers_the_bots_choices(
    sim: Simulator, gazette: Gazette, connect: Connect
) -> None:
    bot = Bot()

    @bot.tree.command()
    async def find(interaction: discord.Interaction, topic: str) -> None:
        """Find."""
        await interaction.response.send_message(topic)

    @find.autocomplete("topic")
    async def offer(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=typed.title(), value=typed)]

    await connect(sim, bot)
    await bot.tree.sync()
    choices = await gazette.alice.autocomplete("find", channel=gazette.text, focused="topic", topic="rai")
    assert [{"name": "Rai", "value": "rai"}] == choices


async def test_a_modal_opens_and_is_submitted(sim: Simulator, gazette: Gazette, connect: Connect) -> None:
    bot = Bot()

    class Why(discord.ui.Modal, title="Why?"):
        reason: discord.ui.TextInput[Any] = discord.ui.TextInput(label="Reason", custom_id="reason")

        async def on_submit(self, interaction: discord.Interaction) -> None:
            await interaction.response.send_message(f"because {self.reason.value}")

    @bot.tree.command()
    async def why(interaction: discord.Interaction) -> None:
        """Why."""
        await interaction.response.send_modal(Why())

    await connect(sim, bot)
    await bot.tree.sync()
    opened = await gazette.alice.slash("why", channel=gazette.text)
    assert opened.modal is not None
    assert "Why?" == opened.modal["title"]
    assert "because rain" == (await gazette.alice.submit(opened, {"reason": "rain"})).content
    with pytest.raises(DiscordError) as refused:
        await gazette.alice.submit(opened, {"reason": ""})
    assert 50035 == refused.value.code


async def test_a_slow_handler_of_discord_py_meets_10062(connect: Connect) -> None:
    """The deadline is the simulator's rule; here it is over before any answer can arrive."""
    async with Simulator(limits=False, rules=Rules(interaction_deadline=0)) as sim:
        hurried, bot = Gazette(sim), Bot()
        caught: list[int] = []

        @bot.tree.command()
        async def late(interaction: discord.Interaction) -> None:
            """Late."""
            try:
                await interaction.response.send_message("late")
            except discord.NotFound as error:
                caught.append(error.code)
                sim.world.changes.notify()

        await connect(sim, bot)
        await bot.tree.sync()
        with pytest.raises(InteractionFailed):
            await hurried.alice.slash("late", channel=hurried.text)
        await sim.until(lambda: caught)
        assert [10062] == caught
