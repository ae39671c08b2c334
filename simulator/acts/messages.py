"""Messages: send, edit, delete, pin, react, crosspost.

Sources: resources/message (limits, nonce), topics/threads (archived and locked threads).
"""

from simulator import payloads
from simulator.acts import audit, membership, mentions
from simulator.errors import field_refusal, refusal
from simulator.events import Event
from simulator.flags import (
    SYSTEM_MESSAGES,
    AuditAction,
    ChannelType,
    MessageFlag,
    MessageType,
    Permission,
)
from simulator.forms.messages import MessageForm
from simulator.permissions import (
    may,
    require,
    require_active,
    require_sending,
    require_unlocked,
    require_view,
)
from simulator.values import Json, Message, Place, Thread, User
from simulator.world import World

MAX_PINS = 250
BULK_DELETE_AGE = 14 * 86400
"""Seconds: older messages cannot be deleted in bulk."""


def send(world: World, actor: User, place: Place, form: MessageForm) -> Message:
    """Sends a message as the actor. An unlocked archived thread is unarchived by it."""
    require_sending(world, actor.id, place)
    _require_for_contents(world, actor, place, form)
    if (earlier := _sent_before(world, actor, form)) is not None:
        return earlier
    _require_patience(world, actor, place)
    reference = _reply_reference(world, actor, place, form)
    membership.wake(world, actor, place)
    kind = MessageType.REPLY if reference else MessageType.DEFAULT
    message = Message(
        id=world.new_id(),
        guild_id=place.guild_id,
        channel_id=place.id,
        author=actor,
        created_at=world.clock(),
        type=kind,
        reference=reference,
        nonce=form.nonce,
    )
    fill(message, form)
    publish_new(world, place, message, form)
    return message


def fill(message: Message, form: MessageForm) -> None:
    """Puts the form's contents into a new message."""
    message.content = form.content
    message.embeds = form.embeds
    message.components = form.components
    message.attachments = form.attachments
    message.flags |= form.flags & ~MessageFlag.EPHEMERAL


def publish_new(world: World, place: Place, message: Message, form: MessageForm) -> None:
    """Files a new message and tells everyone who can read the place."""
    messages = world.messages.setdefault(place.id, {})
    mentions.resolve(world, place, message, form.allowed_mentions)
    messages[message.id] = message
    place.last_message_id = message.id
    if isinstance(place, Thread):
        _count(world, place, message)
    if message.nonce is not None and form.enforce_nonce:
        _remember_nonce(world, message, message.nonce)
    announce(world, "MESSAGE_CREATE", place, message)


def _remember_nonce(world: World, message: Message, nonce: str | int) -> None:
    oldest = world.clock() - world.rules.nonce_memory
    world.nonces = {key: sent for key, sent in world.nonces.items() if sent[0] >= oldest}
    world.nonces[message.author.id, nonce] = (world.clock(), message.channel_id, message.id)


def _count(world: World, thread: Thread, message: Message) -> None:
    """The starter of a thread is not counted (resources/channel, `message_count`)."""
    thread.active_at = world.clock()
    if message.id != thread.id and message.type is not MessageType.THREAD_STARTER_MESSAGE:
        thread.message_count += 1
        thread.total_message_sent += 1
    if message.type not in SYSTEM_MESSAGES:
        membership.add(world, thread, message.author.id)


def announce(world: World, name: str, place: Place, message: Message) -> None:
    world.publish(
        Event(name, place.guild_id, lambda viewer: payloads.message_event(world, message, viewer), place)
    )


def _require_for_contents(world: World, actor: User, place: Place, form: MessageForm) -> None:
    if form.is_empty:
        raise refusal(50006)
    if form.embeds:
        require(world, actor.id, place, Permission.EMBED_LINKS)
    if form.attachments:
        require(world, actor.id, place, Permission.ATTACH_FILES)


def _require_patience(world: World, actor: User, place: Place) -> None:
    """Slow mode: 20016 for members who wrote less than `rate_limit_per_user` seconds ago; bots are exempt."""
    exempt = Permission.MANAGE_MESSAGES, Permission.MANAGE_CHANNELS, Permission.MANAGE_THREADS
    if (
        not place.rate_limit_per_user
        or actor.bot
        or any(may(world, actor.id, place, each) for each in exempt)
    ):
        return
    own = [each.created_at for each in world.messages[place.id].values() if each.author.id == actor.id]
    if own and world.clock() - max(own) < place.rate_limit_per_user:
        raise refusal(20016)


def _sent_before(world: World, actor: User, form: MessageForm) -> Message | None:
    """The message this author sent with the same enforced nonce in the past few minutes, if it still exists."""
    if form.nonce is None or not form.enforce_nonce:
        return None
    sent_at, place_id, message_id = world.nonces.get((actor.id, form.nonce), (0.0, "", ""))
    if world.clock() - sent_at > world.rules.nonce_memory:
        return None
    return world.messages.get(place_id, {}).get(message_id)


