"""People and guilds of other languages, by real interactions through the simulator."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from live_desk import LiveDesk, live_desk

from simulator.flags import Permission
from simulator.values import Thread


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[LiveDesk]:
    async with live_desk(tmp_path) as desk:
        yield desk


@pytest.fixture
async def thread(desk: LiveDesk) -> Thread:
    return await desk.alex.start_thread(desk.forum, "A question", "Why is the sky blue?")


async def test_a_person_is_answered_in_their_language(desk: LiveDesk, thread: Thread) -> None:
    greta = desk.guild.add_moderator("Greta", locale="de")
    answer = await greta.slash("topic close", channel=thread)
    assert f"<#{thread.id}> ist geschlossen." == answer.content


async def test_a_refusal_is_in_the_persons_language_down_to_the_permission(
    desk: LiveDesk, thread: Thread
) -> None:
    yuki = desk.guild.add_moderator("Yuki", locale="ja")
    await desk.guild.owner.set_overwrite(desk.forum, yuki, deny=Permission.MANAGE_THREADS)
    answer = await yuki.slash("topic close", channel=desk.general, topic=thread.id)
    assert "*スレッドの管理*" in answer.content
    assert "この操作には" in answer.content


async def test_the_card_is_in_the_persons_language(desk: LiveDesk, thread: Thread) -> None:
    await desk.maria.slash("topic close", channel=thread)
    lea = desk.guild.add_moderator("Léa", locale="fr")
    [card] = (await lea.slash("topic info", channel=thread)).embeds
    fields = {field["name"]: field["value"] for field in card["fields"]}
    assert ("Fermé aux nouvelles réponses", "non indiquée") == (fields["État"], fields["Raison"])


async def test_the_notice_is_in_the_language_of_the_guild(desk: LiveDesk, thread: Thread) -> None:
    desk.guild.set_locale("ja")
    answer = await desk.maria.slash("topic close", channel=thread, reason="解決済み")
    notice = desk.alex.messages(thread)[-1].content
    assert "このトピックへの返信は締め切られました。理由：解決済み" == notice
    assert f"<#{thread.id}> is closed." == answer.content


async def test_a_notice_that_is_edited_stays_in_the_language_of_the_guild(
    desk: LiveDesk, thread: Thread
) -> None:
    desk.guild.set_locale("pt-BR")
    await desk.maria.slash("topic close", channel=thread)
    await desk.maria.slash("topic reopen", channel=thread)
    assert "Este tópico está aberto novamente." == desk.alex.messages(thread)[-1].content


async def test_discord_knows_the_commands_by_their_names_in_each_language(desk: LiveDesk) -> None:
    commands = {each.form["name"]: each.form for each in desk.sim.world.commands.values()}
    topic = commands["topic"]
    close = next(each for each in topic["options"] if each["name"] == "close")
    assert "thema" == topic["name_localizations"]["de"]
    assert "fermer" == close["name_localizations"]["fr"]
    assert "このトピックを閉じる" == commands["Close this topic"]["name_localizations"]["ja"]
