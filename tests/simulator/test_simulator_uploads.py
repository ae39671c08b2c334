"""Files given to commands as options: uploaded first, then named, and served to the bot."""

import aiohttp
import discord
import pytest
from local_discord import Bot, Connect, Gazette

from simulator import DiscordError, Simulator


@pytest.fixture
async def reader(sim: Simulator, connect: Connect) -> Bot:
    """A bot with a command that tells what is in a file."""
    bot = Bot()

    @bot.tree.command()
    async def read(interaction: discord.Interaction, paper: discord.Attachment) -> None:
        """Read a file."""
        text = (await paper.read()).decode()
        told = f"{paper.filename}: {text} ({paper.size}, {paper.content_type}, {paper.ephemeral})"
        await interaction.response.send_message(told)

    await connect(sim, bot)
    await bot.tree.sync()
    return bot


@pytest.mark.usefixtures("reader")
async def test_the_bot_reads_the_file(gazette: Gazette) -> None:
    paper = gazette.alice.upload("the news.txt", b"It rains.", "text/plain")
    answer = await gazette.alice.slash("read", channel=gazette.text, paper=paper)
    assert "the news.txt: It rains. (9, text/plain, True)" == answer.content


@pytest.mark.usefixtures("reader")
async def test_the_interaction_describes_the_file_as_discord_does(sim: Simulator, gazette: Gazette) -> None:
    paper = gazette.alice.upload("news.txt", b"It rains.", "text/plain")
    answer = await gazette.alice.slash("read", channel=gazette.text, paper=paper)
    data = answer.interaction.data
    assert [{"name": "paper", "type": 11, "value": paper.id}] == data["options"]
    shown = data["resolved"]["attachments"][paper.id]
    assert {"id", "filename", "size", "url", "proxy_url", "content_type", "ephemeral"} == set(shown)
    assert f"{sim.url}/ephemeral-attachments/{sim.world.application.id}/{paper.id}/news.txt" == shown["url"]
    assert shown["ephemeral"]


@pytest.mark.usefixtures("reader")
async def test_a_file_that_was_never_uploaded_is_refused(gazette: Gazette) -> None:
    with pytest.raises(DiscordError):
        await gazette.alice.slash("read", channel=gazette.text, paper="123")


async def test_a_file_over_ten_megabytes_is_refused(gazette: Gazette) -> None:
    with pytest.raises(DiscordError) as refused:
        gazette.alice.upload("large.txt", b" " * (10 * 1024 * 1024 + 1))
    assert 40005 == refused.value.code


@pytest.mark.usefixtures("reader")
async def test_the_control_interface_takes_files(sim: Simulator, gazette: Gazette) -> None:
    async with aiohttp.ClientSession() as session:
        address = f"{sim.control_url}/uploads?as={gazette.alice.id}&filename=news.txt"
        async with session.post(
            address, data=b"It rains.", headers={"Content-Type": "text/plain"}
        ) as response:
            taken = await response.json()
        assert 201 == response.status
    answer = await gazette.alice.slash("read", channel=gazette.text, paper=taken["id"])
    assert answer.content.startswith("news.txt: It rains.")
