"""The guard lets the internet through and nothing else."""

import socket

import pytest
from hypothesis import given, strategies as st

from bot.adapters.guard import PrivateAddressError, guarded_socket, is_public

PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::808:808", "2002:808:808::1"]
PRIVATE = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:c0a8:101::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%lo",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("host", PUBLIC)
def test_the_internet_is_public(host: str) -> None:
    assert is_public(host)


@pytest.mark.parametrize("host", PRIVATE)
def test_everything_else_is_not(host: str) -> None:
    assert not is_public(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_no_socket_is_made_for_a_private_address(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with pytest.raises(PrivateAddressError):
        guarded_socket((family, socket.SOCK_STREAM, 6, "", (host, 80)))


def test_a_socket_is_made_for_a_public_address() -> None:
    with guarded_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 80))) as made:
        assert (socket.AF_INET, socket.SOCK_STREAM) == (made.family, made.type)


@given(st.ip_addresses(v=4))
def test_an_address_in_another_is_judged_as_itself(inner: object) -> None:
    expected = is_public(str(inner))
    assert expected == is_public(f"::ffff:{inner}")
    assert expected == is_public(f"64:ff9b::{inner}")
