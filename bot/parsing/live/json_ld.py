"""JSON-LD in a page's scripts -> the live blog they describe (https://www.w3.org/TR/json-ld11/#embedding-json-ld-in-html-documents).

A script that cannot be read hides none of the others; what several say of one live blog is put together.
"""

from dataclasses import replace
from typing import Any

from bot.domain.live import LiveReading
from bot.errors import ParseError
from bot.parsing.live import loose_json, postings
from bot.parsing.live.page import Page

_MOST = 20  # Live blogs that one page describes.


def read(page: Page) -> LiveReading | None:
    """The live blog of a page, or None. Raises ParseError where there is one that cannot be read."""
    documents, broken = [], False
    for script in page.tree.css('script[type^="application/ld+json" i]'):
        text = script.text()
        try:
            documents.append(loose_json.loads(text))
        except ValueError:
            broken = broken or postings.UPDATES in text
    reading = read_documents(documents, page.base, page.canonical)
    if reading is None and broken:
        raise ParseError("This page's own data of its live blog (JSON-LD) is broken.")
    return reading


def read_documents(documents: list[Any], base: str, canonical: str | None) -> LiveReading | None:
    """The live blog that values of JSON describe; of several, that of the page itself, else the first."""
    nodes = [node for document in documents for node in loose_json.objects(document, but=(postings.UPDATES,))]
    known = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and "name" in node}
    blogs = [node for node in nodes if postings.is_live_blog(node)]
    readings = [postings.read(node, base, known) for node in blogs[:_MOST]]
    if not readings:
        return None
    own = next((reading for reading in readings if reading.url in (canonical, base)), readings[0])
    return _merged(own, [reading for reading in readings if reading.url == own.url and reading is not own])


def _merged(own: LiveReading, others: list[LiveReading]) -> LiveReading:
    """The first reading with the updates of the others that it lacks."""
    updates = dict.fromkeys(own.updates)
    guids = {update.guid for update in own.updates if update.guid}
    for other in others:
        updates |= dict.fromkeys(update for update in other.updates if update.guid not in guids)
        guids |= {update.guid for update in other.updates if update.guid}
    return replace(own, updates=tuple(updates))
