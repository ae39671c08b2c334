from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fake_forum import GUILD, FakeThread, Person
from newsroom import Newsroom, newsroom

from bot.domain.moderating import CLOSED_NOTICE, OPEN_NOTICE
from bot.errors import RefusedError, UnavailableError
from bot.ports import PostSighting
from bot.services.moderation import Ask
from bot.services.recommending import Change, Listed, Recommending
from bot.texts import Texts

HEADING = "**Recommended posts**"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path / "desk.db") as desk:
        yield desk


@pytest.fixture
def thread(desk: Newsroom) -> FakeThread:
    return desk.forum.add_thread("Why is the sky blue?")


def service(desk: Newsroom) -> Recommending:
    return Recommending(desk.moderation, desk.store.topics, desk.forum, desk.clock, texts=Texts.load())


def ask(thread: FakeThread) -> Ask:
    return Ask(guild_id=GUILD, thread_id=thread.thread_id, caller=Person())


async def recommend(desk: Newsroom, thread: FakeThread, message_id: int) -> Listed:
    return await service(desk).recommend(ask(thread), message_id)


def lists(desk: Newsroom, thread: FakeThread) -> list[str]:
    """What each list in the thread shows, oldest first."""
    messages = desk.forum.messages.get(thread.thread_id, [])
    return [m.message.embeds[0].description for m in messages if m.message.content == HEADING]


async def test_one_message_lists_all_recommended_posts(desk: Newsroom, thread: FakeThread) -> None:
    first = desk.forum.add_post(thread.thread_id, "Rayleigh scattering", "Alex")
    second = desk.forum.add_post(thread.thread_id, "It reflects the sea", "Kim")
    await recommend(desk, thread, first)
    await recommend(desk, thread, second)
    url = f"https://discord.com/channels/{GUILD}/{thread.thread_id}"
    assert [
        f"1. [Alex]({url}/{first}): Rayleigh scattering\n2. [Kim]({url}/{second}): It reflects the sea"
    ] == lists(desk, thread)


async def test_recommending_again_takes_a_post_off(desk: Newsroom, thread: FakeThread) -> None:
    post = desk.forum.add_post(thread.thread_id, "Rayleigh scattering")
    changes = [(await recommend(desk, thread, post)).change for _ in range(2)]
    assert [Change.ADDED, Change.REMOVED] == changes
    assert ["—"] == lists(desk, thread)


async def test_a_list_that_was_deleted_is_sent_anew_at_the_next_recommendation_only(
    desk: Newsroom, thread: FakeThread
) -> None:
    posts = [desk.forum.add_post(thread.thread_id, text) for text in ("a", "b", "c")]
    await recommend(desk, thread, posts[0])
    await recommend(desk, thread, posts[1])
    [listed] = [m for m in desk.forum.messages[thread.thread_id] if m.message.content == HEADING]
    desk.forum.delete_post(thread.thread_id, listed.message_id)
    await recommend(desk, thread, posts[1])
    await desk.publish_until_settled()
    assert [] == lists(desk, thread)
    await recommend(desk, thread, posts[2])
    assert 2 == len(lists(desk, thread)[0].splitlines())


async def test_a_deleted_list_costs_no_other_message_its_edit(desk: Newsroom, thread: FakeThread) -> None:
    post = desk.forum.add_post(thread.thread_id, "a")
    await recommend(desk, thread, post)
    await desk.moderation.close(ask(thread), "")
    [listed] = [m for m in desk.forum.messages[thread.thread_id] if m.message.content == HEADING]
    desk.forum.delete_post(thread.thread_id, listed.message_id)
    desk.forum.fail_next(UnavailableError("busy"))
    await recommend(desk, thread, post)
    desk.forum.fail_next(UnavailableError("busy"))
    await desk.moderation.reopen(ask(thread), "")
    await desk.publish_until_settled()
    shown = desk.forum.shown_in(thread.thread_id)
    assert (True, False) == (OPEN_NOTICE in shown, CLOSED_NOTICE in shown)


