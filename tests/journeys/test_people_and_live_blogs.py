"""A live blog goes on, but a person has done something to its thread: the person wins. With `nightdesk run` itself."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from live_replay import our_page
from live_story import RECAP, Story, desk_for

BEGAN = datetime.now(UTC).replace(
    second=0, microsecond=0
)  # A page that is silent for long is seldom looked at.
WRITTEN = [BEGAN + timedelta(minutes=4 * number) for number in range(5)]
OVER = "This live blog is now closed."


def page(updates: int, *, title: str = "Harbour fire live", standfirst: str = "") -> bytes:
    texts = [f"Text {number}" for number in range(len(WRITTEN))]
    return our_page(WRITTEN[:updates], texts, title=title, standfirst=standfirst)


async def shown(story: Story, updates: int) -> None:
    await story.until(lambda: len(story.updates()) == updates)


async def test_a_name_that_a_moderator_gave_stays_when_the_page_changes_its_title(
    tmp_path: Path, story: Story
) -> None:
    maria = story.guild.add_moderator("Maria")
    story.show(page(1))
    async with desk_for(story, tmp_path) as desk:
        await shown(story, 1)
        await maria.edit_thread(story.thread, name="Fire: all about it")
        story.show(page(2, title="Harbour fire live: two hurt"))
        await shown(story, 2)
        await story.looked(2)
        assert 0 == await desk.stop()
    assert "Fire: all about it" == story.thread.name


async def test_a_title_that_the_page_changed_is_the_name_of_its_thread(tmp_path: Path, story: Story) -> None:
    story.show(page(1))
    async with desk_for(story, tmp_path):
        await shown(story, 1)
        story.show(page(2, title="Harbour fire live: two hurt"))
        await story.until(lambda: story.thread.name == "[News] Harbour fire live: two hurt")


async def test_a_thread_that_a_moderator_locked_gets_nothing_until_it_is_unlocked(
    tmp_path: Path, story: Story
) -> None:
    maria = story.guild.add_moderator("Maria")
    story.show(page(2))
    async with desk_for(story, tmp_path) as desk:
        await shown(story, 2)
        await maria.edit_thread(story.thread, locked=True)
        story.show(page(4))
        await story.looked(3)
        assert 2 == len(story.updates())
        assert story.thread.locked
        await desk.kill()
        await desk.start()
        await story.looked(3)
        assert 2 == len(story.updates())
        await maria.edit_thread(story.thread, locked=False)
        await shown(story, 4)
        assert 0 == await desk.stop()
    assert WRITTEN[:4] == story.written()


async def test_a_thread_that_a_moderator_locked_is_let_be_when_the_page_ends_and_stays_open_once_it_is_unlocked(
    tmp_path: Path, story: Story
) -> None:
    maria = story.guild.add_moderator("Maria")
    story.show(page(2))
    async with desk_for(story, tmp_path) as desk:
        await shown(story, 2)
        await maria.edit_thread(story.thread, locked=True)
        await story.looked()
        story.show(page(2, standfirst=OVER))
        await story.publisher.asked_for(len(story.publisher.asked) + 6)  # Longer than the grace.
        assert RECAP not in story.recap()
        assert [] == story.notices()
        await maria.edit_thread(story.thread, locked=False)
        await story.publisher.asked_for(len(story.publisher.asked) + 4)
        assert 0 == await desk.stop()
    assert not story.thread.locked
    assert [] == story.notices()


async def test_a_thread_that_a_moderator_opened_again_after_the_end_stays_open(
    tmp_path: Path, story: Story
) -> None:
    maria = story.guild.add_moderator("Maria")
    story.show(page(2, standfirst=""))
    async with desk_for(story, tmp_path) as desk:
        await shown(story, 2)
        story.show(page(3, standfirst=OVER))
        await story.until(story.notices)
        answer = await maria.slash("topic reopen", channel=story.thread)
        assert "open again" in answer.content, answer.content
        await desk.kill()
        await desk.start()
        await story.publisher.asked_for(len(story.publisher.asked) + 4)
        assert 0 == await desk.stop()
    assert not story.thread.locked
    assert WRITTEN[:3] == story.written()


async def test_a_thread_that_a_moderator_closed_by_command_gets_what_it_missed_when_it_is_opened(
    tmp_path: Path, story: Story
) -> None:
    maria = story.guild.add_moderator("Maria")
    story.show(page(1))
    async with desk_for(story, tmp_path) as desk:
        await shown(story, 1)
        await maria.slash("topic close", channel=story.thread, reason="tempers")
        story.show(page(3))
        await story.looked(3)
        assert 1 == len(story.updates())
        await maria.slash("topic reopen", channel=story.thread)
        await shown(story, 3)
        assert 0 == await desk.stop()
    assert WRITTEN[:3] == story.written()
    assert [] == story.notices()


async def test_a_thread_that_a_moderator_deleted_is_never_made_again(tmp_path: Path, story: Story) -> None:
    maria = story.guild.add_moderator("Maria")
    story.show(page(1))
    async with desk_for(story, tmp_path) as desk:
        await shown(story, 1)
        await maria.delete_thread(story.thread)
        story.show(page(3, title="Harbour fire live: two hurt"))
        await story.publisher.asked_for(len(story.publisher.asked) + 4)
        await desk.kill()
        await desk.start()
        await story.publisher.asked_for(len(story.publisher.asked) + 4)
        assert 0 == await desk.stop()
    assert [] == story.messages()
    assert [] == story.reader.threads(story.guild.guild)
