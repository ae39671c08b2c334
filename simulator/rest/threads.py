"""Threads: starting, listing, membership. Changing and deleting go through the channel's address."""

from datetime import datetime

from simulator import payloads
from simulator.acts import membership, threads
from simulator.errors import field_refusal, refusal
from simulator.flags import ChannelType, Permission
from simulator.forms.messages import read_message
from simulator.forms.threads import read_thread
from simulator.permissions import require, require_in_guild, require_view
from simulator.rest.calls import Call, Reply, Routes
from simulator.rest.messages import visible_message
from simulator.snowflakes import iso
from simulator.values import Channel, Json, Thread

routes = Routes()


@routes.add("POST", "/channels/{channel}/messages/{message}/threads")
def start_from_message(call: Call) -> Reply:
    form = read_thread(call.form, new=True)
    thread = threads.start_from_message(call.world, call.actor, visible_message(call), form)
    return Reply(201, payloads.thread(thread, call.actor.id))


@routes.add("POST", "/channels/{channel}/threads")
def start(call: Call) -> Reply:
    """In a forum with a starter message, elsewhere without."""
    channel = call.place
    if not isinstance(channel, Channel):
        raise refusal(50024)
    require_view(call.world, call.actor.id, channel)
    if channel.type is not ChannelType.FORUM:
        form = read_thread(call.form, new=True)
        thread = threads.start_bare(call.world, call.actor, channel, form)
        return Reply(201, payloads.thread(thread, call.actor.id))
    form = read_thread(call.form, new=True)
    if not isinstance(call.form.get("message"), dict):
        raise field_refusal("message", "BASE_TYPE_REQUIRED", "This field is required")
    starter = read_message(call.form["message"], call.uploads, within="message")
    thread, message = threads.start_post(call.world, call.actor, channel, form, starter)
    shown = payloads.message(call.world, message, call.actor.id)
    shown.pop("thread", None)
    return Reply(201, payloads.thread(thread, call.actor.id) | {"message": shown})


def _listing(call: Call, found: list[Thread]) -> Json:
    bot_id = call.actor.id
    return {
        "threads": [payloads.thread(each, bot_id) for each in found],
        "members": [
            payloads.thread_member(each.id, bot_id, each.members[bot_id])
            for each in found
            if bot_id in each.members
        ],
    }


@routes.add("GET", "/guilds/{guild}/threads/active")
def active(call: Call) -> Reply:
    guild = call.world.guild(call.ids["guild"])
    require_in_guild(call.actor.id, guild)
    found = [each for each in threads.viewable(call.world, call.actor.id, guild.id) if not each.archived]
    found.sort(key=lambda each: int(each.id), reverse=True)
    return Reply(200, _listing(call, found) | {"has_more": False})


def _archived(call: Call, kinds: set[ChannelType]) -> list[Thread]:
    channel = call.world.channel(call.ids["channel"])
    require(call.world, call.actor.id, channel, Permission.READ_MESSAGE_HISTORY)
    found = threads.viewable(call.world, call.actor.id, channel.guild_id)
    return [each for each in found if each.parent_id == channel.id and each.archived and each.type in kinds]


def _page_by_time(call: Call, found: list[Thread]) -> Reply:
    """Latest archived first; `before` is a time (ISO 8601)."""
    found.sort(key=lambda each: (each.archive_at, int(each.id)), reverse=True)
    if "before" in call.query:
        moment = _moment(call.query["before"])
        found = [each for each in found if _moment(iso(each.archive_at)) < moment]
    return _page(call, found)


def _page(call: Call, found: list[Thread]) -> Reply:
    limit = call.limit(50, 100, 2)
    return Reply(200, _listing(call, found[:limit]) | {"has_more": len(found) > limit})


def _moment(text: str) -> float:
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError) as error:
        message = f"Could not parse {text}. Should be ISO8601."
        raise field_refusal("before", "DATE_TIME_TYPE_PARSE", message) from error


@routes.add("GET", "/channels/{channel}/threads/archived/public")
def archived_public(call: Call) -> Reply:
    kinds = {ChannelType.PUBLIC_THREAD, ChannelType.ANNOUNCEMENT_THREAD}
    return _page_by_time(call, _archived(call, kinds))


@routes.add("GET", "/channels/{channel}/threads/archived/private")
def archived_private(call: Call) -> Reply:
    require(call.world, call.actor.id, call.place, Permission.MANAGE_THREADS)
    return _page_by_time(call, _archived(call, {ChannelType.PRIVATE_THREAD}))


@routes.add("GET", "/channels/{channel}/users/@me/threads/archived/private")
def joined_archived_private(call: Call) -> Reply:
    """Newest first by id; `before` is an id."""
    found = _archived(call, {ChannelType.PRIVATE_THREAD})
    found = [each for each in found if call.actor.id in each.members]
    found.sort(key=lambda each: int(each.id), reverse=True)
    if "before" in call.query:
        before = call.snowflake("before", 0)
        found = [each for each in found if int(each.id) < before]
    return _page(call, found)


def _member(call: Call, thread: Thread, user_id: str) -> Json:
    shown = payloads.thread_member(thread.id, user_id, thread.members[user_id])
    if call.query.get("with_member") in {"true", "1"}:
        shown["member"] = payloads.member(call.world.member(thread.guild_id, user_id))
    return shown


@routes.add("GET", "/channels/{channel}/thread-members")
def members(call: Call) -> Reply:
    thread = call.world.thread(call.ids["channel"])
    require_view(call.world, call.actor.id, thread)
    return Reply(200, [_member(call, thread, each) for each in thread.members])


@routes.add("GET", "/channels/{channel}/thread-members/{user}")
def one_member(call: Call) -> Reply:
    thread = call.world.thread(call.ids["channel"])
    require_view(call.world, call.actor.id, thread)
    user_id = _user_id(call)
    if user_id not in thread.members:
        raise refusal(10007)
    return Reply(200, _member(call, thread, user_id))


def _user_id(call: Call) -> str:
    return call.actor.id if call.ids["user"] == "@me" else call.ids["user"]


@routes.add("PUT", "/channels/{channel}/thread-members/{user}")
def join(call: Call) -> Reply:
    thread = call.world.thread(call.ids["channel"])
    membership.join(call.world, call.actor, thread, _user_id(call))
    return Reply(204)


@routes.add("DELETE", "/channels/{channel}/thread-members/{user}")
def leave(call: Call) -> Reply:
    thread = call.world.thread(call.ids["channel"])
    membership.leave(call.world, call.actor, thread, _user_id(call))
    return Reply(204)


@routes.add("GET", "/channels/{channel}/threads/search")
def search(call: Call) -> Reply:
    """A forum's posts by name, newest first."""
    channel = call.world.channel(call.ids["channel"])
    require(call.world, call.actor.id, channel, Permission.READ_MESSAGE_HISTORY)
    name = call.query.get("name", "").lower()
    found = [
        each
        for each in threads.viewable(call.world, call.actor.id, channel.guild_id)
        if each.parent_id == channel.id and name in each.name.lower()
    ]
    if "archived" in call.query:
        found = [each for each in found if str(each.archived).lower() == call.query["archived"]]
    found.sort(key=lambda each: int(each.id), reverse=True)
    limit = call.limit(25, 25)
    starters = [call.world.messages[each.id].get(each.id) for each in found[:limit]]
    shown = [payloads.message(call.world, each, call.actor.id) for each in starters if each]
    return Reply(
        200,
        _listing(call, found[:limit])
        | {"has_more": len(found) > limit, "total_results": len(found), "first_messages": shown},
    )
