"""Building guilds: channels, people, roles, permissions. For tests, the command line and the control API."""

from collections.abc import Iterable

from simulator.acts import channels, members
from simulator.flags import MODERATOR_PERMISSIONS, ChannelFlag, ChannelType
from simulator.people import Person
from simulator.values import Channel, Guild, Json, Member, Role, Tag
from simulator.world import World


class GuildHandle:
    """A guild under construction: channels, people, permissions."""

    def __init__(self, world: World, guild: Guild) -> None:
        self._world = world
        self.guild = guild
        self.owner = Person(world, world.users[guild.owner_id])

    @property
    def id(self) -> str:
        return self.guild.id

    @property
    def name(self) -> str:
        return self.guild.name

    def _add_channel(self, kind: ChannelType, name: str, topic: str | None = None) -> Channel:
        channel = Channel(self._world.new_id(), self.id, kind, name, len(self.guild.channels), topic)
        channels.place_in(self._world, self.guild, channel)
        return channel

    def add_forum(
        self, name: str, *, tags: Iterable[str] = (), require_tag: bool = False, topic: str | None = None
    ) -> Channel:
        forum = self._add_channel(ChannelType.FORUM, name, topic)
        forum.tags = [Tag(self._world.new_id(), each) for each in tags]
        forum.flags = int(ChannelFlag.REQUIRE_TAG) if require_tag else 0
        channels.announce_update(self._world, forum)
        return forum

    def add_text(self, name: str, *, topic: str | None = None) -> Channel:
        return self._add_channel(ChannelType.TEXT, name, topic)

    def add_announcement(self, name: str, *, topic: str | None = None) -> Channel:
        return self._add_channel(ChannelType.ANNOUNCEMENT, name, topic)

    def add_role(self, name: str, permissions: int = 0) -> Role:
        return members.add_role(self._world, self.guild, name, permissions)

    def _add_person(self, name: str, roles: Iterable[str] = (), *, locale: str = "en-US") -> Person:
        user = self._world.add_user(name.lower().replace(" ", "_"), global_name=name)
        user.locale = locale
        members.add_member(self._world, self.guild, user, roles)
        return Person(self._world, user)

    def add_member(self, name: str, *, locale: str = "en-US") -> Person:
        """A person with the permissions of @everyone. `locale` is the language of their client."""
        return self._add_person(name, locale=locale)

    def add_moderator(self, name: str, *, locale: str = "en-US") -> Person:
        """A person with Manage Threads, Manage Messages and what else moderators have."""
        role = next((each for each in self.guild.roles.values() if each.name == "Moderator"), None)
        role = role or self.add_role("Moderator", MODERATOR_PERMISSIONS)
        return self._add_person(name, [role.id], locale=locale)

    def add_owner(self, name: str) -> Person:
        """A person who owns the guild from now on, in the place of whoever did."""
        person = self._add_person(name)
        former = self.guild.members[self.guild.owner_id]
        self.guild.owner_id = person.id
        self.owner = person
        members.remove_member(self._world, self.guild, former)
        return person

    def add_person(self, name: str, kind: str) -> Person:
        """By kind: "member", "moderator" or "owner"."""
        return {"owner": self.add_owner, "moderator": self.add_moderator}.get(kind, self.add_member)(name)

    def set_locale(self, locale: str) -> None:
        """The guild's primary language (`preferred_locale`)."""
        members.set_locale(self._world, self.guild, locale)

    def welcome(self, person: Person) -> Member:
        """Makes a person of another guild a member here too."""
        return members.add_member(self._world, self.guild, person.user)

    def welcome_bot(self) -> Member:
        """The bot is invited again, with the role it had."""
        return members.invite_bot(self._world, self.guild, self.bot_role)

    @property
    def bot_role(self) -> Role:
        bot_id = self._world.application.id
        return next(each for each in self.guild.roles.values() if each.bot_id == bot_id)

    def set_bot_permissions(self, permissions: int) -> None:
        """What the bot's own role grants; @everyone's permissions come on top."""
        members.set_role_permissions(self._world, self.guild, self.bot_role, permissions)

    def set_everyone_permissions(self, permissions: int) -> None:
        members.set_role_permissions(self._world, self.guild, self.guild.roles[self.id], permissions)

    def remove_bot(self) -> None:
        """The bot is kicked."""
        members.remove_member(self._world, self.guild, self.guild.members[self._world.application.id])


def add_guild(world: World, name: str) -> GuildHandle:
    """A guild with its owner, Robin, and the bot in it."""
    owner = world.add_user("robin", global_name="Robin")
    return GuildHandle(world, members.found_guild(world, name, owner))


def build_guild(world: World, name: str, places: list[Json], people: list[Json]) -> GuildHandle:
    """A guild from JSON: places `{"name", "type", "tags", "require_tag"}`, people `{"name", "kind", "locale"}`."""
    guild = add_guild(world, name)
    for each in places:
        if each.get("type") == "forum":
            tags, needed = each.get("tags") or [], bool(each.get("require_tag"))
            guild.add_forum(each["name"], tags=tags, require_tag=needed)
        elif each.get("type") == "announcement":
            guild.add_announcement(each["name"])
        else:
            guild.add_text(each["name"])
    for each in people:
        person = guild.add_person(each["name"], each.get("kind", "member"))
        person.user.locale = str(each.get("locale") or person.user.locale)
    return guild


def demo_guild(world: World) -> GuildHandle:
    """A newspaper's guild: a forum for its news, two channels, a moderator, two members and the bot."""
    guild = add_guild(world, "The Gazette")
    topic = "Headlines, each with room for discussion."
    guild.add_forum("news", tags=["World", "Business", "Sport", "Live"], topic=topic)
    guild.add_text("general", topic="Everything else.")
    guild.add_announcement("announcements", topic="From the editors.")
    guild.add_moderator("Maria")
    guild.add_member("Alex")
    guild.add_member("Sam")
    return guild
