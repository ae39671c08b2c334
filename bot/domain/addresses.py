"""Addresses of feeds as people type and keep them. Pure: nothing is looked up."""

import re

from bot.domain.urls import absolute

_FEED = re.compile(r"feed:(?://)?(?=https?://)|feed(?=://)", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_PORT = re.compile(r"[^/?#]*:\d{1,5}(?:[/?#]|\Z)")  # "localhost:8000/feed" has no scheme.


def address_from(text: str) -> str | None:
    """The http(s) address that is meant, or None.

    Understands "example.org/feed", "feed://…", "feed:https://…" and "<https://…>", as feed readers and chats write.
    """
    address = text.strip()
    if address.startswith("<") and address.endswith(">"):
        address = address[1:-1].strip()
    feed = _FEED.match(address)
    if feed:
        rest = address[feed.end() :]
        address = rest if not rest.startswith("://") else f"https{rest}"
    if not _SCHEME.match(address) or _PORT.match(address):
        address = f"https://{address.removeprefix('//')}"
    found = absolute(address)
    return found if found and ("." in found or "localhost" in found or "[" in found) else None
