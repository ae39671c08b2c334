"""A publisher for benchmarks: any number of feeds, `/feed/<n>.xml`, with ETags, gzip and a delay like real ones.

    python benchmarks/publisher.py [--port 0] [--interval 300] [--changing 0.15] [--latency 0.1]

Feed n publishes an entry in some stretches of `--interval` seconds and none in the others, so that a reader who asks
once in each is told "not modified" (304) in all but `--changing` of the cases. Which stretches, and the moment in
each, follow from n alone: the publisher keeps no state, a run can be repeated, and `priming.py` knows what it serves.
Sizes are those of real feeds (../shared/corpus/feeds/real, where it is present; else quantiles of the same); the texts
are made up.

`/live/<n>` is a live blog with an update in each stretch, told by JSON-LD in a page of 250 kB, without an ETag.

Feeds publish nothing before `POST /start`. `POST /skip?seconds=N` lets time pass, `GET /counts` tells how often it
answered what. Prints its port when ready.
"""

import argparse
import asyncio
import gzip
import json
import random
import signal
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from xml.sax.saxutils import escape

from aiohttp import web

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "feeds" / "real"
# Bytes; every twentieth of 188 real feeds, in order of size.
USUAL_SIZES = (
    481, 2575, 4888, 5344, 6502, 7851, 9673, 15937, 20745, 26692, 30797,
    36640, 43108, 56963, 69249, 78461, 96327, 131317, 180242, 213441, 398000,
)  # fmt: skip
MOST_ENTRIES = 27
PAGE_SIZE = 250_000
MOST_UPDATES = 20
SMALLEST_ENTRY = 400
HEAD = 520  # Characters of an entry beside its text.
AUTHOR = "Alex Example"
HOUR = 3600
GOLDEN = 0.618034  # Multiples of it lie apart: blogs do not publish all at once.
WORDS = (
    "harbour", "council", "minister", "rain", "strike", "bridge", "evening", "police", "vote", "market", "river",
    "school", "summer", "train", "island", "report", "budget", "fire", "court", "captain", "flood", "border",
)  # fmt: skip


def sizes() -> Sequence[int]:
    """Bytes of real feeds."""
    if not CORPUS.is_dir():
        return USUAL_SIZES
    files = sorted(file for file in CORPUS.iterdir() if not file.name.endswith(".truth.json"))
    return tuple(file.stat().st_size for file in files)


def prose(letters: int) -> str:
    """HTML as feeds carry it, of about that length."""
    dice = random.Random(letters)  # noqa: S311 - the same text at every run.
    paragraphs: list[str] = []
    while sum(map(len, paragraphs)) < letters:
        words = dice.choices(WORDS, k=24)
        words[3] = f"<b>{words[3]}</b>"
        words[5] += "&rsquo;s"
        words[9] = f'<a href="https://gazette.example/{words[9]}?utm_source=rss">{words[9]} &amp; more</a>'
        words[15] = f"<em>{words[15]}</em>,<br/>"
        paragraphs.append(f"<p>{' '.join(words)}.</p>\n\n")
    return "".join(paragraphs)


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()


def feed_title(feed: int) -> str:
    return f"Gazette {feed}"


def feed_link(feed: int) -> str:
    return f"https://gazette.example/{feed}"


def phase(feed: int) -> float:
    """From 0 up to 1, evenly: where in an interval a feed's stretches begin."""
    return feed * GOLDEN % 1