async def test_a_post_that_was_deleted_leaves_the_list_at_the_next_recommendation(
    desk: Newsroom, thread: FakeThread
) -> None:
    posts = [desk.forum.add_post(thread.thread_id, text) for text in ("a", "b")]
    await recommend(desk, thread, posts[0])
    desk.forum.delete_post(thread.thread_id, posts[0])
    await recommend(desk, thread, posts[1])
    [listed] = lists(desk, thread)
    assert (1, True) == (len(listed.splitlines()), listed.endswith(f"/{posts[1]}): b"))


async def test_a_deleted_post_is_noticed_when_it_is_named(desk: Newsroom, thread: FakeThread) -> None:
    post = desk.forum.add_post(thread.thread_id, "a")
    await recommend(desk, thread, post)
    desk.forum.delete_post(thread.thread_id, post)
    assert Change.REMOVED is (await recommend(desk, thread, post)).change


async def test_a_post_of_another_topic_is_refused(desk: Newsroom, thread: FakeThread) -> None:
    other = desk.forum.add_thread("Why is the sea blue?")
    post = desk.forum.add_post(other.thread_id, "a")
    with pytest.raises(RefusedError, match="no such message"):
        await recommend(desk, thread, post)


async def test_the_list_itself_cannot_be_recommended(desk: Newsroom, thread: FakeThread) -> None:
    await recommend(desk, thread, desk.forum.add_post(thread.thread_id, "a"))
    [listed] = [m for m in desk.forum.messages[thread.thread_id] if m.message.content == HEADING]
    with pytest.raises(RefusedError, match="the list itself"):
        await recommend(desk, thread, listed.message_id)


async def test_the_first_post_needs_no_recommendation(desk: Newsroom, thread: FakeThread) -> None:
    given = PostSighting(message_id=thread.thread_id, author_id=8, author_name="Alex", content="Why?")
    with pytest.raises(RefusedError, match="begins with that post"):
        await service(desk).recommend(ask(thread), thread.thread_id, given)


async def test_an_archived_closed_topic_gets_its_list_and_sleeps_again(
    desk: Newsroom, thread: FakeThread
) -> None:
    post = desk.forum.add_post(thread.thread_id, "a")
    desk.forum.threads[thread.thread_id].locked = True
    desk.forum.threads[thread.thread_id].archived = True
    await recommend(desk, thread, post)
    now = desk.forum.threads[thread.thread_id]
    assert (1, True, True) == (len(lists(desk, thread)), now.locked, now.archived)


async def test_what_is_kept_of_a_persons_posts_goes_when_they_ask_for_it(
    desk: Newsroom, thread: FakeThread
) -> None:
    await recommend(desk, thread, desk.forum.add_post(thread.thread_id, "Rayleigh"))
    kept = (await desk.store.privacy.about(8))["posts_recommended"]
    assert ["Rayleigh"] == [each["excerpt"] for each in kept]
    await desk.store.privacy.forget(8)
    assert [] == await desk.store.database.read.all("SELECT * FROM recommendations")


async def test_a_list_whose_answer_is_lost_is_sent_once(desk: Newsroom, thread: FakeThread) -> None:
    post = desk.forum.add_post(thread.thread_id, "a")
    desk.forum.lose_answer_of("send")
    assert (await recommend(desk, thread, post)).problem
    await desk.publish_until_settled()
    assert 1 == len(lists(desk, thread))


async def test_who_may_not_manage_threads_may_not_recommend(desk: Newsroom, thread: FakeThread) -> None:
    post = desk.forum.add_post(thread.thread_id, "a")
    desk.forum.caller_missing = ("Manage Threads",)
    with pytest.raises(RefusedError, match="You need"):
        await recommend(desk, thread, post)
    assert [] == lists(desk, thread)
