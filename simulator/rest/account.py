"""The bot itself: its user, its application, the gateway's address, its guilds."""

from simulator import payloads
from simulator.flags import BOT_PERMISSIONS
from simulator.gateway.hub import MAX_CONCURRENCY
from simulator.gateway.session import application_flags
from simulator.permissions import of_member
from simulator.rest.calls import Call, Reply, Routes
from simulator.values import Json
from simulator.world import World

routes = Routes()
SESSION_STARTS = 1000
"""IDENTIFYs in 24 hours."""


@routes.add("GET", "/users/@me")
def own_user(call: Call) -> Reply:
    return Reply(200, payloads.own_user(call.actor))


@routes.add("GET", "/users/@me/guilds")
def own_guilds(call: Call) -> Reply:
    world, bot_id = call.world, call.actor.id
    guilds = [each for each in world.guilds.values() if bot_id in each.members]
    return Reply(
        200,
        [
            {
                "id": each.id,
                "name": each.name,
                "icon": None,
                "banner": None,
                "owner": each.owner_id == bot_id,
                "permissions": str(int(of_member(each, each.members[bot_id]))),
                "features": ["COMMUNITY"],
            }
            for each in guilds[: call.limit(200, 200)]
        ],
    )


@routes.add("GET", "/users/{user}")
def any_user(call: Call) -> Reply:
    return Reply(200, payloads.user(call.world.user(call.ids["user"])))


@routes.add("GET", "/oauth2/applications/@me")
@routes.add("GET", "/applications/@me")
def application(call: Call) -> Reply:
    return Reply(200, _application(call.world))


def _application(world: World) -> Json:
    shown = world.application
    install = {"scopes": ["applications.commands", "bot"], "permissions": str(int(BOT_PERMISSIONS))}
    return {
        "id": shown.id,
        "name": shown.bot.username,
        "icon": None,
        "description": shown.description,
        "type": None,
        "bot": payloads.user(shown.bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "install_params": install,
        "integration_types_config": {"0": {"oauth2_install_params": install}},
        "verify_key": "0" * 64,
        "flags": application_flags(world),
        "flags_new": str(application_flags(world)),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": payloads.user(shown.owner),
        "approximate_guild_count": len(world.guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "event_webhooks_status": 1,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
    }


@routes.add("GET", "/gateway", public=True)
def gateway(call: Call) -> Reply:
    return Reply(200, {"url": call.hub.resume_url})


@routes.add("GET", "/gateway/bot")
def gateway_for_bots(call: Call) -> Reply:
    remaining = max(0, SESSION_STARTS - call.hub.identifies)
    start_limit = {
        "total": SESSION_STARTS,
        "remaining": remaining,
        "reset_after": 86_400_000,
        "max_concurrency": MAX_CONCURRENCY,
    }
    return Reply(200, {"url": call.hub.resume_url, "shards": 1, "session_start_limit": start_limit})
