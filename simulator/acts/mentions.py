"""Whom a message pings: what its text names, within what the sender allows and may."""

import re

from simulator.flags import Permission
from simulator.forms.messages import AllowedMentions
from simulator.permissions import may
from simulator.values import Message, Place
from simulator.world import World

_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(everyone|here)\b")


def resolve(world: World, place: Place, message: Message, allowed: AllowedMentions) -> None:
    """Fills in the message's mentions. Roles that are not mentionable and @everyone need Mention Everyone."""
    guild = world.guild(place.guild_id)
    may_all = may(world, message.author.id, place, Permission.MENTION_EVERYONE)
    users = [each for each in dict.fromkeys(_USER.findall(message.content)) if each in guild.members]
    message.mentions = [world.users[each] for each in users if allowed.users is None or each in allowed.users]
    message.mention_roles = [
        each
        for each in dict.fromkeys(_ROLE.findall(message.content))
        if each in guild.roles
        and (may_all or guild.roles[each].mentionable)
        and (allowed.roles is None or each in allowed.roles)
    ]
    message.mention_everyone = bool(allowed.everyone and may_all and _EVERYONE.search(message.content))
    _ping_replied_user(world, message, allowed)


def _ping_replied_user(world: World, message: Message, allowed: AllowedMentions) -> None:
    if not message.reference or not allowed.replied_user or "message_id" not in message.reference:
        return
    replied = world.messages[message.channel_id].get(message.reference["message_id"])
    if replied and replied.author not in message.mentions:
        message.mentions.append(replied.author)
