"""Interactions: a person addresses the bot, the bot has 3 s to answer and 15 minutes to add to it.

Source: interactions/receiving-and-responding.
"""

import secrets
from typing import Any

from simulator import payloads
from simulator.acts import membership, mentions, messages
from simulator.errors import field_refusal, refusal
from simulator.events import Event
from simulator.flags import InteractionType, MessageFlag, MessageType, Permission
from simulator.forms.commands import read_choices
from simulator.forms.components import read_components
from simulator.forms.messages import MessageForm, read_message
from simulator.forms.problems import Problems
from simulator.permissions import (
    in_place,
    require,
    require_active,
    require_unlocked,
    require_view,
)
from simulator.values import Attachment, Json, Message, Place, Thread, User
from simulator.world import Interaction, World

MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
ATTACHMENT_SIZE_LIMIT = 10 * 1024 * 1024
_ANSWERS = {
    InteractionType.COMMAND: {MESSAGE, DEFERRED, MODAL},
    InteractionType.COMPONENT: {MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, MODAL},
    InteractionType.AUTOCOMPLETE: {CHOICES},
    InteractionType.MODAL_SUBMIT: {MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE},
}


def start(
    world: World,
    user: User,
    place: Place,
    kind: InteractionType,
    data: Json,
    *,
    message: Message | None = None,
    triggered_by: Interaction | None = None,
) -> Interaction:
    """Sends an interaction to the bot. In an archived thread nobody can; in a locked one members cannot."""
    require_view(world, user.id, place)
    require_active(place)
    if kind is InteractionType.COMPONENT:
        require_unlocked(world, user.id, place)
    else:
        require(world, user.id, place, Permission.USE_APPLICATION_COMMANDS)
    interaction = Interaction(
        id=world.new_id(),
        type=int(kind),
        token=secrets.token_urlsafe(48),
        guild_id=place.guild_id,
        channel_id=place.id,
        user=user,
        data=data,
        created_at=world.clock(),
        message_id=message.id if message else None,
    )
    interaction.metadata = _metadata(interaction, data, triggered_by)
    world.interactions[interaction.id] = interaction
    rules = world.rules
    world.timers.at(interaction.created_at + rules.interaction_deadline, lambda: _expire(world, interaction))
    world.timers.at(
        interaction.created_at + rules.interaction_lifetime,
        lambda: _forget(world, interaction),
    )
    shown = _payload(world, interaction, place, message)
    world.publish(Event("INTERACTION_CREATE", place.guild_id, lambda _: shown, only=world.application.id))
    return interaction


def _metadata(interaction: Interaction, data: Json, triggered_by: Interaction | None) -> Json:
    """What a message shows of the interaction it answers (`interaction_metadata`)."""
    metadata: Json = {
        "id": interaction.id,
        "type": interaction.type,
        "user": payloads.user(interaction.user),
        "authorizing_integration_owners": {"0": interaction.guild_id},
    }
    if interaction.type == InteractionType.COMPONENT:
        metadata["interacted_message_id"] = interaction.message_id
    if triggered_by is not None:
        metadata["triggering_interaction_metadata"] = triggered_by.metadata
    if data.get("target_id") in data.get("resolved", {}).get("messages", {}):
        metadata["target_message_id"] = data["target_id"]
    elif "target_id" in data:
        metadata["target_user"] = data["resolved"]["users"][data["target_id"]]
    return metadata


