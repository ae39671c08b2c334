"""Modals as Discord documents them: labels around inputs and selects, what is refused, what a submission carries."""

from typing import Any

import discord
import pytest
from local_discord import Bot, Connect, Gazette, Rest

from simulator import Answer, DiscordError, Simulator


class Ballot(discord.ui.Modal, title="Ballot"):
    """Answers with what it was sent."""

    why: discord.ui.Label["Ballot"] = discord.ui.Label(
        text="Why",
        description="In a word",
        component=discord.ui.TextInput(custom_id="why", default="tide", max_length=5),
    )
    dish: discord.ui.Label["Ballot"] = discord.ui.Label(
        text="Dish",
        component=discord.ui.Select(
            custom_id="dish",
            options=[
                discord.SelectOption(label="Fish", value="f", default=True),
                discord.SelectOption(label="Soup", value="s"),
            ],
        ),
    )
    place: discord.ui.Label["Ballot"] = discord.ui.Label(
        text="Place", component=discord.ui.ChannelSelect(custom_id="place", required=False)
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        why, dish, place = self.why.component, self.dish.component, self.place.component
        assert isinstance(why, discord.ui.TextInput)
        assert isinstance(dish, discord.ui.Select)
        assert isinstance(place, discord.ui.ChannelSelect)
        places = [channel.name for channel in place.values]
        await interaction.response.send_message(f"{why.value} {dish.values} {places}")


async def opened(sim: Simulator, gazette: Gazette, connect: Connect) -> Answer:
    bot = Bot()

    @bot.tree.command()
    async def vote(interaction: discord.Interaction) -> None:
        """Vote."""
        await interaction.response.send_modal(Ballot())

    await connect(sim, bot)
    await bot.tree.sync()
    return await gazette.alice.slash("vote", channel=gazette.text)


async def test_what_is_left_alone_is_sent_as_it_was_filled_in(
    sim: Simulator, gazette: Gazette, connect: Connect
) -> None:
    modal = await opened(sim, gazette, connect)
    assert "tide ['f'] []" == (await gazette.alice.submit(modal, {})).content


async def test_what_a_person_types_and_chooses_reaches_the_bot(
    sim: Simulator, gazette: Gazette, connect: Connect
) -> None:
    modal = await opened(sim, gazette, connect)
    told = await gazette.alice.submit(modal, {"why": "wind", "dish": "s", "place": [gazette.text.id]})
    assert f"wind ['s'] ['{gazette.text.name}']" == told.content


@pytest.mark.parametrize(
    "values",
    [{"dish": "x"}, {"dish": []}, {"dish": ["f", "s"]}, {"why": "longer"}, {"why": ""}, {"other": "x"}],
)
async def test_what_the_form_does_not_offer_is_refused(
    sim: Simulator, gazette: Gazette, connect: Connect, values: dict[str, Any]
) -> None:
    modal = await opened(sim, gazette, connect)
    with pytest.raises(DiscordError) as refused:
        await gazette.alice.submit(modal, values)
    assert 50035 == refused.value.code


INPUT = {"type": 4, "custom_id": "why", "style": 1}
SELECT = {"type": 3, "custom_id": "dish", "options": [{"label": "Fish", "value": "f"}]}


@pytest.mark.parametrize(
    ("component", "problem"),
    [
        ({"type": 18, "label": "Why"}, "component.type"),
        ({"type": 18, "label": "Why", "component": {"type": 10, "content": "x"}}, "component.type"),
        ({"type": 18, "label": "Why", "component": INPUT | {"label": "Twice"}}, "component.label"),
        ({"type": 18, "label": "Why", "component": SELECT | {"disabled": True}}, "component.disabled"),
        ({"type": 18, "label": "Why", "component": INPUT, "description": "x" * 101}, "description"),
        ({"type": 18, "label": "x" * 46, "component": INPUT}, "label"),
        ({"type": 18, "label": "Why", "component": INPUT | {"style": 3}}, "component.style"),
        ({"type": 18, "label": "Why", "component": INPUT | {"value": "x" * 4001}}, "component.value"),
        ({"type": 1, "components": [SELECT]}, "components.0.type"),
    ],
)
async def test_a_malformed_modal_is_refused_where_it_is_wrong(
    sim: Simulator, gazette: Gazette, rest: Rest, component: dict[str, Any], problem: str
) -> None:
    application = sim.world.application.id
    await rest(
        "POST", f"/applications/{application}/commands", {"name": "vote", "type": 1, "description": "Vote"}
    )
    interaction = gazette.alice.begin_slash("vote", gazette.text, {})
    path = f"/interactions/{interaction.id}/{interaction.token}/callback"
    modal = {"custom_id": "ballot", "title": "Ballot", "components": [component]}
    status, refused = await rest("POST", path, {"type": 9, "data": modal})
    assert (400, 50035) == (status, refused["code"])
    place: Any = refused["errors"]["data"]["components"]["0"]
    for step in problem.split("."):
        place = place[step]
    assert place["_errors"]
