"""A member follows a topic: Discord makes them a member of its thread and tells them of news in it."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.domain.wording import _
from bot.errors import GoneError, MissingAccessError, RefusedError, RejectedError, UnavailableError
from bot.ports import Forum, TopicName, TopicStore
from bot.services.looking import look, suggest
from bot.services.moderation import Ask


class Following:
    def __init__(self, topics: TopicStore, forum: Forum) -> None:
        self._topics = topics
        self._forum = forum

    async def follow(self, topic_id: int, user_id: int) -> int:
        """The id of the thread the person follows now. Raises RefusedError with the answer for them."""
        thread_id = await self._topics.thread_of(topic_id)
        if thread_id is None:
            raise RefusedError("I do not know this topic any more.")
        await self._join(thread_id, user_id)
        return thread_id

    async def follow_thread(self, ask: Ask) -> None:
        """As `follow`, for a thread that the person names. A closed one can be followed, too."""
        await look(self._forum, ask)
        await self._join(ask.thread_id, ask.caller.id)

    async def unfollow_thread(self, ask: Ask) -> None:
        """The person leaves the thread; one who was not in it has what they want. Raises RefusedError as `follow`."""
        await look(self._forum, ask)
        with _refusing(_("I may not take you out of this thread; choose *Leave Thread* in its menu.")):
            try:
                await self._forum.unfollow(ask.thread_id, ask.caller.id)
            except GoneError:
                return

    async def suggest(self, ask: Ask, text: str) -> list[TopicName]:
        """Topics for a completion: only those that the person can see."""
        return await suggest(self._topics, self._forum, ask, text)

    async def _join(self, thread_id: int, user_id: int) -> None:
        with _refusing(_("I may not add you to this thread; open it and choose *Follow* there.")):
            try:
                await self._forum.follow(thread_id, user_id)
            except GoneError as error:
                raise RefusedError("This topic's thread no longer exists.") from error


@contextmanager
def _refusing(may_not: str) -> Iterator[None]:
    """Say what Discord refused; `may_not`: for lack of a permission."""
    try:
        yield
    except MissingAccessError as error:
        raise RefusedError(may_not) from error
    except RejectedError as error:
        raise RefusedError("This thread is archived: Discord lets nobody join or leave it now.") from error
    except UnavailableError as error:
        raise RefusedError("Discord is not answering right now. Try again soon.") from error
