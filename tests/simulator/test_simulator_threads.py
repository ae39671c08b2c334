"""Threads in the simulator, by Discord's rules (topics/threads, resources/channel)."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext

import discord
import pytest
from local_discord import Clock, Connect, Gazette, Rest

from simulator import DiscordError, Permission, Rules, Simulator, Thread
from simulator.flags import MessageType


async def post(rest: Rest, gazette: Gazette, name: str = "[News] Rain") -> str:
    """A forum post by the bot; its id."""
    body = {"name": name, "message": {"content": "Rain"}}
    status, thread = await rest("POST", f"/channels/{gazette.forum.id}/threads", body)
    assert status == 201
    return str(thread["id"])


async def test_a_forum_post_and_its_starter_share_an_id(rest: Rest, gazette: Gazette) -> None:
    body = {"name": "Rain", "applied_tags": [gazette.forum.tags[0].id], "message": {"content": "It rains."}}
    _, thread = await rest("POST", f"/channels/{gazette.forum.id}/threads", body)
    assert (thread["id"], "It rains.") == (thread["message"]["id"], thread["message"]["content"])
    assert [gazette.forum.tags[0].id] == thread["applied_tags"]


async def test_a_locked_thread_refuses_a_member(gazette: Gazette) -> None:
    thread = await gazette.alice.start_thread(gazette.forum, "Rain", "It rains.")
    await gazette.maria.edit_thread(thread, locked=True)
    with pytest.raises(DiscordError) as refused:
        await gazette.alice.post(thread, "Still raining")
    assert (160005, "Thread is locked") == (refused.value.code, refused.value.message)
    assert not gazette.alice.can_reply(thread)


async def test_a_locked_thread_lets_a_moderator_speak(gazette: Gazette) -> None:
    thread = await gazette.alice.start_thread(gazette.forum, "Rain", "It rains.")
    await gazette.maria.edit_thread(thread, locked=True)
    await gazette.maria.post(thread, "Closed.")
    assert "Closed." == gazette.alice.messages(thread)[-1].content


async def test_a_member_cannot_lock(gazette: Gazette) -> None:
    thread = await gazette.alice.start_thread(gazette.forum, "Rain", "It rains.")
    with pytest.raises(DiscordError) as refused:
        await gazette.alice.edit_thread(thread, locked=True)
    assert 50013 == refused.value.code


async def test_a_reply_wakes_an_archived_thread(gazette: Gazette) -> None:
    thread = await gazette.alice.start_thread(gazette.forum, "Rain", "It rains.")
    await gazette.maria.edit_thread(thread, archived=True)
    await gazette.alice.post(thread, "Still raining")
    assert not thread.archived


async def test_a_reply_does_not_wake_a_locked_archived_thread(gazette: Gazette) -> None:
    thread = await gazette.alice.start_thread(gazette.forum, "Rain", "It rains.")
    await gazette.maria.edit_thread(thread, archived=True, locked=True)
    with pytest.raises(DiscordError) as refused:
        await gazette.alice.post(thread, "Still raining")
    assert (160005, True) == (refused.value.code, thread.archived)


async def test_an_archived_thread_changes_only_while_it_is_unarchived(rest: Rest, gazette: Gazette) -> None:
    path = f"/channels/{await post(rest, gazette)}"
    await rest("PATCH", path, {"archived": True})
    refused = await rest("PATCH", path, {"locked": True})
    assert (400, 50083) == (refused[0], refused[1]["code"])
    status, thread = await rest("PATCH", path, {"archived": False, "locked": True})
    assert (200, True) == (status, thread["thread_metadata"]["locked"])


async def test_archiving_an_archived_thread_again_answers_50083(rest: Rest, gazette: Gazette) -> None:
    path = f"/channels/{await post(rest, gazette)}"
    await rest("PATCH", path, {"archived": True, "locked": True})
    _, refused = await rest("PATCH", path, {"archived": True, "locked": True})
    assert 50083 == refused["code"]


async def test_an_edit_in_an_archived_thread_answers_50083(rest: Rest, gazette: Gazette) -> None:
    thread = await post(rest, gazette)
    await rest("PATCH", f"/channels/{thread}", {"archived": True})
    _, refused = await rest("PATCH", f"/channels/{thread}/messages/{thread}", {"content": "Snow"})
    assert 50083 == refused["code"]


@pytest.mark.parametrize(
    ("rules", "allowed"), [(Rules(), False), (Rules(owner_unarchives_locked=True), True)]
)
async def test_whether_an_owner_unarchives_a_locked_thread_is_a_switch(
    rules: Rules, *, allowed: bool
) -> None:
    """Discord's documentation contradicts itself (topics/threads)."""
    gazette = Gazette(Simulator(rules=rules))
    thread = await gazette.alice.start_thread(gazette.forum, "Rain", "It rains.")
    await gazette.maria.edit_thread(thread, archived=True, locked=True)
    with nullcontext() if allowed else pytest.raises(DiscordError, match="50013"):
        await gazette.alice.edit_thread(thread, archived=False)
    assert allowed is not thread.archived


