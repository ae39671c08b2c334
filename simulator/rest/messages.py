"""Messages in channels and threads."""

from simulator import payloads
from simulator.acts import messages
from simulator.errors import refusal
from simulator.flags import ChannelType, Permission
from simulator.forms.messages import read_message
from simulator.forms.problems import Problems
from simulator.permissions import may, require_view
from simulator.rest.calls import Call, Reply, Routes
from simulator.snowflakes import iso
from simulator.values import Json, Message

routes = Routes()


def visible_message(call: Call) -> Message:
    """The message of the path, as far as the bot can see it; needs Read Message History."""
    place = call.place
    require_view(call.world, call.actor.id, place)
    message = call.world.message(place.id, call.ids["message"])
    if message.ephemeral_to is not None:
        raise refusal(10008)
    return message


def _shown(call: Call, message: Message) -> Json:
    shown = payloads.message(call.world, message, call.actor.id)
    if message.nonce is not None and message.author.id == call.actor.id:
        shown["nonce"] = message.nonce
    return shown


@routes.add("GET", "/channels/{channel}/messages")
def history(call: Call) -> Reply:
    """Newest first; at most one of before, after, around. Without Read Message History: empty."""
    place, limit = call.place, call.limit(50, 100)
    require_view(call.world, call.actor.id, place)
    if place.type in {ChannelType.FORUM, ChannelType.CATEGORY}:
        raise refusal(50008)
    if not may(call.world, call.actor.id, place, Permission.READ_MESSAGE_HISTORY):
        return Reply(200, [])
    public = [each for each in call.world.messages[place.id].values() if each.ephemeral_to is None]
    anchors: dict[str, int] = {
        key: call.snowflake(key, 0) for key in ("before", "after", "around") if key in call.query
    }
    return Reply(200, [_shown(call, each) for each in reversed(_page(public, limit, anchors))])


def _page(found: list[Message], limit: int, anchors: dict[str, int]) -> list[Message]:
    """The part of the history asked for, oldest first."""
    ordered = sorted(found, key=lambda each: int(each.id))
    if "around" in anchors:
        older = [each for each in ordered if int(each.id) < anchors["around"]][-(limit // 2) :]
        rest = [each for each in ordered if int(each.id) >= anchors["around"]]
        return older + rest[: limit - len(older)]
    if "after" in anchors:
        return [each for each in ordered if int(each.id) > anchors["after"]][:limit]
    before = anchors.get("before")
    return [each for each in ordered if before is None or int(each.id) < before][-limit:]


@routes.add("GET", "/channels/{channel}/messages/pins")
def pins(call: Call) -> Reply:
    place = call.place
    require_view(call.world, call.actor.id, place)
    pinned = [each for each in call.world.messages[place.id].values() if each.pinned_at is not None]
    pinned.sort(key=lambda each: each.pinned_at or 0, reverse=True)
    limit = call.limit(50, 50)
    items = [
        {"pinned_at": iso(each.pinned_at or 0), "message": _shown(call, each)} for each in pinned[:limit]
    ]
    return Reply(200, {"items": items, "has_more": len(pinned) > limit})


@routes.add("GET", "/channels/{channel}/messages/{message}")
def one(call: Call) -> Reply:
    message = visible_message(call)
    if not may(call.world, call.actor.id, call.place, Permission.READ_MESSAGE_HISTORY):
        raise refusal(50001)
    return Reply(200, _shown(call, message))


@routes.add("POST", "/channels/{channel}/messages", window="messages")
def send(call: Call) -> Reply:
    form = read_message(call.form, call.uploads)
    return Reply(200, _shown(call, messages.send(call.world, call.actor, call.place, form)))


@routes.add("PATCH", "/channels/{channel}/messages/{message}", window="messages")
def edit(call: Call) -> Reply:
    message = visible_message(call)
    form = read_message(call.form, call.uploads, flags=message.flags)
    return Reply(200, _shown(call, messages.edit(call.world, call.actor, message, form)))


@routes.add("DELETE", "/channels/{channel}/messages/{message}", window="deletes")
def delete(call: Call) -> Reply:
    messages.delete(call.world, call.actor, visible_message(call), call.reason)
    return Reply(204)


@routes.add("POST", "/channels/{channel}/messages/bulk-delete", window="deletes")
def bulk_delete(call: Call) -> Reply:
    problems = Problems()
    ids = list(map(str, problems.items(call.form.get("messages"), "messages", 100)))
    problems.refuse_if_any()
    messages.bulk_delete(call.world, call.actor, call.place, ids, call.reason)
    return Reply(204)


@routes.add("POST", "/channels/{channel}/messages/{message}/crosspost")
def crosspost(call: Call) -> Reply:
    return Reply(200, _shown(call, messages.crosspost(call.world, call.actor, visible_message(call))))


@routes.add("PUT", "/channels/{channel}/messages/pins/{message}")
@routes.add("PUT", "/channels/{channel}/pins/{message}")
def pin(call: Call) -> Reply:
    messages.pin(call.world, call.actor, visible_message(call), pinned=True, reason=call.reason)
    return Reply(204)


@routes.add("DELETE", "/channels/{channel}/messages/pins/{message}")
@routes.add("DELETE", "/channels/{channel}/pins/{message}")
def unpin(call: Call) -> Reply:
    messages.pin(call.world, call.actor, visible_message(call), pinned=False, reason=call.reason)
    return Reply(204)


@routes.add("GET", "/channels/{channel}/pins")
def pins_of_old(call: Call) -> Reply:
    """The older address of the pins: messages alone."""
    require_view(call.world, call.actor.id, call.place)
    found = [each for each in call.world.messages[call.place.id].values() if each.pinned_at is not None]
    return Reply(200, [_shown(call, each) for each in reversed(found)])


@routes.add("PUT", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me", window="reactions")
def react(call: Call) -> Reply:
    actor = call.actor
    emoji = call.ids["emoji"]
    messages.react(call.world, actor, visible_message(call), emoji, user_id=actor.id, add=True)
    return Reply(204)


@routes.add("DELETE", "/channels/{channel}/messages/{message}/reactions/{emoji}/{user}", window="reactions")
def unreact(call: Call) -> Reply:
    user_id = call.actor.id if call.ids["user"] == "@me" else call.ids["user"]
    emoji = call.ids["emoji"]
    messages.react(call.world, call.actor, visible_message(call), emoji, user_id=user_id, add=False)
    return Reply(204)


@routes.add("GET", "/channels/{channel}/messages/{message}/reactions/{emoji}")
def reactions(call: Call) -> Reply:
    users = visible_message(call).reactions.get(call.ids["emoji"], [])
    return Reply(200, [payloads.user(call.world.users[each]) for each in users[: call.limit(25, 100)]])


@routes.add("POST", "/channels/{channel}/typing")
def typing(call: Call) -> Reply:
    require_view(call.world, call.actor.id, call.place)
    return Reply(204)