def etag(feed: int, moments: Sequence[float]) -> str:
    return f'"{feed}-{len(moments)}"'


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as a publisher knows it; `text` is HTML. Its picture is at its link and `.jpg`."""

    guid: str
    title: str
    link: str
    published_at: int
    categories: tuple[str, ...]
    caption: str
    text: str


def _rss(item: Item, feed: int) -> str:
    published = format_datetime(datetime.fromtimestamp(item.published_at, UTC), usegmt=True)
    categories = "".join(f"<category>{category}</category>" for category in item.categories)
    # Publishers write HTML in feeds in one of these ways; the first is the usual one and costs a parser more.
    text = escape(item.text) if feed % 3 else f"<![CDATA[{item.text}]]>"
    return (
        f"<item><guid isPermaLink='false'>{item.guid}</guid><title>{item.title}</title>"
        f"<link>{item.link}</link><pubDate>{published}</pubDate><dc:creator>{AUTHOR}</dc:creator>{categories}"
        f"<media:content url='{item.link}.jpg' type='image/jpeg' width='960' height='540'>"
        f"<media:description>{item.caption}</media:description><media:credit>{AUTHOR}</media:credit></media:content>"
        f"<description>{text}</description></item>"
    )


@dataclass
class Publisher:
    """`changing`: the share of stretches of `interval` seconds in which a feed publishes an entry."""

    interval: float
    changing: float = 0.15
    latency: float = 0.1
    opened_at: float = field(default_factory=time.time)
    started_at: float = float("inf")
    skipped: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._sizes = sizes()
        self._prose = prose(2 * max(self._sizes))
        # Before it opened, every feed published this often.
        self._usual_gap = min(self.interval / max(self.changing, 0.01), 24 * HOUR)

    def now(self) -> float:
        return time.time() + self.skipped

    def moments(self, feed: int, now: float) -> list[float]:
        """When the feed published since the start, in order; its first stretch ends at `phase(feed)` behind that."""
        found: list[float] = []
        if now < self.started_at:
            return found
        begin = self.started_at + (phase(feed) - 1) * self.interval
        for stretch in range(int((now - begin) / self.interval) + 1):
            dice = random.Random(feed * 1_000_003 + stretch)  # noqa: S311 - no secret.
            if dice.random() < self.changing:
                found.append(begin + (stretch + dice.random()) * self.interval)
        return [moment for moment in found if moment <= now]

    def size(self, feed: int) -> int:
        # A stride that has no factor in common with any number of sizes near: neighbours differ.
        return self._sizes[feed * 7919 % len(self._sizes)]

    def page(self, blog: int, now: float) -> str:
        """HTML with a `LiveBlogPosting` (schema.org), the newest updates first."""
        newest = int((now - self.opened_at) / self.interval)
        while self._update_at(blog, newest) > now:
            newest -= 1
        updates = [self._update(blog, number) for number in range(newest, newest - MOST_UPDATES, -1)]
        posting = {
            "@context": "https://schema.org",
            "@type": "LiveBlogPosting",
            "headline": f"Live from district {blog}",
            "datePublished": _iso(self.opened_at - HOUR),
            "dateModified": updates[0]["datePublished"],
            "coverageStartTime": _iso(self.opened_at - HOUR),
            "liveBlogUpdate": updates,
        }
        head = f'<script type="application/ld+json">{json.dumps(posting)}</script>'
        text = self._prose[:PAGE_SIZE]
        return f"<!doctype html><html><head><title>Live</title>{head}</head><body>{text}</body></html>"

    def _update_at(self, blog: int, number: int) -> float:
        """Never at equal distances: whoever reads them would take such times for invented."""
        late = random.Random(blog * 1_000_003 + number).random()  # noqa: S311 - no secret.
        return self.opened_at + (number + (blog * GOLDEN + late / 2) % 1) * self.interval

    def _update(self, blog: int, number: int) -> dict[str, str]:
        begin = self._prose.find("<p>", number % 1000 * 300)
        return {
            "@type": "BlogPosting",
            "@id": f"update-{blog}-{number + 100_000}",
            "headline": f"Update {number} from district {blog}",
            "articleBody": self._prose[begin : begin + 600],
            "datePublished": _iso(self._update_at(blog, number)),
        }

    def items(self, feed: int, moments: Sequence[float]) -> list[Item]:
        """What the feed shows after it published at these moments, the newest first."""
        size = self.size(feed)
        count = max(1, min(size // SMALLEST_ENTRY, MOST_ENTRIES))
        newest_first = [
            *reversed(moments),
            *(self.opened_at - n * self._usual_gap for n in range(1, count + 1)),
        ]
        return [
            self._item(feed, len(moments) + count - place, moment, size // count)
            for place, moment in enumerate(newest_first[:count])
        ]

    def body(self, feed: int, moments: Sequence[float]) -> str:
        """RSS 2.0."""
        items = "".join(_rss(item, feed) for item in self.items(feed, moments))
        return (
            '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
            ' xmlns:media="http://search.yahoo.com/mrss/"><channel>'
            f"<title>{feed_title(feed)}</title><link>{feed_link(feed)}</link><language>en</language>"
            f"<description>News of district {feed}</description>{items}</channel></rss>"
        )

    def _item(self, feed: int, number: int, moment: float, room: int) -> Item:
        start = (feed * 131 + number * 17) % len(WORDS)
        words = " ".join(WORDS[(start + step * step) % len(WORDS)] for step in range(7)).capitalize()
        begin = self._prose.find("<p>", number * 97 % (len(self._prose) // 2))
        return Item(
            guid=f"gazette:{feed}:{number}",
            title=f"{words} {number}",
            link=f"{feed_link(feed)}/{number}",
            published_at=int(moment),
            categories=(f"District {feed % 50}", "News", WORDS[start]),
            caption=words,
            text=self._prose[begin : begin + max((room - HEAD) * 6 // 7, 40)],
        )

    async def answer(self, request: web.Request) -> web.Response:
        feed = int(request.match_info["feed"])
        await asyncio.sleep(self.latency)
        moments = self.moments(feed, self.now())
        headers = {"ETag": etag(feed, moments), "Server": "publisher"}
        if request.headers.get("If-None-Match") == headers["ETag"]:
            self.counts["304"] += 1
            return web.Response(status=304, headers=headers)
        self.counts["200"] += 1
        body = self.body(feed, moments).encode()
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, 1)
            headers["Content-Encoding"] = "gzip"
        return web.Response(body=body, headers=headers, content_type="application/rss+xml")

    async def answer_live(self, request: web.Request) -> web.Response:
        await asyncio.sleep(self.latency)
        self.counts["live"] += 1
        body = self.page(int(request.match_info["blog"]), self.now()).encode()
        headers = {"Content-Encoding": "gzip"}
        return web.Response(body=gzip.compress(body, 1), headers=headers, content_type="text/html")

    async def tell(self, _request: web.Request) -> web.Response:
        return web.json_response(dict(self.counts))

    async def start(self, _request: web.Request) -> web.Response:
        self.started_at = self.now()
        return web.Response()

    async def skip(self, request: web.Request) -> web.Response:
        self.skipped += float(request.query["seconds"])
        return web.Response()

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get(r"/feed/{feed:\d+}.xml", self.answer)
        app.router.add_get(r"/live/{blog:\d+}", self.answer_live)
        app.router.add_get("/counts", self.tell)
        app.router.add_post("/start", self.start)
        app.router.add_post("/skip", self.skip)
        return app


async def serve(publisher: Publisher, port: int) -> None:
    """Until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    runner = web.AppRunner(publisher.app(), access_log=None, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=4096).start()
    print(json.dumps({"port": runner.addresses[0][1], "opened_at": publisher.opened_at}), flush=True)
    await stop.wait()
    await runner.cleanup()


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--interval", type=float, default=300)
    parser.add_argument("--changing", type=float, default=0.15)
    parser.add_argument("--latency", type=float, default=0.1, help="seconds before each answer")
    given = parser.parse_args()
    publisher = Publisher(interval=given.interval, changing=given.changing, latency=given.latency)
    asyncio.run(serve(publisher, given.port))


if __name__ == "__main__":
    main()
