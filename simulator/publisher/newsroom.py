"""What the paper says at a given moment. Pure: time is passed in, and the same moment gives the same edition."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

EVERY = timedelta(seconds=20)
"""How often a new article appears, at speed 1."""

_ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class Article:
    """`published` and every other moment here counts from the opening of the paper; it may be negative."""

    slug: str
    path: str
    title: str
    sections: tuple[str, ...]
    body: str
    picture: str | None
    published: timedelta


@dataclass(frozen=True, slots=True)
class Update:
    id: str
    headline: str
    body: str
    published: timedelta
    modified: timedelta


@dataclass(frozen=True, slots=True)
class LivePage:
    """`ended` is None while the page goes on; `updates` has the newest first."""

    slug: str
    title: str
    standfirst: str
    picture: str
    began: timedelta
    modified: timedelta
    ended: timedelta | None
    updates: tuple[Update, ...]

    @property
    def path(self) -> str:
        return f"/live/{self.slug}"


@dataclass(frozen=True, slots=True)
class Edition:
    """`articles` has the newest first, the live page among them; `changed` is when any of it last changed."""

    articles: tuple[Article, ...]
    live: LivePage
    changed: timedelta


def newsroom(elapsed: timedelta, speed: float = 1.0) -> Edition:
    """The edition `elapsed` after the opening; at speed 2 everything comes twice as soon."""
    articles = tuple(article for article in _articles(speed) if article.published <= elapsed)
    live = _live(elapsed, speed)
    newest = max(article.published for article in articles)
    ordered = sorted((*articles, _as_article(live)), key=lambda article: article.published, reverse=True)
    return Edition(tuple(ordered), live, max(newest, live.modified))


def _articles(speed: float) -> tuple[Article, ...]:
    stories: list[dict[str, Any]] = _read("stories.toml")["story"]
    to_come = [story for story in stories if "earlier" not in story]
    moments = {story["slug"]: EVERY * (number + 1) / speed for number, story in enumerate(to_come)}
    return tuple(
        Article(
            slug=story["slug"],
            path=f"/article/{story['slug']}",
            title=story["title"],
            sections=tuple(story["sections"]),
            body=story["body"],
            picture=story.get("picture"),
            published=moments.get(story["slug"], timedelta(seconds=-story.get("earlier", 0))),
        )
        for story in stories
    )


def _live(elapsed: timedelta, speed: float) -> LivePage:
    story = _read("harbour_fire.toml")
    ends = _moment(story["ends"], speed)
    updates = [
        _update(each, elapsed, speed) for each in story["update"] if _moment(each["after"], speed) <= elapsed
    ]
    ended = ends if ends <= elapsed else None
    if ended is not None:
        updates.append(Update("u-last", "That is all", f"<p>{story['last_words']}</p>", ended, ended))
    return LivePage(
        slug=story["slug"],
        title=story["title"],
        standfirst=story["last_words"] if ended is not None else story["standfirst"],
        picture=story["picture"],
        began=_moment(story["begins"], speed),
        modified=max(update.modified for update in updates),
        ended=ended,
        updates=tuple(sorted(updates, key=lambda update: update.published, reverse=True)),
    )


def _as_article(live: LivePage) -> Article:
    """How the live page stands in the feeds."""
    return Article(
        slug=live.slug,
        path=live.path,
        title=live.title,
        sections=("Live", "Harbour"),
        body=f"<p>{live.standfirst}</p>",
        picture=live.picture,
        published=live.began,
    )


def _update(entry: dict[str, Any], elapsed: timedelta, speed: float) -> Update:
    published = _moment(entry["after"], speed)
    correction = entry.get("corrected")
    if correction is None or _moment(correction["after"], speed) > elapsed:
        return Update(entry["id"], entry["headline"], entry["body"], published, published)
    modified = _moment(correction["after"], speed)
    return Update(entry["id"], correction["headline"], correction["body"], published, modified)


def _moment(seconds: float, speed: float) -> timedelta:
    """What is to come is hurried by the speed; what was before the opening is not."""
    moment = timedelta(seconds=seconds)
    return moment / speed if moment > _ZERO else moment


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
