"""A guild's own wording for a thread's name, its starter and a live blog's updates: sandboxed Jinja. Pure.

Never: a template that passes `check` and fails later, shows more than fits, or pings. The language is small
(`template_language`) and its values (`template_values`) are escaped where they are written.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from typing import Final

from bot.domain.blocks import Block, Run
from bot.domain.entries import Entry
from bot.domain.markdown import Markdown, to_markdown
from bot.domain.template_language import TemplateFaultError, compiled
from bot.domain.template_values import Address, Moment, Prose, Values, Words, values_of
from bot.domain.text import defuse, is_blank, units
from bot.domain.wording import Phrase, _
from bot.errors import RefusedError

_SCALES = (1.0, 0.5, 0.25, 0.1, 0.0)  # At the last, only the template's own text is left, which always fits.
_OUR_TIMESTAMP = re.compile(r"<\u200b(t:\d{1,11}:[a-zA-Z]>)")
_GAP = re.compile(r"\n(?:[^\S\n]*\n){2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Templates:
    """Each "" means the usual look."""

    name: str = ""
    starter: str = ""
    update: str = ""


_SAMPLE: Final[Values] = {
    "title": "The ferry returns",
    "summary": Prose(Markdown((Block(runs=(Run("She sailed at dawn."),)),))),
    "link": Address("https://gazette.example/ferry"),
    "publisher": "The Gazette",
    "authors": Words(("Ann Lee", "Bo Ek")),
    "categories": Words(("Politics", "Sea")),
    "caption": "The pier",
    "published": Moment(datetime(2026, 2, 17, 18, 5, tzinfo=UTC), "f", "%Y-%m-%d"),
    "time": Moment(datetime(2026, 2, 17, 18, 5, tzinfo=UTC), "t", "%H:%M"),
}
_LACKING: Final[Values] = {
    "title": "",
    "summary": Prose(Markdown()),
    "link": Address(),
    "publisher": "",
    "authors": Words(),
    "categories": Words(),
    "caption": "",
    "published": Moment(None, "f", "%Y-%m-%d"),
    "time": Moment(None, "t", "%H:%M"),
}
_PLACES: Final = {
    "name": _("The template for names, line {line}: {fault}"),
    "starter": _("The template for starters, line {line}: {fault}"),
    "update": _("The template for updates, line {line}: {fault}"),
}


def check(templates: Templates) -> None:
    """Raises RefusedError, which names the field, the line and the fault, where a template cannot be used.

    Each is tried on an entry that has everything, and without whatever could be missing, in every combination.
    """
    for field, place in _PLACES.items():
        source = getattr(templates, field)
        if not source:
            continue
        try:
            _try(source, for_name=field == "name")
        except TemplateFaultError as error:
            raise RefusedError(place, line=error.line, fault=error.fault) from None


def _try(source: str, *, for_name: bool) -> None:
    template, names = compiled(source, for_name=for_name)
    texts = [template.render(values) for values in _samples(names)]
    if for_name and is_blank(texts[0]):
        raise TemplateFaultError(1, Phrase(_("It shows nothing, even for an entry that has everything.")))


def _samples(names: tuple[str, ...]) -> Iterator[Values]:
    """The sample entry, then without each combination of the values that are named."""
    for size in range(len(names) + 1):
        for lacking in combinations(names, size):
            yield {**_SAMPLE, **{name: _LACKING[name] for name in lacking}}


def render_name(source: str, entry: Entry, *, title: str, publisher: str, summary: int) -> str:
    """Plain text of any length, for `rendering.thread_name`. Raises TemplateFaultError for what `check` refuses."""
    template, names = compiled(source, for_name=True)
    text = _prose(entry, summary if "summary" in names else 0)
    return template.render(values_of(entry, text, title=title, publisher=publisher))


def render_text(source: str, entry: Entry, *, title: str, publisher: str, summary: int, limit: int) -> str:
    """At most `limit` units of Markdown: where it is longer, the values are made shorter, never the markup torn.

    No mention of the template or of its values is alive. Raises TemplateFaultError for what `check` refuses.
    """
    template, names = compiled(source, for_name=False)
    text = _prose(entry, summary if "summary" in names else 0)
    shown = ""
    for scale in _SCALES:
        values = values_of(entry, text, title=title, publisher=publisher, scale=scale)
        shown = _inert(template.render(values))
        if units(shown) <= limit:
            break
    return shown


def _prose(entry: Entry, limit: int) -> Markdown:
    """At most `limit` units of the entry's text; reading it is what takes the time."""
    return to_markdown(entry.body, base_url=entry.link, limit=limit) if limit else Markdown()


def _inert(text: str) -> str:
    """Mentions broken, but for moments, which ping nobody; no gap is larger than an empty line."""
    return _OUR_TIMESTAMP.sub(r"<\1", defuse(_GAP.sub("\n\n", text).strip()))
