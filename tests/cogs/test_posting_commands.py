"""`/news post` and *Repost as [News]* through real interactions."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from feed_server import FeedServer
from live_desk import LiveDesk, live_desk
from live_news import bring

from simulator import Answer, DiscordError, Person, Simulator
from simulator.acts import interactions, invoking
from simulator.flags import InteractionType, Permission
from simulator.values import Message, Thread

PAGE = b"""<title>Fire | The Gazette</title><meta property="og:title" content="Harbour fire">
<meta property="og:description" content="Nobody was hurt."><meta property="og:site_name" content="The Gazette">"""
MENU = "Repost as [News]"


class Publisher(FeedServer):
    """Answers when the test lets it: at once, unless `gate` is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()

    async def _answer(self, request: web.Request) -> web.Response:
        await self.gate.wait()
        return await super()._answer(request)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[LiveDesk]:
    async with live_desk(tmp_path) as desk:
        yield desk


@pytest.fixture
async def publisher() -> AsyncIterator[Publisher]:
    async with Publisher() as publisher:
        publisher.pages["/fire"] = ("text/html", PAGE)
        yield publisher


@pytest.fixture
def boss(desk: LiveDesk) -> Person:
    """Who may manage the server."""
    return desk.guild.owner


def filled(answer: Answer) -> dict[str, Any]:
    """What the form shows: by field what is filled in, of a select what is chosen."""
    assert answer.modal is not None
    fields = [label["component"] for label in answer.modal["components"]]
    return {
        field["custom_id"]: field.get("value", "") if field["type"] == 4 else chosen(field)
        for field in fields
    }


def chosen(select: dict[str, Any]) -> list[str]:
    return [option["label"] for option in select["options"] if option.get("default")]


def buttons(answer: Answer) -> dict[str, str]:
    return {b["label"]: b["custom_id"] for row in answer.components for b in row["components"]}


def news(desk: LiveDesk) -> list[Thread]:
    return [thread for thread in desk.guild.owner.threads(desk.guild) if thread.name.startswith("[News] ")]


def starter(desk: LiveDesk, thread: Thread) -> Message:
    return desk.alex.messages(thread)[0]


async def test_an_item_is_typed_and_posted_with_a_case(desk: LiveDesk, boss: Person) -> None:
    form = await boss.slash("news post", channel=desk.general, options={"channel": desk.forum.id})
    assert {"title": "", "link": "", "text": "", "picture": "", "last": ""} == filled(form)
    told = await boss.submit(
        form,
        {
            "title": "Ferry cancelled",
            "text": "Until noon.",
            "link": "https://ferry.example/1",
            "last": "Harbour",
        },
    )
    [thread] = news(desk)
    assert (f"<#{thread.id}> is posted.", True, "[News] Ferry cancelled") == (
        told.content,
        told.ephemeral,
        thread.name,
    )
    [embed] = starter(desk, thread).embeds
    assert ("Ferry cancelled", "Until noon.", "Harbour") == (
        embed["title"],
        embed["description"],
        embed["footer"]["text"],
    )
    case = await desk.guild.owner.slash("cases show", channel=desk.general, number=1)
    fields = {field["name"]: field["value"] for field in case.embeds[0]["fields"]}
    assert ("Posted by hand", f"<@{boss.id}>", "done") == (fields["What"], fields["By"], fields["Outcome"])


async def test_the_card_of_a_topic_tells_that_it_was_posted_by_hand(desk: LiveDesk, boss: Person) -> None:
    form = await boss.slash("news post", channel=desk.general, options={"title": "Ferry late"})
    await boss.submit(form, {"link": "https://ferry.example/1"})
    card = await desk.maria.slash("topic info", channel=desk.general, topic=news(desk)[0].id)
    fields = {field["name"]: field["value"] for field in card.embeds[0]["fields"]}
    assert ("[Ferry late](https://ferry.example/1)", "Posted by hand") == (fields["Entry"], fields["Origin"])


async def test_a_page_fills_in_the_form(desk: LiveDesk, boss: Person, publisher: Publisher) -> None:
    form = await boss.slash("news post", channel=desk.general, options={"url": publisher.url("/fire")})
    assert {
        "title": "Harbour fire",
        "link": publisher.url("/fire"),
        "text": "Nobody was hurt.",
        "picture": "",
        "last": "The Gazette",
    } == filled(form)


