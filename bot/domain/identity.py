"""Which entry is which, over readings of a feed that renames, re-dates and re-orders. Pure.

An entry's key is chosen by a fixed ladder: its guid, else its canonical link, else a hash of title and body.
It is never chosen differently for the same entry in another reading, or old entries would look new. Every
other name an entry could be known by is an alias: match any, store all.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from bot.domain.entries import Entry
from bot.domain.text import clean

LONGEST_KEY: Final = 200
_HASHED = 32

# Parameters that say who sent the reader, never which page it is. Names as campaign tools and publishers'
# own feeds write them (BBC at_*, Al Jazeera traffic_source, heise wt_mc, Guardian CMP, NYT partner and emc).
_TRACKING = re.compile(
    r"utm_\w+|at_(?:medium|campaign|link_\w+|bbc_team|ptr_name|format|custom\d)|fbclid|gclid|dclid|gbraid|wbraid"
    r"|msclkid|yclid|igshid|mc_[ce]id|_hs(?:enc|mi)|mkt_tok|oly_(?:anon|enc)_id|vero_id|srsltid|xtor|wt_mc"
    r"|wt\.mc_id|ns_(?:mchannel|source|campaign|linkname|fee)|traffic_source|cmp|cmpid|icid|ncid|ocid|ftag"
    r"|partner|emc|ref_src|referrersource|s_cid|soc_src|sr_share|__twitter_impression",
    re.IGNORECASE,
)
_TRACKING_FRAGMENT = re.compile(r"(?:xtor|utm_\w+|at_\w+|ref|rss|intcid|comments?)\b.*|", re.IGNORECASE)
_REVISION = re.compile(r"#\d{1,2}$")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNRESERVED = re.compile(r"%([0-9A-Fa-f]{2})")
_SHORTEST_SLUG = 12


@lru_cache(maxsize=4096)  # One reading asks for the same few again and again.
def canonical_link(url: str) -> str:
    """The same page's address in one spelling, for comparing only: it is not meant to be fetched.

    Scheme, host and percent-encoding are normalised (RFC 3986, section 6.2.2 and 6.2.3: case, default port,
    empty path); http counts as https; tracking parameters, user and fragment go, but for a fragment that a
    script reads as the page (`#!…`, `#/…`). Order and all other parameters, "www." and a final slash stay:
    somewhere each of them tells two pages apart.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return url.strip()
    if parts.scheme.lower() not in _DEFAULT_PORTS or not host:
        return url.strip()
    if ":" in host:
        host = f"[{host}]"
    if port is not None and port != _DEFAULT_PORTS[parts.scheme.lower()]:
        host = f"{host}:{port}"
    query = "&".join(
        pair for pair in parts.query.split("&") if pair and not _TRACKING.fullmatch(pair.split("=")[0])
    )
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    return urlunsplit(("https", host, _spelt(parts.path) or "/", _spelt(query), fragment))


def keys(entry: Entry) -> tuple[str, ...]:
    """The entry's key, then its aliases, without repetition. Never empty; each at most 200 characters."""
    names = []
    if entry.guid:
        names += _guid_names(entry.guid, entry.link)
    if entry.link and not (entry.guid and _is_front_page(entry.link)):
        names.append(_link_key(entry.link))
    return tuple(dict.fromkeys(names)) or (_content_key(entry),)


def spare_names(entry: Entry, names: Sequence[str]) -> tuple[str, ...]:
    """What else the entry is called where its key turns out to be another one's, too."""
    return tuple(name for name in _ladder(entry, names[0]) if name not in names)


def page(link: str | None) -> str | None:
    """The page that a link leads to, in one spelling; None where it leads nowhere in particular."""
    return None if not link or _is_front_page(link) else canonical_link(link)


def spot(link: str | None) -> str | None:
    """As `page`, with the place on the page, which tells one update of it from another."""
    return None if not link or _is_front_page(link) else _link_key(link)


def identify(entries: Iterable[Entry]) -> tuple[tuple[Entry, tuple[str, ...]], ...]:
    """Each entry of one reading, in order, with its key and aliases; no key occurs twice.

    What repeats an entry, title and link included, is left out. Where only the key repeats, the first entry
    keeps it and the others are told apart by their link too, then by their content; each of them, the first too,
    can be known again by either, whatever comes before it in another reading. An alias that two entries share
    names neither; where entries with guids share links, links are no names in that feed.
    """
    named = _with_spare_names(_distinct(entries))
    shared = Counter(name for _, names in named for name in names)
    heads = {names[0] for _, names in named}
    links_repeat = any(
        entry.guid and _is_link(name) and shared[name] > 1 for entry, names in named for name in names[1:]
    )
    used: set[str] = set()
    result = []
    for entry, names in named:
        key = names[0] if names[0] not in used else _spare_key(entry, names[0], shared, used)
        if key is None:
            continue
        used.add(key)
        aliases = [name for name in names[1:] if shared[name] == 1 and name not in {key, *heads}]
        if links_repeat and entry.guid:
            aliases = [name for name in aliases if not _is_link(name)]
        result.append((entry, (key, *aliases)))
    return tuple(result)


