"""The one message of a topic that lists its recommended posts. Pure decisions; never more posts than Discord can show.

The list is kept whole in the story; the message follows from it, and is edited in place.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from bot.domain.marking import escape
from bot.domain.messages import Embed, Message
from bot.domain.moderating import Order, Ruling, fold
from bot.domain.recommendations import MOST, Recommendation
from bot.domain.text import cut, units
from bot.domain.topics import MessageKind, Story, TopicMessage
from bot.domain.wording import _
from bot.errors import RefusedError

HEADING = _("Recommended posts")
NONE_LEFT = "—"
_DESCRIPTION = 4096  # Discord, "Embed Limits", in characters
_LONGEST_LINE = 320
_AUTHOR = 32
_SHORTEST_EXCERPT = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A post to put on the list, or off it where it is there.

    `exists` is False for a post that was deleted; `deleted` are those of `posts_of` that were.
    """

    post: Recommendation
    exists: bool = True
    deleted: Collection[int] = ()


def toggle(story: Story, order: Order, proposal: Proposal, heading: str) -> Ruling:
    """The post on the list, newest last, or off it. Raises RefusedError for what cannot be recommended.

    `heading` is in the language of the guild.
    """
    folded = fold(story, order.seen, order.notices.overruled)
    standing = digest(folded)
    listed = _without(folded.recommendations, {proposal.post.message_id, *proposal.deleted})
    if not any(each.message_id == proposal.post.message_id for each in folded.recommendations):
        _require_recommendable(folded, proposal)
        listed = (*listed, proposal.post)[-MOST:]
        # A list that somebody deleted is sent anew only where there is something new to say.
        standing = standing if standing and standing.message_id not in proposal.deleted else None
    asleep = folded.topic.rearchive or order.seen.archived
    folded = replace(folded, topic=replace(folded.topic, rearchive=asleep))
    content = f"**{escape(heading)}**"
    return Ruling(story=_listing(folded, listed, content, standing, order.record_id))


def posts_of(story: Story) -> list[int]:
    """The messages of the list: its posts and itself, as far as it was sent."""
    standing = digest(story)
    own = [standing.message_id] if standing and standing.message_id else []
    return [*(each.message_id for each in story.recommendations), *own]


def digest(story: Story) -> TopicMessage | None:
    """The latest list of the topic."""
    return next((m for m in reversed(story.messages) if m.kind is MessageKind.DIGEST), None)


def post_link(guild_id: int, thread_id: int, message_id: int) -> str:
    return f"https://discord.com/channels/{guild_id}/{thread_id}/{message_id}"


def _without(listed: Sequence[Recommendation], message_ids: Collection[int]) -> tuple[Recommendation, ...]:
    return tuple(each for each in listed if each.message_id not in message_ids)


def _require_recommendable(story: Story, proposal: Proposal) -> None:
    message_id = proposal.post.message_id
    if not proposal.exists:
        raise RefusedError("There is no such message in this topic.")
    if message_id == story.topic.thread_id:
        raise RefusedError("The topic begins with that post; recommend one of the replies.")
    standing = digest(story)
    if standing is not None and standing.message_id == message_id:
        raise RefusedError("That message is the list itself; recommend one of the replies.")


def _listing(
    story: Story,
    listed: tuple[Recommendation, ...],
    content: str,
    standing: TopicMessage | None,
    record_id: int,
) -> Story:
    """The story with that list. `standing` is edited; None: a new message, `record_id`, takes over.

    An empty list is not sent; one that stands already says that nothing is left.
    """
    wanted = Message(content=content, embeds=(Embed(description=_lines(story, listed)),))
    before = story.messages
    if standing is None:
        standing = TopicMessage(
            record_id=record_id, topic_id=story.topic.topic_id, kind=MessageKind.DIGEST, wanted=wanted
        )
        before = (*before, standing)
    after = replace(standing, wanted=wanted, withdrawn=not listed)
    messages = tuple(after if each is standing else each for each in before)
    return replace(story, messages=messages, recommendations=listed)


def _lines(story: Story, listed: Sequence[Recommendation]) -> str:
    if not listed:
        return NONE_LEFT
    room = min(_LONGEST_LINE, _DESCRIPTION // len(listed) - 1)
    guild_id, thread_id = story.topic.guild_id or 0, story.topic.thread_id or 0
    return "\n".join(
        _line(f"{number}.", each, post_link(guild_id, thread_id, each.message_id), room)
        for number, each in enumerate(listed, 1)
    )


def _line(number: str, post: Recommendation, link: str, room: int) -> str:
    """At most `room` units. The name is the link: Discord shows no link whose text holds an address."""
    name = _escaped(post.author_name.replace("://", " "), _AUTHOR) or "?"
    line = f"{number} [{name}]({link})"
    left = room - units(line) - 2
    return f"{line}: {_escaped(post.excerpt, left)}" if post.excerpt and left >= _SHORTEST_EXCERPT else line


def _escaped(text: str, limit: int) -> str:
    """The text cut so that it fits as escaped Markdown."""
    size = limit
    while units(told := escape(cut(text, size))) > limit:
        size -= max(1, (units(told) - limit) // 2)
    return told
