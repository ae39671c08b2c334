"""Corrections: whether an entry says something else than before, and what follows for its topic. Pure.

Never: an edit for what changes by itself (dates, counts, addresses of pictures with another query), a rename where a
person named the thread, an edit of what the publisher changed long ago or over and over. Rules: docs/decisions/0012.
"""

import hashlib
import html
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import re2

from bot.domain.entries import Entry
from bot.domain.identity import canonical_link
from bot.domain.messages import Embed, Message
from bot.domain.text import clean, without_surrogates
from bot.domain.topics import State, Story, TopicMessage
from bot.domain.wishes import Aspect, Wish, rename_allowed_at

DEBOUNCE = timedelta(seconds=150)
MOST_REVISIONS = 24
LONGEST_REVISED = timedelta(days=7)
_SHOWN_TEXT = 2_000  # Characters; the summary of a starter is shorter.
_READ = 5 * _SHOWN_TEXT  # Characters of HTML.
_TAG = re.compile(r"<[^<>]*>")

# What counts by itself: "118 points", "Comments: 40", "5 minutes ago". RE2 reads it twenty times faster than `re`.
_COUNTS = re2.compile(
    r"(?i)\b\d[\d.,]*\s*(?:comments?|points?|likes?|views?|shares?|replies|votes?)\b"
    r"|(?:comments?|points?|likes?|views?|shares?|replies|votes?)\s*:\s*\d[\d.,]*"
    r"|\b(?:\d+|an?|one)\s+(?:second|minute|hour|day)s?\s+ago\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An entry's topic as it stands, with its starter."""

    topic_id: int
    entry_id: int
    subscription_id: int
    starter: TopicMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a topic's thread and its starter should be from now on."""

    topic_id: int
    entry_id: int
    name: str
    wanted: Message
    at: datetime

    @property
    def due_at(self) -> datetime:
        """Not at once: publishers often save several times in a row."""
        return self.at + DEBOUNCE


@dataclass(frozen=True, slots=True)
class Corrected:
    """A topic's story with its starter, as they are to be; `given_name` is the name that we wished for last."""

    story: Story
    starter: TopicMessage
    given_name: str | None


def content_hash(entry: Entry) -> str:
    """The same for entries that say the same: title, text, link and picture; no dates, counts and authors.

    Cheap, for it is taken of every entry of every reading: `corrected` tells whether what it says reads otherwise.
    """
    text = without_surrogates(html.unescape(_TAG.sub(" ", entry.body[:_READ])[:_SHOWN_TEXT]))
    said = (
        clean(entry.title),
        _COUNTS.sub("", " ".join(text.split())),
        canonical_link(entry.link) if entry.link else "",
        _without_query(entry.image.url) if entry.image else "",
    )
    return hashlib.sha256("\n".join(said).encode(errors="replace")).hexdigest()[:32]


def is_revisable(first_seen_at: datetime, revisions: int, now: datetime) -> bool:
    return revisions < MOST_REVISIONS and now - first_seen_at <= LONGEST_REVISED


def corrected(before: Message, after: Message) -> Message | None:
    """The starter as it should be now, with its old picture where it has none any more. None: it reads the same."""
    after = replace(after, embeds=tuple(map(_with_picture, after.embeds, _padded(before, after))))
    return None if _as_read(after) == _as_read(before) else after


def correct(
    story: Story, starter: TopicMessage, correction: Correction, given_name: str | None
) -> Corrected | None:
    """None where nothing is to be done: the thread is gone, or it sleeps and its headline stands.

    Where the thread has, or is to have, another name than we gave it last, a person's, that one stays.
    """
    topic = story.topic
    wished = next((wish.value for wish in story.wishes if wish.aspect is Aspect.NAME), topic.name)
    renames = given_name == wished != correction.name
    if topic.state is State.GONE or (topic.archived and not renames):
        return None
    story = replace(story, topic=replace(topic, rearchive=topic.rearchive or topic.archived))
    return Corrected(
        _renamed(story, starter, correction) if renames else story,
        replace(starter, wanted=correction.wanted),
        correction.name if renames else given_name,
    )


def _renamed(story: Story, starter: TopicMessage, correction: Correction) -> Story:
    """At once where Discord was asked for nothing yet; else in time, as one of two renames in ten minutes."""
    if story.topic.thread_id is None and starter.message_id is None and starter.attempted_at is None:
        return replace(story, topic=replace(story.topic, name=correction.name))
    others = tuple(wish for wish in story.wishes if wish.aspect is not Aspect.NAME)
    due_at = max(correction.due_at, rename_allowed_at(story.topic.renamed, correction.at))
    return replace(story, wishes=(*others, Wish(aspect=Aspect.NAME, value=correction.name, due_at=due_at)))


def _padded(before: Message, after: Message) -> tuple[Embed, ...]:
    return (*before.embeds, *[Embed()] * len(after.embeds))


def _with_picture(after: Embed, before: Embed) -> Embed:
    return after if after.image_url else replace(after, image_url=before.image_url)


def _as_read(message: Message) -> Message:
    """Without what changes by itself."""
    return replace(
        message,
        embeds=tuple(
            replace(
                embed,
                timestamp=None,
                url=canonical_link(embed.url) if embed.url else None,
                image_url=_without_query(embed.image_url) if embed.image_url else None,
            )
            for embed in message.embeds
        ),
        buttons=tuple(
            replace(button, url=canonical_link(button.url)) if button.url else button
            for button in message.buttons
        ),
    )


def _without_query(url: str) -> str:
    return url.partition("#")[0].partition("?")[0]
