"""An entry -> what its thread and its live updates show, by a guild's templates or in the usual look. Pure.

Never: a thread without its *Follow* button and its link to the article; a failure because of a template.
"""

import logging
from functools import lru_cache

from bot.domain import rendering
from bot.domain.entries import Entry
from bot.domain.messages import Embed, Message
from bot.domain.template_language import TemplateFaultError
from bot.domain.templates import Templates, render_name, render_text
from bot.domain.text import is_blank
from bot.domain.topics import follow_id

log = logging.getLogger(__name__)


def present(
    entry: Entry,
    templates: Templates,
    *,
    publisher: str,
    publisher_link: str | None,
    topic_id: int,
    mention_role_id: int | None = None,
) -> tuple[str, Message]:
    """The thread's name and its starter, both within Discord's limits.

    `publisher` is the feed's name in its subscription. The Follow button names `topic_id`. Templates replace the name
    behind its prefix, and the text below the headline.
    """
    message = rendering.starter(
        entry,
        publisher=publisher,
        publisher_link=publisher_link,
        follow_id=follow_id(topic_id),
        mention_role_id=mention_role_id,
        text=_text(templates.starter, entry, rendering.headline(entry), publisher, rendering.SUMMARY),
    )
    return name_of(entry, templates, publisher), message


def name_of(entry: Entry, templates: Templates, publisher: str) -> str:
    """The name of the entry's thread."""
    return rendering.thread_name(_name(templates.name, entry, publisher))


def update_embed(update: Entry, templates: Templates, *, publisher: str = "") -> Embed:
    """A live blog's update with its own time, headline, text, picture and author, at most 6000 units in all.

    Where its template shows nothing, it has its usual text.
    """
    text = _text(templates.update, update, update.title, publisher, rendering.UPDATE)
    return rendering.update(update, publisher=publisher, text=text or None)


def _name(source: str, entry: Entry, publisher: str) -> str:
    usual = rendering.headline(entry)
    if not source:
        return usual
    try:
        name = render_name(source, entry, title=usual, publisher=publisher, summary=rendering.NAME_LIMIT)
    except TemplateFaultError as error:
        _tell_once(source, str(error))
        return usual
    return usual if is_blank(name) else name


def _text(source: str, entry: Entry, title: str, publisher: str, summary: int) -> str | None:
    """What the template shows, or None where there is none or it cannot be used any more."""
    if not source:
        return None
    limit = rendering.DESCRIPTION_LIMIT
    try:
        return render_text(source, entry, title=title, publisher=publisher, summary=summary, limit=limit)
    except TemplateFaultError as error:
        _tell_once(source, str(error))
        return None


@lru_cache(maxsize=256)
def _tell_once(source: str, fault: str) -> None:
    """A template was checked when it was set; an upgrade may refuse what an older version took."""
    log.warning("a template cannot be used, so the usual look is: %s; the template is %r", fault, source)
