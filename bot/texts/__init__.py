"""What people read, in their language, from the packaged gettext catalogues. Never decides what is said.

`bot/texts/catalogues/<language>/LC_MESSAGES/nightdesk.po`; English is the source and needs none.
"""

import gettext
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from importlib.resources.abc import Traversable
from io import BytesIO

from babel.dates import format_date
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.domain.wording import Listing, Phrase

log = logging.getLogger(__name__)

ENGLISH = "en-US"
# Discord's locale -> the catalogue's name, as gettext writes it (Discord, "Reference: Locales").
LANGUAGES = {
    "de": "de",
    "es-419": "es",
    "es-ES": "es",
    "fr": "fr",
    "ja": "ja",
    "pt-BR": "pt_BR",
    "uk": "uk",
}
DOMAIN = "nightdesk"


class Texts:
    """All methods take Discord's locale codes; one that has no catalogue reads English."""

    def __init__(self, folder: Traversable) -> None:
        self._folder = folder
        self._catalogues: dict[str, gettext.NullTranslations] = {}
        self._broken: set[tuple[str, str]] = set()

    @classmethod
    def load(cls) -> "Texts":
        """The packaged catalogues; each is read when it is first needed."""
        return cls(resources.files(__name__) / "catalogues")

    def say(self, locale: str, template: str, /, **params: object) -> str:
        """The text in that language. `params` fill its named placeholders; Phrases and Listings are translated."""
        if not template:
            return ""  # To gettext the empty text is the catalogue's header.
        return self._fill(locale, self._catalogue(locale).gettext(template), template, params)

    def say_n(self, locale: str, one: str, many: str, count: int, /, **params: object) -> str:
        """As `say`, in the plural form that goes with `count`, which fills `{count}`."""
        translation = self._catalogue(locale).ngettext(one, many, count)
        return self._fill(locale, translation, one if count == 1 else many, {"count": count, **params})

    def name(self, locale: str, context: str, text: str) -> str | None:
        """What a command, option, choice or description is called; None where it keeps its English name."""
        translation = self._catalogue(locale).pgettext(context, text)
        return None if translation == text else translation

    def join(self, locale: str, items: Sequence[str]) -> str:
        """Join as the language does: "a, b and c"."""
        return format_list(items, locale=LANGUAGES.get(locale, "en_GB"))

    def day(self, locale: str, day: date) -> str:
        """A date as the language writes it: "23 November 2026"."""
        spoken = LANGUAGES.get(locale) or ("en_GB" if locale == "en-GB" else "en_US")
        return format_date(day, format="long", locale=spoken)

    def speaker(self, locale: str) -> "Speaker":
        """These texts in one language."""
        return Speaker(self, locale)

    def _fill(self, locale: str, translation: str, template: str, params: dict[str, object]) -> str:
        told = {name: self._tell(locale, value) for name, value in params.items()}
        try:
            return translation.format(**told)
        except (LookupError, ValueError, AttributeError) as error:
            if translation == template:
                raise  # The source itself is wrong: a fault of ours.
            self._note_broken(locale, template, error)
            return template.format(**told)

    def _tell(self, locale: str, value: object) -> object:
        match value:
            case Phrase():
                return self.say(locale, value.template, **value.params)
            case Listing():
                return self.join(locale, [value.each.format(self.say(locale, item)) for item in value.items])
            case _:
                return value

    def _note_broken(self, locale: str, template: str, error: Exception) -> None:
        if (locale, template) not in self._broken:
            self._broken.add((locale, template))
            log.error("the %s translation of %r is broken (%r); English is shown", locale, template, error)

    def _catalogue(self, locale: str) -> gettext.NullTranslations:
        language = LANGUAGES.get(locale, "")
        if language not in self._catalogues:
            self._catalogues[language] = self._read(language) if language else gettext.NullTranslations()
        return self._catalogues[language]

    def _read(self, language: str) -> gettext.GNUTranslations:
        """A catalogue in gettext's own form, made in memory: no binary file to keep in step with its source."""
        compiled = BytesIO()
        with (self._folder / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
            write_mo(compiled, read_po(file, locale=language, domain=DOMAIN))
        compiled.seek(0)
        return gettext.GNUTranslations(compiled)


@dataclass(frozen=True, slots=True)
class Speaker:
    """What `Texts` has, in the language of one person or guild."""

    texts: Texts
    locale: str

    def say(self, template: str, /, **params: object) -> str:
        return self.texts.say(self.locale, template, **params)

    def say_n(self, one: str, many: str, count: int, /, **params: object) -> str:
        return self.texts.say_n(self.locale, one, many, count, **params)

    def join(self, items: Sequence[str]) -> str:
        return self.texts.join(self.locale, items)

    def option(self, name: str) -> str:
        """What Discord calls an option of a command where the person types it."""
        return self.texts.name(self.locale, "option", name) or name
