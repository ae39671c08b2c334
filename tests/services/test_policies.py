"""Policies over the real store: what is set holds at once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fake_clock import CountingIds, FakeClock

from bot.domain.policies import Policy
from bot.errors import RefusedError
from bot.services.policies import Policies
from bot.store import Store

GUILD, CHANNEL, OTHER = 1, 100, 200


@pytest.fixture
async def policies(tmp_path: Path) -> AsyncIterator[Policies]:
    store = await Store.open(tmp_path / "desk.db", CountingIds())
    yield Policies(store.policies, FakeClock())
    await store.close()


async def test_a_setting_holds_at_once_in_its_channel_only(policies: Policies) -> None:
    await policies.of(GUILD, CHANNEL)
    await policies.set(GUILD, CHANNEL, {"archive": "yes"}, user_id=7)
    archive = [
        (await policies.of(guild, channel)).archive for guild, channel in [(1, 100), (1, 200), (2, 100)]
    ]
    assert [True, False, False] == archive


async def test_a_setting_of_the_guild_holds_in_channels_asked_for_before(policies: Policies) -> None:
    await policies.of(GUILD, CHANNEL)
    await policies.set(GUILD, 0, {"notice": "Done."}, user_id=7)
    assert "Done." == (await policies.of(GUILD, CHANNEL)).notice


async def test_one_bad_setting_leaves_all_as_they_were(policies: Policies) -> None:
    with pytest.raises(RefusedError):
        await policies.set(GUILD, CHANNEL, {"archive": "yes", "idle": "soon"}, user_id=7)
    assert Policy() == await policies.of(GUILD, CHANNEL)


async def test_nothing_to_set_is_refused(policies: Policies) -> None:
    with pytest.raises(RefusedError):
        await policies.set(GUILD, CHANNEL, {}, user_id=7)


async def test_a_reset_channel_has_its_guilds_settings_again(policies: Policies) -> None:
    await policies.set(GUILD, 0, {"idle": "2d"}, user_id=7)
    await policies.set(GUILD, CHANNEL, {"idle": "1h", "archive": "yes"}, user_id=7)
    assert 2 == await policies.reset(GUILD, CHANNEL)
    assert await policies.of(GUILD, OTHER) == await policies.of(GUILD, CHANNEL)
