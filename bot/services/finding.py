"""What stands behind an address that a person gave: a feed, a live blog, or a page that leads to some.

Asks publishers politely: the address itself, then at most a few guesses, one after the other. Records nothing.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.addresses import address_from
from bot.domain.discovery import Discovered
from bot.domain.entries import ParsedFeed
from bot.domain.fetching import Fetched, Validators
from bot.domain.live import LiveReading
from bot.domain.live_blogs import over_at_first_sight
from bot.domain.subscriptions import Candidate
from bot.errors import (
    FetchError,
    HostBusyError,
    ParseError,
    PrivateNetworkError,
    PublisherError,
    RefusedError,
)
from bot.ports import Clock, Fetcher, Parser

GUESSES = 4
LIVE_BLOGS = 3  # Of those that a page leads to; it names the latest first.


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What an address answered with. `url` is the one to keep; `took` is how long the answer needed.

    At most one of `feed`, `live` and `candidates` says something; `problem` tells why it is no feed.
    """

    url: str
    fetched: Fetched
    took: timedelta
    feed: ParsedFeed | None = None
    live: LiveReading | None = None
    candidates: tuple[Candidate, ...] = ()
    problem: str = ""


class Finding:
    def __init__(self, fetcher: Fetcher, parser: Parser, clock: Clock) -> None:
        self._fetcher = fetcher
        self._parser = parser
        self._clock = clock

    async def find(self, typed: str) -> Look:
        """A feed, a live blog or candidates. Raises RefusedError, in words for who asked, where there is nothing."""
        look = await self.look(typed)
        if look.feed:
            return look
        candidates = await self._candidates(look)
        if look.live and not candidates:
            return look
        if look.live:
            candidates = (Candidate(url=look.url, title=look.live.title, live=True), *candidates)
        if not candidates:
            raise RefusedError(
                "That address is no feed and leads to none that I can find: {problem}", problem=look.problem
            )
        return replace(look, live=None, candidates=candidates)

    async def look(self, typed: str) -> Look:
        """What the address itself answers with. Raises RefusedError where there is no answer."""
        url = address_from(typed)
        if url is None:
            raise RefusedError("That is no address of a page or feed. It begins with `https://`.")
        try:
            return await self._look(url)
        except FetchError as error:
            raise unreadable(error) from error

    async def _look(self, url: str) -> Look:
        started_at = self._clock.now()
        fetched = await self._fetcher.fetch(url, Validators())
        took = self._clock.now() - started_at
        kept = fetched.moved_to or url  # Nothing is known by the old address yet.
        body = fetched.body or b""
        try:
            feed = await self._parser.parse(fetched.url, body, fetched.content_type)
        except ParseError as error:
            live = await self._live(fetched)
            return Look(url=kept, fetched=fetched, took=took, live=live, problem="" if live else str(error))
        return Look(url=kept, fetched=fetched, took=took, feed=feed)

    async def _live(self, fetched: Fetched) -> LiveReading | None:
        try:
            return await self._parser.parse_live(fetched.url, fetched.body or b"", fetched.content_type)
        except ParseError:
            return None

    async def offers(self, look: Look) -> tuple[Candidate, ...]:
        """The feeds that a page names; nothing more is asked."""
        return _offered(await self._discover(look))

    async def _discover(self, look: Look) -> Discovered:
        fetched = look.fetched
        return await self._parser.discover(fetched.url, fetched.body or b"", fetched.content_type)

    async def _candidates(self, look: Look) -> tuple[Candidate, ...]:
        """What the page offers; only where it offers nothing, the first guess that is a feed."""
        found = await self._discover(look)
        if look.live:
            return _offered(found)
        lives = await self._live_blogs(found.lives[:LIVE_BLOGS])
        if lives or found.feeds:
            return (*lives, *_offered(found))
        for url in found.guesses[:GUESSES]:
            try:
                guessed = await self._look(url)
            except PublisherError:
                continue
            if guessed.feed:
                return (Candidate(url=guessed.url, title=guessed.feed.title),)
        return ()

    async def _live_blogs(self, urls: Sequence[str]) -> list[Candidate]:
        """Those of the pages that are live blogs and go on."""
        found = []
        for url in urls:
            try:
                look = await self._look(url)
            except PublisherError:
                continue
            now = self._clock.now()
            if look.live and not await asyncio.to_thread(over_at_first_sight, look.live, now):
                found.append(Candidate(url=look.url, title=look.live.title, live=True))
        return found


def _offered(found: Discovered) -> tuple[Candidate, ...]:
    return tuple(Candidate(url=each.url, title=each.title) for each in found.feeds)


def unreadable(error: PublisherError) -> RefusedError:
    """What is wrong with an address, told to who gave it."""
    match error:
        case PrivateNetworkError():
            return RefusedError(
                "That address leads into a private network. Only the operator of the bot could allow that."
            )
        case HostBusyError():
            return RefusedError("That site gets a pause from requests just now. Try again in a few minutes.")
        case _:
            return RefusedError("I cannot read that address: {problem}", problem=str(error))
