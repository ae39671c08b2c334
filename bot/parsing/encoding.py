"""Bytes -> text: byte order mark, then XML prolog, HTTP header, what a page of HTML says, then a guess. Never raises.

Publishers declare wrongly, so a declaration that does not fit the bytes is passed over. Names are widened
as the WHATWG Encoding Standard does (Latin-1 means Windows-1252, GB 2312 means GB 18030): what is declared
so has been written so for decades.
"""

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# How "<?" begins where there is no mark (XML 1.0, appendix F). An EBCDIC feed has never been seen.
_SHAPES = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
    (b"{\0", "utf-16-le"),
    (b"\0{", "utf-16-be"),
)
_PROLOG = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_META = re.compile(rb"""<meta\b[^<>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "tis-620": "cp874",
}
# Only these: Python also knows encodings that are no character sets of the web, some of them slow (punycode).
_KNOWN = re.compile(
    r"utf-8|cp125[0-8]|cp874|cp932|cp949|cp866|gb18030|big5(hkscs)?|euc_jp|iso2022_jp|koi8-[ru]"
    r"|iso8859-([2-8]|1[013456])|mac-(roman|cyrillic)"
)


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a document; what cannot be read becomes U+FFFD."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, errors="replace")
    for shape, name in _SHAPES:
        if body.startswith(shape):
            return body.decode(name, errors="replace")
    for declared in (_in_prolog(body), _in_header(content_type), _in_meta(body)):
        if declared and (text := _strict(body, declared)) is not None:
            return text
    return _guess(body)


def _in_prolog(body: bytes) -> str:
    found = _PROLOG.match(body[:1024])
    return _canonical(found[1].decode("ascii")) if found else ""


def _in_meta(body: bytes) -> str:
    found = _META.search(body[:4096])  # The standard says 1024; some pages say it later, after their scripts.
    return _canonical(found[1].decode("ascii")) if found else ""


def _in_header(content_type: str) -> str:
    found = _CHARSET.search(content_type)
    return _canonical(found[1]) if found else ""


def _canonical(name: str) -> str:
    """Python's name of a character set of the web, or "" for anything else (UTF-16 would have been seen)."""
    try:
        found = codecs.lookup(name).name
    except LookupError:
        return ""
    found = _WIDER.get(found, found)
    return found if _KNOWN.fullmatch(found) else ""


def _strict(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except UnicodeDecodeError:
        return None


def _guess(body: bytes) -> str:
    """UTF-8 if most of what is not ASCII reads so (one bad byte must not garble all), else Windows-1252."""
    text = body.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    if not bad:
        return text
    good = sum(character > "\x7f" for character in text) - bad
    return text if good >= bad else body.decode("cp1252", errors="replace")
