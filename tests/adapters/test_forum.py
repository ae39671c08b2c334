"""The Discord adapter on unmodified discord.py against the simulator, with the answers that are hard to get right."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from live_forum import live_forum

from bot.adapters.clock import SystemClock
from bot.adapters.forum import DiscordForum
from bot.domain.messages import Button, Embed, Message
from bot.domain.topics import follow_id
from bot.errors import AmbiguousError, GoneError, MissingAccessError, RejectedError, UnavailableError
from bot.ports import ChannelKind, Posted
from simulator import Channel, GuildHandle, Person, Simulator
from simulator.flags import BOT_PERMISSIONS, Permission

STARTER = Message(
    embeds=(Embed(title="Rain", description="It *rains*.", footer="The Gazette"),),
    buttons=(
        Button(label="Read", url="https://gazette.example/rain"),
        Button(label="Follow", custom_id=follow_id(7)),
    ),
)
NOTICE = Message(content="This topic is now closed to further replies.")
LONG_AGO = SystemClock().now() - timedelta(hours=1)


@dataclass
class Stage:
    sim: Simulator
    guild: GuildHandle
    news: Channel
    general: Channel
    announcements: Channel
    alex: Person
    forum: DiscordForum


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with Simulator(limits=False) as sim:
        guild = sim.add_guild("The Gazette")
        news = guild.add_forum("news", tags=["World"], require_tag=True)
        general, announcements = guild.add_text("general"), guild.add_announcement("announcements")
        alex = guild.add_member("Alex")
        async with live_forum(sim) as forum:
            yield Stage(sim, guild, news, general, announcements, alex, forum)


async def post(stage: Stage) -> Posted:
    return await stage.forum.create_post(
        int(stage.news.id), "[News] Rain", STARTER, [int(stage.news.tags[0].id)]
    )


async def test_a_forum_is_described_with_its_tags(stage: Stage) -> None:
    channel = await stage.forum.channel(int(stage.news.id))
    assert (ChannelKind.FORUM, True, ("World",)) == (channel.kind, channel.requires_tag, tuple(channel.tags))
    assert () == channel.missing


async def test_a_channel_is_described_with_what_the_bot_lacks(stage: Stage) -> None:
    stage.guild.set_everyone_permissions(0)
    stage.guild.set_bot_permissions(BOT_PERMISSIONS & ~Permission.EMBED_LINKS)
    async with asyncio.timeout(5):
        while not (channel := await stage.forum.channel(int(stage.general.id))).missing:  # noqa: ASYNC110 - discord.py sets no event.
            await asyncio.sleep(0)
    assert ("Embed Links",) == channel.missing


async def test_an_unknown_channel_is_gone(stage: Stage) -> None:
    with pytest.raises(GoneError, match="does not exist"):
        await stage.forum.channel(7)


async def test_a_post_shows_embed_buttons_and_tag(stage: Stage) -> None:
    posted = await post(stage)
    [thread] = stage.alex.threads(stage.guild)
    [starter] = stage.alex.messages(thread)
    assert (str(posted.thread_id), [stage.news.tags[0].id]) == (thread.id, list(thread.applied_tags))
    assert "Rain" == starter.embeds[0]["title"]
    assert ["Read", "Follow"] == [b["label"] for b in starter.components[0]["components"]]


@pytest.mark.parametrize("channel", ["general", "announcements"])
async def test_a_thread_is_hung_from_a_message_once(stage: Stage, channel: str) -> None:
    channel_id = int(getattr(stage, channel).id)
    message_id = await stage.forum.send(channel_id, STARTER, "nonce")
    first = await stage.forum.start_thread(channel_id, message_id, "[News] Rain")
    assert (message_id, message_id) == (
        first,
        await stage.forum.start_thread(channel_id, message_id, "[News] Rain"),
    )
    assert ["[News] Rain"] == [thread.name for thread in stage.alex.threads(stage.guild)]


async def test_a_repeated_nonce_sends_no_second_message(stage: Stage) -> None:
    channel_id = int(stage.general.id)
    assert await stage.forum.send(channel_id, NOTICE, "n") == await stage.forum.send(channel_id, NOTICE, "n")
    assert 1 == len(stage.alex.messages(stage.general))


@pytest.mark.parametrize(
    "kind", ["500-after", "502-after", "504-after", "reset-after", "close-after", "html-502-after"]
)
async def test_a_post_whose_answer_is_lost_is_ambiguous_single_and_found(stage: Stage, kind: str) -> None:
    stage.sim.fault(kind, method="POST", route="/threads")
    with pytest.raises(AmbiguousError):
        await post(stage)
    [thread] = stage.alex.threads(stage.guild)
    found = await stage.forum.find_post(int(stage.news.id), follow_id(7), LONG_AGO)
    assert Posted(thread_id=int(thread.id), message_id=int(thread.id)) == found
    assert await stage.forum.find_post(int(stage.news.id), follow_id(8), LONG_AGO) is None


async def test_a_post_is_found_also_when_it_is_archived(stage: Stage) -> None:
    posted = await post(stage)
    await stage.forum.set_flags(posted.thread_id, archived=True)
    assert posted == await stage.forum.find_post(int(stage.news.id), follow_id(7), LONG_AGO)


async def test_a_post_made_before_the_attempt_is_not_ours_to_adopt(stage: Stage) -> None:
    await post(stage)
    later = SystemClock().now() + timedelta(hours=1)
    assert await stage.forum.find_post(int(stage.news.id), follow_id(7), later) is None


async def test_a_sent_message_is_found_by_what_it_shows(stage: Stage) -> None:
    channel_id = int(stage.general.id)
    await stage.alex.post(stage.general, NOTICE.content)
    assert await stage.forum.find_message(channel_id, NOTICE, LONG_AGO) is None
    message_id = await stage.forum.send(channel_id, NOTICE, "n")
    assert message_id == await stage.forum.find_message(channel_id, NOTICE, LONG_AGO)
    starter_id = await stage.forum.send(channel_id, STARTER, "m")
    assert starter_id == await stage.forum.find_message(channel_id, STARTER, LONG_AGO)


async def test_of_messages_that_are_embeds_alone_the_right_one_is_found(stage: Stage) -> None:
    channel_id = int(stage.general.id)
    pages = [Message(embeds=(Embed(description=text),)) for text in ("1. Ferry\n2. Bus", "3. Tram")]
    message_ids = [await stage.forum.send(channel_id, page, f"n{n}") for n, page in enumerate(pages)]
    assert message_ids == [await stage.forum.find_message(channel_id, page, LONG_AGO) for page in pages]
    other = Message(embeds=(Embed(description="4. Train"),))
    assert await stage.forum.find_message(channel_id, other, LONG_AGO) is None


async def test_a_starter_tells_whose_thread_it_is(stage: Stage) -> None:
    ours = await stage.forum.sight((await post(stage)).thread_id)
    theirs = await stage.alex.start_thread(
        stage.general, "Lunch", message=await stage.alex.post(stage.general, "Lunch?")
    )
    assert follow_id(7) == await stage.forum.marker(ours)
    assert await stage.forum.marker(await stage.forum.sight(int(theirs.id))) is None


async def test_an_archived_thread_refuses_a_message_and_says_why(stage: Stage) -> None:
    posted = await post(stage)
    await stage.forum.set_flags(posted.thread_id, locked=True, archived=True)
    with pytest.raises(RejectedError) as error:
        await stage.forum.edit(posted.thread_id, posted.message_id, NOTICE)
    assert 50083 == error.value.code


async def test_a_lock_wakes_an_archived_thread_in_the_same_request(stage: Stage) -> None:
    posted = await post(stage)
    await stage.forum.set_flags(posted.thread_id, archived=True)
    await stage.forum.set_flags(posted.thread_id, locked=True, archived=False)
    seen = await stage.forum.sight(posted.thread_id)
    assert (True, False) == (seen.locked, seen.archived)


async def test_an_edit_of_a_deleted_message_is_gone(stage: Stage) -> None:
    posted = await post(stage)
    with pytest.raises(GoneError):
        await stage.forum.edit(posted.thread_id, 7, NOTICE)


async def test_a_missing_permission_is_told_apart(stage: Stage) -> None:
    posted = await post(stage)
    stage.guild.set_bot_permissions(BOT_PERMISSIONS & ~Permission.MANAGE_THREADS)
    with pytest.raises(MissingAccessError):
        await stage.forum.set_flags(posted.thread_id, locked=True)


@pytest.mark.parametrize("kind", ["503", "429-cloudflare"])
async def test_a_request_that_was_not_applied_may_be_tried_later(stage: Stage, kind: str) -> None:
    stage.sim.fault(kind, method="POST", route="/threads")
    with pytest.raises(UnavailableError):
        await post(stage)


async def test_a_long_rate_limit_gives_the_slot_back_and_names_the_wait(stage: Stage) -> None:
    stage.sim.fault("429-shared", method="POST", route="/threads", retry_after=280)
    with pytest.raises(UnavailableError) as error:
        await post(stage)
    assert timedelta(seconds=280) == error.value.retry_after


async def test_a_look_that_fails_is_never_ambiguous(stage: Stage) -> None:
    stage.sim.fault("reset-before", method="GET", route="/channels/", count=9)
    with pytest.raises(UnavailableError):
        await stage.forum.sight(7)


async def test_a_channel_is_no_thread(stage: Stage) -> None:
    with pytest.raises(GoneError, match="no thread"):
        await stage.forum.sight(int(stage.general.id))


async def test_a_role_is_the_only_thing_a_message_can_ping(stage: Stage) -> None:
    role = stage.guild.add_role("Readers")
    message = Message(content=f"@everyone <@{stage.alex.id}> <@&{role.id}>", mention_role_id=int(role.id))
    await stage.forum.send(int(stage.general.id), message, "n")
    [shown] = stage.alex.messages(stage.general)
    body = stage.sim.requests[-1].body
    assert ([], [int(role.id)]) == (body["allowed_mentions"]["parse"], body["allowed_mentions"]["roles"])
    assert not shown.mention_everyone


async def test_a_member_is_looked_up_as_of_now(stage: Stage) -> None:
    guild_id = int(stage.guild.id)
    found = await stage.forum.member(guild_id, int(stage.alex.id))
    assert found is not None
    assert int(stage.alex.id) == found.id
    await stage.guild.owner.kick(stage.guild.guild, stage.alex)
    assert await stage.forum.member(guild_id, int(stage.alex.id)) is None


async def test_a_member_lacks_what_a_moderator_has_and_nobody_lacks_everything(stage: Stage) -> None:
    posted = await post(stage)
    seen = await stage.forum.sight(posted.thread_id)
    maria = stage.guild.add_moderator("Maria")
    guild_id = int(stage.guild.id)
    lacking = [
        (await stage.forum.access(seen, await stage.forum.member(guild_id, int(person.id)))).caller_missing
        for person in (maria, stage.alex)
    ]
    assert [(), ("Manage Threads",)] == lacking
    assert ("View Channels", "Manage Threads") == (await stage.forum.access(seen, None)).caller_missing


async def test_a_guild_that_the_bot_is_not_in_is_not_present(stage: Stage) -> None:
    assert await stage.forum.is_present(int(stage.guild.id))
    assert not await stage.forum.is_present(1)
