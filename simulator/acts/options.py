"""What a person typed into a slash command's options, converted and checked as a Discord client does."""

from collections.abc import Mapping
from typing import Any

from simulator import payloads
from simulator.flags import OptionType
from simulator.forms.problems import Problems
from simulator.permissions import of_member
from simulator.values import Guild, Json, User
from simulator.world import World

_TRUE = frozenset({"true", "1", "yes", "on"})


class TypedOptions:
    """Converts options one by one; objects they name gather in `resolved`, mistakes in one refusal."""

    def __init__(self, world: World, guild: Guild, user: User) -> None:
        self._world = world
        self._guild = guild
        self._user = user
        self._problems = Problems()
        self.resolved: Json = {}

    def fill(self, known: list[Json], given: Mapping[str, Any], focused: str | None) -> list[Json]:
        """The options' data. While one is `focused` (autocomplete), required ones may still be missing."""
        for name in given:
            if name not in {each["name"] for each in known}:
                self._problems.add(name, "APPLICATION_COMMAND_OPTION_UNKNOWN", "Unknown option")
        filled = []
        for option in known:
            name, typed = option["name"], given.get(option["name"])
            shown = {"name": name, "type": option["type"]}
            if name == focused:
                filled.append(shown | {"value": typed or "", "focused": True})
            elif typed not in {None, ""}:
                filled.append(shown | {"value": self._convert(option, typed)})
            elif option.get("required") and focused is None:
                self._problems.required(name)
        self._problems.refuse_if_any()
        return filled

    def _convert(self, option: Json, typed: Any) -> Any:
        kind, name = OptionType(option["type"]), option["name"]
        if kind is OptionType.STRING:
            longest, shortest = option.get("max_length", 6000), option.get("min_length", 0)
            value: Any = self._problems.text(typed, name, longest, shortest)
        elif kind in {OptionType.INTEGER, OptionType.NUMBER}:
            value = self._number(option, typed)
        elif kind is OptionType.BOOLEAN:
            value = typed if isinstance(typed, bool) else str(typed).strip().lower() in _TRUE
        elif kind is OptionType.ATTACHMENT:
            value = self._upload(name, typed)
        else:
            value = self._resolve(option, typed)
        choices = [each["value"] for each in option.get("choices", [])]
        if choices and value not in choices:
            self._problems.choice(name, ", ".join(map(str, choices)))
        return value

    def _upload(self, name: str, typed: Any) -> str:
        """A file that the person uploaded before; a client does that while the command is typed."""
        found = self._world.uploads.get(str(getattr(typed, "id", typed)))
        if found is None:
            self._problems.add(name, "ATTACHMENT_NOT_FOUND", "Attachment not found")
            return ""
        self.resolved.setdefault("attachments", {})[found.id] = payloads.upload(self._world, found)
        return found.id

    def _number(self, option: Json, typed: Any) -> float | int | None:
        whole = option["type"] == OptionType.INTEGER
        try:
            value = int(typed) if whole else float(typed)
        except ValueError:
            message = f'Value "{typed}" is not a number.'
            self._problems.add(option["name"], "NUMBER_TYPE_COERCE", message)
            return None
        least, most = option.get("min_value", -(2**53)), option.get("max_value", 2**53)
        if not least <= value <= most:
            self._problems.add(option["name"], "NUMBER_TYPE_RANGE", f"Must be between {least} and {most}.")
        return value

    def _resolve(self, option: Json, typed: Any) -> str:
        """A mention, an object or an id; what it names goes into `resolved`."""
        target = str(getattr(typed, "id", typed)).strip("<@!#&> ")
        kind = OptionType(option["type"])
        place = self._world.places.get(target)
        if kind in {OptionType.USER, OptionType.MENTIONABLE} and target in self._world.users:
            add_user(self._world, self._guild, target, self.resolved)
        elif kind in {OptionType.ROLE, OptionType.MENTIONABLE} and target in self._guild.roles:
            self.resolved.setdefault("roles", {})[target] = payloads.role(self._guild.roles[target])
        elif kind is OptionType.CHANNEL and place is not None and place.guild_id == self._guild.id:
            allowed = option.get("channel_types")
            if allowed and place.type not in allowed:
                self._problems.choice(option["name"], "channels of the kinds " + ", ".join(map(str, allowed)))
            shown = payloads.interaction_channel(self._world, place, self._user.id)
            self.resolved.setdefault("channels", {})[target] = shown
        else:
            message = f'Value "{typed}" names nothing here.'
            self._problems.add(option["name"], "NUMBER_TYPE_COERCE", message)
        return target


def add_user(world: World, guild: Guild, user_id: str, resolved: Json) -> None:
    """Puts a user, and the membership in the guild if there is one, into `resolved`."""
    resolved.setdefault("users", {})[user_id] = payloads.user(world.user(user_id))
    member = guild.members.get(user_id)
    if member is not None:
        permissions = {"permissions": str(int(of_member(guild, member)))}
        resolved.setdefault("members", {})[user_id] = payloads.bare_member(member) | permissions