async def test_a_thread_from_a_message_has_the_messages_id_and_is_made_once(
    rest: Rest, gazette: Gazette
) -> None:
    _, message = await rest("POST", f"/channels/{gazette.text.id}/messages", {"content": "Rain"})
    path = f"/channels/{gazette.text.id}/messages/{message['id']}/threads"
    status, thread = await rest("POST", path, {"name": "Rain"})
    assert (201, message["id"]) == (status, thread["id"])
    status, refused = await rest("POST", path, {"name": "Rain"})
    assert (400, 160004) == (status, refused["code"])


async def test_a_thread_from_a_message_begins_with_a_pointer_to_it(rest: Rest, gazette: Gazette) -> None:
    _, message = await rest("POST", f"/channels/{gazette.text.id}/messages", {"content": "Rain"})
    await rest("POST", f"/channels/{gazette.text.id}/messages/{message['id']}/threads", {"name": "Rain"})
    [first] = gazette.alice.messages(message["id"])
    assert first.reference is not None
    assert (MessageType.THREAD_STARTER_MESSAGE, message["id"]) == (first.type, first.reference["message_id"])


async def test_a_missing_required_tag_answers_40067(rest: Rest, gazette: Gazette) -> None:
    forum = gazette.guild.add_forum("strict", tags=["World"], require_tag=True)
    body = {"name": "Rain", "message": {"content": "Rain"}}
    status, refused = await rest("POST", f"/channels/{forum.id}/threads", body)
    assert (400, 40067) == (status, refused["code"])


async def test_an_unknown_tag_answers_10087(rest: Rest, gazette: Gazette) -> None:
    body = {"name": "Rain", "applied_tags": ["1"], "message": {"content": "Rain"}}
    _, refused = await rest("POST", f"/channels/{gazette.forum.id}/threads", body)
    assert 10087 == refused["code"]


@pytest.mark.parametrize("name", ["", "x" * 101])
async def test_a_thread_name_has_one_to_a_hundred_characters(rest: Rest, gazette: Gazette, name: str) -> None:
    body = {"name": name, "message": {"content": "Rain"}}
    status, refused = await rest("POST", f"/channels/{gazette.forum.id}/threads", body)
    error = {"code": "BASE_TYPE_BAD_LENGTH", "message": "Must be between 1 and 100 in length."}
    assert (400, 50035, {"name": {"_errors": [error]}}) == (status, refused["code"], refused["errors"])


async def test_errors_of_a_starter_are_nested_under_message(rest: Rest, gazette: Gazette) -> None:
    body = {"name": "Rain", "message": {"embeds": [{"title": "x" * 257}]}}
    _, refused = await rest("POST", f"/channels/{gazette.forum.id}/threads", body)
    [error] = refused["errors"]["message"]["embeds"]["0"]["title"]["_errors"]
    assert "BASE_TYPE_MAX_LENGTH" == error["code"]


