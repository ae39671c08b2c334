"""Which `img` of a text is a picture to show, and where it is. Pure: nothing is looked up."""

import re
from collections.abc import Mapping

from bot.domain.entries import Image
from bot.domain.text import clean, cut
from bot.domain.urls import absolute

_LONGEST_CAPTION = 300
_ICON = 32  # Pixels: an icon, a smiley or a counting pixel is no larger.
_EMOJI = re.compile(r"\b(?:emoji|wp-smiley)\b")
# Addresses of counting pixels, avatars and share buttons, as they were found among real feeds' pictures.
_NO_PICTURE = re.compile(
    r"feedburner\.com/~|/~r/|doubleclick\.net|stats\.wordpress|pixel\.wp\.com|feedsportal\.com"
    r"|scorecardresearch|google-analytics|gravatar\.com/avatar|medium\.com/_/stat|/tracking/|/pixel\b|\bbeacon\b"
    r"|(?:twitter|facebook|google|share|rss|email)[_-]?(?:icon|button|plus|logo)",
    re.IGNORECASE,
)


def emoji(attributes: Mapping[str, str | None]) -> str:
    """The character that an emoji's picture stands for, or "" for any other picture."""
    return clean(attributes.get("alt") or "") if _EMOJI.search(attributes.get("class") or "") else ""


def picture(attributes: Mapping[str, str | None], base: str | None) -> Image | None:
    """The picture with its alt text as caption, or None for icons and counting pixels."""
    url = _address(attributes, base)
    if url is None or _is_icon(attributes) or _NO_PICTURE.search(url):
        return None
    return Image(url=url, caption=caption(attributes.get("alt") or ""))


def caption(text: str) -> str:
    """A text as a caption: one plain line of at most 300 units."""
    return cut(clean(text), _LONGEST_CAPTION)


def _address(attributes: Mapping[str, str | None], base: str | None) -> str | None:
    """Pages that load pictures late keep the address elsewhere than in `src`."""
    first_of_set = (attributes.get("srcset") or "").strip().split(" ")[0].rstrip(",")
    candidates = [attributes.get(name) for name in ("src", "data-src", "data-lazy-src")]
    for address in (*candidates, first_of_set):
        if address and (url := absolute(address, base)):
            return url
    return None


def _is_icon(attributes: Mapping[str, str | None]) -> bool:
    """Both sides, or the only one given, are small."""
    sides = [side for name in ("width", "height") if (side := _pixels(attributes.get(name))) is not None]
    return bool(sides) and max(sides) <= _ICON


def _pixels(text: str | None) -> int | None:
    """The number of pixels of "32" and "32px"; None for "50%" and whatever else."""
    found = re.fullmatch(r"\s*([0-9]{1,6})\s*(?:px)?\s*", text or "")
    return int(found[1]) if found else None
