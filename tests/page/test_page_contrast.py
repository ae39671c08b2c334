"""The colours of the page, read from its style sheet; no browser is needed."""

import re
from importlib.resources import files

import pytest

GROUNDS = ("paper", "sheet", "raised", "sunken")
PAIRS = [
    *((ink, ground) for ink in ("ink", "soft", "accent") for ground in GROUNDS),
    ("on-accent", "accent"),
    ("ink", "accent-wash"),
    ("soft", "accent-wash"),
    ("accent", "accent-wash"),
    ("lamp", "lamp-wash"),
    ("danger", "danger-wash"),
    ("danger", "raised"),
    ("good", "raised"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_the_contrast_of_level_aa(scheme: str) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1."""
    colours = _colours(scheme)
    ratios = {pair: _contrast(colours[pair[0]], colours[pair[1]]) for pair in PAIRS}
    assert {} == {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < 4.5}


def _colours(scheme: str) -> dict[str, str]:
    text = files("simulator").joinpath("page/css/base.css").read_text(encoding="utf-8")
    light, dark = text.split("@media (prefers-color-scheme: dark)")[:2]
    found = dict(re.findall(r"--([\w-]+): #(\w{6});", light))
    return found if scheme == "light" else found | dict(re.findall(r"--([\w-]+): #(\w{6});", dark))


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