async def test_a_message_to_a_forum_answers_40058(rest: Rest, gazette: Gazette) -> None:
    status, refused = await rest("POST", f"/channels/{gazette.forum.id}/messages", {"content": "Rain"})
    assert (400, 40058) == (status, refused["code"])


@pytest.mark.parametrize(("kind", "code"), [("text", 160006), ("announcements", 160007)])
async def test_a_guild_has_room_for_so_many_active_threads(kind: str, code: int) -> None:
    gazette = Gazette(Simulator(rules=Rules(max_active_threads=1)))
    await gazette.alice.start_thread(gazette.forum, "Rain", "It rains.")
    message = await gazette.guild.owner.post(getattr(gazette, kind), "Snow")
    with pytest.raises(DiscordError) as refused:
        await gazette.alice.start_thread(getattr(gazette, kind), "Snow", message=message)
    assert code == refused.value.code


async def test_a_thread_has_room_for_so_many_members() -> None:
    gazette = Gazette(Simulator(rules=Rules(max_thread_members=1)))
    thread = await gazette.alice.start_thread(gazette.forum, "Rain", "It rains.")
    with pytest.raises(DiscordError) as refused:
        await gazette.maria.join(thread)
    assert 30033 == refused.value.code


async def test_a_private_thread_is_hidden_from_others(gazette: Gazette) -> None:
    gazette.guild.set_everyone_permissions(Permission(gazette.guild.guild.roles[gazette.guild.id].permissions)
                                           | Permission.CREATE_PRIVATE_THREADS)  # fmt: skip
    bob = gazette.guild.add_member("Bob")
    thread = await gazette.alice.start_thread(gazette.text, "Secret", private=True)
    assert ([], [thread]) == (bob.threads(gazette.guild), gazette.maria.threads(gazette.guild))
    with pytest.raises(DiscordError) as refused:
        bob.messages(thread)
    assert 50001 == refused.value.code


async def test_an_idle_thread_is_archived_by_the_clock(clock: Clock) -> None:
    sim = Simulator(clock=clock)
    gazette = Gazette(sim)
    thread = await gazette.alice.start_thread(gazette.forum, "Rain", "It rains.")
    clock.advance(1440 * 60 - 1)
    sim.tick()
    assert not thread.archived
    clock.advance(1)
    sim.tick()
    assert thread.archived
    assert [] == [each for each in gazette.guild.guild.audit if each.action == 111]


async def test_a_message_postpones_archiving(clock: Clock) -> None:
    sim = Simulator(clock=clock)
    gazette = Gazette(sim)
    thread = await gazette.alice.start_thread(gazette.forum, "Rain", "It rains.")
    clock.advance(1000 * 60)
    await gazette.alice.post(thread, "Still raining")
    clock.advance(1000 * 60)
    sim.tick()
    assert not thread.archived


async def test_archiving_takes_the_pin_off(gazette: Gazette) -> None:
    thread = await gazette.alice.start_thread(gazette.forum, "Rain", "It rains.")
    await gazette.maria.edit_thread(thread, pinned=True)
    assert thread.pinned
    await gazette.maria.edit_thread(thread, archived=True)
    assert not thread.pinned


async def test_a_rename_is_told_in_the_thread_and_in_the_audit_log(gazette: Gazette) -> None:
    thread = await gazette.alice.start_thread(gazette.forum, "Rain", "It rains.")
    await gazette.maria.edit_thread(thread, name="Snow")
    last = gazette.alice.messages(thread)[-1]
    assert (MessageType.CHANNEL_NAME_CHANGE, "Snow", gazette.maria.user) == (
        last.type,
        last.content,
        last.author,
    )
    entry = gazette.guild.guild.audit[-1]
    assert [{"key": "name", "old_value": "Rain", "new_value": "Snow"}] == entry.changes


