from datetime import timedelta

import pytest

from bot.adapters.hosts import KEPT, Hosts
from bot.errors import HostBusyError


async def asked(hosts: Hosts, name: str) -> bool:
    try:
        async with hosts.turn(name):
            return True
    except HostBusyError:
        return False


async def test_one_busy_host_holds_up_no_other() -> None:
    hosts = Hosts(gap=timedelta(minutes=1))
    names = ["a.example", "a.example", "b.example"]
    assert [True, False, True] == [await asked(hosts, name) for name in names]


async def test_a_pause_is_remembered_among_any_number_of_hosts() -> None:
    hosts = Hosts(gap=timedelta())
    hosts.answered("a.example", 429, timedelta(minutes=5))
    assert all([await asked(hosts, f"{n}.example") for n in range(2 * KEPT)])
    assert not await asked(hosts, "a.example")
    assert len(hosts._places) <= KEPT + 1


async def test_the_error_says_which_host_and_for_how_long() -> None:
    hosts = Hosts()
    hosts.answered("a.example", 503, timedelta(seconds=30))
    with pytest.raises(HostBusyError, match=r"a\.example gets a pause from requests") as caught:
        async with hosts.turn("a.example"):
            pass
    assert timedelta(seconds=29) < (caught.value.retry_after or timedelta()) <= timedelta(seconds=30)
