"""Guilds with their channels, roles, members and audit log; and channels themselves."""

from simulator import payloads
from simulator.acts import channels, members, threads
from simulator.errors import refusal
from simulator.flags import Permission
from simulator.forms.threads import read_thread
from simulator.permissions import require_in_guild, require_view
from simulator.rest.calls import Call, Reply, Routes
from simulator.values import Guild, Thread

routes = Routes()


def _guild(call: Call, permission: int = 0) -> Guild:
    guild = call.world.guild(call.ids["guild"])
    require_in_guild(call.actor.id, guild, permission)
    return guild


@routes.add("GET", "/guilds/{guild}")
def one(call: Call) -> Reply:
    guild = _guild(call)
    shown = payloads.guild(guild)
    if call.query.get("with_counts") in {"true", "True", "1"}:
        shown |= {"approximate_member_count": len(guild.members), "approximate_presence_count": 0}
    return Reply(200, shown)


@routes.add("GET", "/guilds/{guild}/channels")
def guild_channels(call: Call) -> Reply:
    return Reply(200, [payloads.channel(each) for each in _guild(call).channels.values()])


@routes.add("POST", "/guilds/{guild}/channels")
def create_channel(call: Call) -> Reply:
    guild = _guild(call)
    channel = channels.create(call.world, call.actor, guild, call.form, call.reason)
    return Reply(201, payloads.channel(channel))


@routes.add("GET", "/guilds/{guild}/roles")
def roles(call: Call) -> Reply:
    return Reply(200, [payloads.role(each) for each in _guild(call).roles.values()])


@routes.add("GET", "/guilds/{guild}/roles/{role}")
def one_role(call: Call) -> Reply:
    found = _guild(call).roles.get(call.ids["role"])
    if found is None:
        raise refusal(10011)
    return Reply(200, payloads.role(found))


@routes.add("GET", "/guilds/{guild}/members")
def guild_members(call: Call) -> Reply:
    after = call.snowflake("after", 0)
    found = sorted(_guild(call).members.values(), key=lambda each: int(each.user.id))
    found = [each for each in found if int(each.user.id) > after]
    return Reply(200, [payloads.member(each) for each in found[: call.limit(1, 1000)]])


@routes.add("GET", "/guilds/{guild}/members/{user}")
def one_member(call: Call) -> Reply:
    guild = _guild(call)
    return Reply(200, payloads.member(call.world.member(guild.id, call.ids["user"])))


@routes.add("DELETE", "/guilds/{guild}/members/{user}")
def kick(call: Call) -> Reply:
    members.kick(call.world, call.actor, _guild(call), call.ids["user"], call.reason)
    return Reply(204)


@routes.add("PUT", "/guilds/{guild}/members/{user}/roles/{role}")
def add_role(call: Call) -> Reply:
    guild = _guild(call)
    found = call.world.member(guild.id, call.ids["user"]).roles
    members.set_roles(call.world, call.actor, guild, call.ids["user"], [*found, call.ids["role"]])
    return Reply(204)


@routes.add("DELETE", "/guilds/{guild}/members/{user}/roles/{role}")
def remove_role(call: Call) -> Reply:
    guild = _guild(call)
    kept = [each for each in call.world.member(guild.id, call.ids["user"]).roles if each != call.ids["role"]]
    members.set_roles(call.world, call.actor, guild, call.ids["user"], kept)
    return Reply(204)


@routes.add("GET", "/guilds/{guild}/audit-logs")
def audit_log(call: Call) -> Reply:
    """Newest first; filters: user_id, action_type, target_id, before, after."""
    guild, query = _guild(call, Permission.VIEW_AUDIT_LOG), call.query
    after, before = call.snowflake("after", 0), call.snowflake("before", 0) or 2**63
    found = [
        each
        for each in guild.audit
        if query.get("user_id", each.user_id) == each.user_id
        and query.get("action_type", str(int(each.action))) == str(int(each.action))
        and query.get("target_id", each.target_id) == each.target_id
        and after < int(each.id) < before
    ]
    found = found if "after" in query else found[::-1]
    found = found[: call.limit(50, 100)]
    users = {each.user_id for each in found} | {each.target_id for each in found}
    targets = [guild.threads[each.target_id] for each in found if each.target_id in guild.threads]
    return Reply(
        200,
        {
            "audit_log_entries": [payloads.audit_entry(each) for each in found],
            "users": [
                payloads.user(call.world.users[each])
                for each in sorted(filter(None, users))
                if each in call.world.users
            ],
            "threads": [payloads.thread(each) for each in dict.fromkeys(targets)],
            "integrations": [],
            "webhooks": [],
            "guild_scheduled_events": [],
            "application_commands": [],
            "auto_moderation_rules": [],
        },
    )


@routes.add("GET", "/channels/{channel}")
def channel(call: Call) -> Reply:
    require_view(call.world, call.actor.id, call.place)
    return Reply(200, payloads.place(call.place, call.actor.id))


@routes.add("PATCH", "/channels/{channel}", window="channel_edits")
def edit_channel(call: Call) -> Reply:
    place = call.place
    if isinstance(place, Thread):
        form = read_thread(call.form, new=False)
        threads.edit(call.world, call.actor, place, form, call.reason)
    else:
        channels.edit(call.world, call.actor, place, call.form, call.reason)
    return Reply(200, payloads.place(place, call.actor.id))


@routes.add("DELETE", "/channels/{channel}")
def delete_channel(call: Call) -> Reply:
    place = call.place
    shown = payloads.place(place, call.actor.id)
    if isinstance(place, Thread):
        threads.delete(call.world, call.actor, place, call.reason)
    else:
        channels.delete(call.world, call.actor, place, call.reason)
    return Reply(200, shown)


@routes.add("PUT", "/channels/{channel}/permissions/{target}")
def set_overwrite(call: Call) -> Reply:
    found = call.world.channel(call.ids["channel"])
    channels.set_overwrite(call.world, call.actor, found, call.ids["target"], call.form, reason=call.reason)
    return Reply(204)


@routes.add("DELETE", "/channels/{channel}/permissions/{target}")
def delete_overwrite(call: Call) -> Reply:
    found = call.world.channel(call.ids["channel"])
    channels.delete_overwrite(call.world, call.actor, found, call.ids["target"], call.reason)
    return Reply(204)
