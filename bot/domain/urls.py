"""Addresses as publishers write them, made absolute and fit for Discord. Pure: nothing is looked up."""

import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

_SCHEMES = ("http", "https")
_JUNK = re.compile("[\x00-\x20\x7f\u200b\u2028\u2029\ufeff\ud800-\udfff]")
_SAFE_IN_PATH = "/%:@!$&'*+,;=~-._"  # Parentheses are encoded: they would end a Markdown link.
_SAFE_IN_QUERY = _SAFE_IN_PATH + "?"
_HOST = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)+[a-z0-9][a-z0-9-]*\.?|localhost|\[[0-9a-f:.]+\]"
)


def absolute(address: str, base: str | None = None) -> str | None:
    """The http(s) address that `address` means on a page at `base`, else None.

    White space within is removed, as browsers do (WHATWG URL, "remove all ASCII tab or newline"), at the
    ends in any case; other schemes, hostless and malformed addresses are None.
    """
    text = re.sub("[\t\r\n]", "", address.strip())
    if not text:
        return None
    try:
        own = urlsplit(text)
        if own.scheme and not own.netloc:
            return None
        joined = urljoin(base, text) if base else text
        parts = urlsplit(joined)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in _SCHEMES or not host:
        return None
    return _JUNK.sub(lambda junk: quote(junk[0], errors="replace"), joined)


def for_discord(address: str | None, *, limit: int = 2048) -> str | None:
    """The same address in ASCII, safe inside a Markdown link, or None where Discord would refuse it.

    Discord refuses a whole message for one bad address ("Not a well formed URL"), so a host must be a
    name with a dot, an IP address or localhost, and the whole at most `limit` characters.
    """
    if address is None or (joined := absolute(address)) is None:
        return None
    parts = urlsplit(joined)
    try:
        netloc = _ascii_netloc(parts.hostname or "", parts.port)
    except (UnicodeError, ValueError):
        return None
    if netloc is None:
        return None
    path = _encode(parts.path, _SAFE_IN_PATH)
    query, fragment = _encode(parts.query, _SAFE_IN_QUERY), _encode(parts.fragment, _SAFE_IN_QUERY)
    url = urlunsplit((parts.scheme.lower(), netloc, path, query, fragment))
    return url if len(url) <= limit else None


def site(address: str | None) -> str:
    """The host (and port) of an address, as people read it: a login in the address is not for them. "" without one."""
    try:
        return urlsplit(address or "").netloc.rpartition("@")[2]
    except ValueError:
        return ""


def _encode(text: str, safe: str) -> str:
    encoded = re.sub("%(?![0-9A-Fa-f]{2})", "%25", quote(text, safe=safe, errors="replace"))
    return re.sub("@(?=everyone|here)", "%40", encoded, flags=re.IGNORECASE)


def _ascii_netloc(host: str, port: int | None) -> str | None:
    """Host and port without user and password, which have no business in a public link."""
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    host = f"[{host}]" if ":" in host else host.lower()
    if not _HOST.fullmatch(host):
        return None
    return host if port is None else f"{host}:{port}"
