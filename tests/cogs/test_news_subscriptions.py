"""`/news list`, `remove`, `pause`, `resume`, `edit`: real interactions through the simulator."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from live_desk import LiveDesk, live_desk

from bot.domain.feeds import FeedOrder, Options, Overflow
from bot.domain.subscriptions import SubscriptionCard
from bot.domain.templates import Templates
from simulator import Answer, DiscordError, Person, Simulator
from simulator.flags import Permission

FEED = "https://gazette.example/feed"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[LiveDesk]:
    async with live_desk(tmp_path) as desk:
        yield desk


async def subscribe(desk: LiveDesk, url: str = FEED, **options: object) -> int:
    """A subscription by command, as `/news add` records one."""
    order = FeedOrder(url=url, channel_id=int(desk.forum.id), options=Options(**options))  # type: ignore[arg-type]
    guild_id, user_id = int(desk.guild.id), int(desk.guild.owner.id)
    now = datetime.now(UTC)
    [added] = await desk.store.subscriptions.add([(order, now)], guild_id, user_id, now)
    assert added is not None
    return added


async def own_by_file(desk: LiveDesk, url: str = FEED) -> None:
    await desk.store.feeds.own_by_file([FeedOrder(url=url, channel_id=int(desk.forum.id))], datetime.now(UTC))


async def cards(desk: LiveDesk) -> list[SubscriptionCard]:
    return await desk.store.subscriptions.cards(int(desk.guild.id), datetime.now(UTC), limit=100)


async def news(desk: LiveDesk, what: str, person: Person | None = None, **options: object) -> str:
    answer = await (person or desk.guild.owner).slash(f"news {what}", channel=desk.general, options=options)
    assert answer.ephemeral
    return answer.content + "".join(str(each.get("description")) for each in answer.embeds)


async def test_a_removed_subscription_is_not_listed_and_its_feed_not_asked(desk: LiveDesk) -> None:
    added = await subscribe(desk)
    told = await news(desk, "remove", feed=str(added))
    assert f"**{FEED}** does not come to <#{desk.forum.id}> any more. What it posted stays." == told
    assert [] == await cards(desk)
    assert [] == await desk.store.feeds.due(datetime.now(UTC) + timedelta(days=9), 10)


async def test_a_subscription_is_chosen_by_its_name_too(desk: LiveDesk) -> None:
    await subscribe(desk, name="The Gazette")
    assert "**The Gazette** is paused" in await news(desk, "pause", feed="the gazette")


async def test_a_pause_ends_when_it_is_resumed(desk: LiveDesk) -> None:
    added = str(await subscribe(desk))
    assert "is paused in" in await news(desk, "pause", feed=added)
    assert "This subscription is paused already." == await news(desk, "pause", feed=added)
    assert "paused" in await news(desk, "list")
    assert f"**{FEED}** is posted in <#{desk.forum.id}> again." == await news(desk, "resume", feed=added)
    assert [False] == [card.subscription.paused for card in await cards(desk)]
    assert "This subscription is not paused." == await news(desk, "resume", feed=added)


async def test_a_feed_that_had_ended_is_asked_once_more(desk: LiveDesk) -> None:
    added = await subscribe(desk)
    [card] = await cards(desk)
    await desk.store.feeds.record_failure(card.feed_id, "It is gone.", datetime.now(UTC), None)
    assert "ended: its publisher withdrew it for good" in await news(desk, "list")
    assert "is asked once more" in await news(desk, "resume", feed=str(added))
    assert [card.feed_id] == await desk.store.feeds.due(datetime.now(UTC), 10)


async def test_a_feed_that_was_held_back_is_trusted_again(desk: LiveDesk) -> None:
    added = await subscribe(desk)
    async with desk.store.database.write() as tx:
        await tx.execute("UPDATE feeds SET quarantined_at = 1")
    assert "held back: nearly everything in it changed at once" in await news(desk, "list")
    assert "is trusted again" in await news(desk, "resume", feed=str(added))
    assert [None] == [card.quarantined_at for card in await cards(desk)]


async def test_what_the_file_owns_is_listed_and_paused_but_neither_removed_nor_edited(desk: LiveDesk) -> None:
    await own_by_file(desk)
    assert "by the configuration file" in await news(desk, "list")
    assert "only the operator of the bot can" in await news(desk, "remove", feed=FEED)
    assert "only the operator of the bot can" in await news(desk, "edit", feed=FEED, at_most=3)
    assert "is paused in" in await news(desk, "pause", feed=FEED)
    await own_by_file(desk)  # As at the next start.
    assert [True] == [card.subscription.paused for card in await cards(desk)]


async def test_what_the_file_takes_over_is_the_files(desk: LiveDesk) -> None:
    await subscribe(desk, at_most=3)
    await own_by_file(desk)
    [card] = await cards(desk)
    assert (True, 20, None) == (card.subscription.by_file, card.subscription.options.at_most, card.created_by)


async def test_what_the_file_takes_over_after_a_removal_is_not_paused(desk: LiveDesk) -> None:
    added = str(await subscribe(desk))
    await news(desk, "pause", feed=added)
    await news(desk, "remove", feed=added)
    await own_by_file(desk)
    assert "waits for its first poll" in await news(desk, "list")


async def test_what_the_file_does_not_name_survives_a_start(desk: LiveDesk) -> None:
    added = await subscribe(desk)
    await own_by_file(desk, "https://other.example/feed")
    assert added in [card.subscription.subscription_id for card in await cards(desk)]


async def test_the_list_tells_how_a_subscription_fares(desk: LiveDesk) -> None:
    await subscribe(desk, filter="ferry -advert")
    [card] = await cards(desk)
    now = datetime.now(UTC)
    told = await news(desk, "list")
    assert f"→ <#{desk.forum.id}>" in told
    assert "waits for its first poll" in told
    assert "filter: `ferry -advert`" in told
    assert f"by <@{desk.guild.owner.id}>" in told
    await desk.store.feeds.record_failure(
        card.feed_id, "gazette.example has *trouble*.", now, now + timedelta(hours=1)
    )
    told = await news(desk, "list")
    assert "fails: gazette.example has \\*trouble\\*." in told
    assert f"next <t:{int((now + timedelta(hours=1)).timestamp())}:R>" in told
    assert "0 topics in 7 days" in told


async def test_a_long_list_is_turned_by_buttons_also_after_a_restart(tmp_path: Path) -> None:
    async with Simulator(limits=False) as sim:
        async with live_desk(tmp_path, sim=sim) as before:
            for number in range(7):
                await subscribe(before, f"https://gazette.example/{number}")
            answer = await before.guild.owner.slash("news list", channel=before.general)
            assert "7 subscriptions" == answer.embeds[0]["title"]
            assert "/6" not in answer.embeds[0]["description"]
        async with live_desk(tmp_path, sim=sim, after=before) as after:
            [more] = answer.components[0]["components"]
            await after.guild.owner.click(answer.message, more["custom_id"])
            await sim.until(lambda: "/6" in answer.embeds[0]["description"])


async def test_an_empty_list_tells_what_to_do(desk: LiveDesk) -> None:
    assert "There are none. `/news add` makes one." == await news(desk, "list")


async def test_options_are_changed(desk: LiveDesk) -> None:
    added = await subscribe(desk)
    told = await news(
        desk, "edit", feed=str(added), name="Harbour news", at_most=4, overflow="digest", follow_live=False
    )
    assert "This holds from now on." in told
    assert "**Harbour news**" in told
    [card] = await cards(desk)
    options = card.subscription.options
    assert ("Harbour news", 4, Overflow.DIGEST, False) == (
        options.name,
        options.at_most,
        options.overflow,
        options.follow_live,
    )
    await news(desk, "edit", feed=str(added), name="off")
    assert "" == (await cards(desk))[0].subscription.options.name


async def test_an_edit_that_changes_nothing_is_refused(desk: LiveDesk) -> None:
    added = str(await subscribe(desk, at_most=4))
    assert "Nothing was changed" in await news(desk, "edit", feed=added)
    assert "Nothing was changed" in await news(desk, "edit", feed=added, at_most=4)


async def test_a_role_is_mentioned_only_by_who_may_mention_it(desk: LiveDesk) -> None:
    added = str(await subscribe(desk))
    role = desk.guild.add_role("readers")
    kim = desk.guild.add_member("Kim")
    editors = desk.guild.add_role("editors", Permission.MANAGE_GUILD)
    await desk.guild.owner.set_roles(desk.guild, kim, [editors])
    told = await news(desk, "edit", kim, feed=added, mention=role.id)
    assert "You may not mention that role yourself, so I do not do it for you." == told
    await news(desk, "edit", feed=added, mention=role.id)  # The owner may.
    assert [int(role.id)] == [c.subscription.options.mention_role_id for c in await cards(desk)]
    await news(desk, "edit", feed=added, mention=desk.guild.id)  # @everyone: nobody.
    assert [None] == [c.subscription.options.mention_role_id for c in await cards(desk)]


async def test_a_subscription_moves_to_another_channel(desk: LiveDesk) -> None:
    added = str(await subscribe(desk))
    await news(desk, "edit", feed=added, channel=desk.general.id)
    assert [int(desk.general.id)] == [card.subscription.channel_id for card in await cards(desk)]


async def test_a_feed_does_not_move_to_where_it_is(desk: LiveDesk) -> None:
    added = str(await subscribe(desk))
    await news(desk, "edit", feed=added, channel=desk.general.id)
    there = str(await subscribe(desk))
    told = await news(desk, "edit", feed=there, channel=desk.general.id)
    assert f"<#{desk.general.id}> has this feed already." == told
    await news(desk, "remove", feed=added)
    assert "This holds from now on." in await news(desk, "edit", feed=there, channel=desk.general.id)


async def test_a_tag_that_the_forum_lacks_is_refused_with_those_it_has(desk: LiveDesk) -> None:
    forum = desk.guild.add_forum("tagged", tags=["World", "Sea"], require_tag=True)
    added = str(await subscribe(desk))
    told = await news(desk, "edit", feed=added, channel=forum.id, tags="Land")
    assert "That forum has no tag Land. It has: World and Sea." == told
    told = await news(desk, "edit", feed=added, channel=forum.id)
    assert "That forum requires a tag. It has: World and Sea." == told
    await news(desk, "edit", feed=added, channel=forum.id, tags="sea, World")
    assert [("sea", "World")] == [card.subscription.options.tags for card in await cards(desk)]
    assert "Only forums have tags." == await news(desk, "edit", feed=added, channel=desk.general.id)


async def test_a_channel_where_the_bot_may_not_post_is_refused(desk: LiveDesk) -> None:
    added = str(await subscribe(desk))
    bot = desk.sim.world.application.bot
    await desk.guild.owner.set_overwrite(desk.general, bot, deny=Permission.SEND_MESSAGES)
    told = await news(desk, "edit", feed=added, channel=desk.general.id)
    assert f"In <#{desk.general.id}> I lack: Send Messages" in told


async def test_subscriptions_are_suggested_with_their_channel(desk: LiveDesk) -> None:
    added = await subscribe(desk, name="The Gazette")
    await subscribe(desk, "https://other.example/feed")
    offered = await desk.guild.owner.autocomplete(
        "news pause", channel=desk.general, focused="feed", feed="gaz"
    )
    assert [{"name": "The Gazette → #news", "value": str(added)}] == offered


async def test_tags_of_the_forum_are_suggested_one_after_the_other(desk: LiveDesk) -> None:
    forum = desk.guild.add_forum("tagged", tags=["World", "Sea", "Seamen"])
    given = {"channel": forum.id, "feed": "x", "tags": "World, sea"}
    offered = await desk.guild.owner.autocomplete(
        "news edit", channel=desk.general, focused="tags", options=given
    )
    assert ["World, Sea", "World, Seamen"] == [each["value"] for each in offered]
    added = await subscribe(desk)
    await news(desk, "edit", feed=str(added), channel=forum.id)
    offered = await desk.guild.owner.autocomplete(
        "news edit", channel=desk.general, focused="tags", feed=str(added), tags="wo"
    )
    assert ["World"] == [each["value"] for each in offered]


async def test_another_guilds_subscription_is_not_known(desk: LiveDesk) -> None:
    added = await subscribe(desk)
    await desk.store.subscriptions.place(int(desk.forum.id), 42)
    for command in ("remove", "pause", "resume", "edit"):
        assert "I know no such subscription here." in await news(desk, command, feed=str(added))
    assert "There are none." in await news(desk, "list")


async def test_who_does_not_manage_the_server_is_not_offered_it(desk: LiveDesk) -> None:
    with pytest.raises(DiscordError):
        await desk.maria.slash("news list", channel=desk.general)


async def test_who_was_offered_it_without_managing_the_server_is_refused(desk: LiveDesk) -> None:
    added = str(await subscribe(desk))
    [command] = [each for each in desk.sim.world.commands.values() if each.form["name"] == "news"]
    command.form["default_member_permissions"] = None  # An admin's doing, in Server Settings > Integrations.
    for what in ("remove", "pause", "resume", "edit"):
        told = await news(desk, what, desk.maria, feed=added)
        assert "You need *Manage Server* to do this." == told
    assert "You need *Manage Server* to do this." == await news(desk, "list", desk.maria)
    told = await news(desk, "edit", desk.maria, feed=added, templates=True)
    assert "You need *Manage Server* to do this." == told
    offered = await desk.maria.autocomplete("news edit", channel=desk.general, focused="feed", feed="")
    assert [] == offered


async def open_templates(desk: LiveDesk, added: int) -> Answer:
    return await desk.guild.owner.slash("news edit", channel=desk.general, feed=str(added), templates=True)


def fields(opened: Answer) -> list[dict[str, Any]]:
    assert opened.modal is not None
    return [label["component"] for label in opened.modal["components"]]


async def test_templates_are_written_in_a_modal_that_shows_those_of_now(desk: LiveDesk) -> None:
    added = await subscribe(desk, templates=Templates(name="{{ title }}!"))
    opened = await open_templates(desk, added)
    [name, starter, _] = fields(opened)
    assert "{{ title }}!" == name["value"]
    typed = {name["custom_id"]: "[{{ publisher }}] {{ title }}", starter["custom_id"]: "{{ summary }}"}
    answer = await desk.guild.owner.submit(opened, typed)
    assert f"The templates of **{FEED}** hold from now on." == answer.content
    [card] = await cards(desk)
    assert Templates(name="[{{ publisher }}] {{ title }}", starter="{{ summary }}") == (
        card.subscription.options.templates
    )


async def test_a_faulty_template_is_told_and_what_was_typed_comes_back_also_after_a_restart(
    tmp_path: Path,
) -> None:
    async with Simulator(limits=False) as sim:
        async with live_desk(tmp_path, sim=sim) as before:
            opened = await open_templates(before, await subscribe(before))
            [name, starter, _] = fields(opened)
            typed = {name["custom_id"]: "{{ titel }}", starter["custom_id"]: "Long work"}
            answer = await before.guild.owner.submit(opened, typed)
            assert "The template for names, line 1: " in answer.content
            assert [""] == [card.subscription.options.templates.name for card in await cards(before)]
        async with live_desk(tmp_path, sim=sim, after=before) as after:
            [mend] = answer.components[0]["components"]
            again = await after.guild.owner.click(answer.message, mend["custom_id"])
            [name, starter, _] = fields(again)
            assert ("{{ titel }}", "Long work") == (name["value"], starter["value"])
            answer = await after.guild.owner.submit(again, {name["custom_id"]: "{{ title }}"})
            assert "hold from now on" in answer.content
            [card] = await cards(after)
            assert "Long work" == card.subscription.options.templates.starter


async def test_templates_are_changed_by_themselves(desk: LiveDesk) -> None:
    added = await subscribe(desk)
    told = await news(desk, "edit", feed=str(added), templates=True, at_most=3)
    assert "Change the templates by themselves, without other options." == told
