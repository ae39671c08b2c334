"""An entry -> what its thread and its live updates show, by a guild's templates or in the usual look. Pure.

Never: a thread without its *Follow* button and its link to the article; a failure because of a template.
"""

from bot.domain.entries import Entry
from bot.domain.messages import Embed, Message
from bot.domain.rendering import headline, starter, thread_name, update as usual_update
from bot.domain.templates import Templates
from bot.domain.topics import follow_id


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

    The publisher is the feed's name in its subscription. The Follow button names `topic_id`.
    """
    message = starter(
        entry,
        publisher=publisher,
        publisher_link=publisher_link,
        follow_id=follow_id(topic_id),
        mention_role_id=mention_role_id,
    )
    return thread_name(headline(entry)), message


def update_embed(update: Entry, templates: Templates, *, publisher: str = "") -> Embed:
    """A live blog's update with its own time, headline, text, picture and author, at most 6000 units in all."""
    return usual_update(update, publisher=publisher)
