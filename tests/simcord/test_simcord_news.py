"""`/news` under SimCord, a simulator that is not ours. What is real and what is not: `simcord_desk`."""

import discord
import pytest
import simcord
from simcord_desk import FEED, SimcordDesk, told


@pytest.fixture
def olga(desk: SimcordDesk) -> simcord.MemberActor:
    """Manages the server."""
    role = desk.guild.create_role("Editors", permissions=discord.Permissions(manage_guild=True))
    return desk.guild.add_member(desk.env.create_user("Olga"), roles=[role])


def answer_of(result: simcord.InteractionResult) -> simcord.ResponseMessage:
    assert result.response is not None
    assert result.response.ephemeral
    return result.response


async def test_a_feed_is_added_listed_and_posted(desk: SimcordDesk, olga: simcord.MemberActor) -> None:
    desk.bot.fetcher.publish(FEED, "rain", "sun")
    shown = await olga.slash(desk.general, "news add", url=FEED, channel=desk.forum, post_last=1)
    assert "A thread of it, named **[News] rain**" in answer_of(shown).content
    added = await olga.click(answer_of(shown), label="Add")
    assert f"comes to <#{desk.forum.id}> from now on." in told(added)
    await desk.work()
    assert ["[News] rain"] == [desk.shown(thread).name for thread in desk.forum.threads]
    listed = await olga.slash(desk.general, "news list")
    [embed] = answer_of(listed).embeds
    assert "1 subscription" == embed.title
    assert "**The Gazette**" in (embed.description or "")


async def test_a_button_works_after_a_restart(desk: SimcordDesk, olga: simcord.MemberActor) -> None:
    desk.bot.fetcher.publish(FEED, "rain")
    shown = await olga.slash(desk.general, "news add", url=FEED)
    await desk.restart()
    assert "from now on" in told(await olga.click(answer_of(shown), label="Add"))


async def test_a_paused_feed_is_resumed(desk: SimcordDesk, olga: simcord.MemberActor) -> None:
    await desk.publish("rain")
    assert "is paused" in told(await olga.slash(desk.general, "news pause", feed=FEED))
    assert "again" in told(await olga.slash(desk.general, "news resume", feed=FEED))


async def test_a_test_is_posted_and_pings_nobody(desk: SimcordDesk, olga: simcord.MemberActor) -> None:
    [rain] = await desk.publish("rain")
    answer = await olga.slash(desk.general, "news test", feed=FEED)
    [trial] = [thread for thread in desk.forum.threads if thread.id != rain.id]
    assert f"The test stands here: <#{trial.id}>" == told(answer)
    assert ("[Test] [News] rain", set()) == (desk.shown(trial).name, desk.pinged(trial))


async def test_a_member_is_not_offered_the_command(desk: SimcordDesk) -> None:
    with pytest.raises(simcord.SetupError, match="default-member-permissions"):
        await desk.alex.slash(desk.general, "news list")
