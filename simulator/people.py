"""A person in the world, for tests and for the control API: acts under the same rules as the bot.

A refused act raises `DiscordError`. An interaction the bot does not answer raises `InteractionFailed`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.acts import channels, interactions, invoking, members, membership, messages, threads
from simulator.errors import refusal
from simulator.flags import ChannelType, InteractionType
from simulator.forms.messages import read_message
from simulator.forms.threads import read_thread
from simulator.permissions import may_view, require_view
from simulator.values import Attachment, Channel, Guild, Json, Message, Place, Thread, User
from simulator.world import Interaction, World

PATIENCE = 10.0
"""Real seconds for which a person waits for the bot."""


class InteractionFailed(Exception):  # noqa: N818 - what Discord's own client calls it.
    """The application did not respond."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot answered. Live: an answer edited later shows its new content."""

    interaction: Interaction
    message: Message | None
    followups: list[Message]

    @property
    def content(self) -> str:
        return self.message.content if self.message else ""

    @property
    def embeds(self) -> list[Json]:
        return self.message.embeds if self.message else []

    @property
    def components(self) -> list[Json]:
        return self.message.components if self.message else []

    @property
    def ephemeral(self) -> bool:
        return self.message is not None and self.message.ephemeral_to is not None

    @property
    def modal(self) -> Json | None:
        """The modal the bot opened: custom_id, title, components."""
        return self.interaction.modal


def _id(thing: Any) -> str:
    return str(getattr(thing, "id", thing))


