"""Texts that people will read, before anybody knows in which language. Pure: never looks a translation up.

`_` marks a text for the catalogues where it stands; `bot.texts` translates it where it is shown. English is the source.
"""

from dataclasses import dataclass


def _(text: str) -> str:
    """Mark a text for `scripts/extract_texts.py`; its placeholders are named: `{topic}`."""
    return text


class Phrase:
    """A marked text and what fills its placeholders; as a `str` it is English.

    A parameter may itself be a Phrase or a Listing: it is translated along.
    """

    def __init__(self, template: str, /, **params: object) -> None:
        self.template = template
        self.params = params

    def __str__(self) -> str:
        return self.template.format(**self.params)


@dataclass(frozen=True, slots=True)
class Listing:
    """Marked texts joined as the language joins them ("a, b and c"), each dressed by the pattern `each`."""

    items: tuple[str, ...]
    each: str = "{}"

    def __str__(self) -> str:
        items = [self.each.format(item) for item in self.items]
        return " and ".join(filter(None, (", ".join(items[:-1]), *items[-1:])))