def _payload(world: World, interaction: Interaction, place: Place, message: Message | None) -> Json:
    guild = world.guild(place.guild_id)
    member = world.member(guild.id, interaction.user.id)
    permissions = in_place(world, interaction.user.id, place)
    shown: Json = {
        "id": interaction.id,
        "application_id": world.application.id,
        "type": interaction.type,
        "token": interaction.token,
        "version": 1,
        "guild_id": guild.id,
        "guild": {"id": guild.id, "locale": guild.preferred_locale, "features": ["COMMUNITY"]},
        "guild_locale": guild.preferred_locale,
        "locale": interaction.user.locale,
        "channel_id": place.id,
        "channel": payloads.interaction_channel(world, place, interaction.user.id),
        "member": payloads.member(member) | {"permissions": str(int(permissions))},
        "app_permissions": str(int(in_place(world, world.application.id, place))),
        "entitlements": [],
        "authorizing_integration_owners": {"0": guild.id},
        "context": 0,
        "attachment_size_limit": ATTACHMENT_SIZE_LIMIT,
        "data": interaction.data,
    }
    if message is not None:
        shown["message"] = payloads.message(world, message, world.application.id)
    return shown


def _forget(world: World, interaction: Interaction) -> None:
    world.interactions.pop(interaction.id, None)


def _expire(world: World, interaction: Interaction) -> None:
    """The bot did not answer in time: the person is told, and a late answer is refused with 10062."""
    if interaction.state != "waiting":
        return
    interaction.state = "failed"
    shown = {
        "id": interaction.id,
        "channel_id": interaction.channel_id,
        "message": "The application did not respond.",
    }
    world.publish(
        Event("INTERACTION_FAILURE", interaction.guild_id, lambda _: shown, only=interaction.user.id)
    )


def answer(
    world: World, interaction_id: str, token: str, body: Any, uploads: list[Attachment]
) -> tuple[Interaction, Message | None]:
    """The bot's answer (callback). Refuses: unknown or too late 10062, a second one 40060, a wrong kind 50035."""
    interaction = world.interactions.get(interaction_id)
    if interaction is None or interaction.token != token:
        raise refusal(10062)
    late = world.clock() - interaction.created_at > world.rules.interaction_deadline
    if interaction.state == "failed" or (interaction.state == "waiting" and late):
        raise refusal(10062)
    if interaction.state == "answered":
        raise refusal(40060)
    kind = body.get("type") if isinstance(body, dict) else None
    allowed = set(_ANSWERS[InteractionType(interaction.type)])
    if interaction.message_id is None:
        allowed -= {DEFERRED_UPDATE, UPDATE}
    if not isinstance(kind, int) or kind not in allowed:
        choices = ", ".join(map(str, sorted(allowed)))
        raise field_refusal("type", "BASE_TYPE_CHOICES", f"Value must be one of {{{choices}}}.")
    problems = Problems()
    data = problems.mapping(body.get("data") or {}, "data")
    problems.refuse_if_any()
    message = _act_on(world, interaction, int(kind), data, uploads)
    interaction.state = "answered"
    interaction.callback_type = int(kind)
    return interaction, message


def _act_on(
    world: World, interaction: Interaction, kind: int, data: Json, uploads: list[Attachment]
) -> Message | None:
    if kind == CHOICES:
        problems = Problems("data")
        interaction.choices = read_choices(data.get("choices"), problems)
        problems.refuse_if_any()
    elif kind == MODAL:
        _show_modal(world, interaction, data)
    elif kind in {DEFERRED_UPDATE, UPDATE}:
        interaction.original = interaction.message_id
        message = world.message(interaction.channel_id, str(interaction.message_id))
        if kind == UPDATE:
            form = read_message(data, uploads, flags=message.flags, within="data")
            return messages.apply_edit(world, message, form)
    else:
        form = _deferred_form(data) if kind == DEFERRED else read_message(data, uploads, within="data")
        if kind == MESSAGE and form.is_empty:
            raise refusal(50006)
        message = _new_answer(world, interaction, form, loading=kind == DEFERRED)
        interaction.original = message.id
        return message
    return None


def _deferred_form(data: Json) -> MessageForm:
    problems = Problems("data")
    flags = problems.number(data.get("flags"), "flags", 0, 2**31) or 0
    problems.refuse_if_any()
    return MessageForm(frozenset(), flags=flags & MessageFlag.EPHEMERAL)


