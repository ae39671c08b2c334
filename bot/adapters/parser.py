"""Parsing off the event loop: feedparser is pure Python and may take seconds over a hostile feed."""

import asyncio

from bot.domain.entries import ParsedFeed
from bot.parsing import parse


class ThreadParser:
    async def parse(self, url: str, body: bytes, content_type: str) -> ParsedFeed:
        return await asyncio.to_thread(parse, url, body, content_type)
