"""Puts the services together over a store and a Discord, and gives a client what people can use. Runs nothing."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from discord.ext import commands

from bot.adapters.sightings import seen_in
from bot.ports import Clock, Fetcher, Forum, Ids, Parser
from bot.services.alerting import Alerting
from bot.services.appeals import Appeals
from bot.services.autoclose import AutoClose
from bot.services.browsing import Browsing
from bot.services.budget import ThreadBudget
from bot.services.bulk import Bulk
from bot.services.deciding import Deciding
from bot.services.explaining import Explaining
from bot.services.finding import Finding
from bot.services.following import Following
from bot.services.live_blogs import LiveBlogs
from bot.services.moderation import Moderation
from bot.services.offering import Offering
from bot.services.opml import SubscriptionLists
from bot.services.overview import Overview
from bot.services.policies import Policies
from bot.services.posting import Posting
from bot.services.previewing import Previewing
from bot.services.privacy import Privacy
from bot.services.proposing import Proposals
from bot.services.publishing import Publishing
from bot.services.recommending import Recommending
from bot.services.records import Records
from bot.services.scheduling import Scheduling
from bot.services.shaping import Shaping
from bot.services.staff import StaffChannel
from bot.services.subscribing import Subscribing
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
from cogs.latest import LatestCog, latest_page, search_page
from cogs.members import MembersCog
from cogs.news import NewsCog, news_items
from cogs.paging import CASES, HISTORY, LATEST, WORDS, page_button
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
    alerting: Alerting
    live_blogs: LiveBlogs
    budget: ThreadBudget
    services: Services


LIVE_INTERVAL = timedelta(seconds=30)
LIVE_GRACE = timedelta(minutes=30)


def nothing() -> None:
    """For who looks by themselves, sooner or later."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """What nearly every service is made from."""

    store: Store
    forum: Forum
    clock: Clock
    ids: Ids
    texts: Texts
    fetcher: Fetcher
    parser: Parser
    publishing: Publishing
    policies: Policies
    moderation: Moderation


def wire(
    store: Store,
    forum: Forum,
    clock: Clock,
    ids: Ids,
    texts: Texts,
    *,
    fetcher: Fetcher,
    parser: Parser,
    on_wanted: Callable[[], None] = nothing,
    on_armed: Callable[[], None] = nothing,
    on_subscribed: Callable[[], None] = nothing,
    live_interval: timedelta = LIVE_INTERVAL,
    live_grace: timedelta = LIVE_GRACE,
    pages: Fetcher | None = None,
) -> Wired:
    """`on_wanted` is told when topics were recorded that publishing should look at, `on_armed` of timers.

    `on_subscribed` is told of feeds that polling should ask. `live_interval` and `live_grace` are those of `LiveBlogs`;
    `pages` fetches what it polls, where that is not what fetches everything.
    """
    budget = ThreadBudget(store.topics, store.watched, store.budget, forum, clock, on_wanted=on_wanted)
    publishing = Publishing(store.topics, forum, clock, room=budget)
    policies = Policies(store.policies, clock)
    moderation = Moderation(
        store.topics, forum, publishing, clock, ids, texts=texts, policies=policies, watched=store.watched
    )
    parts = _Parts(store, forum, clock, ids, texts, fetcher, parser, publishing, policies, moderation)
    autoclose = _autoclose(parts, on_armed)
    live_blogs = _live_blogs(
        parts, live_interval, live_grace, pages=pages or fetcher, on_wanted=on_wanted, on_armed=on_armed
    )
    staff = StaffChannel(store.staff, store.records, policies, forum, clock, texts=texts)
    services = _services(
        parts, autoclose, live_blogs, on_wanted=on_wanted, on_armed=on_armed, on_subscribed=on_subscribed
    )
    alerting = Alerting(store.alerts, policies, forum, clock, texts=texts)
    timing = _timing(parts, autoclose, live_blogs)
    return Wired(publishing, timing, staff, alerting, live_blogs, budget, services)


def _services(
    parts: _Parts,
    autoclose: AutoClose,
    live_blogs: LiveBlogs,
    *,
    on_wanted: Callable[[], None],
    on_armed: Callable[[], None],
    on_subscribed: Callable[[], None],
) -> Services:
    store, forum, clock, texts = parts.store, parts.forum, parts.clock, parts.texts
    moderation, policies = parts.moderation, parts.policies
    shaping = _shaping(parts)
    proposals = Proposals(store.proposals, clock=clock, ids=parts.ids)
    subscribing = Subscribing(store.subscriptions, forum, clock=clock, on_subscribed=on_subscribed)
    finding = Finding(parts.fetcher, parts.parser, clock)
    return Services(
        moderation=moderation,
        autoclose=autoclose,
        policies=policies,
        browsing=Browsing(store.headlines, forum),
        bulk=_bulk(parts, on_wanted),
        appeals=_appeals(parts),
        explaining=Explaining(
            store.topics, store.records, store.timers, policies, forum=forum, moderation=moderation
        ),
        following=Following(store.topics, forum),
        lists=SubscriptionLists(
            subscribing, store.subscriptions, forum, clock, parts.parser, on_subscribed=on_subscribed
        ),
        offering=_offering(parts, finding, subscribing, proposals, live_blogs),
        overview=Overview(subscribing, store.live, clock),
        previewing=_previewing(parts, finding, subscribing),
        privacy=Privacy(store.privacy, clock),
        posting=_posting(parts, subscribing, proposals),
        proposals=proposals,
        records=Records(store.topics, store.records, forum, moderation, clock=clock, ids=parts.ids),
        recommending=Recommending(moderation, store.topics, forum, clock, texts=texts),
        scheduling=_scheduling(parts, shaping, on_armed),
        shaping=shaping,
        subscribing=subscribing,
        watching=_watching(parts, autoclose, on_armed),
        texts=texts,
    )


def _offering(
    parts: _Parts, finding: Finding, subscribing: Subscribing, proposals: Proposals, live_blogs: LiveBlogs
) -> Offering:
    return Offering(
        finding,
        subscribing,
        proposals,
        live_blogs=live_blogs,
        publishing=parts.publishing,
        topics=parts.store.topics,
        clock=parts.clock,
    )


def _previewing(parts: _Parts, finding: Finding, subscribing: Subscribing) -> Previewing:
    return Previewing(
        finding,
        Deciding(parts.store.feeds, parts.clock),
        subscribing,
        feeds=parts.store.feeds,
        subscriptions=parts.store.subscriptions,
        topics=parts.store.topics,
        forum=parts.forum,
        publishing=parts.publishing,
        texts=parts.texts,
        clock=parts.clock,
        ids=parts.ids,
    )


def _posting(parts: _Parts, subscribing: Subscribing, proposals: Proposals) -> Posting:
    return Posting(
        parts.store.posts,
        parts.store.topics,
        parts.forum,
        publishing=parts.publishing,
        subscribing=subscribing,
        proposals=proposals,
        fetcher=parts.fetcher,
        parser=parts.parser,
        clock=parts.clock,
        ids=parts.ids,
        texts=parts.texts,
    )


def _watching(parts: _Parts, autoclose: AutoClose, on_armed: Callable[[], None]) -> Watching:
    return Watching(
        parts.store.topics,
        parts.store.watched,
        parts.forum,
        parts.publishing,
        clock=parts.clock,
        ids=parts.ids,
        texts=parts.texts,
        policy_of=parts.policies.of,
        on_woken=autoclose.woken,
        on_armed=on_armed,
    )


def _autoclose(parts: _Parts, on_armed: Callable[[], None]) -> AutoClose:
    return AutoClose(
        topics=parts.store.topics,
        timer_store=parts.store.timers,
        live=parts.store.live,
        forum=parts.forum,
        publishing=parts.publishing,
        moderation=parts.moderation,
        policies=parts.policies,
        clock=parts.clock,
        ids=parts.ids,
        texts=parts.texts,
        on_armed=on_armed,
    )


def _shaping(parts: _Parts) -> Shaping:
    return Shaping(
        moderation=parts.moderation,
        publishing=parts.publishing,
        topics=parts.store.topics,
        cases=parts.store.cases,
        forum=parts.forum,
        clock=parts.clock,
        ids=parts.ids,
        texts=parts.texts,
    )


def _bulk(parts: _Parts, on_wanted: Callable[[], None]) -> Bulk:
    return Bulk(
        moderation=parts.moderation,
        publishing=parts.publishing,
        topics=parts.store.topics,
        cases=parts.store.cases,
        batches=parts.store.batches,
        forum=parts.forum,
        clock=parts.clock,
        ids=parts.ids,
        on_wanted=on_wanted,
    )


def _appeals(parts: _Parts) -> Appeals:
    return Appeals(
        parts.store.appeals,
        parts.store.topics,
        parts.forum,
        moderation=parts.moderation,
        publishing=parts.publishing,
        policies=parts.policies,
        clock=parts.clock,
        ids=parts.ids,
        texts=parts.texts,
    )


def _scheduling(parts: _Parts, shaping: Shaping, on_armed: Callable[[], None]) -> Scheduling:
    return Scheduling(
        moderation=parts.moderation,
        shaping=shaping,
        topics=parts.store.topics,
        timers=parts.store.timers,
        people=parts.store.people,
        policies=parts.policies,
        clock=parts.clock,
        ids=parts.ids,
        on_armed=on_armed,
    )


def _live_blogs(
    parts: _Parts,
    interval: timedelta,
    grace: timedelta,
    *,
    pages: Fetcher,
    on_wanted: Callable[[], None],
    on_armed: Callable[[], None],
) -> LiveBlogs:
    return LiveBlogs(
        parts.store.live,
        pages,
        parts.parser,
        forum=parts.forum,
        publishing=parts.publishing,
        policies=parts.policies,
        clock=parts.clock,
        ids=parts.ids,
        texts=parts.texts,
        interval=interval,
        grace=grace,
        jitter=random.random,
        on_wanted=on_wanted,
        on_armed=on_armed,
    )


def _timing(parts: _Parts, autoclose: AutoClose, live_blogs: LiveBlogs) -> Timing:
    return Timing(
        parts.store.timers,
        parts.store.topics,
        parts.forum,
        parts.publishing,
        parts.moderation,
        policies=parts.policies,
        clock=parts.clock,
        ids=parts.ids,
        jitter=random.random,
        handlers={**autoclose.handlers, **live_blogs.handlers},
    )


async def add_cogs(client: commands.AutoShardedBot, services: Services) -> None:
    """All commands, menus, buttons and listeners."""
    client.tree.error(failure_answers(services.texts))
    client.add_dynamic_items(
        page_button(HISTORY, partial(turn_history, services), services.texts),
        page_button(CASES, partial(cases_page, services), services.texts),
        page_button(LATEST, partial(latest_page, services), services.texts),
        page_button(WORDS, partial(search_page, services), services.texts),
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
    await client.add_cog(LatestCog(services))
    await client.add_cog(AppealsCog(services))
    client.add_dynamic_items(appeal_button(services.appeals, services.texts))
    await client.add_cog(WatchingCog(services.watching, partial(seen_in, client)))
    await client.add_cog(CasesCog(client, services))
    await client.add_cog(NewsCog(client, services))
    client.add_dynamic_items(*news_items(services))
    await client.add_cog(PrivacyCog(services))