def _show_modal(world: World, interaction: Interaction, data: Json) -> None:
    problems = Problems("data")
    modal = {
        "custom_id": problems.text(data.get("custom_id"), "custom_id", 100, 1),
        "title": problems.text(data.get("title"), "title", 45, 1),
        "components": read_components(data.get("components"), problems, modal=True),
    }
    problems.refuse_if_any()
    interaction.modal = modal
    shown = {"interaction": interaction.id, "channel_id": interaction.channel_id} | modal
    world.publish(Event("MODAL", interaction.guild_id, lambda _: shown, only=interaction.user.id))


def _kind_of_answer(interaction: Interaction) -> MessageType:
    if interaction.type != InteractionType.COMMAND:
        return MessageType.DEFAULT
    by_menu = "target_id" in interaction.data
    return MessageType.CONTEXT_MENU_COMMAND if by_menu else MessageType.CHAT_INPUT_COMMAND


def _new_answer(
    world: World, interaction: Interaction, form: MessageForm, *, loading: bool = False
) -> Message:
    place = world.place(interaction.channel_id)
    message = Message(
        id=world.new_id(),
        guild_id=place.guild_id,
        channel_id=place.id,
        author=world.application.bot,
        created_at=world.clock(),
        type=_kind_of_answer(interaction),
        application_id=world.application.id,
        interaction=interaction.metadata,
        flags=MessageFlag.LOADING if loading else 0,
    )
    messages.fill(message, form)
    if form.flags & MessageFlag.EPHEMERAL:
        message.flags |= MessageFlag.EPHEMERAL
        message.ephemeral_to = interaction.user.id
        mentions.resolve(world, place, message, form.allowed_mentions)
        world.messages[place.id][message.id] = message
        messages.tell_addressee(world, "EPHEMERAL_CREATE", message)
        return message
    if isinstance(place, Thread) and place.archived and not place.locked:
        membership.wake(world, world.application.bot, place)
    messages.publish_new(world, place, message, form)
    return message


def by_token(world: World, application_id: str, token: str) -> Interaction:
    """The interaction whose 15-minute token this is; refuses with 10015 or 50027."""
    if application_id != world.application.id:
        raise refusal(10015)
    for interaction in world.interactions.values():
        if secrets.compare_digest(interaction.token.encode(), token.encode()):
            break
    else:
        raise refusal(50027)
    if world.clock() - interaction.created_at > world.rules.interaction_lifetime:
        raise refusal(50027)
    if interaction.state != "answered":
        raise refusal(10015)
    return interaction


def follow_up(world: World, interaction: Interaction, body: Any, uploads: list[Attachment]) -> Message:
    """A further message. The first one after a deferred answer fills that answer in."""
    form = read_message(body, uploads)
    if form.is_empty:
        raise refusal(50006)
    original = world.messages.get(interaction.channel_id, {}).get(str(interaction.original))
    if original is not None and original.deferred:
        return messages.apply_edit(world, original, form)
    message = _new_answer(world, interaction, form)
    interaction.followups.append(message.id)
    return message


def own_message(world: World, interaction: Interaction, message_id: str) -> Message:
    """A message this token may read and change: `@original` or one of its follow-ups."""
    if message_id == "@original":
        message_id = str(interaction.original)
    if message_id not in {interaction.original, *interaction.followups}:
        raise refusal(10008)
    return world.message(interaction.channel_id, message_id)


def edit_own(world: World, message: Message, body: Any, uploads: list[Attachment]) -> Message:
    """Edits an answer; a public one in an archived thread is refused with 50083."""
    if message.ephemeral_to is None:
        require_active(world.place(message.channel_id))
    return messages.apply_edit(world, message, read_message(body, uploads, flags=message.flags))


def is_settled(world: World, interaction: Interaction) -> bool:
    """Whether the person has the final answer: not waiting, and no longer "thinking"."""
    if interaction.state != "answered":
        return interaction.state == "failed"
    original = world.messages.get(interaction.channel_id, {}).get(str(interaction.original))
    return original is None or not original.deferred
