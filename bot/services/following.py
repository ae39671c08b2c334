"""A member follows a topic: Discord makes them a member of its thread and tells them of news in it."""

from bot.errors import GoneError, MissingAccessError, RefusedError, RejectedError, UnavailableError
from bot.ports import Forum, TopicStore


class Following:
    def __init__(self, topics: TopicStore, forum: Forum) -> None:
        self._topics = topics
        self._forum = forum

    async def follow(self, topic_id: int, user_id: int) -> int:
        """The id of the thread the person follows now. Raises RefusedError with the answer for them."""
        thread_id = await self._topics.thread_of(topic_id)
        if thread_id is None:
            raise RefusedError("I do not know this topic any more.")
        try:
            await self._forum.follow(thread_id, user_id)
        except GoneError as error:
            raise RefusedError("This topic's thread no longer exists.") from error
        except MissingAccessError as error:
            raise RefusedError(
                "I may not add you to this thread; open it and choose *Follow* there."
            ) from error
        except RejectedError as error:
            raise RefusedError("This thread is archived: Discord lets nobody join it now.") from error
        except UnavailableError as error:
            raise RefusedError("Discord is not answering right now. Try again soon.") from error
        return thread_id
