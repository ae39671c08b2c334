"""`POST /control/act`: one JSON object becomes one act of a person."""

from collections.abc import Awaitable, Callable
from typing import Any

from simulator import payloads
from simulator.acts import interactions
from simulator.errors import field_refusal
from simulator.people import Person
from simulator.values import Json
from simulator.world import Interaction, World

Act = Callable[[World, Person, Json], Awaitable[Json]]
_THREAD_CHANGES = ("name", "locked", "archived", "pinned", "applied_tags", "rate_limit_per_user")


async def act(world: World, person: Person, body: Json) -> Json:
    """Does what `do` says; refuses an unknown deed or a missing field with 50035."""
    deed = _DEEDS.get(str(body.get("do")))
    if deed is None:
        choices = ", ".join(sorted(_DEEDS))
        raise field_refusal("do", "BASE_TYPE_CHOICES", f"Value must be one of {{{choices}}}.")
    try:
        return await deed(world, person, body)
    except KeyError as error:
        name = str(error.args[0])
        raise field_refusal(name, "BASE_TYPE_REQUIRED", "This field is required") from error


async def _post(world: World, person: Person, body: Json) -> Json:
    message = await person.post(body["channel"], body["content"], reply_to=body.get("reply_to"))
    return {"message": payloads.message_event(world, message, person.id)}


async def _thread(_: World, person: Person, body: Json) -> Json:
    thread = await person.start_thread(
        body["channel"],
        body["name"],
        body.get("content", ""),
        tags=body.get("tags") or [],
        message=body.get("message"),
    )
    return {"thread": payloads.thread(thread, person.id)}


def _begun(interaction: Interaction) -> Json:
    return {"interaction": interaction.id}


async def _click(_: World, person: Person, body: Json) -> Json:
    return _begun(person.begin_click(body["message"], body["custom_id"], body.get("values") or []))


async def _slash(_: World, person: Person, body: Json) -> Json:
    return _begun(person.begin_slash(body["command"], body["channel"], body.get("options") or {}))


async def _autocomplete(world: World, person: Person, body: Json) -> Json:
    """Waits for the choices; a bot that is silent or slow offers none."""
    interaction = person.begin_autocomplete(
        body["command"], body["channel"], body["focused"], body.get("options") or {}
    )
    await world.changes.until(
        lambda: interactions.is_settled(world, interaction), 2 * world.rules.interaction_deadline
    )
    return {"choices": interaction.choices or []}


async def _menu(_: World, person: Person, body: Json) -> Json:
    return _begun(
        person.begin_menu(
            body["command"], body.get("channel"), message=body.get("message"), user=body.get("user")
        )
    )


async def _modal(_: World, person: Person, body: Json) -> Json:
    return _begun(person.begin_submit(str(body["interaction"]), body.get("values") or {}))


async def _edit_thread(_: World, person: Person, body: Json) -> Json:
    changes: dict[str, Any] = {key: body[key] for key in _THREAD_CHANGES if key in body}
    thread = await person.edit_thread(body["thread"], **changes)
    return {"thread": payloads.thread(thread, person.id)}


async def _delete_thread(_: World, person: Person, body: Json) -> Json:
    await person.delete_thread(body["thread"])
    return {}


async def _delete_message(_: World, person: Person, body: Json) -> Json:
    await person.delete_message(body["message"])
    return {}


async def _delete_channel(_: World, person: Person, body: Json) -> Json:
    await person.delete_channel(body["channel"])
    return {}


async def _join(_: World, person: Person, body: Json) -> Json:
    await person.join(body["thread"])
    return {}


async def _leave(_: World, person: Person, body: Json) -> Json:
    await person.leave(body["thread"])
    return {}


async def _kick(_: World, person: Person, body: Json) -> Json:
    await person.kick(body["guild"], body["user"])
    return {}


async def _set_roles(_: World, person: Person, body: Json) -> Json:
    await person.set_roles(body["guild"], body["user"], body["roles"])
    return {}


async def _set_overwrites(_: World, person: Person, body: Json) -> Json:
    """`overwrites`: Discord's overwrite objects, each set for its role or member."""
    for each in body["overwrites"]:
        await person.set_overwrite(
            body["channel"], each["id"], allow=int(each.get("allow", 0)), deny=int(each.get("deny", 0))
        )
    return {}


_DEEDS: dict[str, Act] = {
    "post": _post,
    "thread": _thread,
    "click": _click,
    "slash": _slash,
    "autocomplete": _autocomplete,
    "menu": _menu,
    "modal": _modal,
    "edit_thread": _edit_thread,
    "delete_thread": _delete_thread,
    "delete_message": _delete_message,
    "delete_channel": _delete_channel,
    "join": _join,
    "leave": _leave,
    "kick": _kick,
    "set_roles": _set_roles,
    "set_overwrites": _set_overwrites,
}