def _spare_key(entry: Entry, key: str, shared: Counter[str], used: set[str]) -> str | None:
    """What an entry is called whose key another one has. None: that one says all that it says."""
    _, *others = _ladder(entry, key)
    free = (name for name in others if name not in used and (shared[name] == 1 or name == others[-1]))
    return next(free, None)


def _with_spare_names(named: list[tuple[Entry, tuple[str, ...]]]) -> list[tuple[Entry, tuple[str, ...]]]:
    """More names for those whose key repeats."""
    times = Counter(names[0] for _, names in named)
    return [
        (entry, (*names, *spare_names(entry, names)) if times[names[0]] > 1 else names)
        for entry, names in named
    ]


def _distinct(entries: Iterable[Entry]) -> list[tuple[Entry, tuple[str, ...]]]:
    """The entries with their names, without those that repeat a key with its title and link (if they have one).

    Without a guid the bodies must agree too: status pages call every outage the same and link to themselves.
    """
    seen: set[tuple[str, str, str | None]] = set()
    result = []
    for entry in entries:
        names = keys(entry)
        text = clean(entry.title) if entry.guid else _content_key(entry)
        link = canonical_link(entry.link) if entry.link else None
        if (names[0], text, link) not in seen:
            result.append((entry, names))
        seen |= {(names[0], text, link), (names[0], text, None)}
    return result


def _is_front_page(link: str) -> bool:
    """Whether a link leads to a whole site: where the guid tells entries apart, such a link names none of them."""
    return canonical_link(link).count("/") == 3 and canonical_link(link).endswith("/")


def _is_link(name: str) -> bool:
    return name.startswith(("link:", "link#"))


def _ladder(entry: Entry, key: str) -> Iterable[str]:
    """The key, and what an entry is called where another one of the same reading has it."""
    kind = key.partition(":")[0].partition("#")[0]
    yield key
    if entry.link:
        yield _named(kind, f"{key}|{entry.link}")
    yield _named(kind, f"{key}|{_content_key(entry)}")
    if entry.link:
        yield _named(kind, f"{key}|{entry.link}|{_content_key(entry)}")


def _guid_names(guid: str, link: str | None) -> list[str]:
    """The guid as key and what else it might be called.

    BBC ends guids with a revision counter (`…/articles/x#3`), which would make each revision a new entry; it
    goes where what is left is the entry's own link, so that `#1`, `#2` of a page of updates stay two.
    """
    names = [guid]
    stable = _REVISION.sub("", guid)
    if stable != guid and link and "#" not in link and canonical_link(stable) == canonical_link(link):
        names.insert(0, stable)
    parts = _parts(names[0])
    if parts is not None:
        host, path = parts
        names.append(f"//{host}{path}")
        if len(path.split("?")[0].rstrip("/").rpartition("/")[2]) >= _SHORTEST_SLUG:
            names.append(path)  # The feed may move to another host; "/?p=12" says too little to follow it.
    return [_named("guid", name) for name in names]


def _parts(guid: str) -> tuple[str, str] | None:
    """Host without "www." and all behind it, of a guid that is an http(s) address."""
    try:
        parts = urlsplit(guid)
    except ValueError:
        return None
    if parts.scheme.lower() not in _DEFAULT_PORTS or not parts.netloc:
        return None
    return parts.netloc.lower().removeprefix("www."), urlunsplit(
        ("", "", parts.path, parts.query, parts.fragment)
    )


def _link_key(link: str) -> str:
    """The link as a name: on a page of updates the fragment is what tells one from another."""
    fragment = link.partition("#")[2]
    canonical = canonical_link(link)
    if "#" in canonical or _TRACKING_FRAGMENT.fullmatch(fragment):
        return _named("link", canonical)
    return _named("link", f"{canonical}#{fragment}")


def _content_key(entry: Entry) -> str:
    text = f"{clean(entry.title)}\n{clean(entry.body)}"
    return f"hash:{hashlib.sha256(text.encode(errors='replace')).hexdigest()[:_HASHED]}"


def _named(kind: str, name: str) -> str:
    """`kind:name`; a name too long for an index is replaced by its hash."""
    if len(kind) + 1 + len(name) <= LONGEST_KEY:
        return f"{kind}:{name}"
    return f"{kind}#{hashlib.sha256(name.encode(errors='replace')).hexdigest()[:_HASHED]}"


def _spelt(text: str) -> str:
    """Percent-encoding in one spelling: upper-case digits, and none where none is needed."""
    encoded = quote(text, safe="%/:@!$&'()*+,;=~-._?[]|", errors="replace")
    return _UNRESERVED.sub(_unneeded, encoded)


def _unneeded(triplet: re.Match[str]) -> str:
    character = unquote(triplet[0], encoding="latin-1")
    return character if re.fullmatch(r"[A-Za-z0-9._~-]", character) else triplet[0].upper()
