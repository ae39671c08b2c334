"""Rows of live blogs, their topics and updates: to values and back, inside somebody's transaction."""

import json
from collections.abc import Mapping
from datetime import datetime

from bot.domain.cases import Case
from bot.domain.entries import Entry, Image
from bot.domain.fetching import Validators
from bot.domain.identity import canonical_link
from bot.domain.live_blogs import LiveBlog, LiveState, LiveTopic
from bot.domain.live_messages import ShownUpdate
from bot.domain.live_signs import Sign, Signs
from bot.domain.live_updates import MISSING_FOR, Known
from bot.domain.messages import from_json, to_json
from bot.domain.templates import Templates
from bot.domain.topics import State
from bot.store.database import Row, Transaction
from bot.store.moments import from_ms, to_ms


async def want_look(tx: Transaction, live_blog_id: int, url: str, topic_id: int, at: datetime) -> None:
    """A topic's page may be a live blog: to be looked at once, unless that was done before.

    One that was left because nobody wanted it any more is looked at anew.
    """
    await tx.execute(
        """
        INSERT INTO live_blogs (live_blog_id, link, url, state, next_poll_at, created_at)
        VALUES (:id, :link, :url, 'candidate', :at, :at)
        ON CONFLICT (link) DO UPDATE SET state = excluded.state, next_poll_at = excluded.next_poll_at,
            body_hash = NULL, etag = NULL, last_modified = NULL
        WHERE live_blogs.state = 'done' AND live_blogs.ended_at IS NULL
        """,
        {"id": live_blog_id, "link": canonical_link(url), "url": url, "at": to_ms(at)},
    )
    await tx.execute(
        """
        INSERT INTO live_topics (topic_id, live_blog_id)
        SELECT topics.topic_id, live_blogs.live_blog_id
        FROM topics JOIN live_blogs ON live_blogs.link = :link
        WHERE topics.topic_id = :topic_id AND live_blogs.state NOT IN ('done', 'none')
        ON CONFLICT (topic_id) DO NOTHING
        """,
        {"link": canonical_link(url), "topic_id": topic_id},
    )


async def note_live_case(tx: Transaction, case: Case) -> None:
    """Remember that it was we who closed the topic with its live blog, or that this is over."""
    await tx.execute(
        "UPDATE live_topics SET closed_case = :case_id WHERE topic_id = :topic_id",
        {"topic_id": case.topic_id, "case_id": case.case_id if case.after is State.CLOSED else None},
    )


def blog_from(row: Row) -> LiveBlog:
    return LiveBlog(
        live_blog_id=row["live_blog_id"],
        url=row["url"],
        state=LiveState(row["state"]),
        title=row["title"],
        validators=Validators(etag=row["etag"], last_modified=row["last_modified"]),
        body_hash=row["body_hash"],
        failures=row["failures"],
        problem=row["problem"],
        active_at=from_ms(row["active_at"]),
        signs=_signs_from(row["signs"]),
        ended_at=from_ms(row["ended_at"]),
        ended_by=row["ended_by"],
        successor_url=row["successor_url"],
        has_older=bool(row["has_older"]),
        revision=row["revision"],
    )


def blog_values(blog: LiveBlog) -> dict[str, object]:
    return {
        "live_blog_id": blog.live_blog_id,
        "url": blog.url,
        "state": blog.state,
        "title": blog.title,
        "etag": blog.validators.etag,
        "last_modified": blog.validators.last_modified,
        "body_hash": blog.body_hash,
        "failures": blog.failures,
        "problem": blog.problem,
        "active_at": to_ms(blog.active_at),
        "signs": _signs_to(blog.signs),
        "ended_at": to_ms(blog.ended_at),
        "ended_by": blog.ended_by,
        "successor_url": blog.successor_url,
        "has_older": int(blog.has_older),
        "revision": blog.revision,
    }


def topic_from(row: Row, *, closed_by_us: bool) -> LiveTopic:
    """A row of live_topics, joined with its topic's name by us (`given_name`) and its publisher's (`called`),

    and with the templates that hold for it now.
    """
    return LiveTopic(
        topic_id=row["topic_id"],
        live_blog_id=row["live_blog_id"],
        templates=Templates(name=row["name_template"], update=row["wording"]),
        publisher=row["called"],
        revision=row["revision"],
        shown_to=row["shown_to"],
        title=row["title"],
        recapped_to=row["recapped_to"],
        usual_starter=from_json(row["usual_starter"]) if row["usual_starter"] else None,
        recap_hash=row["recap_hash"],
        ended_for=from_ms(row["ended_for"]),
        closed_case=row["closed_case"],
        closed_by_us=closed_by_us,
        given_name=row["given_name"],
    )


def topic_values(live: LiveTopic) -> dict[str, object]:
    return {
        "topic_id": live.topic_id,
        "revision": live.revision,
        "shown_to": live.shown_to,
        "title": live.title,
        "recapped_to": live.recapped_to,
        "usual_starter": to_json(live.usual_starter) if live.usual_starter else None,
        "recap_hash": live.recap_hash,
        "ended_for": to_ms(live.ended_for),
    }


def known_from(row: Row) -> Known:
    published_at = from_ms(row["published_at"])
    return Known(
        update_id=row["update_id"],
        key=row["update_key"],
        content_hash=row["content_hash"],
        at=published_at or from_ms(row["first_seen_at"]),
        published_at=published_at,
        prefix=row["prefix"],
        missing=row["missing"],
        revisions=row["revisions"],
    )


def shown_from(row: Row) -> ShownUpdate:
    """A row of updates, joined with its message in a topic if it has one."""
    columns = row.keys()
    return ShownUpdate(
        update_id=row["update_id"],
        entry=entry_from(row["content"]),
        at=from_ms(row["published_at"]) or from_ms(row["first_seen_at"]),
        revision=row["revisions"],
        withdrawn=row["missing"] >= MISSING_FOR,
        record_id=row["record_id"] if "record_id" in columns else None,
        message_id=row["message_id"] if "message_id" in columns else None,
    )


def entry_from(text: str) -> Entry:
    fields = json.loads(text)
    image = fields.pop("image", None)
    return Entry(
        image=Image(**image) if image else None,
        authors=tuple(fields.pop("authors", ())),
        published_at=from_ms(fields.pop("published_at", None)),
        **fields,
    )


def entry_to(entry: Entry) -> str:
    fields: dict[str, object] = {
        "guid": entry.guid,
        "link": entry.link,
        "title": entry.title,
        "body": entry.body,
        "image": {"url": entry.image.url, "caption": entry.image.caption} if entry.image else None,
        "authors": list(entry.authors),
        "published_at": to_ms(entry.published_at),
    }
    return json.dumps({name: value for name, value in fields.items() if value not in (None, "", [])})


def _signs_from(text: str) -> Signs:
    fields = json.loads(text)
    since: Mapping[str, int] = fields.pop("since", {})
    return Signs(since={Sign(sign): from_ms(ms) for sign, ms in since.items()}, **fields)


def _signs_to(signs: Signs) -> str:
    fields = {
        "since": {str(sign): to_ms(at) for sign, at in signs.since.items()},
        "was_live": signs.was_live,
        "lacked_end": signs.lacked_end,
        "past_end": signs.past_end,
        "end_disproved": signs.end_disproved,
        "repeats": signs.repeats,
    }
    return json.dumps({name: value for name, value in fields.items() if value}, sort_keys=True)