class Person:
    """One person. Channels, threads, messages and people are given as objects or ids."""

    def __init__(self, world: World, user: User) -> None:
        self._world = world
        self.user = user

    @property
    def id(self) -> str:
        return self.user.id

    @property
    def name(self) -> str:
        return self.user.global_name or self.user.username

    def _place(self, place: Any) -> Place:
        return self._world.place(_id(place))

    def _message(self, message: Any) -> Message:
        found = self._world.find_message(_id(message))
        require_view(self._world, self.id, self._world.place(found.channel_id))
        if found.ephemeral_to not in {None, self.id}:
            raise refusal(10008)
        return found

    # What a person sees.

    def guilds(self) -> list[Guild]:
        return [each for each in self._world.guilds.values() if self.id in each.members]

    def channels(self, guild: Any) -> list[Channel]:
        found = self._world.guild(_id(guild)).channels.values()
        return [each for each in found if may_view(self._world, self.id, each)]

    def threads(self, guild: Any) -> list[Thread]:
        """All threads the person can see, active and archived, newest activity first."""
        found = threads.viewable(self._world, self.id, _id(guild))
        return sorted(found, key=lambda each: int(each.last_message_id or each.id), reverse=True)

    def messages(self, place: Any) -> list[Message]:
        """Oldest first, with the ephemeral ones addressed to this person."""
        found = self._place(place)
        require_view(self._world, self.id, found)
        return self._world.visible_messages(found.id, self.id)

    def can_reply(self, place: Any) -> bool:
        return membership.may_reply(self._world, self.id, self._place(place))

    def why_not_reply(self, place: Any) -> str:
        """Empty, or the reason in words."""
        return membership.why_not_reply(self._world, self.id, self._place(place))

    # What a person does.

    async def post(self, place: Any, content: str, *, reply_to: Any = None) -> Message:
        body: Json = {"content": content}
        if reply_to is not None:
            body["message_reference"] = {"message_id": _id(reply_to)}
        return messages.send(self._world, self.user, self._place(place), read_message(body))

    async def start_thread(
        self,
        channel: Any,
        name: str,
        content: str = "",
        *,
        tags: Any = (),
        message: Any = None,
        private: bool = False,
    ) -> Thread:
        """A forum post, a thread from a message, or a bare thread."""
        kind = 12 if private else 11
        body: Json = {"name": name, "applied_tags": [_id(each) for each in tags], "type": kind}
        form = read_thread(body, new=True)
        if message is not None:
            return threads.start_from_message(self._world, self.user, self._message(message), form)
        place = self._world.channel(_id(channel))
        if place.type is not ChannelType.FORUM:
            return threads.start_bare(self._world, self.user, place, form)
        starter = read_message({"content": content}, within="message")
        return threads.start_post(self._world, self.user, place, form, starter)[0]

    async def edit_thread(self, thread: Any, **changes: Any) -> Thread:
        """Any of name, locked, archived, pinned, applied_tags, rate_limit_per_user, auto_archive_duration."""
        if "pinned" in changes:
            changes["flags"] = 2 if changes.pop("pinned") else 0
        if "applied_tags" in changes:
            changes["applied_tags"] = [_id(each) for each in changes["applied_tags"]]
        found = self._world.thread(_id(thread))
        return threads.edit(self._world, self.user, found, read_thread(changes, new=False))

    async def edit_message(self, message: Any, content: str) -> Message:
        return messages.edit(
            self._world, self.user, self._message(message), read_message({"content": content})
        )

    async def delete_thread(self, thread: Any) -> None:
        threads.delete(self._world, self.user, self._world.thread(_id(thread)))

    async def delete_message(self, message: Any) -> None:
        messages.delete(self._world, self.user, self._message(message))

    async def delete_channel(self, channel: Any) -> None:
        channels.delete(self._world, self.user, self._world.channel(_id(channel)))

    async def join(self, thread: Any) -> None:
        membership.join(self._world, self.user, self._world.thread(_id(thread)), self.id)

    async def leave(self, thread: Any) -> None:
        membership.leave(self._world, self.user, self._world.thread(_id(thread)), self.id)

    async def kick(self, guild: Any, user: Any) -> None:
        members.kick(self._world, self.user, self._world.guild(_id(guild)), _id(user))

    async def set_roles(self, guild: Any, user: Any, roles: Any) -> None:
        found = [_id(each) for each in roles]
        members.set_roles(self._world, self.user, self._world.guild(_id(guild)), _id(user), found)

    async def set_overwrite(self, channel: Any, target: Any, *, allow: int = 0, deny: int = 0) -> None:
        """What a role or member may do in a channel."""
        place = self._world.channel(_id(channel))
        kind = 0 if _id(target) in self._world.guild(place.guild_id).roles else 1
        form = {"type": kind, "allow": str(int(allow)), "deny": str(int(deny))}
        channels.set_overwrite(self._world, self.user, place, _id(target), form)

    def upload(
        self, filename: str, body: bytes, content_type: str = "application/octet-stream"
    ) -> Attachment:
        """A file to be given to a command as an option."""
        if len(body) > interactions.ATTACHMENT_SIZE_LIMIT:
            raise refusal(40005)
        found = Attachment(self._world.new_id(), filename, content_type, body)
        self._world.uploads[found.id] = found
        return found

    # Interactions. The `begin_` acts return at once; the others wait for the bot's final answer.

    def begin_slash(self, command: str, place: Any, options: Mapping[str, Any]) -> Interaction:
        found = self._place(place)
        require_view(self._world, self.id, found)
        data = invoking.slash_data(self._world, self.user, found, command, options)
        return interactions.start(self._world, self.user, found, InteractionType.COMMAND, data)

    def begin_autocomplete(
        self, command: str, place: Any, focused: str, options: Mapping[str, Any]
    ) -> Interaction:
        found = self._place(place)
        require_view(self._world, self.id, found)
        data = invoking.slash_data(self._world, self.user, found, command, options, focused=focused)
        return interactions.start(self._world, self.user, found, InteractionType.AUTOCOMPLETE, data)

    def begin_menu(self, command: str, place: Any, *, message: Any = None, user: Any = None) -> Interaction:
        found = self._place(self._message(message).channel_id if place is None else place)
        target = None if user is None else self._world.user(_id(user))
        on = None if message is None else self._message(message)
        data = invoking.menu_data(self._world, self.user, found, command, message=on, target=target)
        return interactions.start(self._world, self.user, found, InteractionType.COMMAND, data)

    def begin_click(self, message: Any, custom_id: str, values: list[str]) -> Interaction:
        on = self._message(message)
        data = invoking.component_data(self._world, self.user, on, custom_id, values)
        place = self._world.place(on.channel_id)
        return interactions.start(self._world, self.user, place, InteractionType.COMPONENT, data, message=on)

    def begin_submit(self, interaction_id: str, values: Mapping[str, Any]) -> Interaction:
        opened = self._world.interactions.get(interaction_id)
        if opened is None or opened.modal is None or opened.user.id != self.id:
            raise refusal(10062)
        place = self._world.place(opened.channel_id)
        data = invoking.modal_data(self._world, self.user, place, opened.modal, values)
        on = self._world.messages[place.id].get(str(opened.message_id))
        return interactions.start(
            self._world, self.user, place, InteractionType.MODAL_SUBMIT, data, message=on, triggered_by=opened
        )

    async def slash(
        self, command: str, *, channel: Any, options: Mapping[str, Any] | None = None, **more: Any
    ) -> Answer:
        """Types a slash command (`"topic close"`) and waits for the final answer.

        Options are keywords; those whose names are taken (`channel`) go into `options`.
        """
        return await self._answer(self.begin_slash(command, channel, {**(options or {}), **more}))

    async def menu(
        self, command: str, *, message: Any = None, user: Any = None, channel: Any = None
    ) -> Answer:
        """Uses a context menu on a message or, in a channel, on a user."""
        return await self._answer(self.begin_menu(command, channel, message=message, user=user))

    async def click(self, message: Any, custom_id: str) -> Answer:
        """Clicks a button."""
        return await self._answer(self.begin_click(message, custom_id, []))

    async def select(self, message: Any, custom_id: str, *values: Any) -> Answer:
        """Chooses in a select menu; users, roles and channels by object or id."""
        return await self._answer(self.begin_click(message, custom_id, [_id(each) for each in values]))

    async def submit(self, modal: Answer, values: Mapping[str, Any]) -> Answer:
        """Fills in and sends the modal that an answer opened; what `values` leaves out stays as it was filled in."""
        return await self._answer(self.begin_submit(modal.interaction.id, values))

    async def autocomplete(
        self,
        command: str,
        *,
        channel: Any,
        focused: str,
        options: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> list[Json]:
        """The choices the bot offers for the focused option: `[{"name", "value"}]`."""
        given = {**(options or {}), **more}
        answer = await self._answer(self.begin_autocomplete(command, channel, focused, given))
        return answer.interaction.choices or []

    async def _answer(self, interaction: Interaction) -> Answer:
        world = self._world
        try:
            await world.changes.until(lambda: interactions.is_settled(world, interaction), PATIENCE)
        except TimeoutError:
            raise InteractionFailed("the bot deferred and never answered") from None
        if interaction.state == "failed":
            raise InteractionFailed("the application did not respond in time")
        found = world.messages.get(interaction.channel_id, {})
        followups = [found[each] for each in interaction.followups if each in found]
        return Answer(interaction, found.get(str(interaction.original)), followups)
