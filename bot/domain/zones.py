"""Time zones by their IANA names: checked, and suggested while somebody types. Pure.

The names are those of the `tzdata` package, so that they are the same on every machine. Reading that list of 600 lines,
once, is all the reading done here.
"""

from difflib import get_close_matches
from functools import cache
from importlib.resources import files

from bot.domain.typed import tidy
from bot.errors import RefusedError

_WIDELY_USED = (
    "UTC",
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "America/Mexico_City",
    "America/Bogota",
    "America/Sao_Paulo",
    "America/Argentina/Buenos_Aires",
    "Europe/London",
    "Europe/Paris",
    "Europe/Berlin",
    "Europe/Kyiv",
    "Europe/Istanbul",
    "Africa/Lagos",
    "Africa/Johannesburg",
    "Africa/Nairobi",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Jakarta",
    "Asia/Shanghai",
    "Asia/Manila",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Auckland",
)


@cache
def _zones() -> dict[str, str]:
    """Each zone by its key (lower case), places before older names such as `US/Eastern`; then by the alphabet."""
    data = files("tzdata")
    table = data.joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8")
    places = {line.split("\t")[2] for line in table.splitlines() if not line.startswith("#")}
    names = set(data.joinpath("zones").read_text(encoding="utf-8").split()) - {"Factory"}
    return {name.lower(): name for name in sorted(names, key=lambda name: (name not in places, name))}


def parse_zone(text: str) -> str:
    """The zone in IANA's spelling; case does not matter, and a space may stand for "_".

    Raises RefusedError, with the nearest name where there is one.
    """
    known = _zones().get(_key(text))
    if known is not None:
        return known
    if near := suggest_zones(text, limit=1) if text.strip() else []:
        raise RefusedError("I know no such time zone. Did you mean `{zone}`?", zone=near[0])
    raise RefusedError(
        "I know no such time zone. Write its name as in `Europe/Berlin` or `America/New_York`."
    )


def suggest_zones(text: str, limit: int = 25) -> list[str]:
    """The zones that somebody may be typing, likeliest first: by city, by beginning, by part, else by likeness.

    Nothing typed yet gives zones that many people live in. 25 is what Discord shows at most.
    """
    key = _key(text)
    if not key:
        return [] if text.strip() else list(_WIDELY_USED[:limit])
    found = [name for name in _zones() if key in name]
    found.sort(key=lambda name: _rank(key, name))
    return [_zones()[name] for name in found[:limit] or _alike(key, limit)]


def _key(text: str) -> str:
    return tidy(text).replace(" ", "_")


def _rank(key: str, name: str) -> int:
    """How far the name is from what was typed; equals keep their order."""
    city = name.rpartition("/")[2]
    return [name == key, city == key, city.startswith(key), name.startswith(key), True].index(True)


def _alike(key: str, limit: int) -> list[str]:
    """Names spelled much the same, either whole or in their last part."""
    cities = {name.rpartition("/")[2]: name for name in reversed(_zones())}
    alike = [cities.get(near, near) for near in get_close_matches(key, [*cities, *_zones()], limit, 0.7)]
    return list(dict.fromkeys(alike))
