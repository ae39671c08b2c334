"""Keeps feeds from reaching into private networks (server-side request forgery).

Works where the socket is made, on the very address that will be connected: a name that resolves differently the
second time, an address written as a number and a redirect all pass here. A guard in the resolver would not see
addresses that need no resolving.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from aiohappyeyeballs import AddrInfoType

# RFC 6052: the last 32 bits are the IPv4 address that a translator connects to.
NAT64 = IPv6Network("64:ff9b::/96")
# RFC 4291: all that is given out of IPv6 so far; the older ways to write an IPv4 address in it lie outside.
GLOBAL_UNICAST = IPv6Network("2000::/3")


# One text for all addresses of a name: only then does the connector pass the error on unmixed.
REFUSED = "the address is on a private network"


class PrivateAddressError(OSError):
    """The address does not belong to the internet."""


def guarded_socket(address: AddrInfoType) -> socket.socket:
    """A socket for a public address. Raises PrivateAddressError for every other."""
    family, kind, protocol, _, (host, *_) = address
    if not is_public(str(host)):
        raise PrivateAddressError(REFUSED)
    return socket.socket(family, kind, protocol)


def is_public(host: str) -> bool:
    """Whether an address (not a name) belongs to the internet; one that carries another is judged by both."""
    address = ip_address(host)
    if isinstance(address, IPv6Address):
        translated = IPv4Address(int(address) & 0xFFFF_FFFF) if address in NAT64 else address.ipv4_mapped
        if translated is not None:
            return is_public(str(translated))
        if address.sixtofour is not None and not is_public(str(address.sixtofour)):
            return False
        if address not in GLOBAL_UNICAST:
            return False
    return address.is_global and not address.is_multicast
