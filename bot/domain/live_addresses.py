"""Where a live blog is read, for sites that keep it apart from its page. Pure: addresses in, addresses out.

Al Jazeera's page leads by its address alone to an API: GET `/graphql` on the page's own host. One answer holds all but
the texts, each text is an answer of its own (bot/parsing/live/aljazeera.py, docs/decisions/0017).
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, unquote, urlencode, urlsplit

_SITES = {"www.aljazeera.com": "aje", "www.aljazeera.net": "aja"}
_PATH = re.compile(r"/news/liveblog/\d{4}/\d{1,2}/\d{1,2}/([^/]{1,300})/?")


def data_address(url: str) -> str:
    """The address to read for the live blog on the page at `url`: most often that page itself."""
    parts = _parts(url)
    found = _PATH.fullmatch(parts.path)
    if not found or parts.netloc.lower() not in _SITES:
        return url
    variables = {"name": unquote(found[1]), "postType": "liveblog", "preview": ""}
    return _query(parts, "ArchipelagoSingleLiveBlogQuery", variables)


def update_address(url: str, number: int) -> str:
    """The address of one update of Al Jazeera's, on the host of `url`."""
    variables = {"postID": number, "postType": "liveblog-update", "preview": "", "isAmp": False}
    return _query(_parts(url), "LiveBlogUpdateQuery", variables)


def _query(parts: SplitResult, operation: str, variables: Mapping[str, Any]) -> str:
    query = {
        "wp-site": _SITES.get(parts.netloc.lower(), "aje"),
        "operationName": operation,
        "variables": json.dumps(variables, separators=(",", ":")),
        "extensions": "{}",
    }
    return f"{parts.scheme}://{parts.netloc}/graphql?{urlencode(query)}"


def _parts(url: str) -> SplitResult:
    """A malformed address has none."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")
