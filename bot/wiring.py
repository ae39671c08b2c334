"""Puts the services together over a store and a Discord, and gives a client what people can use. Runs nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from discord.ext import commands

from bot.adapters.sightings import seen_in
from bot.ports import Clock, Forum, Ids
from bot.services.bulk import Bulk
from bot.services.following import Following
from bot.services.moderation import Moderation
from bot.services.policies import Policies
from bot.services.publishing import Publishing
from bot.services.shaping import Shaping
from bot.services.watching import Watching
from bot.store import Store
from bot.texts import Texts
from cogs.bulk import bulk_button
from cogs.follow import follow_button
from cogs.services import Services
from cogs.topics import TopicCog
from cogs.watching import WatchingCog


@dataclass(frozen=True, slots=True)
class Wired:
    """`services` are what cogs call; the rest is what loops run."""

    publishing: Publishing
    services: Services


def nothing() -> None:
    """For who looks by themselves, sooner or later."""


def wire(
    store: Store,
    forum: Forum,
    clock: Clock,
    ids: Ids,
    texts: Texts,
    *,
    on_wanted: Callable[[], None] = nothing,
) -> Wired:
    """`on_wanted` is told when topics were recorded that publishing should look at."""
    publishing = Publishing(store.topics, forum, clock)
    policies = Policies(store.policies, clock)
    watching = Watching(
        store.topics,
        store.watched,
        forum,
        publishing,
        clock=clock,
        ids=ids,
        texts=texts,
        policy_of=policies.of,
    )
    moderation = Moderation(store.topics, forum, publishing, clock, ids, texts=texts, policies=policies)
    services = Services(
        moderation=moderation,
        bulk=Bulk(
            moderation=moderation,
            publishing=publishing,
            topics=store.topics,
            cases=store.cases,
            batches=store.batches,
            forum=forum,
            clock=clock,
            ids=ids,
            on_wanted=on_wanted,
        ),
        following=Following(store.topics, forum),
        shaping=Shaping(
            moderation=moderation,
            publishing=publishing,
            topics=store.topics,
            cases=store.cases,
            forum=forum,
            clock=clock,
            ids=ids,
            texts=texts,
        ),
        watching=watching,
        texts=texts,
    )
    return Wired(publishing, services)


async def add_cogs(client: commands.AutoShardedBot, services: Services) -> None:
    """All commands, menus, buttons and listeners."""
    client.add_dynamic_items(follow_button(services.following, services.texts), bulk_button(services))
    await client.add_cog(TopicCog(client, services))
    await client.add_cog(WatchingCog(services.watching, partial(seen_in, client)))
