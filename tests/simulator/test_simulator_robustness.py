"""Whatever is sent to it, the simulator answers as Discord would: it refuses, and never fails."""

import asyncio
from typing import Any

import aiohttp
from hypothesis import HealthCheck, given, settings, strategies as st
from local_discord import Gazette, Rest

from simulator import Simulator
from simulator.acts import interactions
from simulator.flags import InteractionType
from simulator.rest.server import all_routes
from simulator.world import Interaction

KEYS = [
    "content", "embeds", "components", "flags", "nonce", "enforce_nonce", "message_reference", "message_id", "type",
    "allowed_mentions", "parse", "users", "roles", "attachments", "name", "message", "applied_tags", "archived",
    "locked", "auto_archive_duration", "rate_limit_per_user", "title", "description", "url", "image", "footer", "text",
    "fields", "author", "custom_id", "style", "label", "options", "choices", "value", "data", "topic", "id",
    "permission_overwrites", "allow", "deny", "available_tags", "messages", "contexts", "default_member_permissions",
    "replied_user", "timestamp", "color", "emoji", "accessory", "component", "min_values", "placeholder", "position",
    "parent_id", "nsfw", "invitable", "required", "max_value", "min_length", "channel_types", "default",
]  # fmt: skip
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**65), 2**65)
    | st.floats(allow_nan=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)
SHAPES = st.dictionaries(st.sampled_from(KEYS), ANYTHING, max_size=6)
WORDS = st.sampled_from(["0", "1", "x", "-1", "2024-01-01", "99999999999999999999999", ""])
QUERIES = st.dictionaries(
    st.sampled_from(["limit", "before", "after", "around", "action_type", "with_member"]), WORDS
)
ROUTES = [each for each in all_routes().all if each.method != "DELETE"]


def address(gazette: Gazette, template: str, message_id: str, thread_id: str) -> str:
    world = gazette.guild._world
    known = {
        "{application}": world.application.id,
        "{webhook}": world.application.id,
        "{guild}": gazette.guild.id,
        "{user}": gazette.alice.id,
        "{role}": gazette.guild.bot_role.id,
        "{target}": gazette.alice.id,
        "{message}": message_id,
        "{channel}": thread_id,
    }
    for name, value in known.items():
        template = template.replace(name, value)
    return template.replace("{", "").replace("}", "")


def begun(gazette: Gazette, kind: int) -> Interaction:
    """An interaction for the body to answer, straight from the world: commands are tested elsewhere."""
    world = gazette.guild._world
    return interactions.start(world, gazette.alice.user, gazette.text, InteractionType(kind), {"name": "x"})


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    body=SHAPES | ANYTHING, query=QUERIES, place=st.sampled_from(["forum", "text", "announcements", "thread"])
)
def test_no_request_makes_the_simulator_fail(body: Any, query: dict[str, str], place: str) -> None:
    async def everywhere() -> list[str]:
        async with Simulator(limits=False) as sim, aiohttp.ClientSession() as session:
            gazette, rest = Gazette(sim), Rest(sim, session)
            gazette.guild.set_bot_permissions(1 << 3)
            thread = await gazette.alice.start_thread(gazette.forum, "Rain", "It rains.")
            message = await gazette.alice.post(gazette.text, "Hello")
            channel = thread if place == "thread" else getattr(gazette, place)
            failed = []
            for route in ROUTES:
                message_id = thread.id if place == "thread" else message.id
                path = address(gazette, route.template, message_id, channel.id)
                asked = "&".join(f"{key}={value}" for key, value in query.items())
                status, answer = await rest(route.method, f"{path}?{asked}", body)
                if status >= 500:
                    failed.append(f"{route.method} {route.template}: {answer}")
            for kind, answer_kind in ((2, 4), (2, 5), (2, 9), (4, 8)):
                begun_now = begun(gazette, kind)
                for path, sent in (
                    (f"/interactions/{begun_now.id}/{begun_now.token}/callback?with_response=1",
                     {"type": answer_kind, "data": body}),
                    (f"/webhooks/{sim.world.application.id}/{begun_now.token}", body),
                ):  # fmt: skip
                    status, answer = await rest("POST", path, sent)
                    if status >= 500:
                        failed.append(f"{path} {sent}: {answer}")
            return failed

    assert [] == asyncio.run(everywhere())
