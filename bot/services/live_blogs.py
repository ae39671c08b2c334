"""Follows live blogs: reads their pages, records what is new, and has each topic show it, until the end and after it.

Records first; what a topic shows is worked out from the record afterwards, so that a crash between both loses nothing.
Never writes to Discord itself, and never into a topic that people closed.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

from bot.domain import live_showing
from bot.domain.entries import Entry
from bot.domain.feeds import Options
from bot.domain.fetching import Fetched, Validators
from bot.domain.live import LiveReading
from bot.domain.live_addresses import data_address
from bot.domain.live_blogs import MOST_TRIES, LiveBlog, LiveState, over_at_first_sight, pass_time, take_in
from bot.domain.live_messages import EARLIER, WITHDRAWN, Words
from bot.domain.live_recaps import DAY_RECAP, MORE, RECAP, SUCCESSOR
from bot.domain.live_recordings import LiveRecording, UpdateRecord, edited_in, missing_in, record_of
from bot.domain.live_showing import ENDED_REASON, RESUMED_REASON, Desk, Showing, View
from bot.domain.live_signs import Sign, miss
from bot.domain.live_updates import Comparison, Known, Update, compare, updates_of
from bot.domain.marking import escape
from bot.domain.moderating import Ruling
from bot.domain.pacing import live_wait, wait_after_failure
from bot.domain.presenting import present
from bot.domain.ringing import Rule
from bot.domain.timers import Timer, TimerKind
from bot.domain.topics import MessageKind, Sighting, Topic, TopicMessage
from bot.domain.urls import site
from bot.errors import FetchError, ForumError, HostBusyError, PublisherError, RefusedError, StoreError
from bot.ports import Clock, Fetcher, Forum, Ids, LiveStore, Parser
from bot.services.live_parts import with_parts
from bot.services.policies import Policies
from bot.services.publishing import Publishing
from bot.services.timing import Handler
from bot.texts import Texts

log = logging.getLogger(__name__)

NOT_MODIFIED = 304
NOT_THERE = (404, 410)
MOST_OLDER = 5  # Pages with older updates that one poll fetches.
LONGEST_REST = timedelta(minutes=15)  # Of a page that fails.
MOST_ROUNDS = 40
CATCH_UP = timedelta(days=7)  # After its end, for topics in which it could not be shown.
EASTERNMOST = timedelta(hours=14)  # Where a day is over first.


class LiveBlogs:
    """`interval`: between two polls of a busy page; `grace`: from the end of a live blog to the close of its topics."""

    def __init__(
        self,
        live: LiveStore,
        fetcher: Fetcher,
        parser: Parser,
        *,
        forum: Forum,
        publishing: Publishing,
        policies: Policies,
        clock: Clock,
        ids: Ids,
        texts: Texts,
        interval: timedelta,
        grace: timedelta,
        jitter: Callable[[], float],
        on_wanted: Callable[[], None],
        on_armed: Callable[[], None],
    ) -> None:
        self._live = live
        self._fetcher = fetcher
        self._parser = parser
        self._forum = forum
        self._publishing = publishing
        self._policies = policies
        self._clock = clock
        self._ids = ids
        self._texts = texts
        self._interval = interval
        self._grace = grace
        self._jitter = jitter
        self._on_wanted = on_wanted
        self._on_armed = on_armed

    @property
    def handlers(self) -> Mapping[TimerKind, Handler]:
        """What timing calls when a live blog's end, or its going on, is to be followed."""
        return {TimerKind.LIVE: self._follow_end}

    async def poll(self, live_blog_id: int) -> None:
        """Ask one page, and show what it brought. Whatever goes wrong with it is its own problem."""
        blog = await self._live.get(live_blog_id)
        if not await self._live.is_wanted(live_blog_id):
            return await self._record(blog, replace(blog, state=LiveState.DONE))
        try:
            fetched = await self._fetcher.fetch(data_address(blog.url), blog.validators)
            await self._take_answer(blog, fetched)
        except PublisherError as error:
            await self._put_off(blog, error)
        except StoreError:
            raise
        except Exception as fault:
            log.exception("live blog %s: our own fault; the others go on", blog.url)
            await self._put_off(blog, PublisherError(f"internal fault: {fault!r}"))
        return await self._show_all(live_blog_id)

    async def follow(self, url: str, channel_id: int, options: Options, guild_id: int | None = None) -> int:
        """A topic of its own for a live blog; returns its id. Raises RefusedError, or PublisherError for the page."""
        _require_new(await self._live.topic_in(url, channel_id))
        reading = await self._read(data_address(url))
        if reading is None:
            raise RefusedError("That page is no live blog.")
        if await asyncio.to_thread(over_at_first_sight, reading, self._clock.now()):
            raise RefusedError("That live blog is over.")
        publisher = options.name or reading.publisher or site(url)
        topic, starter = self._topic(url, channel_id, options, reading, publisher)
        there = await self._live.follow(
            url,
            replace(topic, guild_id=guild_id),
            starter,
            update_template=options.templates.update,
            publisher=publisher,
            now=self._clock.now(),
        )
        _require_new(there)
        self._on_wanted()
        return topic.topic_id

    def _topic(
        self, url: str, channel_id: int, options: Options, reading: LiveReading, publisher: str
    ) -> tuple[Topic, TopicMessage]:
        topic_id = self._ids.new()
        name, starter = present(
            Entry(
                link=url,
                title=reading.title,
                body=reading.standfirst,
                image=reading.image,
                published_at=reading.published_at,
            ),
            options.templates,
            publisher=publisher,
            publisher_link=url,
            topic_id=topic_id,
            mention_role_id=options.mention_role_id,
        )
        first = TopicMessage(
            record_id=self._ids.new(), topic_id=topic_id, kind=MessageKind.STARTER, wanted=starter
        )
        return Topic(topic_id=topic_id, channel_id=channel_id, name=name, tags=options.tags), first

    async def _read(self, url: str) -> LiveReading | None:
        return await self._parse(await self._fetcher.fetch(url, Validators()))

    async def _parse(self, fetched: Fetched) -> LiveReading | None:
        if fetched.body is None:
            raise FetchError("the answer is empty", status=fetched.status)
        return await self._parser.parse_live(fetched.url, fetched.body, fetched.content_type)

    async def _take_answer(self, blog: LiveBlog, fetched: Fetched) -> None:
        now = self._clock.now()
        body_hash = hashlib.sha256(fetched.body or b"").hexdigest()[:32]
        answered = replace(blog, failures=0, problem=None, validators=fetched.validators)
        if fetched.status == NOT_MODIFIED or body_hash == blog.body_hash:
            return await self._record(blog, pass_time(answered, now), asked=fetched.max_age)
        reading = await self._parse(fetched)
        answered = replace(answered, body_hash=body_hash)
        if reading is not None:
            return await self._take_in(blog, answered, reading, fetched.max_age)
        if blog.state is LiveState.CANDIDATE:
            return await self._record(blog, replace(answered, state=LiveState.NONE))
        missed = replace(_unread(answered), signs=miss(blog.signs, Sign.CHANGED, now))
        return await self._record(blog, pass_time(missed, now))

    async def _take_in(
        self, before: LiveBlog, blog: LiveBlog, reading: LiveReading, asked: timedelta | None
    ) -> None:
        known = await self._live.known(blog.live_blog_id)
        if reading.elsewhere:
            reading = await with_parts(reading, {each.key for each in known}, self._read)
        blog = _unread(blog) if reading.elsewhere else blog
        updates, found = await asyncio.to_thread(_compared, reading, known)
        if known and not found.overlaps and reading.older_url:
            reading = await self._with_older(reading, known)
            updates, found = await asyncio.to_thread(_compared, reading, known)
        after = await asyncio.to_thread(take_in, blog, reading, updates, found, self._clock.now())
        contents = await self._live.contents(known.update_id for known, _ in found.edited)
        await self._record(
            before,
            after,
            asked=asked,
            new=tuple(record_of(self._ids.new(), update) for update in found.new),
            edited=await asyncio.to_thread(edited_in, found, contents),
            missing=missing_in(found),
        )

    async def _with_older(self, reading: LiveReading, known: list[Known]) -> LiveReading:
        """The reading with older pages, as far as what is known already or a bound."""
        for _ in range(MOST_OLDER):
            if reading.older_url is None:
                break
            try:
                older = await self._read(reading.older_url)
            except PublisherError as error:
                log.info("live blog %s: its older updates cannot be read: %s", reading.url, error)
                break
            if older is None or not older.updates:
                break
            reading = replace(
                reading,
                updates=(*reading.updates, *older.updates),
                older_url=older.older_url if older.older_url != reading.older_url else None,
            )
            if (await asyncio.to_thread(_compared, reading, known))[1].overlaps:
                break
        return reading

    async def _put_off(self, blog: LiveBlog, error: PublisherError) -> None:
        """Leave a failing page alone for longer; one that is not there any more may have ended."""
        if isinstance(error, HostBusyError):
            return await self._record(blog, blog, wait=error.retry_after or self._interval)
        now = self._clock.now()
        if str(error) != blog.problem:
            log.warning("live blog %s: %s; trying again later", blog.url, error)
        failed = replace(blog, failures=blog.failures + 1, problem=str(error))
        status = error.status if isinstance(error, FetchError) else None
        if blog.state is LiveState.CANDIDATE:
            if failed.failures >= MOST_TRIES or status in NOT_THERE:
                failed = replace(failed, state=LiveState.NONE)
        elif status in NOT_THERE:
            failed = pass_time(replace(failed, signs=miss(blog.signs, Sign.GONE, now)), now)
        elif blog.state is LiveState.ENDED:
            failed = pass_time(failed, now)
        retry_after = error.retry_after if isinstance(error, FetchError) else None
        wait = wait_after_failure(self._interval, failed.failures, asked=retry_after, jitter=self._jitter())
        return await self._record(blog, failed, wait=max(min(wait, LONGEST_REST), retry_after or timedelta()))

    async def _record(
        self,
        before: LiveBlog,
        blog: LiveBlog,
        *,
        asked: timedelta | None = None,
        wait: timedelta | None = None,
        new: tuple[UpdateRecord, ...] = (),
        edited: tuple[UpdateRecord, ...] = (),
        missing: tuple[tuple[int, int, bool], ...] = (),
    ) -> None:
        now = self._clock.now()
        if blog.state is LiveState.DONE and await self._waits(before, now):
            blog = replace(blog, state=before.state)
        _tell(before, blog)
        if blog.state in (LiveState.DONE, LiveState.NONE):
            next_poll_at = None
        else:
            next_poll_at = now + (wait or await self._wait(before, blog, asked, now))
        await self._live.record(
            LiveRecording(
                blog=blog, at=now, next_poll_at=next_poll_at, new=new, edited=edited, missing=missing
            )
        )

    async def _waits(self, blog: LiveBlog, now: datetime) -> bool:
        """Whether it has ended and a topic lacks something of it: closed by people, paused or out of reach."""
        if blog.ended_at is None or now - blog.ended_at >= CATCH_UP:
            return False
        return await self._live.is_behind(blog.live_blog_id)

    async def _wait(
        self, before: LiveBlog, blog: LiveBlog, asked: timedelta | None, now: datetime
    ) -> timedelta:
        """Soon again where something is yet to be shown, else by how long it has been silent."""
        silence = now - blog.active_at if blog.active_at else None
        hurry = blog.revision != before.revision or await self._live.is_waiting(blog.live_blog_id, now)
        return live_wait(
            timedelta() if hurry else silence,
            ended=blog.state is LiveState.ENDED and not hurry,
            asked=asked or timedelta(),
            jitter=self._jitter(),
            fastest=self._interval,
        )

    async def _show_all(self, live_blog_id: int) -> None:
        yesterday = (self._clock.now() + EASTERNMOST).date() - timedelta(days=1)
        for topic_id in await self._live.behind(live_blog_id, yesterday):
            try:
                await self._show(topic_id, yesterday)
            except ForumError as error:
                log.info("topic %s: %s; its live blog is shown there later", topic_id, error)
            except StoreError:
                raise
            except Exception:
                log.exception("topic %s: our own fault; the others go on", topic_id)

    async def _show(self, topic_id: int, yesterday: date) -> None:
        """Record and show, until nothing is left that could be shown now."""
        for _ in range(MOST_ROUNDS):
            view = await self._live.view(topic_id, yesterday)
            if view is None:
                return
            desk = await self._desk(view)
            showing = await asyncio.to_thread(live_showing.show, view, desk, self._clock.now())
            if showing == Showing(live=view.live):
                return
            if await self._live.show(view, showing, self._clock.now()):
                await self._publishing.publish(topic_id)
                if showing.arm:
                    self._on_armed()

    async def _desk(self, view: View) -> Desk:
        assert view.topic.guild_id is not None
        policy = await self._policies.of(view.topic.guild_id, view.topic.channel_id)
        locale = policy.locale or await self._forum.language(view.topic.guild_id)
        say = partial(self._texts.say, locale)
        return Desk(
            policy=policy,
            words=Words(
                withdrawn=say(WITHDRAWN),
                earlier=lambda link: say(EARLIER, link=link),
                recap=lambda day: say(RECAP, date=self._texts.day(locale, day)),
                day_recap=lambda day: say(DAY_RECAP, date=self._texts.day(locale, day)),
                more=lambda count: say(MORE, count=count),
                successor=lambda link: say(SUCCESSOR, link=link),
            ),
            new_id=self._ids.new,
            grace=self._grace,
            ended_reason=say(ENDED_REASON),
            resumed_reason=say(RESUMED_REASON),
            locale=locale,
        )

    async def _follow_end(self, timer: Timer, topic: Topic, seen: Sighting) -> Rule:  # noqa: ARG002 - a Handler.
        found = await self._live.of_topic(topic.topic_id)
        if found is None:
            return lambda story, order: Ruling(story=story)  # noqa: ARG005 - a Rule.
        live, state = found
        ended = state in (LiveState.ENDED, LiveState.DONE)
        policy = await self._policies.of(timer.guild_id, topic.channel_id)
        return partial(
            live_showing.follow_end, timer=timer, ended=ended, closed_by_us=live.closed_by_us, policy=policy
        )


def _require_new(there: Topic | None) -> None:
    """Raises RefusedError where the channel has a topic for the live blog."""
    if there is not None:
        place = f"<#{there.thread_id}>" if there.thread_id else f"**{escape(there.name)}**"
        raise RefusedError("That live blog is followed already: {topic}", topic=place)


def _unread(blog: LiveBlog) -> LiveBlog:
    """The same page again is to be read again."""
    return replace(blog, body_hash=None, validators=Validators())


def _compared(reading: LiveReading, known: list[Known]) -> tuple[tuple[Update, ...], Comparison]:
    updates = updates_of(reading)
    return updates, compare(updates, known)


def _tell(before: LiveBlog, after: LiveBlog) -> None:
    """One line for the operator where something changed."""
    if before.state is not after.state:
        by = f" ({after.ended_by})" if after.state is LiveState.ENDED else ""
        log.info("live blog %s: %s, was %s%s", after.url, after.state, before.state, by)
    elif before.problem and not after.problem:
        log.info("live blog %s works again", after.url)
