"""News by push (https://www.w3.org/TR/websub/): asks hubs for leases, answers them, takes in what they deliver.

Never trusts a hub with news: polling goes on, slower only while deliveries prove that the hub works. Record first: what
is to be asked and what was delivered is in the database before anybody is told, so that a crash costs a poll, no news.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial

from bot.domain import websub
from bot.domain.entries import ParsedFeed
from bot.domain.feeds import Feed
from bot.domain.fetching import Fetched
from bot.domain.websub import Lease
from bot.errors import FetchError, PublisherError
from bot.ports import Clock, FeedStore, HubCaller, WebSubStore

log = logging.getLogger(__name__)

# A delivery that is lost in a crash is polled for then.
SOON = timedelta(minutes=1)


class WebSub:
    """`public_url` is where hubs reach us; `take` takes in a delivery like an answer of the feed.

    `new_secret` gives 32 characters or more that nobody can guess. `on_due` is told that a hub is to be asked.
    """

    def __init__(
        self,
        store: WebSubStore,
        feeds: FeedStore,
        hub: HubCaller,
        clock: Clock,
        *,
        public_url: str,
        take: Callable[[int, Fetched], Awaitable[None]],
        new_secret: Callable[[], str],
        on_due: Callable[[], None],
    ) -> None:
        self._store = store
        self._feeds = feeds
        self._hub = hub
        self._clock = clock
        self._public_url = public_url.rstrip("/")
        self._take = take
        self._new_secret = new_secret
        self._on_due = on_due

    async def noticed(self, feed: Feed, fetched: Fetched, parsed: ParsedFeed, *, is_news: bool) -> None:
        """Implements `ports.Hubs`: begin a lease where a hub is named, doubt one that did not tell of news."""
        if fetched.pushed:
            return
        lease = await self._store.get(feed.feed_id)
        hubs, topic_url = _discovered(fetched, parsed)
        if begun := websub.found(lease, hubs, topic_url, fresh=self._fresh(feed.feed_id)):
            await self._store.begin(begun)
            log.info("feed %s: asking %s to push its news", feed.url, begun.hub_url)
            self._on_due()
        elif lease and is_news and feed.answered_at and websub.missed(lease):
            log.info("feed %s: %s did not push its news", feed.url, lease.hub_url)
            await self._store.change(lease.token, websub.missed)

    def _fresh(self, feed_id: int) -> Lease:
        token = self._new_secret()
        return Lease(
            feed_id=feed_id,
            hub_url="",
            topic_url="",
            token=token,
            callback=f"{self._public_url}/{token}",
            secret=self._new_secret(),
            due_at=self._clock.now(),
        )

    async def work(self, feed_id: int) -> None:
        """Ask the hub of one feed for what is due: a lease, its renewal, or its end."""
        lease = await self._store.get(feed_id)
        now = self._clock.now()
        if lease is None or lease.due_at is None or lease.due_at > now:
            return
        if not (await self._feeds.get(feed_id)).subscriptions:
            lease = await self._store.change(lease.token, partial(websub.ended, now=now)) or lease
        # What a lease that ran out was to bring, a poll must bring now.
        poll_by = now if lease.lease_until and lease.lease_until <= now else None
        lease = await self._store.change(lease.token, partial(websub.asking, now=now), poll_by)
        if lease is not None:
            await self._ask(lease)

    async def _ask(self, lease: Lease) -> None:
        form = {
            "hub.mode": lease.mode,
            "hub.topic": lease.topic_url,
            "hub.callback": lease.callback,
            "hub.secret": lease.secret,
            "hub.lease_seconds": str(int(websub.ASKED_FOR.total_seconds())),
        }
        try:
            await self._hub.post(lease.hub_url, form)
        except FetchError as error:
            if lease.problem is None:
                log.warning("hub of %s: %s; polling goes on", lease.topic_url, error)
            await self._store.change(lease.token, partial(websub.failed, problem=str(error)))

    async def answer(self, token: str, question: Mapping[str, str]) -> str | None:
        """What to answer a hub that verifies or denies (WebSub, 5.2 and 5.3); None: we did not ask for this."""
        if not await self.expects(token):
            return None  # Strangers cost a look, and neither a change nor a round of work.
        mode, topic_url = question.get("hub.mode", ""), question.get("hub.topic", "")
        now = self._clock.now()
        if mode == "denied":
            reason = question.get("hub.reason", "") or "no reason given"
            lease = await self._store.change(
                token, partial(websub.denied, topic_url=topic_url, reason=reason, now=now), now
            )
            if lease is not None:
                log.warning(
                    "hub of %s: it pushes nothing to us: %r; polling goes on", topic_url, lease.problem
                )
            return None if lease is None else ""
        seconds = question.get("hub.lease_seconds", "")
        lease = await self._store.change(
            token,
            partial(
                websub.verified,
                mode=mode,
                topic_url=topic_url,
                seconds=int(seconds[:10]) if seconds.isascii() and seconds.isdigit() else None,
                now=now,
            ),
        )
        self._on_due()
        return None if lease is None else question.get("hub.challenge", "")

    async def expects(self, token: str) -> bool:
        """Whether deliveries come here at all."""
        return await self._store.by_token(token) is not None

    async def deliver(self, token: str, body: bytes, content_type: str, signature: str | None) -> None:
        """Take in a delivery, if it is the hub's (WebSub, 7 and 8). Never raises; duplicates do no harm."""
        try:
            await self._deliver(token, body, content_type, signature)
        except PublisherError as error:
            log.info("a delivery was not usable: %s; the feed is polled instead", error)
        except Exception:
            log.exception("a delivery: our own fault; the feed is polled instead")

    async def _deliver(self, token: str, body: bytes, content_type: str, signature: str | None) -> None:
        lease = await self._store.by_token(token)
        if lease is None or not await asyncio.to_thread(websub.is_signed, lease.secret, signature, body):
            log.info("a delivery without the right signature is ignored")
            return
        now = self._clock.now()
        if not (await self._feeds.get(lease.feed_id)).subscriptions:
            await self._store.change(token, partial(websub.ended, now=now))
            self._on_due()
            return
        taken = await self._store.change(token, partial(websub.delivered, now=now), now + SOON)
        if taken is not None and body.strip():  # One without a body says: ask.
            fetched = Fetched(
                url=lease.topic_url, status=200, body=body, content_type=content_type, pushed=True
            )
            await self._take(lease.feed_id, fetched)


def _discovered(fetched: Fetched, parsed: ParsedFeed) -> tuple[tuple[str, ...], str]:
    """The hubs and what they call the feed: headers go before the document (WebSub, 4)."""
    hubs = tuple(address for relation, address in fetched.links if relation == "hub")
    own = next((address for relation, address in fetched.links if relation == "self"), None)
    return hubs or parsed.hubs, own or parsed.self_link or fetched.url
