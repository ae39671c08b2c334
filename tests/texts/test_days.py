from datetime import date

import pytest

from bot.texts import Texts

DAY = date(2026, 1, 26)


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        ("en-US", "January 26, 2026"),
        ("en-GB", "26 January 2026"),
        ("de", "26. Januar 2026"),
        ("es-419", "26 de enero de 2026"),
        ("ja", "2026年1月26日"),
        ("sv-SE", "January 26, 2026"),  # Has no catalogue, so that the text around it is English.
    ],
)
def test_a_day_is_written_as_the_language_writes_it(locale: str, told: str) -> None:
    assert told == Texts.load().day(locale, DAY)
