"""`/news import` and `/news export`: real interactions through the simulator."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from live_desk import LiveDesk, live_desk

from bot.domain.feeds import FeedOrder, Options, Overflow
from bot.domain.subscriptions import MOST, SubscriptionCard
from bot.domain.templates import Templates
from bot.parsing.opml import read_opml
from simulator import Answer, DiscordError, Person


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[LiveDesk]:
    async with live_desk(tmp_path) as desk:
        yield desk


def opml(*outlines: str) -> bytes:
    inner = "".join(outlines)
    return f"<opml version='2.0' xmlns:n='urn:nightdesk:opml:1'><head/><body>{inner}</body></opml>".encode()


def feed(name: str, **attributes: str) -> str:
    more = "".join(f" {key.replace('_', ':')}='{value}'" for key, value in attributes.items())
    return f"<outline type='rss' text='{name}' xmlUrl='https://{name}.example/feed'{more}/>"


async def take_over(desk: LiveDesk, body: bytes, person: Person | None = None, **options: object) -> Answer:
    person = person or desk.guild.owner
    file = person.upload("feeds.opml", body, "text/x-opml")
    given = {"file": file, "channel": desk.forum.id, **options}
    return await person.slash("news import", channel=desk.general, options=given)


async def export(desk: LiveDesk) -> bytes:
    answer = await desk.guild.owner.slash("news export", channel=desk.general)
    assert answer.message is not None
    assert answer.ephemeral
    [file] = answer.message.attachments
    assert "subscriptions.opml" == file.filename
    return file.body


async def cards(desk: LiveDesk) -> list[SubscriptionCard]:
    return await desk.store.subscriptions.cards(int(desk.guild.id), datetime.now(UTC), limit=1000)


def rejections(answer: Answer) -> list[str]:
    return [line for embed in answer.embeds for line in str(embed["description"]).splitlines()]


async def test_feeds_of_nested_folders_are_added(desk: LiveDesk) -> None:
    body = opml("<outline text='A'><outline text='B'>", feed("one"), "</outline></outline>", feed("two"))
    answer = await take_over(desk, body)
    assert answer.ephemeral
    assert "2 feeds were added." in answer.content
    assert ["https://one.example/feed", "https://two.example/feed"] == [
        card.url for card in await cards(desk)
    ]
    assert {int(desk.forum.id)} == {card.subscription.channel_id for card in await cards(desk)}


async def test_first_polls_are_spread_and_silent(desk: LiveDesk) -> None:
    await take_over(desk, opml(*(feed(f"f{n}") for n in range(5))))
    at = [card.next_poll_at for card in await cards(desk)]
    gaps = {(later - earlier).total_seconds() for earlier, later in pairwise(at) if later and earlier}
    assert {2.0} == gaps
    assert [0] * 5 == [card.subscription.post_last for card in await cards(desk)]


async def test_what_is_there_already_is_not_added_twice(desk: LiveDesk) -> None:
    await take_over(desk, opml(feed("one")))
    answer = await take_over(desk, opml(feed("one"), feed("two"), feed("two")))
    assert "1 feed was added." in answer.content
    assert "2 were there already." in answer.content
    assert 2 == len(await cards(desk))


async def test_bad_outlines_are_told_one_by_one(desk: LiveDesk) -> None:
    answer = await take_over(
        desk,
        opml(
            "<outline type='rss' text='No *address*'/>",
            "<outline type='rss' text='Odd' xmlUrl='javascript:alert(1)'/>",
            feed("filtered", n_filter="/(/"),
            feed("written", n_nameTemplate="{{ titel }}"),
            feed("good"),
        ),
    )
    assert "1 feed was added." in answer.content
    assert "4 feeds could not be added." in answer.content
    told = rejections(answer)
    assert "**No \\*address\\***: it has no address of a feed (`xmlUrl`)" == told[0]
    assert "**Odd**: its address is no http or https address" == told[1]
    assert ["**filtered**", "**written**"] == [line.partition(":")[0] for line in told[2:]]


async def test_very_many_bad_outlines_come_as_a_file(desk: LiveDesk) -> None:
    answer = await take_over(desk, opml(*(f"<outline type='rss' text='Bad {n}'/>" for n in range(40))))
    assert answer.message is not None
    [report] = answer.message.attachments
    assert "not-added.txt" == report.filename
    assert 40 == len(report.body.decode().splitlines())


async def test_folders_and_categories_become_tags_where_the_forum_has_them(desk: LiveDesk) -> None:
    forum = desk.guild.add_forum("tagged", tags=["Sea", "World"], require_tag=True)
    body = opml("<outline text='sea'>", feed("one", category="/news/World,Land"), "</outline>", feed("two"))
    answer = await take_over(desk, body, channel=forum.id)
    assert [("Sea", "World")] == [card.subscription.options.tags for card in await cards(desk)]
    assert ["**two**: That forum requires a tag. It has: Sea and World."] == rejections(answer)


async def test_a_role_that_one_may_not_mention_is_not_taken_over(desk: LiveDesk) -> None:
    role = desk.guild.add_role("readers")
    body = opml(feed("one", n_mention=role.id), feed("two", n_mention="123"))
    answer = await take_over(desk, body)
    assert "1 comes without a mention" in answer.content
    assert [int(role.id), None] == [c.subscription.options.mention_role_id for c in await cards(desk)]


async def test_an_export_brings_everything_back(desk: LiveDesk) -> None:
    forum = desk.guild.add_forum("tagged", tags=["Sea, and more", "World"])
    role = desk.guild.add_role("readers")
    now, guild_id = datetime.now(UTC), int(desk.guild.id)
    options = Options(
        tags=("Sea, and more",),
        mention_role_id=int(role.id),
        filter='ferry -"no news"',
        name="Ferries & <more>",
        templates=Templates(name="{{ title }}", starter="{{ summary }}\n\n**{{ publisher }}**"),
        at_most=3,
        overflow=Overflow.DIGEST,
        follow_live=False,
    )
    orders = [
        FeedOrder(url="https://one.example/feed?a=1&b=2", channel_id=int(forum.id), options=options),
        FeedOrder(url="https://two.example/feed", channel_id=int(desk.general.id)),
    ]
    added = await desk.store.subscriptions.add([(each, now) for each in orders], guild_id, 1, now)
    assert added[1] is not None
    await desk.store.subscriptions.pause(added[1], now)
    before = [
        (c.url, c.subscription.channel_id, c.subscription.options, c.subscription.paused)
        for c in await cards(desk)
    ]
    body = await export(desk)
    for each in added:
        assert each is not None
        await desk.store.subscriptions.remove(each, now)
    answer = await take_over(desk, body)
    assert "2 feeds were added." in answer.content
    assert before == [
        (c.url, c.subscription.channel_id, c.subscription.options, c.subscription.paused)
        for c in await cards(desk)
    ]


async def test_an_export_is_a_list_that_others_read(desk: LiveDesk) -> None:
    await take_over(desk, opml(feed("one")))
    [outline] = read_opml(await export(desk)).outlines
    assert ("https://one.example/feed", ("#news",)) == (outline.url, outline.labels)


async def test_a_channel_of_another_server_is_not_where_feeds_go(desk: LiveDesk) -> None:
    other = desk.sim.add_guild("Other").add_forum("theirs")
    await take_over(desk, opml(feed("one", n_channel=other.id), feed("two", n_channel="99")))
    assert [int(desk.forum.id)] * 2 == [card.subscription.channel_id for card in await cards(desk)]


async def test_more_than_a_server_may_have_are_not_taken_over(desk: LiveDesk) -> None:
    answer = await take_over(desk, opml(*(feed(f"f{n}") for n in range(MOST + 2))))
    assert f"{MOST} feeds were added." in answer.content
    assert "2 feeds could not be added." in answer.content


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"<rss/>", "This is no OPML file."),
        (b"GIF89a", "This is no OPML file."),
        (b"<!DOCTYPE opml [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><opml/>", "declares entities"),
        (b" " * 1_000_001, "That file is too large for a list of feeds."),
    ],
)
async def test_a_file_that_is_no_list_is_refused(desk: LiveDesk, body: bytes, told: str) -> None:
    assert told in (await take_over(desk, body)).content
    assert [] == await cards(desk)


async def test_there_may_be_nothing_to_export(desk: LiveDesk) -> None:
    answer = await desk.guild.owner.slash("news export", channel=desk.general)
    assert "There are no subscriptions to export." == answer.content


async def test_who_does_not_manage_the_server_is_refused(desk: LiveDesk) -> None:
    with pytest.raises(DiscordError):
        await take_over(desk, opml(feed("one")), desk.maria)
    [command] = [each for each in desk.sim.world.commands.values() if each.form["name"] == "news"]
    command.form["default_member_permissions"] = None  # An admin's doing, in Server Settings > Integrations.
    told = await take_over(desk, opml(feed("one")), desk.maria)
    assert "You need *Manage Server* to do this." == told.content
    told = await desk.maria.slash("news export", channel=desk.general)
    assert "You need *Manage Server* to do this." == told.content
    assert [] == await cards(desk)
