"""Application commands, global and of a guild. Both kinds of address share their handlers."""

from simulator import payloads
from simulator.acts import commands
from simulator.errors import refusal
from simulator.rest.calls import Call, Reply, Routes
from simulator.values import Command, Json

routes = Routes()
_GLOBAL = "/applications/{application}/commands"
_OF_GUILD = "/applications/{application}/guilds/{guild}/commands"


def _scope(call: Call) -> str | None:
    """None for global commands, else the guild's id."""
    if call.ids["application"] != call.world.application.id:
        raise refusal(10002)
    if "guild" not in call.ids:
        return None
    guild = call.world.guild(call.ids["guild"])
    if call.actor.id not in guild.members:
        raise refusal(50001)
    return guild.id


def _shown(call: Call, found: Command) -> Json:
    return payloads.command(call.world, found)


@routes.add("GET", _GLOBAL)
@routes.add("GET", _OF_GUILD)
def listing(call: Call) -> Reply:
    return Reply(200, [_shown(call, each) for each in commands.registered(call.world, _scope(call))])


@routes.add("PUT", _GLOBAL)
@routes.add("PUT", _OF_GUILD)
def overwrite(call: Call) -> Reply:
    return Reply(
        200, [_shown(call, each) for each in commands.overwrite(call.world, _scope(call), call.body)]
    )


@routes.add("POST", _GLOBAL)
@routes.add("POST", _OF_GUILD)
def upsert(call: Call) -> Reply:
    command, new = commands.upsert(call.world, _scope(call), call.form)
    return Reply(201 if new else 200, _shown(call, command))


@routes.add("GET", _GLOBAL + "/{command}")
@routes.add("GET", _OF_GUILD + "/{command}")
def one(call: Call) -> Reply:
    return Reply(200, _shown(call, commands.find(call.world, _scope(call), call.ids["command"])))


@routes.add("PATCH", _GLOBAL + "/{command}")
@routes.add("PATCH", _OF_GUILD + "/{command}")
def edit(call: Call) -> Reply:
    command = commands.find(call.world, _scope(call), call.ids["command"])
    return Reply(200, _shown(call, commands.edit(call.world, command, call.form)))


@routes.add("DELETE", _GLOBAL + "/{command}")
@routes.add("DELETE", _OF_GUILD + "/{command}")
def delete(call: Call) -> Reply:
    del call.world.commands[commands.find(call.world, _scope(call), call.ids["command"]).id]
    return Reply(204)
