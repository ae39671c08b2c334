"""What the staff channel is told of a guild's news."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from fake_forum import FORUM, GUILD, TEXT
from newsroom import Newsroom, newsroom

from bot.domain.alerts import Alert
from bot.domain.wording import Phrase
from bot.errors import ForumError, MissingAccessError, UnavailableError
from bot.services.alerting import LONG_WAIT, LONGEST_WAIT, SETTLING, SHORT_WAIT, Alerting
from bot.store.alerts import put_alerts
from bot.texts import Texts


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path / "desk.db") as desk:
        await desk.policies.set(GUILD, 0, {"staff_channel_id": str(TEXT)}, 7)
        async with desk.store.database.write() as tx:
            alert = Alert(
                alert_id=1, channel_id=FORUM, text=Phrase("{feed} broke.", feed="*Gazette* @everyone")
            )
            await put_alerts(tx, [alert], desk.clock.now())
        yield desk


async def tell(desk: Newsroom, after: timedelta = timedelta()) -> list[str]:
    """What the staff has been told once everything that is due then was worked on."""
    desk.clock.pass_time(after)
    alerting = Alerting(desk.store.alerts, desk.policies, desk.forum, desk.clock, texts=Texts.load())
    for alert_id in await desk.store.alerts.due(desk.clock.now(), 9):
        await alerting.tell(alert_id)
    return desk.forum.shown_in(TEXT)


async def test_it_is_told_once_as_plain_text(desk: Newsroom) -> None:
    assert ["\\*Gazette\\* @\u200beveryone broke."] == await tell(desk)
    assert 1 == len(await tell(desk, after=LONG_WAIT))


async def test_a_lost_answer_does_not_tell_it_twice(desk: Newsroom) -> None:
    desk.forum.lose_answer_of("send")
    await tell(desk)
    assert 1 == len(await tell(desk, after=timedelta(minutes=10)))
    assert [] == await desk.store.alerts.due(desk.clock.now(), 9)


async def test_a_lost_request_is_repeated(desk: Newsroom) -> None:
    desk.forum.lose_answer_of("send")
    await tell(desk)
    desk.forum.messages[TEXT].clear()
    await tell(desk, after=SETTLING)
    assert 1 == len(await tell(desk))


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (UnavailableError("503"), SHORT_WAIT),
        (MissingAccessError("no", missing=("Send Messages",)), LONG_WAIT),
    ],
)
async def test_what_cannot_be_told_now_is_told_later(
    desk: Newsroom, error: ForumError, wait: timedelta
) -> None:
    desk.forum.fail_next(error)
    assert [] == await tell(desk)
    assert 1 == len(await tell(desk, after=wait))


async def test_what_cannot_be_told_for_days_is_given_up(desk: Newsroom) -> None:
    desk.forum.fail_next(UnavailableError("503"), times=9)
    await tell(desk)
    await tell(desk, after=LONGEST_WAIT + SHORT_WAIT)
    assert [] == await desk.store.alerts.due(desk.clock.now() + LONGEST_WAIT, 9)


async def test_a_guild_without_a_staff_channel_is_not_told(desk: Newsroom) -> None:
    await desk.policies.reset(GUILD, 0)
    assert [] == await tell(desk)
    assert [] == await desk.store.alerts.due(desk.clock.now() + LONGEST_WAIT, 9)
