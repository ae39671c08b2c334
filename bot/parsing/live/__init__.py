"""A live blog's page or API document -> its updates: detects the format and dispatches, one format a file.

Sans-IO and synchronous: it opens no address, whatever the page says. Effort grows linearly with the page; callers
run it off the event loop all the same. It raises nothing but `bot.errors.ParseError`, whatever the bytes are.
"""

from dataclasses import replace

from bot.domain.live import LiveReading
from bot.errors import ParseError
from bot.parsing.encoding import decode
from bot.parsing.live import aljazeera, amp, guardian, json_ld, loose_json, microdata, simorgh
from bot.parsing.live.page import Page, parts_of
from bot.parsing.live.successor import successor_of

_WHITE = " \t\r\n\f\v\0\ufeff"


def parse_live(url: str, body: bytes, content_type: str = "") -> LiveReading | None:
    """The live blog in `body`, fetched from `url` with the HTTP header `content_type` (it may be empty).

    None where the page is no live blog. Raises ParseError, in one sentence for the publisher or the operator, where
    it cannot be told or the live blog cannot be read.
    """
    text = decode(body, content_type).lstrip(_WHITE)
    if not text:
        raise ParseError("The body is empty.")
    reading = _document(url, text) if text.startswith(("{", "[")) else _page(Page(url, text))
    return replace(reading, successor_url=successor_of(reading)) if reading else None


def _document(url: str, text: str) -> LiveReading | None:
    """JSON: a site's own data, or JSON-LD without a page."""
    try:
        document = loose_json.loads(text)
    except ValueError as error:
        raise ParseError("This JSON is broken: it cannot be read to its end.") from error
    return (
        aljazeera.read_document(document, url)
        or simorgh.read_document(document, url)
        or json_ld.read_documents([document], url, None)
    )


def _page(page: Page) -> LiveReading | None:
    """The format that says most goes first: BBC's JSON-LD has no ids. Al Jazeera's page says only where to read on."""
    try:
        reading = simorgh.read_page(page) or json_ld.read(page)
    except ParseError:
        reading = microdata.read(page) or amp.read(page)
        if reading is None:
            raise
    reading = aljazeera.complete(reading or microdata.read(page) or amp.read(page), page)
    return guardian.complete(_completed(reading, page), page) if reading else None


def _completed(reading: LiveReading, page: Page) -> LiveReading:
    """The reading with what only the page around it says."""
    return replace(
        reading,
        title=reading.title or page.title,
        image=reading.image or page.image,
        publisher=reading.publisher or page.meta("og:site_name"),
        language=reading.language or page.language,
        is_live=False if reading.is_live is None and amp.is_over(page) else reading.is_live,
        older_url=reading.older_url or _older(page),
    )


def _older(page: Page) -> str | None:
    """The next page of this live blog; elsewhere than below its own address, "next" is another article."""
    address = page.address('link[rel="next"][href], a[rel="next"][href]', "href")
    if address is None:
        return None
    found = parts_of(address)
    for own in map(parts_of, filter(None, (page.url, page.canonical))):
        below = f"{own.path.rstrip('/')}/"
        if own.netloc == found.netloc and (
            found.path == own.path or (below != "/" and found.path.startswith(below))
        ):
            return address
    return None