def _reply_reference(world: World, actor: User, place: Place, form: MessageForm) -> Json | None:
    if form.reply_to is None:
        return None
    if not may(world, actor.id, place, Permission.READ_MESSAGE_HISTORY):
        raise refusal(160002)
    if form.reply_to not in world.messages.get(place.id, {}):
        if form.reply_must_exist:
            raise field_refusal("message_reference", "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
        return None
    return pointer(place, form.reply_to)


def pointer(place: Place, message_id: str | None = None) -> Json:
    """A message reference to a place, or to a message in it."""
    to_place = {"type": 0, "channel_id": place.id, "guild_id": place.guild_id}
    return to_place | ({"message_id": message_id} if message_id else {})


def post_system(
    world: World,
    actor: User,
    place: Place,
    kind: MessageType,
    content: str = "",
    *,
    pointing_to: Json | None = None,
) -> Message:
    """A message Discord writes itself on the actor's behalf; it may point to another message or a thread."""
    message = Message(
        world.new_id(), place.guild_id, place.id, actor, world.clock(), content=content, type=kind
    )
    message.reference = pointing_to
    publish_new(world, place, message, MessageForm(frozenset()))
    return message


def edit(world: World, actor: User, message: Message, form: MessageForm) -> Message:
    """Changes what the form gives. Others' messages can only have their flags changed, with Manage Messages."""
    place = world.place(message.channel_id)
    require_view(world, actor.id, place)
    if message.type in SYSTEM_MESSAGES:
        raise refusal(50021)
    if message.author.id != actor.id and form.given != {"flags"}:
        raise refusal(50005)
    if message.author.id != actor.id:
        require(world, actor.id, place, Permission.MANAGE_MESSAGES)
    require_active(place)
    require_unlocked(world, actor.id, place)
    return apply_edit(world, message, form)


def apply_edit(world: World, message: Message, form: MessageForm) -> Message:
    """Changes the message as the form says, without asking who does it."""
    place = world.place(message.channel_id)
    given, before = form.given, (message.content, message.embeds, message.components)
    message.content = form.content if "content" in given else message.content
    message.embeds = form.embeds if "embeds" in given else message.embeds
    message.components = form.components if "components" in given else message.components
    if form.kept_attachments is not None or form.attachments:
        kept = [
            each
            for each in message.attachments
            if form.kept_attachments is None or each.id in form.kept_attachments
        ]
        message.attachments = kept + form.attachments
    if not (message.content or message.embeds or message.components or message.attachments):
        message.content, message.embeds, message.components = before
        raise refusal(50006)
    if "flags" in given:
        keep = message.flags & ~MessageFlag.SUPPRESS_EMBEDS
        message.flags = keep | (form.flags & (MessageFlag.SUPPRESS_EMBEDS | MessageFlag.IS_COMPONENTS_V2))
    message.flags &= ~MessageFlag.LOADING
    message.edited_at = world.clock()
    if given & {"content", "allowed_mentions"}:
        mentions.resolve(world, place, message, form.allowed_mentions)
    announce_edit(world, message)
    return message


def announce_edit(world: World, message: Message) -> None:
    """Tells readers of the place, or the one person who sees an ephemeral message."""
    place = world.place(message.channel_id)
    if message.ephemeral_to is None:
        announce(world, "MESSAGE_UPDATE", place, message)
    else:
        tell_addressee(world, "EPHEMERAL_UPDATE", message)


def tell_addressee(world: World, name: str, message: Message) -> None:
    """Shows an ephemeral message (or its going) to the person it is for."""
    shown: Json = {"id": message.id, "channel_id": message.channel_id, "guild_id": message.guild_id}
    if name != "EPHEMERAL_DELETE":
        shown = payloads.message_event(world, message, str(message.ephemeral_to))
        shown["deferred"] = message.deferred
    world.publish(Event(name, message.guild_id, lambda _: shown, only=message.ephemeral_to))


def delete(world: World, actor: User, message: Message, reason: str | None = None) -> None:
    """Deletes a message: one's own, or with Manage Messages anybody's.

    In a locked thread others may do so only while it is active (topics/threads).
    """
    place = world.place(message.channel_id)
    require_view(world, actor.id, place)
    if message.author.id != actor.id:
        require(world, actor.id, place, Permission.MANAGE_MESSAGES)
        options = {"channel_id": place.id, "count": "1"}
        guild = world.guild(place.guild_id)
        audit.record(
            world,
            guild,
            actor.id,
            AuditAction.MESSAGE_DELETE,
            message.author.id,
            options=options,
            reason=reason,
        )
    if isinstance(place, Thread) and place.archived:
        require_unlocked(world, actor.id, place)
    remove(world, message)


def remove(world: World, message: Message) -> None:
    """Takes the message away and says so to whoever could see it."""
    place = world.place(message.channel_id)
    del world.messages[place.id][message.id]
    if message.ephemeral_to:
        tell_addressee(world, "EPHEMERAL_DELETE", message)
        return
    if isinstance(place, Thread) and message.id != place.id:
        place.message_count = max(0, place.message_count - 1)
    shown = {"id": message.id, "channel_id": place.id, "guild_id": place.guild_id}
    world.publish(Event("MESSAGE_DELETE", place.guild_id, lambda _: shown, place))


def bulk_delete(
    world: World, actor: User, place: Place, message_ids: list[str], reason: str | None = None
) -> None:
    """Deletes 2 to 100 messages younger than 14 days at once; unknown ids are ignored, as Discord does."""
    require(world, actor.id, place, Permission.MANAGE_MESSAGES)
    if not 2 <= len(message_ids) <= 100:
        raise field_refusal("messages", "BASE_TYPE_BAD_LENGTH", "Must be between 2 and 100 in length.")
    found = [each for each in map(world.messages.get(place.id, {}).get, message_ids) if each]
    if any(world.clock() - each.created_at > BULK_DELETE_AGE for each in found):
        raise refusal(50034)
    for message in found:
        del world.messages[place.id][message.id]
        if isinstance(place, Thread) and message.id != place.id:
            place.message_count -= 1
    shown = {"ids": [each.id for each in found], "channel_id": place.id, "guild_id": place.guild_id}
    world.publish(Event("MESSAGE_DELETE_BULK", place.guild_id, lambda _: shown, place))
    options = {"count": str(len(found))}
    guild = world.guild(place.guild_id)
    audit.record(
        world, guild, actor.id, AuditAction.MESSAGE_BULK_DELETE, place.id, options=options, reason=reason
    )


def crosspost(world: World, actor: User, message: Message) -> Message:
    """Publishes an announcement to the channels that follow it."""
    place = world.place(message.channel_id)
    if place.type is not ChannelType.ANNOUNCEMENT:
        raise refusal(50024)
    own = message.author.id == actor.id
    require(world, actor.id, place, Permission.SEND_MESSAGES if own else Permission.MANAGE_MESSAGES)
    if message.flags & MessageFlag.CROSSPOSTED:
        raise refusal(40033)
    message.flags |= MessageFlag.CROSSPOSTED
    announce(world, "MESSAGE_UPDATE", place, message)
    return message


def pin(world: World, actor: User, message: Message, *, pinned: bool, reason: str | None = None) -> None:
    """Pins or unpins; needs Manage Messages and an active thread. Repeating it changes nothing."""
    place = world.place(message.channel_id)
    require(world, actor.id, place, Permission.MANAGE_MESSAGES)
    require_active(place)
    if (message.pinned_at is not None) == pinned:
        return
    if pinned and sum(each.pinned_at is not None for each in world.messages[place.id].values()) >= MAX_PINS:
        raise refusal(30003)
    message.pinned_at = world.clock() if pinned else None
    place.last_pin_at = message.pinned_at or place.last_pin_at
    announce(world, "MESSAGE_UPDATE", place, message)
    shown = {
        "guild_id": place.guild_id,
        "channel_id": place.id,
        "last_pin_timestamp": payloads.place(place)["last_pin_timestamp"],
    }
    world.publish(Event("CHANNEL_PINS_UPDATE", place.guild_id, lambda _: shown, place))
    action = AuditAction.MESSAGE_PIN if pinned else AuditAction.MESSAGE_UNPIN
    options = {"channel_id": place.id, "message_id": message.id}
    guild = world.guild(place.guild_id)
    audit.record(world, guild, actor.id, action, message.author.id, options=options, reason=reason)
    if pinned:
        to_message = pointer(place, message.id)
        post_system(world, actor, place, MessageType.CHANNEL_PINNED_MESSAGE, pointing_to=to_message)


def react(world: World, actor: User, message: Message, emoji: str, *, user_id: str, add: bool) -> None:
    """Adds the actor's reaction, or takes one away (another's: with Manage Messages)."""
    place = world.place(message.channel_id)
    require(world, actor.id, place, Permission.READ_MESSAGE_HISTORY)
    require_active(place)
    users = message.reactions.get(emoji, [])
    if add:
        if not users:
            require(world, actor.id, place, Permission.ADD_REACTIONS)
        require_unlocked(world, actor.id, place)
        if not users and len(message.reactions) >= 20:
            raise refusal(30010)
    elif user_id != actor.id:
        require(world, actor.id, place, Permission.MANAGE_MESSAGES)
    if (user_id in users) == add:
        return
    message.reactions[emoji] = [*users, user_id] if add else [each for each in users if each != user_id]
    if not message.reactions[emoji]:
        del message.reactions[emoji]
    shown = {
        "user_id": user_id,
        "channel_id": place.id,
        "message_id": message.id,
        "guild_id": place.guild_id,
        "emoji": {"id": None, "name": emoji},
        "burst": False,
        "type": 0,
    }
    name = "MESSAGE_REACTION_ADD" if add else "MESSAGE_REACTION_REMOVE"
    world.publish(Event(name, place.guild_id, lambda _: shown, place))
