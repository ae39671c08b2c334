"""Puts the services together over a store and a Discord, and gives a client what people can use. Runs nothing."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from discord.ext import commands

from bot.adapters.sightings import seen_in
from bot.ports import Clock, Forum, Ids
from bot.services.appeals import Appeals
from bot.services.autoclose import AutoClose
from bot.services.bulk import Bulk
from bot.services.explaining import Explaining
from bot.services.following import Following
from bot.services.moderation import Moderation
from bot.services.policies import Policies
from bot.services.privacy import Privacy
from bot.services.publishing import Publishing
from bot.services.recommending import Recommending
from bot.services.records import Records
from bot.services.scheduling import Scheduling
from bot.services.shaping import Shaping
from bot.services.staff import StaffChannel
from bot.services.timing import Timing
from bot.services.watching import Watching
from bot.store import Store
from bot.texts import Texts
from cogs.answering import failure_answers
from cogs.appeals import AppealsCog, appeal_button
from cogs.autoclose import AutoCloseCog
from cogs.bulk import bulk_button
from cogs.cases import CasesCog, cases_page
from cogs.follow import follow_button
from cogs.keepopen import keep_open_button
from cogs.members import MembersCog
from cogs.paging import CASES, HISTORY, page_button
from cogs.policies import PoliciesCog
from cogs.privacy import PrivacyCog, delete_button
from cogs.recommending import RecommendingCog
from cogs.records import turn_history
from cogs.services import Services
from cogs.timer_buttons import timer_button
from cogs.topics import TopicCog
from cogs.watching import WatchingCog


@dataclass(frozen=True, slots=True)
class Wired:
    """`services` are what cogs call; the rest is what loops run."""

    publishing: Publishing
    timing: Timing
    staff: StaffChannel
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
    on_armed: Callable[[], None] = nothing,
) -> Wired:
    """`on_wanted` is told when topics were recorded that publishing should look at, `on_armed` of timers."""
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
        on_woken=lambda topic_id: autoclose.woken(topic_id),  # noqa: PLW0108 - made below.
    )
    moderation = Moderation(store.topics, forum, publishing, clock, ids, texts=texts, policies=policies)
    autoclose = AutoClose(
        topics=store.topics,
        timer_store=store.timers,
        forum=forum,
        publishing=publishing,
        moderation=moderation,
        policies=policies,
        clock=clock,
        ids=ids,
        texts=texts,
        on_armed=on_armed,
    )
    shaping = Shaping(
        moderation=moderation,
        publishing=publishing,
        topics=store.topics,
        cases=store.cases,
        forum=forum,
        clock=clock,
        ids=ids,
        texts=texts,
    )
    services = Services(
        moderation=moderation,
        autoclose=autoclose,
        policies=policies,
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
        appeals=Appeals(
            store.appeals,
            store.topics,
            forum,
            moderation=moderation,
            publishing=publishing,
            policies=policies,
            clock=clock,
            ids=ids,
            texts=texts,
        ),
        explaining=Explaining(
            store.topics, store.records, store.timers, policies, forum=forum, moderation=moderation
        ),
        following=Following(store.topics, forum),
        privacy=Privacy(store.privacy, clock),
        records=Records(store.topics, store.records, forum, moderation, clock=clock, ids=ids),
        recommending=Recommending(moderation, store.topics, forum, clock, texts=texts),
        scheduling=Scheduling(
            moderation=moderation,
            shaping=shaping,
            topics=store.topics,
            timers=store.timers,
            people=store.people,
            policies=policies,
            clock=clock,
            ids=ids,
            on_armed=on_armed,
        ),
        shaping=shaping,
        watching=watching,
        texts=texts,
    )
    timing = Timing(
        store.timers,
        store.topics,
        forum,
        publishing,
        moderation,
        policies=policies,
        clock=clock,
        ids=ids,
        jitter=random.random,
        handlers=autoclose.handlers,
    )
    staff = StaffChannel(store.staff, store.records, policies, forum, clock, texts=texts)
    return Wired(publishing, timing, staff, services)


async def add_cogs(client: commands.AutoShardedBot, services: Services) -> None:
    """All commands, menus, buttons and listeners."""
    client.tree.error(failure_answers(services.texts))
    client.add_dynamic_items(
        page_button(HISTORY, partial(turn_history, services), services.texts),
        page_button(CASES, partial(cases_page, services), services.texts),
        delete_button(services.privacy, services.texts),
    )
    client.add_dynamic_items(
        follow_button(services.following, services.texts), bulk_button(services), timer_button(services)
    )
    client.add_dynamic_items(keep_open_button(services.autoclose, services.texts))
    await client.add_cog(TopicCog(client, services))
    await client.add_cog(PoliciesCog(services))
    await client.add_cog(AutoCloseCog(services.autoclose))
    await client.add_cog(RecommendingCog(client, services))
    await client.add_cog(MembersCog(services))
    await client.add_cog(AppealsCog(services))
    client.add_dynamic_items(appeal_button(services.appeals, services.texts))
    await client.add_cog(WatchingCog(services.watching, partial(seen_in, client)))
    await client.add_cog(CasesCog(client, services))
    await client.add_cog(PrivacyCog(services))
