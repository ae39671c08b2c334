"""Puts the services together over a store and a Discord, and gives a client what people can use. Runs nothing."""

from dataclasses import dataclass

from discord.ext import commands

from bot.ports import Clock, Forum, Ids
from bot.services.following import Following
from bot.services.moderation import Moderation
from bot.services.policies import Policies
from bot.services.publishing import Publishing
from bot.services.shaping import Shaping
from bot.store import Store
from bot.texts import Texts
from cogs.follow import follow_button
from cogs.services import Services
from cogs.topics import TopicCog
from cogs.watching import WatchingCog


@dataclass(frozen=True, slots=True)
class Wired:
    """`services` are what cogs call; the rest is what loops run."""

    publishing: Publishing
    services: Services


def wire(store: Store, forum: Forum, clock: Clock, ids: Ids, texts: Texts) -> Wired:
    publishing = Publishing(store.topics, forum, clock)
    policies = Policies(store.policies, clock)
    moderation = Moderation(store.topics, forum, publishing, clock, ids, texts=texts, policies=policies)
    services = Services(
        moderation=moderation,
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
        texts=texts,
    )
    return Wired(publishing, services)


async def add_cogs(client: commands.AutoShardedBot, services: Services) -> None:
    """All commands, menus, buttons and listeners."""
    client.add_dynamic_items(follow_button(services.following, services.texts))
    await client.add_cog(TopicCog(client, services))
    await client.add_cog(WatchingCog(services.moderation))
