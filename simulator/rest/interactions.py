"""The bot's answers to interactions: the callback, and the 15-minute token's messages. No bot token is needed."""

from simulator import payloads
from simulator.acts import interactions, messages
from simulator.errors import refusal
from simulator.rest.calls import Call, Reply, Routes
from simulator.values import Json, Message
from simulator.world import Interaction

routes = Routes()


def _shown(call: Call, message: Message) -> Json:
    return payloads.message(call.world, message, call.world.application.id)


@routes.add("POST", "/interactions/{interaction}/{token}/callback", public=True, exempt=True)
def callback(call: Call) -> Reply:
    interaction, message = interactions.answer(
        call.world, call.ids["interaction"], call.ids["token"], call.body, call.uploads
    )
    if call.query.get("with_response") not in {"1", "true"}:
        return Reply(204)
    shown: Json = {
        "id": interaction.id,
        "type": interaction.type,
        "channel_id": interaction.channel_id,
        "guild_id": interaction.guild_id,
    }
    if message is not None:
        shown |= {
            "response_message_id": message.id,
            "response_message_loading": message.deferred,
            "response_message_ephemeral": message.ephemeral_to is not None,
        }
    body: Json = {"interaction": shown}
    if message is not None and not message.deferred:
        body["resource"] = {"type": interaction.callback_type, "message": _shown(call, message)}
    return Reply(200, body)


def _interaction(call: Call) -> Interaction:
    return interactions.by_token(call.world, call.ids["webhook"], call.ids["token"])


@routes.add("POST", "/webhooks/{webhook}/{token}", public=True, exempt=True)
def follow_up(call: Call) -> Reply:
    message = interactions.follow_up(call.world, _interaction(call), call.body, call.uploads)
    return Reply(200, _shown(call, message))


def _own_message(call: Call) -> Message:
    message = interactions.own_message(call.world, _interaction(call), call.ids["message"])
    if message.author.id != call.world.application.id:
        raise refusal(10008)
    return message


@routes.add("GET", "/webhooks/{webhook}/{token}/messages/{message}", public=True, exempt=True)
def read(call: Call) -> Reply:
    return Reply(200, _shown(call, _own_message(call)))


@routes.add("PATCH", "/webhooks/{webhook}/{token}/messages/{message}", public=True, exempt=True)
def edit(call: Call) -> Reply:
    message = interactions.edit_own(call.world, _own_message(call), call.form, call.uploads)
    return Reply(200, _shown(call, message))


@routes.add("DELETE", "/webhooks/{webhook}/{token}/messages/{message}", public=True, exempt=True)
def delete(call: Call) -> Reply:
    messages.remove(call.world, _own_message(call))
    return Reply(204)
