"""The world's state and how to look things up in it, refusing as Discord does. No rule about who may do what.

Everything changes synchronously, inside one step of the event loop: no act is ever seen half done.
"""

from dataclasses import dataclass, field

from simulator.changes import Changes
from simulator.errors import refusal
from simulator.events import Bus, Event
from simulator.snowflakes import Clock, Snowflakes
from simulator.timers import Timers
from simulator.values import Attachment, Channel, Command, Guild, Json, Member, Message, Place, Thread, User


@dataclass(frozen=True, slots=True)
class Rules:
    """What Discord leaves undocumented or contradicts itself about; see docs/simulator.md.

    Times are in seconds.
    """

    max_active_threads: int = 1000
    max_thread_members: int = 1000
    nonce_memory: float = 300
    interaction_deadline: float = 3
    interaction_lifetime: float = 900
    owner_unarchives_locked: bool = False
    message_content: bool = True


@dataclass(slots=True, eq=False)
class Application:
    """The bot's application. Its id is the bot user's, as Discord makes it nowadays."""

    bot: User
    owner: User
    description: str = "A bot in a local Discord."

    @property
    def id(self) -> str:
        return self.bot.id


@dataclass(slots=True, eq=False)
class Interaction:
    """One act of a person addressed to the bot, and how far its answer has come.

    `state`: "waiting" (3 s), then "answered", or "failed". `original` is the id of the answer's message.
    """

    id: str
    type: int
    token: str
    guild_id: str
    channel_id: str
    user: User
    data: Json
    created_at: float
    message_id: str | None = None
    state: str = "waiting"
    callback_type: int = 0
    original: str | None = None
    choices: list[Json] | None = None
    modal: Json | None = None
    followups: list[str] = field(default_factory=list)
    metadata: Json = field(default_factory=dict)


class World:
    """Guilds, people, channels, messages; and the application that is tested in it."""

    def __init__(self, clock: Clock, rules: Rules) -> None:
        self.clock = clock
        self.rules = rules
        self.new_id = Snowflakes(clock)
        self.bus = Bus()
        self.timers = Timers(clock)
        self.changes = Changes()
        self.users: dict[str, User] = {}
        self.guilds: dict[str, Guild] = {}
        self.places: dict[str, Place] = {}
        self.messages: dict[str, dict[str, Message]] = {}
        self.commands: dict[str, Command] = {}
        self.interactions: dict[str, Interaction] = {}
        self.uploads: dict[str, Attachment] = {}
        self.nonces: dict[tuple[str, str | int], tuple[float, str, str]] = {}
        self.public_url = ""
        self.application = Application(
            self.add_user("Nightdesk", bot=True), self.add_user("developer", global_name="Developer")
        )

    def add_user(self, username: str, *, global_name: str | None = None, bot: bool = False) -> User:
        user = User(self.new_id(), username, global_name, bot)
        self.users[user.id] = user
        return user

    def publish(self, event: Event) -> None:
        self.bus.publish(event)
        self.changes.notify()

    def guild(self, guild_id: str) -> Guild:
        if guild_id not in self.guilds:
            raise refusal(10004)
        return self.guilds[guild_id]

    def place(self, place_id: str) -> Place:
        if place_id not in self.places:
            raise refusal(10003)
        return self.places[place_id]

    def thread(self, place_id: str) -> Thread:
        place = self.place(place_id)
        if not isinstance(place, Thread):
            raise refusal(50024)
        return place

    def channel(self, place_id: str) -> Channel:
        place = self.place(place_id)
        if not isinstance(place, Channel):
            raise refusal(50024)
        return place

    def user(self, user_id: str) -> User:
        if user_id not in self.users:
            raise refusal(10013)
        return self.users[user_id]

    def member(self, guild_id: str, user_id: str) -> Member:
        members = self.guild(guild_id).members
        if user_id not in members:
            raise refusal(10007)
        return members[user_id]

    def message(self, place_id: str, message_id: str) -> Message:
        """Any message, an ephemeral one included: who may see it is the caller's question."""
        found = self.messages.get(place_id, {}).get(message_id)
        if found is None:
            raise refusal(10008)
        return found

    def find_message(self, message_id: str) -> Message:
        """A message wherever it is."""
        for messages in self.messages.values():
            if message_id in messages:
                return messages[message_id]
        raise refusal(10008)

    def parent(self, place: Place) -> Channel:
        """The channel whose overwrites count: a thread's parent, else the channel itself."""
        return self.channel(place.parent_id) if isinstance(place, Thread) else place

    def visible_messages(self, place_id: str, user_id: str) -> list[Message]:
        """Oldest first; ephemeral ones only for the person they are addressed to."""
        messages = self.messages.get(place_id, {}).values()
        return [each for each in messages if each.ephemeral_to in {None, user_id}]
