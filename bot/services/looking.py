"""What a member may be told of a thread: nothing of one they cannot see."""

from bot.domain.topics import Sighting
from bot.errors import GoneError, MissingAccessError, RefusedError, UnavailableError
from bot.ports import Forum, TopicName, TopicStore
from bot.services.moderation import CHOICES, Ask

_LOOKED_THROUGH = 200  # Of these, the person may see only some.


async def look(forum: Forum, ask: Ask) -> Sighting:
    """The thread as Discord shows it. Raises RefusedError: of a hidden thread the same as of none."""
    try:
        seen = await forum.sight(ask.thread_id)
        if seen.guild_id == ask.guild_id and await forum.sees(seen, ask.caller):
            return seen
    except (GoneError, MissingAccessError) as error:
        raise _unknown() from error
    except UnavailableError as error:
        raise RefusedError("Discord is not answering right now. Try again soon.") from error
    raise _unknown()


async def suggest(topics: TopicStore, forum: Forum, ask: Ask, text: str) -> list[TopicName]:
    """Active topics of the guild that the person can see, newest first, for a completion."""
    found = await topics.find(ask.guild_id, text, _LOOKED_THROUGH)
    visible = set(await forum.visible([each.thread_id for each in found], ask.caller))
    return [each for each in found if each.thread_id in visible][:CHOICES]


def _unknown() -> RefusedError:
    return RefusedError("I know no such topic. Choose one from the list, or give a thread's link or id.")
