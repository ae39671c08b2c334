"""A live blog's page or API document -> its updates: detects the format and dispatches, one format a file.

Sans-IO and synchronous: it opens no address, whatever the page says. Effort grows linearly with the page; callers
run it off the event loop all the same. It raises nothing but `bot.errors.ParseError`, whatever the bytes are.
"""

from dataclasses import replace

from bot.domain.live import LiveReading
from bot.errors import ParseError
from bot.parsing.encoding import decode
from bot.parsing.live import json_ld
from bot.parsing.live.page import Page

_WHITE = " \t\r\n\f\v\0\ufeff"


def parse_live(url: str, body: bytes, content_type: str = "") -> LiveReading | None:
    """The live blog in `body`, fetched from `url` with the HTTP header `content_type` (it may be empty).

    None where the page is no live blog. Raises ParseError, in one sentence for the publisher or the operator, where
    it cannot be told or the live blog cannot be read.
    """
    text = decode(body, content_type).lstrip(_WHITE)
    if not text:
        raise ParseError("The body is empty.")
    page = Page(url, text)
    reading = json_ld.read(page)
    return _completed(reading, page) if reading else None


def _completed(reading: LiveReading, page: Page) -> LiveReading:
    """The reading with what only the page around it says."""
    return replace(
        reading,
        title=reading.title or page.title,
        image=reading.image or page.image,
        publisher=reading.publisher or page.meta("og:site_name"),
        language=reading.language or page.language,
        older_url=reading.older_url or page.address('link[rel="next"][href], a[rel="next"][href]', "href"),
    )