async def test_a_page_that_cannot_be_read_is_told_in_the_form(
    desk: LiveDesk, boss: Person, publisher: Publisher
) -> None:
    form = await boss.slash(
        "news post", channel=desk.general, options={"url": publisher.url("/gone"), "title": "Fire"}
    )
    assert ("Fire", publisher.url("/gone")) == (filled(form)["title"], filled(form)["link"])
    assert form.modal is not None
    assert "I cannot read that page" in form.modal["components"][1]["description"]


async def test_a_slow_page_is_answered_with_a_button_for_the_form(
    desk: LiveDesk, boss: Person, publisher: Publisher
) -> None:
    publisher.gate.clear()
    asking = asyncio.create_task(
        boss.slash("news post", channel=desk.general, options={"url": publisher.url("/fire")})
    )
    await desk.sim.until(lambda: any(m.deferred for m in boss.messages(desk.general)))
    publisher.gate.set()
    answer = await asking
    assert "I have read **Harbour fire**." == answer.content
    form = await boss.click(answer.message, buttons(answer)["Correct and post"])
    assert "Harbour fire" == filled(form)["title"]


async def test_a_channel_gets_a_page_twice_only_when_it_is_confirmed(desk: LiveDesk, boss: Person) -> None:
    options = {"channel": desk.forum.id, "title": "Harbour fire"}
    values = {"link": "https://gazette.example/fire?utm_source=x"}
    await boss.submit(await boss.slash("news post", channel=desk.general, options=options), values)
    [first] = news(desk)
    values = {"link": "http://gazette.example/fire#top"}
    known = await boss.submit(await boss.slash("news post", channel=desk.general, options=options), values)
    assert f"<#{desk.forum.id}> has this article already: <#{first.id}>." == known.content
    assert [first] == news(desk)
    with pytest.raises(DiscordError):  # It is shown to nobody else.
        await desk.maria.click(known.message, buttons(known)["Post it all the same"])
    await boss.click(known.message, buttons(known)["Post it all the same"])
    assert 2 == len(news(desk))
    again = await boss.click(known.message, buttons(known)["Post it all the same"])
    assert ("That is answered already" in again.content, 2) == (True, len(news(desk)))


async def test_a_confirmation_works_after_a_restart(tmp_path: Path) -> None:
    async with Simulator(limits=False) as sim:
        async with live_desk(tmp_path, sim=sim) as before:
            boss, options = before.guild.owner, {"channel": before.forum.id, "title": "Fire"}
            forms = [await boss.slash("news post", channel=before.general, options=options) for _ in range(2)]
            _, known = [await boss.submit(form, {"link": "https://gazette.example/fire"}) for form in forms]
        async with live_desk(tmp_path, sim=sim, after=before) as desk:
            await boss.click(known.message, buttons(known)["Post it all the same"])
            assert 2 == len(news(desk))


async def test_what_is_typed_wrongly_comes_back_to_be_mended(desk: LiveDesk, boss: Person) -> None:
    form = await boss.slash("news post", channel=desk.general, options={"title": "Fire"})
    wrong = await boss.submit(form, {"link": "gazette", "text": "All out."})
    assert "I cannot use the address `gazette`" in wrong.content
    form = await boss.click(wrong.message, buttons(wrong)["Mend it"])
    assert ("Fire", "gazette", "All out.") == tuple(filled(form)[name] for name in ("title", "link", "text"))
    await boss.submit(form, {"link": "https://gazette.example/"})
    assert ["[News] Fire"] == [thread.name for thread in news(desk)]


async def test_a_forum_that_requires_a_tag_gets_one(desk: LiveDesk, boss: Person) -> None:
    forum = desk.guild.add_forum("tagged", tags=["World"], require_tag=True)
    options: dict[str, Any] = {"channel": forum.id, "title": "Fire"}
    refused = await boss.slash("news post", channel=desk.general, options=options)
    assert "That forum requires a tag. It has: World." == refused.content
    form = await boss.slash("news post", channel=desk.general, options=options | {"tags": "world"})
    await boss.submit(form, {})
    [thread] = news(desk)
    assert forum.id == thread.parent_id


