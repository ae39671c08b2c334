"""The card, the completion and the Follow button under SimCord, a simulator that is not ours."""

import simcord
from simcord_desk import FEED, SimcordDesk, card, told


async def test_the_card_tells_who_closed_it_when_and_why(
    desk: SimcordDesk, thread: simcord.ChannelHandle
) -> None:
    await desk.maria.slash(thread, "topic close", reason="solved *fast*")
    fields = card(await desk.maria.slash(thread, "topic info"))
    assert {
        "State": "Closed to further replies",
        "Closed by": desk.maria.mention,
        "Reason": "solved \\*fast\\*",
        "Case": "#1: done",
        "Origin": "Made by people, not from a feed",
    } == {name: value for name, value in fields.items() if name != "When"}
    assert f"<t:{int(desk.env.now().timestamp())}:F>" in fields["When"]


async def test_the_card_of_news_tells_where_it_came_from(desk: SimcordDesk) -> None:
    [thread] = await desk.publish("rain")
    fields = card(await desk.maria.slash(desk.general, "topic info", topic=str(thread.id)))
    assert ("Open", True) == (fields["State"], FEED in fields["Feed"])
    assert "[rain](https://gazette.example/rain)" == fields["Entry"]


async def test_the_card_tells_what_people_did_by_hand(
    desk: SimcordDesk, thread: simcord.ChannelHandle
) -> None:
    await desk.edit_thread(thread, locked=True, archived=True)
    fields = card(await desk.maria.slash(desk.general, "topic info", topic=str(thread.id)))
    assert "Closed to further replies (archived)" == fields["State"]


async def test_a_completion_marks_the_topics_that_are_closed(
    desk: SimcordDesk, thread: simcord.ChannelHandle
) -> None:
    await desk.maria.slash(thread, "topic close")
    choices = await desk.maria.autocomplete(desk.general, "topic info", "topic", "quest")
    assert [("🔒 A question", str(thread.id))] == [(c["name"], c["value"]) for c in choices]


async def test_a_member_follows_news(desk: SimcordDesk) -> None:
    [thread] = await desk.publish("rain")
    assert desk.alex.id not in desk.followers(thread)
    answer = await desk.alex.click(thread.history()[0], label="Follow")
    assert told(answer).startswith(f"You follow <#{thread.id}> now")
    assert desk.alex.id in desk.followers(thread)


async def test_the_follow_button_works_after_a_restart(desk: SimcordDesk) -> None:
    [thread] = await desk.publish("rain")
    await desk.restart()
    await desk.alex.click(thread.history()[0], label="Follow")
    assert desk.alex.id in desk.followers(thread)


async def test_a_bot_that_may_not_add_a_member_says_what_to_do_instead(desk: SimcordDesk) -> None:
    [thread] = await desk.publish("rain")
    await desk.deny(desk.forum, desk.bot_id, send_messages_in_threads=True)
    answer = await desk.alex.click(thread.history()[0], label="Follow")
    assert "I may not add you to this thread; open it and choose *Follow* there." == told(answer)
    assert desk.alex.id not in desk.followers(thread)