async def test_counts_leave_the_starter_out_and_forget_the_deleted(gazette: Gazette) -> None:
    thread = await gazette.alice.start_thread(gazette.forum, "Rain", "It rains.")
    message = await gazette.alice.post(thread, "One")
    await gazette.alice.post(thread, "Two")
    await gazette.alice.delete_message(message)
    assert (1, 2) == (thread.message_count, thread.total_message_sent)


async def test_a_deleted_thread_answers_10003(rest: Rest, gazette: Gazette) -> None:
    thread = await post(rest, gazette)
    await gazette.maria.delete_thread(thread)
    status, refused = await rest("POST", f"/channels/{thread}/messages", {"content": "Hello?"})
    assert (404, 10003, "Unknown Channel") == (status, refused["code"], refused["message"])


async def test_archived_threads_are_listed_page_by_page(rest: Rest, gazette: Gazette, sim: Simulator) -> None:
    names = [f"Post {number}" for number in range(5)]
    for name in names:
        thread = await gazette.alice.start_thread(gazette.forum, name, "Text")
        await gazette.maria.edit_thread(thread, archived=True)
        thread.archive_at = sim.world.clock() - 1000 + names.index(name)
    listed: list[str] = []
    before, more = "", True
    while more:
        path = f"/channels/{gazette.forum.id}/threads/archived/public?limit=2{before}"
        _, page = await rest("GET", path)
        listed += [each["name"] for each in page["threads"]]
        more = page["has_more"]
        last = page["threads"][-1]["thread_metadata"]["archive_timestamp"]
        before = "&before=" + last.replace("+", "%2B")
    assert names[::-1] == listed


async def test_active_threads_are_those_not_archived(rest: Rest, gazette: Gazette) -> None:
    kept = await gazette.alice.start_thread(gazette.forum, "Kept", "Text")
    gone = await gazette.alice.start_thread(gazette.forum, "Gone", "Text")
    await gazette.maria.edit_thread(gone, archived=True)
    _, answer = await rest("GET", f"/guilds/{gazette.guild.id}/threads/active")
    assert [kept.id] == [each["id"] for each in answer["threads"]]


async def test_discord_py_follows_a_thread_through_its_life(
    sim: Simulator, gazette: Gazette, connect: Connect
) -> None:
    bot = await connect(sim)
    heard: list[str] = []
    ended = asyncio.Event()

    def note(name: str) -> Callable[..., Awaitable[None]]:
        async def hear(*_: object) -> None:
            heard.append(name)
            if name == "raw_thread_delete":
                ended.set()

        return hear

    for name in ("thread_create", "thread_update", "thread_join", "raw_thread_delete"):
        setattr(bot, f"on_{name}", note(name))
    thread = await gazette.alice.start_thread(gazette.forum, "Rain", "It rains.")
    await gazette.maria.edit_thread(thread, locked=True)
    await gazette.maria.edit_thread(thread, archived=True)
    await gazette.maria.edit_thread(thread, archived=False)
    await gazette.maria.delete_thread(thread)
    await asyncio.wait_for(ended.wait(), 5)
    assert ["thread_create", "thread_update", "thread_update", "thread_join", "raw_thread_delete"] == heard


async def test_discord_py_finds_the_starter_of_its_post(
    sim: Simulator, gazette: Gazette, connect: Connect
) -> None:
    bot = await connect(sim)
    forum = bot.get_channel(int(gazette.forum.id))
    assert isinstance(forum, discord.ForumChannel)
    made = await forum.create_thread(
        name="Rain", embed=discord.Embed(title="Rain"), applied_tags=[forum.available_tags[0]]
    )
    fetched = await made.thread.fetch_message(made.thread.id)
    assert ("Rain", ["World"]) == (fetched.embeds[0].title, [each.name for each in made.thread.applied_tags])
    [thread] = gazette.alice.threads(gazette.guild)
    assert isinstance(thread, Thread)
    assert "Rain" == thread.name