async def test_a_channel_that_the_person_cannot_see_is_refused(desk: LiveDesk) -> None:
    manager = desk.guild.add_member("Kim")
    role = desk.guild.add_role("Managers", Permission.MANAGE_GUILD)
    await desk.guild.owner.set_roles(desk.guild, manager, [role])
    await desk.guild.owner.set_overwrite(desk.forum, manager, deny=Permission.VIEW_CHANNEL)
    refused = await manager.slash(
        "news post", channel=desk.general, options={"title": "x", "channel": desk.forum.id}
    )
    assert "You cannot see that channel." == refused.content


async def test_who_may_not_manage_the_server_is_refused(desk: LiveDesk, boss: Person) -> None:
    with pytest.raises(DiscordError):
        await desk.maria.slash("news post", channel=desk.general)
    world, place = desk.sim.world, desk.sim.world.place(desk.general.id)
    data = invoking.slash_data(
        world, boss.user, place, "news post", {}
    )  # As when an admin gave her the command.
    started = interactions.start(world, desk.maria.user, place, InteractionType.COMMAND, data)
    assert "You need *Manage Server* to do this." == (await desk.maria._answer(started)).content


async def test_a_message_is_posted_again_with_a_link_to_it(
    desk: LiveDesk, boss: Person, publisher: Publisher
) -> None:
    await bring(desk, "Earlier")  # So that the forum is a news channel.
    message = await desk.alex.post(desk.general, f"Look at this!\n{publisher.url('/fire')}")
    form = await boss.menu(MENU, message=message)
    assert ("Harbour fire", ["#news"]) == (filled(form)["title"], filled(form)["last"])
    await boss.submit(form, {})
    thread = next(thread for thread in news(desk) if thread.name == "[News] Harbour fire")
    assert desk.forum.id == thread.parent_id
    links = [b.get("url") for row in starter(desk, thread).components for b in row["components"]]
    assert f"https://discord.com/channels/{desk.guild.id}/{desk.general.id}/{message.id}" in links


async def test_a_card_in_a_message_fills_in_the_form(desk: LiveDesk, boss: Person) -> None:
    options = {"title": "Ferry *late*", "channel": desk.forum.id}
    form = await boss.slash("news post", channel=desk.general, options=options)
    values = {
        "link": "https://ferry.example/1",
        "text": "Until noon.",
        "picture": "https://ferry.example/1.jpg",
    }
    await boss.submit(form, values)
    [thread] = news(desk)
    form = await boss.menu(MENU, message=starter(desk, thread))
    told = filled(form)
    assert (
        "Ferry *late*",
        "https://ferry.example/1",
        "Until noon.",
        "https://ferry.example/1.jpg",
        ["#news"],
    ) == (
        told["title"],
        told["link"],
        told["text"],
        told["picture"],
        told["last"],
    )


async def test_of_several_news_channels_one_is_chosen(desk: LiveDesk, boss: Person) -> None:
    await bring(desk, "Earlier")
    await bring(desk, "Elsewhere", feed="https://herald.example/feed", channel=desk.guild.add_forum("herald"))
    message = await desk.alex.post(desk.general, "The ferry is late")
    form = await boss.menu(MENU, message=message)
    assert form.modal is not None
    options = form.modal["components"][4]["component"]["options"]
    assert ["#herald", "#news"] == sorted(option["label"] for option in options)
    other = next(option["value"] for option in options if option["label"] == "#herald")
    await boss.submit(form, {"last": other})
    thread = next(thread for thread in news(desk) if thread.name == "[News] The ferry is late")
    assert other == thread.parent_id


async def test_without_news_channels_it_goes_where_the_message_is(desk: LiveDesk, boss: Person) -> None:
    message = await desk.alex.post(desk.general, "The ferry is late")
    form = await boss.menu(MENU, message=message)
    await boss.submit(form, {})
    [thread] = news(desk)
    assert desk.general.id == thread.parent_id


async def test_a_member_has_no_such_menu(desk: LiveDesk) -> None:
    message = await desk.alex.post(desk.general, "The ferry is late")
    with pytest.raises(DiscordError):
        await desk.alex.menu(MENU, message=message)


async def test_what_was_posted_by_hand_is_among_the_latest_and_found(desk: LiveDesk, boss: Person) -> None:
    form = await boss.slash("news post", channel=desk.general, options={"title": "Ferry late"})
    await boss.submit(form, {"link": "https://ferry.example/1", "last": "Harbour"})
    found = await desk.alex.slash("search", channel=desk.general, words="ferry")
    assert "· Harbour ·" in found.embeds[0]["description"]
    assert "[Article](https://ferry.example/1)" in found.embeds[0]["description"]
