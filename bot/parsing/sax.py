"""The SAX parser that feedparser reads with: the standard library's, but told of a text in one piece.

By itself expat reports a text in pieces, one for each line and entity in it. Escaped HTML, which most feeds carry, is
thousands of them, and feedparser takes a fifth more time over those.
"""

from xml.parsers.expat import XMLParserType
from xml.sax import expatreader

PIECE = 1 << 16  # Bytes of text that are kept until they are told.


class _WholeTexts(expatreader.ExpatParser):
    def reset(self) -> None:
        super().reset()
        expat: XMLParserType = self._parser  # type: ignore[attr-defined]  # The stubs leave it out.
        expat.buffer_text = True
        expat.buffer_size = PIECE


def create_parser() -> expatreader.ExpatParser:
    """What `xml.sax.make_parser` looks for in a module that has a parser."""
    return _WholeTexts()
